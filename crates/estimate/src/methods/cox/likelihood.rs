//! The partial log-likelihood, over distinct covariate patterns.
//!
//! Walking back in time the risk set only grows, so that S₀ = Σ r and S₁ = Σ r x are sums of additions, without
//! cancellation. S₂ is never formed: Σ over events of S₂/S₀ equals Σ over patterns of wⱼ xⱼxⱼ′, where wⱼ sums the
//! baseline hazard that the patients of the pattern have passed through. Work is in proportion to the number of
//! distinct (time, pattern) pairs times the number of columns, and that of events and patterns times its square.

use super::exact::Discrete;
use super::sandwich::Clusters;
use super::ties::{Hazard, Ties, Walk};
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::gram::add_gram;
use crate::numerics::sums::Sum;
use crate::regression::Regression;
use crate::risk_set::RiskSets;
use faer::Mat;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More patterns than this come from numbers, and dropping a term merges hardly any.
const MERGED: usize = 20_000;

/// Risk sets and a model matrix.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Partial {
    pub(super) columns: usize,
    pub(super) x: Arc<Vec<f64>>,
    pub(super) offset: Vec<f64>,
    pub(super) sets: Arc<RiskSets>,
    /// Events of each pattern.
    pub(super) events: Arc<Vec<f64>>,
    pub(super) ties: Ties,
    /// Which patterns are told apart because their patients belong to different clusters; for the robust variance.
    pub(super) clusters: Option<Arc<Clusters>>,
}

/// Of each pattern: its linear predictor less the largest, r = exp of that, and r x.
pub(super) struct Risks {
    pub(super) eta: Vec<f64>,
    pub(super) risk: Vec<f64>,
    pub(super) risk_x: Vec<f64>,
}

impl Partial {
    /// `x` holds one row for each pattern.
    pub(in crate::methods) fn new(
        x: Vec<f64>,
        columns: usize,
        patterns: usize,
        sets: Arc<RiskSets>,
        ties: Ties,
    ) -> Self {
        let events = Arc::new(sets.totals(patterns).1);
        Self { columns, x: Arc::new(x), offset: vec![0.0; patterns], sets, events, ties, clusters: None }
    }

    pub(super) fn risks(&self, beta: &[f64]) -> Risks {
        let mut eta = self.offset.clone();
        for (pattern, eta) in eta.iter_mut().enumerate() {
            *eta += self.row(pattern).iter().zip(beta).map(|(x, b)| x * b).sum::<f64>();
        }
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        eta.iter_mut().for_each(|eta| *eta -= shift);
        let risk: Vec<f64> = eta.iter().map(|eta| libm::exp(*eta)).collect();
        let mut risk_x = Vec::with_capacity(self.x.len());
        for (pattern, risk) in risk.iter().enumerate() {
            risk_x.extend(self.row(pattern).iter().map(|x| x * risk));
        }
        Risks { eta, risk, risk_x }
    }

    pub(super) fn row(&self, pattern: usize) -> &[f64] {
        &self.x[pattern * self.columns..(pattern + 1) * self.columns]
    }

    /// The model with some columns only and patterns that then are equal merged, where that makes it much smaller.
    pub(super) fn smaller(&self, columns: &[usize]) -> Option<Self> {
        let patterns = self.events.len();
        if patterns > MERGED {
            return None;
        }
        let narrow = self.select(columns);
        let mut known: BTreeMap<Vec<u64>, u32> = BTreeMap::new();
        let mut renumbered = Vec::with_capacity(patterns);
        let mut x = Vec::new();
        for pattern in 0..patterns {
            let row = narrow.row(pattern);
            let next = known.len() as u32;
            let number = *known.entry(row.iter().map(|value| value.to_bits()).collect()).or_insert(next);
            if number == next {
                x.extend_from_slice(row);
            }
            renumbered.push(number);
        }
        // Merging walks through everybody once, as an evaluation does: it must be worth it.
        if 2 * known.len() > patterns {
            return None;
        }
        let sets = self.sets.regroup(&renumbered, known.len(), None);
        Some(Self::new(x, columns.len(), known.len(), Arc::new(sets), self.ties))
    }
}

impl Likelihood for Partial {
    fn parameters(&self) -> usize {
        self.columns
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let (p, patterns) = (self.columns, self.events.len());
        let Risks { eta, risk, risk_x } = self.risks(beta);
        let mut value = Sum::default();
        for (events, eta) in self.events.iter().zip(&eta).filter(|(events, _)| **events > 0.0) {
            value.add(events * eta);
        }

        // Back in time: the sums over the risk sets, and the part of the information that they give.
        let mut walk = Walk::new(&risk, &risk_x, p, self.ties, self.sets.is_delayed());
        if self.ties == Ties::Exact {
            walk.discrete = Some(Discrete::new(&self.x, p, patterns));
        }
        let mut hazards: Vec<Hazard> = Vec::with_capacity(self.sets.times().len());
        for stratum in self.sets.strata() {
            let from = hazards.len();
            walk.begin();
            for time in stratum.iter().rev() {
                let (hazard, logs) = walk.step(&self.sets, time);
                value.add(-logs);
                hazards.push(hazard);
                walk.leave(&self.sets, time);
            }
            hazards[from..].reverse();
        }
        let mut information = Mat::zeros(p, p);
        add_gram(&walk.means, p, &walk.signs, &mut information);

        // Forward: the hazard that each pattern has passed through.
        let mut expected = vec![0.0; patterns];
        let mut hazard = hazards.iter();
        for stratum in self.sets.strata() {
            let mut cumulative = 0.0;
            for (time, hazard) in stratum.iter().zip(hazard.by_ref()) {
                for leaving in self.sets.entering(time) {
                    expected[leaving.pattern as usize] -= leaving.n * cumulative;
                }
                for leaving in self.sets.dying(time) {
                    expected[leaving.pattern as usize] += leaving.n * (cumulative + hazard.dying);
                }
                cumulative += hazard.at_risk;
                for leaving in self.sets.censored(time) {
                    expected[leaving.pattern as usize] += leaving.n * cumulative;
                }
            }
        }
        let mut score = vec![0.0; p];
        for (pattern, (expected, risk)) in expected.iter_mut().zip(&risk).enumerate() {
            *expected *= risk;
            let residual = self.events[pattern] - *expected;
            score.iter_mut().zip(self.row(pattern)).for_each(|(sum, x)| *sum += residual * x);
        }
        add_gram(&self.x, p, &expected, &mut information);
        if let Some(discrete) = &walk.discrete {
            discrete.add(&mut score, &mut information);
        }
        Evaluation { value: value.total(), score, information }
    }
}
