//! Confidence intervals of one parameter, on the model's linear scale.
//!
//! # Formula
//! Wald: β̂ ± z SE. Profile likelihood: the β at which 2 (ℓ(β̂) − ℓₚ(β)) = z², ℓₚ being the log-likelihood maximised
//! over all other parameters (Venzon & Moolgavkar 1988, doi:10.2307/2347496). Each limit is solved on the
//! constrained likelihood itself, by a safeguarded Newton iteration on the signed root of the deviance, which is
//! nearly linear in β.
//! A finite limit exists on both sides wherever the maximum does.

use crate::likelihood::{Likelihood, Maximum, maximise};
use study::IntervalMethod;

/// The Wald limits.
pub fn wald(beta: f64, std_error: f64, z: f64) -> (f64, f64) {
    (beta - z * std_error, beta + z * std_error)
}

/// The profile-likelihood limits of parameter `k`. `column` is column `k` of the covariance matrix.
pub fn profile(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    column: &[f64],
    z: f64,
) -> (Option<f64>, Option<f64>) {
    let side = |sign| profile_limit(likelihood, maximum, k, column, z, sign);
    (side(-1.0), side(1.0))
}

fn profile_limit(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    column: &[f64],
    z: f64,
    sign: f64,
) -> Option<f64> {
    let std_error = column[k].sqrt();
    // Distances from the estimate in standard errors: the limit lies between `inner` and `outer`.
    let (mut inner, mut outer) = (0.0, None);
    let mut distance = z;
    let mut warm: Option<(f64, Vec<f64>)> = None;
    for _ in 0..100 {
        // Along the estimated regression of the other parameters on this one.
        let (from, base) = warm.as_ref().map_or((0.0, &maximum.beta), |(from, beta)| (*from, beta));
        let shift = sign * (distance - from) * std_error;
        let start: Vec<f64> = base.iter().zip(column).map(|(b, c)| b + shift * c / column[k]).collect();
        let constrained = maximise(likelihood, start, Some(k), 200);
        if !constrained.converged {
            // Too far out for the likelihood to be computed: come back half way.
            outer = Some(distance);
            distance = 0.5 * (inner + distance);
            continue;
        }
        let root = (2.0 * (maximum.at.value - constrained.at.value)).max(0.0).sqrt();
        let slope = -sign * constrained.at.score[k] * std_error / root;
        let error = root - z;
        if error.abs() <= 1e-8 * z {
            // One more step of an iteration that doubles the digits needs no further fit.
            let last = distance - error / slope;
            return Some(maximum.beta[k] + sign * last * std_error);
        }
        if error < 0.0 {
            inner = distance
        } else {
            outer = Some(distance)
        }
        let mut next = distance - error / slope;
        let within = next > inner && outer.is_none_or(|outer| next < outer);
        if !within || !next.is_finite() {
            next = outer.map_or(2.0 * distance, |outer| 0.5 * (inner + outer));
        }
        next = next.min(4.0 * distance);
        warm = Some((distance, constrained.beta));
        distance = next;
    }
    None
}

/// What `interval = "…"` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalChoice {
    /// Estimate ± z × standard error.
    Wald,
    /// Values that the likelihood-ratio test does not reject.
    Profile,
}

impl From<IntervalChoice> for IntervalMethod {
    fn from(choice: IntervalChoice) -> Self {
        match choice {
            IntervalChoice::Wald => Self::Wald,
            IntervalChoice::Profile => Self::ProfileLikelihood,
        }
    }
}
