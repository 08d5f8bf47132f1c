//! The robust variance: by patient, or by cluster.
//!
//! # Formula
//! I⁻¹ (Σ over clusters of U_c U_c′) I⁻¹, with U_c the sum over the cluster's patients of w (∫ (x − x̄(t)) dN(t) −
//! ∫ (x − x̄(t)) r dΛ(t)), the score residual with the patient's weight w (Lin & Wei 1989,
//! doi:10.1080/01621459.1989.10478874, eq. 2.3; Binder 1992, doi:10.1093/biomet/79.1.139). Under Efron's ties the k-th
//! of d tied events has its own mean and hazard, and those who have the event are at risk for 1 − k/d of it. Without
//! clusters each patient is one. Of a single one, whose scores sum to 0 at the maximum whatever the spread, there is no
//! variance. Stata multiplies it by m/(m − 1), m being the number of clusters; others do not.

use super::likelihood::{Partial, Risks};
use super::ties::{Hazard, Ties, Walk};
use crate::numerics::gram::add_gram;
use crate::risk_set::EventTime;
use faer::Mat;
use study::Dialect;

/// What the sandwich is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RobustScale {
    /// Nothing.
    One,
    /// m/(m − 1), with m patients or clusters.
    Units,
}

impl RobustScale {
    pub(crate) fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::Stata { Self::Units } else { Self::One }
    }
}

/// To which cluster the patients of each pattern belong.
#[derive(Debug, Clone, PartialEq)]
enum Members {
    /// Each pattern holds so many alike patients, each of them a cluster.
    Patients(Vec<f64>),
    /// The cluster of each pattern, and how many codes of clusters there are.
    Of(Vec<u32>, usize),
}

/// Whose scores are added up before they are squared, and how the sandwich is scaled.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::methods) struct Clusters {
    members: Members,
    number: f64,
    scale: RobustScale,
}

impl Clusters {
    /// Each pattern holds so many alike patients, each of them a cluster.
    pub(in crate::methods) fn patients(n: Vec<f64>, scale: RobustScale) -> Self {
        Self { number: n.iter().sum(), members: Members::Patients(n), scale }
    }

    /// The cluster of each pattern, and how many codes of clusters there are.
    pub(in crate::methods) fn of(cluster: Vec<u32>, codes: usize, scale: RobustScale) -> Self {
        let mut seen = vec![false; codes];
        cluster.iter().for_each(|cluster| seen[*cluster as usize] = true);
        let number = seen.iter().filter(|seen| **seen).count() as f64;
        Self { number, members: Members::Of(cluster, codes), scale }
    }

    /// What the sandwich is multiplied by.
    fn factor(&self) -> f64 {
        match self.scale {
            RobustScale::Units if self.number > 1.0 => self.number / (self.number - 1.0),
            RobustScale::Units | RobustScale::One => 1.0,
        }
    }

    /// Whether everybody belongs to one.
    fn is_one(&self) -> bool {
        self.number == 1.0
    }

    /// Whether there are more clusters than columns. The sum of the squared scores of m clusters has the rank m: with as
    /// many columns the robust score statistic is m, whatever the data.
    pub(super) fn are_more_than(&self, columns: usize) -> bool {
        self.number > columns as f64
    }
}

/// Whether there is one cluster alone.
pub(in crate::methods) fn all_alike(mut clusters: impl Iterator<Item = u32>) -> bool {
    clusters.next().is_some_and(|first| clusters.all(|other| other == first))
}

/// What an event time adds to ∫ dΛ and ∫ x̄ dΛ, of those at risk and of those with the event; and x̄ for them.
struct Step {
    hazard: f64,
    dying: f64,
    drift: Vec<f64>,
    dying_drift: Vec<f64>,
    mean: Vec<f64>,
}

/// Σ U_c U_c′ at some coefficients.
pub(super) fn meat(model: &Partial, clusters: &Clusters, beta: &[f64]) -> Mat<f64> {
    let p = model.columns;
    let residuals = residuals(model, beta);
    let (rows, weights) = match &clusters.members {
        Members::Patients(n) => (residuals, n.iter().map(|n| 1.0 / n).collect()),
        Members::Of(cluster, count) => {
            let mut sums = vec![0.0; count * p];
            for (pattern, cluster) in cluster.iter().enumerate() {
                let sum = &mut sums[*cluster as usize * p..(*cluster as usize + 1) * p];
                let part = &residuals[pattern * p..(pattern + 1) * p];
                sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            }
            (sums, vec![1.0; *count])
        }
    };
    if clusters.is_one() {
        return Mat::from_fn(p, p, |_, _| f64::NAN);
    }
    let mut meat = Mat::zeros(p, p);
    add_gram(&rows, p, &weights, &mut meat);
    meat
}

/// The sandwich, from the inverse of the information.
pub(super) fn sandwich(model: &Partial, clusters: &Clusters, beta: &[f64], inverse: &Mat<f64>) -> Mat<f64> {
    inverse * meat(model, clusters, beta) * inverse * faer::Scale(clusters.factor())
}

/// Sums of the score residuals of the patients of each pattern, one row after the other.
fn residuals(model: &Partial, beta: &[f64]) -> Vec<f64> {
    let (p, sets) = (model.columns, &model.sets);
    let Risks { risk, .. } = model.risks(beta);
    let mut sums = vec![0.0; model.x.len()];
    let mut walk = Walk::new(model, &risk);
    for range in sets.ranges() {
        walk.begin();
        let stratum = &sets.times()[range.clone()];
        let mut steps = Vec::with_capacity(stratum.len());
        for (at, time) in range.zip(stratum).rev() {
            let (hazard, _) = walk.step(at);
            steps.push(Step::new(walk.sums(at), time, model.ties, &hazard));
            walk.leave(at);
        }
        let (mut hazard, mut drift) = (0.0, vec![0.0; p]);
        // n (∫ (x − x̄) r dΛ) of some patients, with the sign that it has for them.
        let mut pass = |pattern: u32, n: f64, hazard: f64, drift: &[f64]| {
            let pattern = pattern as usize;
            let weight = n * risk[pattern];
            let sum = &mut sums[pattern * p..(pattern + 1) * p];
            for ((sum, x), drift) in sum.iter_mut().zip(model.row(pattern)).zip(drift) {
                *sum -= weight * (x * hazard - drift);
            }
        };
        for (time, step) in stratum.iter().zip(steps.iter().rev()) {
            for leaving in sets.entering(time) {
                pass(leaving.pattern, -leaving.n, hazard, &drift);
            }
            let dying: Vec<f64> = drift.iter().zip(&step.dying_drift).map(|(a, b)| a + b).collect();
            for leaving in sets.dying(time) {
                pass(leaving.pattern, leaving.n, hazard + step.dying, &dying);
            }
            hazard += step.hazard;
            drift.iter_mut().zip(&step.drift).for_each(|(sum, drift)| *sum += drift);
            for leaving in sets.censored(time) {
                pass(leaving.pattern, leaving.n, hazard, &drift);
            }
        }
        for (time, step) in stratum.iter().zip(steps.iter().rev()) {
            for leaving in sets.dying(time) {
                let pattern = leaving.pattern as usize;
                let sum = &mut sums[pattern * p..(pattern + 1) * p];
                for ((sum, x), mean) in sum.iter_mut().zip(model.row(pattern)).zip(&step.mean) {
                    *sum += leaving.n * (x - mean);
                }
            }
        }
    }
    sums
}

impl Step {
    /// From the sums over the risk set at an event time.
    fn new(sums: (f64, &[f64], f64, &[f64]), time: &EventTime, ties: Ties, hazard: &Hazard) -> Self {
        let (s0, s1, d0, d1) = sums;
        let EventTime { events, deaths, .. } = *time;
        let Hazard { at_risk: hazard, dying } = *hazard;
        if ties == Ties::Breslow || events == 1.0 {
            let mean: Vec<f64> = s1.iter().map(|s| s / s0).collect();
            let drift: Vec<f64> = mean.iter().map(|mean| mean * hazard).collect();
            return Self { hazard, dying, dying_drift: drift.clone(), drift, mean };
        }
        let zero = || vec![0.0; s1.len()];
        let (mut mean, mut drift, mut dying_drift) = (zero(), zero(), zero());
        for k in 0..events as u64 {
            let f = k as f64 / events;
            let rest = s0 - f * d0;
            let part = deaths / events / rest;
            for (at, (s, d)) in s1.iter().zip(d1).enumerate() {
                let x = (s - f * d) / rest;
                mean[at] += x / events;
                drift[at] += part * x;
                dying_drift[at] += (1.0 - f) * part * x;
            }
        }
        Self { hazard, dying, drift, dying_drift, mean }
    }
}
