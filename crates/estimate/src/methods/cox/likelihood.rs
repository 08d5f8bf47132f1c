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
use crate::numerics::parallel::{fill, in_order};
use crate::numerics::rank::in_four_sums;
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

/// Patterns that are passed over in one go.
const BLOCK: usize = 8192;

/// Of each pattern its linear predictor less the largest, and r = exp of that.
pub(super) struct Risks {
    pub(super) eta: Vec<f64>,
    pub(super) risk: Vec<f64>,
}

impl Partial {
    /// `x` holds one row for each pattern.
    pub(in crate::methods) fn new(
        x: Arc<Vec<f64>>,
        columns: usize,
        patterns: usize,
        sets: Arc<RiskSets>,
        ties: Ties,
    ) -> Self {
        let events = Arc::new(sets.totals(patterns).1);
        Self { columns, x, offset: vec![0.0; patterns], sets, events, ties, clusters: None }
    }

    /// The log-likelihood of the saturated model: as if whoever has the event at a time were alone at risk with others who
    /// have it then.
    pub(in crate::methods) fn saturated(&self) -> f64 {
        let of = |events: f64| match self.ties {
            Ties::Breslow => events * libm::log(events),
            Ties::Efron | Ties::Exact => (2..=events as u64).map(|k| libm::log(k as f64)).sum(),
        };
        -self.sets.times().iter().map(|time| of(time.events)).sum::<f64>()
    }

    pub(super) fn risks(&self, beta: &[f64]) -> Risks {
        let mut eta = vec![0.0; self.events.len()];
        fill(&mut eta, BLOCK, |first, block| {
            for (pattern, eta) in (first..).zip(block) {
                *eta = self.offset[pattern] + in_four_sums(self.row(pattern), beta);
            }
        });
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        eta.iter_mut().for_each(|eta| *eta -= shift);
        let mut risk = vec![0.0; eta.len()];
        fill(&mut risk, BLOCK, |first, block| {
            block.iter_mut().zip(&eta[first..]).for_each(|(risk, eta)| *risk = libm::exp(*eta));
        });
        Risks { eta, risk }
    }

    /// Forward in time: the hazard that the patients of each pattern have passed through, for r = 1.
    fn passed(&self, hazards: &[Hazard]) -> Vec<f64> {
        let mut passed = vec![0.0; self.events.len()];
        for stratum in self.sets.ranges() {
            let mut cumulative = 0.0;
            for (time, hazard) in self.sets.times()[stratum.clone()].iter().zip(&hazards[stratum]) {
                for leaving in self.sets.entering(time) {
                    passed[leaving.pattern as usize] -= leaving.n * cumulative;
                }
                for leaving in self.sets.dying(time) {
                    passed[leaving.pattern as usize] += leaving.n * (cumulative + hazard.dying);
                }
                cumulative += hazard.at_risk;
                for leaving in self.sets.censored(time) {
                    passed[leaving.pattern as usize] += leaving.n * cumulative;
                }
            }
        }
        passed
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
        Some(Self::new(Arc::new(x), columns.len(), known.len(), Arc::new(sets), self.ties))
    }
}

impl Likelihood for Partial {
    fn parameters(&self) -> usize {
        self.columns
    }

    fn value(&self, beta: &[f64]) -> f64 {
        if self.ties == Ties::Exact {
            return self.evaluate(beta).value;
        }
        let Risks { eta, risk } = self.risks(beta);
        let mut value = Sum::default();
        for (events, eta) in self.events.iter().zip(&eta).filter(|(events, _)| **events > 0.0) {
            value.add(events * eta);
        }
        // Without columns the walk sums the risks alone.
        let bare = Self { columns: 0, x: Arc::default(), ..self.clone() };
        let mut walk = Walk::new(&bare, &risk);
        for stratum in self.sets.ranges() {
            walk.begin();
            for time in stratum.rev() {
                value.add(-walk.step(time).1);
                walk.leave(time);
            }
        }
        value.total()
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let (p, patterns) = (self.columns, self.events.len());
        let Risks { eta, risk } = self.risks(beta);
        let mut value = Sum::default();
        for (events, eta) in self.events.iter().zip(&eta).filter(|(events, _)| **events > 0.0) {
            value.add(events * eta);
        }

        // Back in time: the sums over the risk sets, and the part of the information that they give.
        let mut walk = Walk::new(self, &risk);
        if self.ties == Ties::Exact {
            walk.discrete = Some(Discrete::new(&self.x, p, patterns));
        }
        let mut hazards: Vec<Hazard> = Vec::with_capacity(self.sets.times().len());
        for stratum in self.sets.ranges() {
            walk.begin();
            for time in stratum.clone().rev() {
                let (hazard, logs) = walk.step(time);
                value.add(-logs);
                hazards.push(hazard);
                walk.leave(time);
            }
            hazards[stratum].reverse();
        }
        let mut information = Mat::zeros(p, p);
        add_gram(&walk.means, p, &walk.signs, &mut information);

        let mut expected = self.passed(&hazards);
        expected.iter_mut().zip(&risk).for_each(|(expected, risk)| *expected *= risk);
        let blocks = in_order(patterns.div_ceil(BLOCK), |block| {
            let mut score = vec![0.0; p];
            let range = block * BLOCK..patterns.min((block + 1) * BLOCK);
            let (events, expected) = (&self.events[range.clone()], &expected[range.clone()]);
            for (pattern, (events, expected)) in range.zip(events.iter().zip(expected)) {
                let residual = events - expected;
                score.iter_mut().zip(self.row(pattern)).for_each(|(sum, x)| *sum += residual * x);
            }
            score
        });
        let mut score = vec![0.0; p];
        for block in &blocks {
            score.iter_mut().zip(block).for_each(|(sum, part)| *sum += part);
        }
        add_gram(&self.x, p, &expected, &mut information);
        if let Some(discrete) = &walk.discrete {
            discrete.add(&mut score, &mut information);
        }
        Evaluation { value: value.total(), score, information }
    }
}
