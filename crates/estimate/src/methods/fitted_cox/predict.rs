//! Survival that coefficients and a cumulative baseline hazard predict at a row of covariates.
//!
//! # Formula
//! With r = exp(x′β) and q = r (x Λ₀ − Σ x̄ a) the cumulative hazard rΛ₀ has the variance r² Σ a² + q′V̂q.

use super::FittedCox;
use faer::Mat;

/// Coefficients, their covariance, and the largest linear predictor, at which hazards are those of a patient.
#[derive(Clone, Copy)]
pub(in crate::methods) struct Coefficients<'a> {
    pub(in crate::methods) beta: &'a [f64],
    pub(in crate::methods) covariance: &'a Mat<f64>,
    pub(in crate::methods) shift: f64,
}

/// Σ a, Σ a² and Σ x̄ a over some event times.
#[derive(Clone, Copy)]
pub(in crate::methods) struct Sums<'a> {
    pub(in crate::methods) hazard: f64,
    pub(in crate::methods) variance: f64,
    pub(in crate::methods) drift: &'a [f64],
}

/// What is predicted at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::methods) struct Predicted {
    pub(in crate::methods) survival: f64,
    pub(in crate::methods) hazard: f64,
    /// Variance of the cumulative hazard.
    pub(in crate::methods) variance: f64,
}

impl FittedCox<'_> {
    /// What predicts.
    pub(in crate::methods) fn coefficients(&self) -> Coefficients<'_> {
        Coefficients { beta: &self.beta, covariance: self.reported(), shift: self.shift }
    }
}

impl Coefficients<'_> {
    /// b′V̂b.
    pub(in crate::methods) fn quadratic(&self, b: &[f64]) -> f64 {
        let inner = |j: usize| (0..b.len()).map(|k| self.covariance[(k, j)] * b[k]).sum::<f64>();
        b.iter().enumerate().map(|(j, b)| b * inner(j)).sum()
    }
}

/// What is predicted for a row of standardised covariates.
pub(in crate::methods) fn predict(of: Coefficients<'_>, sums: Sums<'_>, x: &[f64]) -> Predicted {
    let eta: f64 = x.iter().zip(of.beta).map(|(x, b)| x * b).sum();
    let risk = libm::exp(eta - of.shift);
    let slope: Vec<f64> =
        x.iter().zip(sums.drift).map(|(x, drift)| risk * (x * sums.hazard - drift)).collect();
    let hazard = risk * sums.hazard;
    let variance = risk * risk * sums.variance + of.quadratic(&slope);
    Predicted { survival: libm::exp(-hazard), hazard, variance }
}
