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
use crate::numerics::exponential::of_shifted;
use crate::numerics::gram::add_gram;
use crate::numerics::parallel::{fill, in_order};
use crate::numerics::sums::Sum;
use crate::numerics::vector::{add_products, combination, total_of};
use crate::regression::Regression;
use crate::risk_set::{EventTime, RiskSets};
use faer::Mat;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More patterns than this come from numbers, and dropping a term merges hardly any.
const MERGED: usize = 20_000;
/// Patterns by which a column of many values is recognised.
const FIRST: usize = 32;

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

/// Of each pattern r, the exponential of its linear predictor less the largest; Σ of that difference over the events.
pub(super) struct Risks {
    pub(super) risk: Vec<f64>,
    pub(super) of_events: Sum,
}

/// The likelihood at one point, and what its information is made of.
struct Pass {
    value: f64,
    score: Vec<f64>,
    /// Events expected of each pattern.
    expected: Vec<f64>,
    /// Rows, and their weights, whose cross-product is the part of the information that is subtracted.
    means: Vec<f64>,
    signs: Vec<f64>,
    /// With exact ties, the part of the information that the choices give.
    chosen: Mat<f64>,
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

    /// The same with a robust variance.
    pub(in crate::methods) fn with_clusters(self, clusters: Clusters) -> Self {
        Self { clusters: Some(Arc::new(clusters)), ..self }
    }

    /// The log-likelihood of the saturated model: as if whoever has the event at a time were alone at risk with others who
    /// have it then.
    pub(in crate::methods) fn saturated(&self) -> f64 {
        let of = |time: &EventTime| {
            let (d, weight) = (time.events, time.deaths);
            let whole = weight * libm::log(weight);
            match self.ties {
                Ties::Breslow => whole,
                Ties::Efron | Ties::Exact => {
                    let factorial: f64 = (2..=d as u64).map(|k| libm::log(k as f64)).sum();
                    // Without weights the first two are one number.
                    whole - weight * libm::log(d) + weight / d * factorial
                }
            }
        };
        -self.sets.times().iter().map(of).sum::<f64>()
    }

    pub(super) fn risks(&self, beta: &[f64]) -> Risks {
        let mut eta = vec![0.0; self.events.len()];
        fill(&mut eta, BLOCK, |first, block| {
            let rows = first..first + block.len();
            block.copy_from_slice(&self.offset[rows.clone()]);
            add_products(&self.x[rows.start * self.columns..rows.end * self.columns], beta, block);
        });
        self.risks_of(&eta)
    }

    /// The same of the linear predictors.
    pub(super) fn risks_of(&self, eta: &[f64]) -> Risks {
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut risk = vec![0.0; eta.len()];
        fill(&mut risk, BLOCK, |first, block| {
            of_shifted(&eta[first..first + block.len()], shift, block);
        });
        let blocks = in_order(eta.len().div_ceil(BLOCK), |block| {
            let range = block * BLOCK..eta.len().min((block + 1) * BLOCK);
            let mut of_events = Sum::default();
            for (events, eta) in self.events[range.clone()].iter().zip(&eta[range]) {
                if *events > 0.0 {
                    of_events.add(events * (eta - shift));
                }
            }
            of_events
        });
        let of_events = blocks.into_iter().fold(Sum::default(), Sum::with);
        Risks { risk, of_events }
    }

    /// All that does not grow with the square of the number of columns; with the means, where the information is wanted.
    fn pass(&self, beta: &[f64], means: bool) -> Pass {
        let Risks { risk, of_events: mut value } = self.risks(beta);
        // Back in time: the sums over the risk sets, and the part of the information that they give.
        let mut walk = Walk::new(self, &risk);
        walk.keeps_means = means;
        if self.ties == Ties::Exact {
            walk.discrete = Some(Discrete::new(&self.x, self.columns, self.events.len()));
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
        let Walk { means, signs, discrete, .. } = walk;
        let (p, mut expected) = (self.columns, self.passed(&hazards));
        fill(&mut expected, BLOCK, |first, block| {
            block.iter_mut().zip(&risk[first..]).for_each(|(expected, risk)| *expected *= risk);
        });
        let scores = in_order(expected.len().div_ceil(BLOCK), |block| {
            let range = block * BLOCK..expected.len().min((block + 1) * BLOCK);
            let both = self.events[range.clone()].iter().zip(&expected[range.clone()]);
            let residuals: Vec<f64> = both.map(|(events, expected)| events - expected).collect();
            combination(&self.x[range.start * p..range.end * p], p, &residuals)
        });
        let (mut score, mut chosen) = (total_of(&scores, p), Mat::zeros(p, p));
        if let Some(discrete) = &discrete {
            discrete.add(&mut score, &mut chosen);
        }
        Pass { value: value.total(), score, expected, means, signs, chosen }
    }

    /// Forward in time: the hazard that the patients of each pattern have passed through, for r = 1.
    pub(super) fn passed(&self, hazards: &[Hazard]) -> Vec<f64> {
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

    /// Whether one of the columns alone tells more than half of the patterns apart: a number, of which the first patterns
    /// show already that it has many values.
    fn one_tells_apart(&self, columns: &[usize]) -> bool {
        let patterns = self.events.len();
        let distinct = |column: usize, rows: usize| {
            let mut values: Vec<u64> = (0..rows).map(|pattern| self.row(pattern)[column].to_bits()).collect();
            values.sort_unstable();
            values.dedup();
            values.len()
        };
        let most = columns.iter().max_by_key(|column| distinct(**column, patterns.min(FIRST)));
        most.is_some_and(|column| 2 * distinct(*column, patterns) > patterns)
    }

    /// The model with some columns only and patterns that then are equal merged, where that makes it much smaller.
    pub(super) fn smaller(&self, columns: &[usize]) -> Option<Self> {
        let patterns = self.events.len();
        if patterns > MERGED {
            return None;
        }
        if self.one_tells_apart(columns) {
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

    fn unit(&self) -> f64 {
        let sum = |part: &dyn Fn(&EventTime) -> f64| self.sets.times().iter().map(part).sum::<f64>();
        let events = sum(&|time| time.events);
        if events > 0.0 { sum(&|time| time.deaths) / events } else { 1.0 }
    }

    fn value(&self, beta: &[f64]) -> f64 {
        if self.ties == Ties::Exact {
            return self.evaluate(beta).value;
        }
        let Risks { risk, of_events: mut value } = self.risks(beta);
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

    fn slope(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let Pass { value, score, .. } = self.pass(beta, false);
        (value, score)
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let p = self.columns;
        let Pass { value, score, expected, means, signs, chosen: mut information } = self.pass(beta, true);
        add_gram(&means, p, &signs, &mut information);
        add_gram(&self.x, p, &expected, &mut information);
        Evaluation { value, score, information }
    }
}
