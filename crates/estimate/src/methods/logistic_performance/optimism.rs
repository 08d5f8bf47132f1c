//! How much better a model looks on the patients it was made from: Harrell's bootstrap.
//!
//! # Formula
//! Of each replicate, the figure of its own model on the replicate less that of the same model on the patients
//! themselves; the mean over replicates is the optimism, which is subtracted from the apparent figure. Replicate r has
//! the stream r of the plan's seed, so that the result is the same on any number of processors.
//!
//! # References
//! Harrell, Lee & Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
//! Efron & Gong 1983, doi:10.1080/00031305.1983.10483087.

use super::calibration::risk;
use super::curve::Flexible;
use super::discrimination::Discrimination;
use crate::methods::calibration_curve::index;
use crate::methods::logistic::fitted::{FittedModel, in_the_large, recalibrate};
use crate::methods::logistic::resampling::stream;
use crate::numerics::parallel::in_order;
use crate::numerics::sums::{Sum, mean_of_finite, sum};

/// The figures that are examined, in their order: AUC, Nagelkerke's R², Brier score, calibration intercept, slope and index.
pub(super) const FIGURES: usize = 6;

/// What the bootstrap says.
pub(super) struct Optimism {
    /// Of each figure.
    pub(super) mean: [f64; FIGURES],
    /// Replicates without finite figures.
    pub(super) lost: u64,
}

/// The figures of a linear predictor on some patients; none where one of them is not finite, except for the calibration
/// index, which then is no number.
pub(super) fn figures(predictor: &[f64], events: &[f64], others: &[f64]) -> Option<[f64; FIGURES]> {
    let [_, slope, log_likelihood] = recalibrate(predictor, events, others)?;
    let intercept = in_the_large(predictor, events, others)?;
    let (m, n): (f64, f64) = (events.iter().sum(), others.iter().sum());
    let null = m * libm::log(m / (m + n)) + n * libm::log(n / (m + n));
    let auc = Discrimination::new(predictor, events, others).auc;
    let curve = Flexible::of(predictor, events, others);
    let index = curve.map_or(f64::NAN, |flexible| index(&flexible.all));
    let explained = nagelkerke(log_likelihood, null, m + n);
    Some([auc, explained, brier(predictor, events, others), intercept, slope, index])
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
    let one = |replicate: usize| {
        let (events, others) = fitted.replicate(stream(seed, analysis, replicate as u64));
        let beta = fitted.refit(&events, &others).ok()?;
        let predictor = fitted.predictor(&beta);
        let own = figures(&predictor, &events, &others)?;
        let original = figures(&predictor, &fitted.model.events, &fitted.model.others)?;
        Some(std::array::from_fn::<f64, FIGURES, _>(|at| own[at] - original[at]))
    };
    let all = in_order(replicates as usize, one);
    let kept: Vec<[f64; FIGURES]> = all.into_iter().flatten().collect();
    let mean = std::array::from_fn(|at| mean_of_finite(kept.iter().map(|one| one[at])));
    Optimism { mean, lost: replicates - kept.len() as u64 }
}
