//! The partial log-likelihood, over distinct covariate patterns.
//!
//! Walking back in time the risk set only grows, so that S₀ = Σ r and S₁ = Σ r x are sums of additions, without
//! cancellation. S₂ is never formed: Σ over events of S₂/S₀ equals Σ over patterns of wⱼ xⱼxⱼ′, where wⱼ sums the
//! baseline hazard that the patients of the pattern have passed through. Work is in proportion to the number of
//! distinct (time, pattern) pairs times the number of columns, and that of events and patterns times its square.

use crate::design::select_columns;
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::gram::add_gram;
use crate::numerics::rank::norm;
use crate::numerics::sum::Sum;
use crate::regression::Regression;
use crate::risk_set::{EventTime, Leaving, RiskSets};
use crate::separation::{Cone, Recession};
use faer::Mat;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How tied events are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// The risk set shrinks by the average of those who have the event together.
    Efron,
    /// Everybody who has the event together is at risk for all of them.
    Breslow,
}

/// More patterns than this come from numbers, and dropping a term merges hardly any.
const MERGED: usize = 20_000;

/// Risk sets and a model matrix.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Partial {
    columns: usize,
    x: Arc<Vec<f64>>,
    offset: Vec<f64>,
    sets: Arc<RiskSets>,
    /// Events of each pattern.
    events: Arc<Vec<f64>>,
    ties: Ties,
}

/// What an event time adds to the hazards: of everybody at risk, and of those with the event.
struct Hazard {
    at_risk: f64,
    dying: f64,
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
        Self { columns, x: Arc::new(x), offset: vec![0.0; patterns], sets, events, ties }
    }

    fn row(&self, pattern: usize) -> &[f64] {
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
        let sets = self.sets.regroup(&renumbered, known.len(), &vec![0; patterns], 1);
        Some(Self::new(x, columns.len(), known.len(), Arc::new(sets), self.ties))
    }
}

impl Likelihood for Partial {
    fn parameters(&self) -> usize {
        self.columns
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let (p, patterns) = (self.columns, self.events.len());
        let mut eta = self.offset.clone();
        for (pattern, eta) in eta.iter_mut().enumerate() {
            *eta += self.row(pattern).iter().zip(beta).map(|(x, b)| x * b).sum::<f64>();
        }
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let risk: Vec<f64> = eta.iter().map(|eta| libm::exp(eta - shift)).collect();
        let mut risk_x = Vec::with_capacity(self.x.len());
        for (pattern, risk) in risk.iter().enumerate() {
            risk_x.extend(self.row(pattern).iter().map(|x| x * risk));
        }
        let mut value = Sum::default();
        for (events, eta) in self.events.iter().zip(&eta).filter(|(events, _)| **events > 0.0) {
            value.add(events * (eta - shift));
        }

        // Back in time: the sums over the risk sets, and the part of the information that they give.
        let mut walk = Walk::new(&risk, &risk_x, p, self.ties);
        let mut hazards: Vec<Hazard> = Vec::with_capacity(self.sets.times().len());
        for stratum in self.sets.strata() {
            let from = hazards.len();
            walk.s0 = 0.0;
            walk.s1.fill(0.0);
            for time in stratum.iter().rev() {
                let (hazard, logs) = walk.step(&self.sets, time);
                value.add(-logs);
                hazards.push(hazard);
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
        Evaluation { value: value.value(), score, information }
    }
}

/// The way back in time.
struct Walk<'a> {
    risk: &'a [f64],
    risk_x: &'a [f64],
    ties: Ties,
    /// Σ r and Σ r x over the risk set.
    s0: f64,
    s1: Vec<f64>,
    /// Σ r x over those with the event, and over those censored.
    d1: Vec<f64>,
    c1: Vec<f64>,
    /// Rows whose weighted cross-product is the part of the information that is subtracted.
    means: Vec<f64>,
    signs: Vec<f64>,
}

impl<'a> Walk<'a> {
    fn new(risk: &'a [f64], risk_x: &'a [f64], p: usize, ties: Ties) -> Self {
        let zero = || vec![0.0; p];
        let (means, signs) = (Vec::new(), Vec::new());
        Self { risk, risk_x, ties, s0: 0.0, s1: zero(), d1: zero(), c1: zero(), means, signs }
    }

    /// What one event time adds to the hazards; also Σ ln of the risk at its events.
    ///
    /// Those who leave at a time are summed before they are added, so that few roundings stand between any patient
    /// and the whole.
    fn step(&mut self, sets: &RiskSets, time: &EventTime) -> (Hazard, f64) {
        let c0 = sum(self.risk, self.risk_x, sets.censored(time), &mut self.c1);
        let d0 = sum(self.risk, self.risk_x, sets.dying(time), &mut self.d1);
        self.s0 += c0 + d0;
        for (s, (c, d)) in self.s1.iter_mut().zip(self.c1.iter().zip(&self.d1)) {
            *s += c + d;
        }
        let (deaths, s0) = (time.deaths, self.s0);
        if self.ties == Ties::Breslow || deaths == 1.0 {
            let hazard = deaths / s0;
            self.means.extend(self.s1.iter().map(|s| s / s0));
            self.signs.push(-deaths);
            return (Hazard { at_risk: hazard, dying: hazard }, deaths * libm::log(s0));
        }
        let tied = Tied::new(deaths, d0 / s0);
        // Σ (S₁ − f D₁)(S₁ − f D₁)′/(S₀ − f D₀)² as two squares.
        let tilt = tied.sd / tied.ss;
        self.means.extend(self.s1.iter().zip(&self.d1).map(|(s, d)| (s - tilt * d) / s0));
        self.signs.push(-tied.ss);
        self.means.extend(self.d1.iter().map(|d| d / s0));
        self.signs.push(-(tied.dd - tilt * tied.sd));
        let hazard = Hazard { at_risk: tied.hazard / s0, dying: tied.dying / s0 };
        (hazard, deaths * libm::log(s0) + tied.logs)
    }
}

/// Sums over d tied events, the k-th of which sees 1 − f q of the risk set: f = k/d, q = D₀/S₀.
#[derive(Default)]
struct Tied {
    /// Σ ln(1 − f q).
    logs: f64,
    /// Σ 1/(1 − f q).
    hazard: f64,
    /// Σ (1 − f)/(1 − f q).
    dying: f64,
    /// Σ 1/(1 − f q)², Σ f/(1 − f q)², Σ f²/(1 − f q)².
    ss: f64,
    sd: f64,
    dd: f64,
}

impl Tied {
    fn new(deaths: f64, share: f64) -> Self {
        let mut tied = Self::default();
        // The logarithm of a product of some factors, none below 1/d, costs one logarithm.
        let mut product = 1.0;
        for k in 0..deaths as u64 {
            let f = k as f64 / deaths;
            let rest = 1.0 - f * share;
            let inverse = 1.0 / rest;
            product *= rest;
            if k % 16 == 15 {
                tied.logs += libm::log(product);
                product = 1.0;
            }
            tied.hazard += inverse;
            tied.dying += (1.0 - f) * inverse;
            let square = inverse * inverse;
            tied.ss += square;
            tied.sd += f * square;
            tied.dd += f * f * square;
        }
        tied.logs += libm::log(product);
        tied
    }
}

/// Σ r, and Σ r x into `s1`, of some patients.
fn sum(risk: &[f64], risk_x: &[f64], leaving: &[Leaving], s1: &mut [f64]) -> f64 {
    let p = s1.len();
    let mut s0 = 0.0;
    s1.fill(0.0);
    for Leaving { pattern, n } in leaving {
        let at = *pattern as usize;
        s0 += n * risk[at];
        let row = &risk_x[at * p..(at + 1) * p];
        s1.iter_mut().zip(row).for_each(|(s, x)| *s += n * x);
    }
    s0
}

impl Regression for Partial {
    fn cone(&self) -> Cone {
        let patterns = self.events.len();
        let mut cone = Cone { parameters: self.columns, ..Cone::default() };
        // Patterns that must have the same linear predictor.
        let mut equal: Vec<u32> = (0..patterns as u32).collect();
        let mut entered = vec![false; patterns];
        let difference = |rows: &mut Vec<f64>, high: u32, low: u32| {
            let (high, low) = (self.row(high as usize), self.row(low as usize));
            rows.extend(high.iter().zip(low).map(|(a, b)| a - b));
        };
        for stratum in self.sets.strata() {
            // The pattern that dominates everybody at risk at the events so far, and who has entered since.
            let mut top: Option<u32> = None;
            let mut pending: Vec<u32> = Vec::new();
            for time in stratum.iter().rev() {
                let dying = self.sets.dying(time);
                let Some(first) = dying.first().map(|leaving| leaving.pattern) else { continue };
                let before = entered[first as usize];
                for leaving in dying.iter().chain(self.sets.censored(time)) {
                    if !std::mem::replace(&mut entered[leaving.pattern as usize], true) {
                        pending.push(leaving.pattern);
                    }
                }
                let mut same: Vec<u32> = dying[1..].iter().map(|leaving| leaving.pattern).collect();
                if let Some(top) = top {
                    if before { same.push(top) } else { difference(&mut cone.inequalities, first, top) }
                }
                for pattern in same {
                    let (a, b) = (root(&mut equal, first), root(&mut equal, pattern));
                    if a != b {
                        equal[a as usize] = b;
                        difference(&mut cone.equalities, first, pattern);
                    }
                }
                for pattern in pending.drain(..).filter(|pattern| *pattern != first) {
                    difference(&mut cone.inequalities, first, pattern);
                }
                top = Some(first);
            }
        }
        cone
    }

    /// A column, or its opposite, that is largest among those at risk in everybody who has the event.
    fn candidate(&self) -> Option<Vec<f64>> {
        let mut direction = vec![0.0; self.columns];
        for sign in [1.0, -1.0] {
            let mut possible = vec![true; self.columns];
            for stratum in self.sets.strata() {
                let mut highest = vec![f64::NEG_INFINITY; self.columns];
                for time in stratum.iter().rev() {
                    for leaving in self.sets.dying(time).iter().chain(self.sets.censored(time)) {
                        let row = self.row(leaving.pattern as usize);
                        highest.iter_mut().zip(row).for_each(|(h, x)| *h = h.max(sign * x));
                    }
                    for leaving in self.sets.dying(time) {
                        let row = self.row(leaving.pattern as usize).iter().zip(&highest);
                        possible.iter_mut().zip(row).for_each(|(p, (x, h))| *p &= sign * x == *h);
                    }
                }
            }
            direction.iter_mut().zip(possible).filter(|(_, p)| *p).for_each(|(d, _)| *d += sign);
        }
        direction.iter().any(|d| *d != 0.0).then_some(direction)
    }

    fn reach(&self) -> f64 {
        2.0 * (0..self.events.len()).map(|pattern| norm(self.row(pattern))).fold(0.0, f64::max)
    }

    /// In the limit each patient competes only with those of equal x′β in the direction of separation: a stratified
    /// model.
    fn limit(&self, recession: &Recession) -> Self {
        let patterns = self.events.len();
        let (stratum, strata) = recession.strata(&self.x, patterns);
        let own: Vec<u32> = (0..patterns as u32).collect();
        let sets = self.sets.regroup(&own, patterns, &stratum, strata);
        Self { sets: Arc::new(sets), ..self.clone() }
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut rows, mut weights) = (Vec::new(), Vec::new());
        let mut total = vec![0.0; self.events.len()];
        for stratum in self.sets.strata() {
            let mut members = Vec::new();
            for leaving in stratum.iter().flat_map(|t| self.sets.dying(t).iter().chain(self.sets.censored(t)))
            {
                let total = &mut total[leaving.pattern as usize];
                if *total == 0.0 {
                    members.push(leaving.pattern as usize);
                }
                *total += leaving.n;
            }
            // From the first member: what is constant in a stratum is then exactly 0, without rounding.
            let first = members[0];
            let differences =
                |pattern: usize| self.row(pattern).iter().zip(self.row(first)).map(|(x, first)| x - first);
            let n: f64 = members.iter().map(|pattern| total[*pattern]).sum();
            let mut mean = vec![0.0; self.columns];
            for pattern in &members {
                let share = total[*pattern] / n;
                mean.iter_mut().zip(differences(*pattern)).for_each(|(sum, x)| *sum += share * x);
            }
            for pattern in members {
                rows.extend(differences(pattern).zip(&mean).map(|(x, mean)| x - mean));
                weights.push(std::mem::take(&mut total[pattern]));
            }
        }
        (rows, weights)
    }

    fn select(&self, columns: &[usize]) -> Self {
        let x = Arc::new(select_columns(&self.x, self.columns, columns));
        Self { columns: columns.len(), x, ..self.clone() }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        let others: Vec<usize> = (0..self.columns).filter(|k| *k != column).collect();
        let mut held = self.select(&others);
        for (pattern, offset) in held.offset.iter_mut().enumerate() {
            *offset += value * self.row(pattern)[column];
        }
        held
    }
}

fn root(equal: &mut [u32], mut pattern: u32) -> u32 {
    while equal[pattern as usize] != pattern {
        let above = equal[equal[pattern as usize] as usize];
        equal[pattern as usize] = above;
        pattern = above;
    }
    pattern
}
