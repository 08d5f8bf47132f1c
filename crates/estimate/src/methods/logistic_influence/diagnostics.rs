//! The figures of each covariate pattern.

use crate::methods::logistic::fitted::FittedModel;
use crate::numerics::incomplete::deviance;

/// What is said of one pattern.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Diagnostics {
    pub(super) leverage: f64,
    pub(super) pearson: f64,
    pub(super) standardized: f64,
    pub(super) deviance: f64,
    /// Cook's.
    pub(super) distance: f64,
    /// Of each coefficient but the intercept, when the pattern is left out, in standard errors.
    pub(super) changes: Vec<f64>,
}

/// Of every pattern, in their order.
pub(super) fn of_patterns(fitted: &FittedModel) -> Vec<Diagnostics> {
    let model = &fitted.model;
    let p = fitted.beta.len();
    let std_errors: Vec<f64> = (0..p).map(|k| fitted.covariance[(k, k)].sqrt()).collect();
    let patterns = 0..model.events.len();
    patterns
        .map(|pattern| {
            let product = |factors: &[f64]| model.x.product(pattern, factors);
            let at = model.point(pattern, product(&fitted.beta));
            let patients = model.patients(pattern);
            let across: Vec<f64> = (0..p).map(|k| product(fitted.covariance.col_as_slice(k))).collect();
            let leverage = at.weight * product(&across);
            let stays = 1.0 - leverage;
            let pearson = at.residual / at.weight.sqrt();
            // Deviances without cancellation: the parts (y − mπ) and −(y − mπ) beside the logarithms add up to nothing.
            let rest = at.weight / at.probability;
            let parts =
                part(model.events[pattern], patients * at.probability) + part(model.others[pattern], rest);
            Diagnostics {
                leverage,
                pearson,
                standardized: pearson / stays.sqrt(),
                deviance: (2.0 * parts).max(0.0).sqrt().copysign(at.residual),
                distance: pearson * pearson * leverage / (stays * stays * p as f64),
                changes: (1..p).map(|k| across[k] * at.residual / stays / std_errors[k]).collect(),
            }
        })
        .collect()
}

/// y ln(y/μ) − (y − μ).
fn part(observed: f64, expected: f64) -> f64 {
    if observed == 0.0 { expected } else { deviance(observed, expected) }
}
