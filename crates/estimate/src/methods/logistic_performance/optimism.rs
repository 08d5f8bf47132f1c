//! The figures of a logistic model whose optimism the bootstrap tells (see `methods/optimism.rs`). Replicate r has the stream
//! r of the plan's seed, so that the result is the same on any number of processors.

use super::calibration::risk;
use super::curve::Flexible;
use super::discrimination::Discrimination;
use crate::methods::calibration_curve::errors;
use crate::methods::logistic::fitted::{FittedModel, in_the_large, recalibrate};
use crate::methods::logistic::resampling::stream;
use crate::methods::optimism::{Optimism, Replicate};
use crate::numerics::sums::{Sum, sum};

/// The figures of a linear predictor on some patients: AUC, Nagelkerke's R², Brier score, calibration intercept and slope,
/// and the errors along the calibration curve; none where one of them is not finite, except for those errors, which then are
/// no numbers.
pub(super) fn figures(predictor: &[f64], events: &[f64], others: &[f64]) -> Option<Vec<f64>> {
    let [_, slope, log_likelihood] = recalibrate(predictor, events, others)?;
    let intercept = in_the_large(predictor, events, others)?;
    let (m, n): (f64, f64) = (events.iter().sum(), others.iter().sum());
    let null = m * libm::log(m / (m + n)) + n * libm::log(n / (m + n));
    let auc = Discrimination::new(predictor, events, others).auc;
    let curve = Flexible::of(predictor, events, others);
    let errors = curve.map_or([f64::NAN; 4], |flexible| errors(&flexible.all));
    let explained = nagelkerke(log_likelihood, null, m + n);
    let figures = [auc, explained, brier(predictor, events, others), intercept, slope];
    Some(figures.into_iter().chain(errors).collect())
}

/// Mean squared difference between outcome and risk.
pub(super) fn brier(predictor: &[f64], events: &[f64], others: &[f64]) -> f64 {
    let mut squares = Sum::default();
    for ((eta, events), others) in predictor.iter().zip(events).zip(others) {
        let (risk, rest) = (risk(*eta), risk(-eta));
        squares.add(events * rest * rest + others * risk * risk);
    }
    squares.total() / (sum(events.iter().copied()) + sum(others.iter().copied()))
}

/// Cox and Snell's R², 1 − exp(2(ℓ₀ − ℓ)/n).
pub(in crate::methods) fn cox_snell(log_likelihood: f64, null: f64, n: f64) -> f64 {
    -libm::expm1(2.0 * (null - log_likelihood) / n)
}

/// Cox and Snell's R² over the largest it could be.
pub(in crate::methods) fn nagelkerke(log_likelihood: f64, null: f64, n: f64) -> f64 {
    cox_snell(log_likelihood, null, n) / -libm::expm1(2.0 * null / n)
}

/// Optimism over so many replicates.
pub(super) fn optimism(fitted: &FittedModel, replicates: u64, seed: u64, analysis: &str) -> Optimism {
    Optimism::of(replicates, |replicate| {
        let (events, others) = fitted.replicate(stream(seed, analysis, replicate as u64));
        let beta = fitted.refit(&events, &others).ok()?;
        let predictor = fitted.predictor(&beta);
        let own = figures(&predictor, &events, &others)?;
        let original = figures(&predictor, &fitted.model.events, &fitted.model.others)?;
        Some(Replicate { own, original })
    })
}
