//! The weighted partial log-likelihood of the subdistribution, over distinct covariate patterns.

use super::course::{Censoring, End, Exit};
use super::walk::Walk;
use crate::design::select_columns;
use crate::likelihood::{Evaluation, Likelihood};
use crate::methods::cox::{Partial, Ties};
use crate::numerics::gram::add_gram;
use crate::regression::Regression;
use crate::risk_set::RiskSets;
use crate::separation::{Cone, Recession};
use faer::Mat;
use std::sync::Arc;

/// A model matrix, and who leaves when.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Subdistribution {
    pub(super) columns: usize,
    /// One row for each pattern.
    pub(super) x: Arc<Vec<f64>>,
    offset: Vec<f64>,
    /// In ascending order of time; those of one stratum compete with each other.
    pub(super) strata: Arc<Vec<Vec<Exit>>>,
    pub(super) censoring: Arc<Censoring>,
    /// Who is censored before the first event is in no risk set, but tells of censoring: time and how many.
    pub(super) early: Arc<Vec<(u32, f64)>>,
    /// The same patients as Cox's model has them, those with the competing event followed for ever: it has the same
    /// risk sets but for their weights, and so the same directions of separation.
    unweighted: Arc<RiskSets>,
}

impl Subdistribution {
    /// `x` holds one row for each of the patterns; the exits are in ascending order of time.
    pub(super) fn new(
        (x, columns, patterns): (Arc<Vec<f64>>, usize, usize),
        exits: Vec<Exit>,
        early: Vec<(u32, f64)>,
        censoring: Censoring,
    ) -> Self {
        let sets = unweighted(&exits, patterns);
        Self {
            columns,
            x,
            offset: vec![0.0; patterns],
            strata: Arc::new(vec![exits]),
            censoring: Arc::new(censoring),
            early: Arc::new(early),
            unweighted: Arc::new(sets),
        }
    }

    pub(super) fn row(&self, pattern: usize) -> &[f64] {
        &self.x[pattern * self.columns..(pattern + 1) * self.columns]
    }

    /// x′β of each pattern less the largest, which is returned too; then r and r x.
    pub(super) fn risks(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
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
        (eta, risk, risk_x)
    }

    /// The walk through each stratum; `risk` and `risk_x` are those of [`Self::risks`].
    pub(super) fn walks(&self, risk: &[f64], risk_x: &[f64]) -> Vec<Walk> {
        let walk = |exits: &Vec<Exit>| Walk::new(exits, &self.censoring, risk, risk_x, self.columns);
        self.strata.iter().map(walk).collect()
    }

    /// How many patients each exit is, stratum by stratum, and those who are censored before the first event.
    pub(super) fn counts(&self) -> Vec<f64> {
        let early = self.early.iter().map(|(_, n)| *n);
        self.strata.iter().flatten().map(|exit| exit.n).chain(early).collect()
    }

    fn as_cox(&self) -> Partial {
        let (x, sets) = (Arc::clone(&self.x), Arc::clone(&self.unweighted));
        Partial::new(x, self.columns, self.offset.len(), sets, Ties::Breslow)
    }
}

/// Everybody at risk of the event at each time, whatever his weight.
fn unweighted(exits: &[Exit], patterns: usize) -> RiskSets {
    let after = exits.last().map_or(0, |exit| exit.time + 1);
    let followed = exits.iter().filter(|exit| exit.end != End::Competing);
    let for_ever = exits.iter().filter(|exit| exit.end == End::Competing);
    let all = followed.map(|exit| (exit, exit.time)).chain(for_ever.map(|exit| (exit, after)));
    let exits = all.map(|(exit, time)| crate::risk_set::Exit {
        time,
        event: exit.end == End::Event,
        from: 0,
        pattern: exit.pattern,
        n: exit.n,
        weight: 1.0,
    });
    RiskSets::new([exits.collect()], patterns)
}

impl Likelihood for Subdistribution {
    fn parameters(&self) -> usize {
        self.columns
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let p = self.columns;
        let (eta, risk, risk_x) = self.risks(beta);
        let mut value = 0.0;
        let mut expected = vec![0.0; eta.len()];
        let mut residual = vec![0.0; eta.len()];
        let mut information = Mat::zeros(p, p);
        for exits in self.strata.iter() {
            let walk = Walk::new(exits, &self.censoring, &risk, &risk_x, p);
            let total = walk.weighted.last().copied().unwrap_or(0.0);
            for at in 0..walk.times.len() {
                let free = self.censoring.free[walk.times[at] as usize];
                if walk.events[at] > 0.0 {
                    value -= walk.events[at] * libm::log(walk.s0[at]);
                }
                for exit in &exits[walk.exits(at)] {
                    let pattern = exit.pattern as usize;
                    let mut hazard = walk.hazard[at];
                    match exit.end {
                        End::Event => {
                            value += exit.n * eta[pattern];
                            residual[pattern] += exit.n;
                        }
                        // He stays at risk, with the weight that is left of him.
                        End::Competing => hazard += (total - walk.weighted[at]) / free,
                        End::Censored => {}
                    }
                    expected[pattern] += exit.n * hazard;
                }
            }
            let weights: Vec<f64> = walk.events.iter().map(|events| -events).collect();
            add_gram(&walk.mean, p, &weights, &mut information);
        }
        let mut score = vec![0.0; p];
        for (pattern, (expected, risk)) in expected.iter_mut().zip(&risk).enumerate() {
            *expected *= risk;
            let residual = residual[pattern] - *expected;
            score.iter_mut().zip(self.row(pattern)).for_each(|(sum, x)| *sum += residual * x);
        }
        add_gram(&self.x, p, &expected, &mut information);
        Evaluation { value, score, information }
    }
}

impl Regression for Subdistribution {
    fn cone(&self) -> Cone {
        self.as_cox().cone()
    }

    fn candidate(&self) -> Option<Vec<f64>> {
        self.as_cox().candidate()
    }

    fn reach(&self) -> f64 {
        self.as_cox().reach()
    }

    fn limit(&self, recession: &Recession) -> Self {
        let patterns = self.offset.len();
        let (stratum, count) = recession.strata(&self.x, patterns);
        let mut strata = vec![Vec::new(); count];
        for exit in self.strata.iter().flatten() {
            strata[stratum[exit.pattern as usize] as usize].push(*exit);
        }
        let own: Vec<u32> = (0..patterns as u32).collect();
        let unweighted = self.unweighted.regroup(&own, patterns, Some(&stratum));
        Self { strata: Arc::new(strata), unweighted: Arc::new(unweighted), ..self.clone() }
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        self.as_cox().contrasts()
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
