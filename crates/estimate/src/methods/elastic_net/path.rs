//! The coefficients along the sequence of penalties, each solved from the one before.
//!
//! # Formula
//! λ₁ = max |gradient of −ℓ/n| / max(α, 0.001) where all penalized coefficients are 0, the least penalty under which they
//! are; the sequence falls evenly on the logarithm to a share of it. Only columns that are not 0, or whose gradient comes
//! near the bound (|g| ≥ α(2λ − λ before), the sequential strong rule), enter a search; afterwards the conditions of all
//! columns are tested and who violates them enters too, so that the rule costs nothing.
//!
//! # References
//! Friedman, Hastie & Tibshirani 2010, doi:10.18637/jss.v033.i01, section 2.5; Tibshirani et al. 2012,
//! doi:10.1111/j.1467-9868.2011.01004.x (strong rules).

use super::minimise::{Penalty, minimise};
use crate::regression::{NotConverged, Regression, fit};
use study::notice::SeparationKind;

/// Relative to the largest gradient, how exactly each condition holds.
const TOLERANCE: f64 = 1e-12;

/// A model whose columns are those that are penalized.
pub(super) struct Setup<'a, M> {
    pub(super) model: &'a M,
    /// All patients, by whom the likelihood is divided.
    pub(super) patients: f64,
    /// Share of the lasso.
    pub(super) alpha: f64,
    /// Of each parameter 1, or 0 where it is not penalized.
    pub(super) weights: &'a [f64],
}

/// Why there is no path.
pub(super) enum Stopped {
    /// What is not penalized has no finite estimate: the parameters that have none.
    Separated(Vec<usize>, SeparationKind),
    /// No convergence, after so many iterations where they are known.
    NotConverged(u32),
}

/// The model without any penalized column.
pub(super) struct Null {
    theta: Vec<f64>,
    slopes: Vec<f64>,
    /// The largest gradient of a penalized column.
    pub(super) largest: f64,
}

impl<M: Regression> Setup<'_, M> {
    fn slopes(&self, theta: &[f64]) -> Vec<f64> {
        self.model.score(theta).iter().map(|score| -score / self.patients).collect()
    }

    /// Fits what is not penalized.
    pub(super) fn null(&self) -> Result<Null, Stopped> {
        let p = self.model.parameters();
        let free: Vec<usize> = (0..p).filter(|k| self.weights[*k] == 0.0).collect();
        let mut theta = vec![0.0; p];
        if !free.is_empty() {
            let reduced = self.model.select(&free);
            let found = fit(&reduced, None).map_err(|NotConverged(n)| Stopped::NotConverged(n))?;
            if let Some(kind) = found.separation {
                let infinite = (0..free.len()).filter(|k| found.position(*k).is_none());
                return Err(Stopped::Separated(infinite.map(|k| free[k]).collect(), kind));
            }
            free.iter().zip(&found.maximum.beta).for_each(|(k, value)| theta[*k] = *value);
        }
        let slopes = self.slopes(&theta);
        let penalized = (0..p).filter(|k| self.weights[*k] > 0.0);
        let largest = penalized.map(|k| slopes[k].abs()).fold(0.0, f64::max);
        Ok(Null { theta, slopes, largest })
    }

    /// The coefficients at each penalty, which fall.
    pub(super) fn solve(&self, null: Null, lambdas: &[f64]) -> Result<Vec<Vec<f64>>, Stopped> {
        let p = self.model.parameters();
        let scale = if null.largest > 0.0 { null.largest } else { 1.0 };
        let (mut theta, mut slopes) = (null.theta, null.slopes);
        let mut before = lambdas.first().copied().unwrap_or(0.0);
        let mut path = Vec::with_capacity(lambdas.len());
        for lambda in lambdas {
            let bound = self.alpha * (2.0 * lambda - before);
            let mut entered: Vec<bool> = (0..p)
                .map(|k| self.weights[k] == 0.0 || theta[k] != 0.0 || slopes[k].abs() >= bound)
                .collect();
            loop {
                let within: Vec<usize> = (0..p).filter(|k| entered[*k]).collect();
                let weights: Vec<f64> = within.iter().map(|k| self.weights[*k]).collect();
                let penalty = Penalty { lambda: *lambda, alpha: self.alpha, weights: &weights };
                let start = within.iter().map(|k| theta[*k]).collect();
                let tolerance = TOLERANCE * scale;
                let found = match within.len() {
                    all if all == p => minimise(self.model, self.patients, start, penalty, tolerance),
                    0 => Some((Vec::new(), self.model.evaluate(&theta))),
                    _ => minimise(&self.model.select(&within), self.patients, start, penalty, tolerance),
                };
                let Some((values, at)) = found else { return Err(Stopped::NotConverged(0)) };
                within.iter().zip(&values).for_each(|(k, value)| theta[*k] = *value);
                slopes = match within.len() {
                    all if all == p => at.score.iter().map(|score| -score / self.patients).collect(),
                    _ => self.slopes(&theta),
                };
                let all = Penalty { weights: self.weights, ..penalty };
                let missed = |k: &usize| !entered[*k] && all.violation(*k, 0.0, slopes[*k]) > tolerance;
                let missed: Vec<usize> = (0..p).filter(missed).collect();
                if missed.is_empty() {
                    break;
                }
                missed.into_iter().for_each(|k| entered[k] = true);
            }
            path.push(theta.clone());
            before = *lambda;
        }
        Ok(path)
    }
}

/// The penalties, from the least that keeps every coefficient at 0.
pub(super) fn lambdas(largest: f64, alpha: f64, number: usize, ratio: f64) -> Vec<f64> {
    let first = largest / alpha.max(1e-3);
    let steps = number.saturating_sub(1).max(1) as f64;
    (0..number).map(|k| first * libm::exp(libm::log(ratio) * k as f64 / steps)).collect()
}
