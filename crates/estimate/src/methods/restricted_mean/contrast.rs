//! Groups against their reference.

use super::area::Area;
use crate::interval::wald_test;
use study::results::finite;
use study::{Interval, IntervalMethod, Test};

/// An estimate with its standard error on the scale on which its interval is symmetric.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contrast {
    pub(super) value: f64,
    pub(super) std_error: f64,
    pub(super) interval: Interval,
    pub(super) test: Test,
}

/// Confidence level and its normal quantile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Confidence {
    pub(super) level: f64,
    pub(super) z: f64,
}

impl Confidence {
    /// Limits on the scale of the estimate, perhaps carried back from another.
    pub(super) fn interval(&self, centre: f64, std_error: f64, back: impl Fn(f64) -> f64) -> Interval {
        Interval {
            lower: finite(back(centre - self.z * std_error)),
            upper: finite(back(centre + self.z * std_error)),
            confidence_level: self.level,
            method: IntervalMethod::Wald,
        }
    }
}

/// Mean less mean of the reference.
pub(super) fn difference(own: Area, reference: Area, confidence: Confidence) -> Option<Contrast> {
    let value = own.mean - reference.mean;
    let std_error = (own.variance + reference.variance).sqrt();
    (std_error > 0.0).then(|| Contrast {
        value,
        std_error,
        interval: confidence.interval(value, std_error, |limit| limit),
        test: wald_test(value / std_error),
    })
}

/// Mean divided by mean of the reference, by the delta method on the log scale.
pub(super) fn ratio(own: Area, reference: Area, confidence: Confidence) -> Option<Contrast> {
    let log = libm::log(own.mean / reference.mean);
    let relative = |area: Area| area.variance / (area.mean * area.mean);
    let std_error = (relative(own) + relative(reference)).sqrt();
    (std_error > 0.0 && std_error.is_finite() && log.is_finite()).then(|| Contrast {
        value: own.mean / reference.mean,
        std_error,
        interval: confidence.interval(log, std_error, libm::exp),
        test: wald_test(log / std_error),
    })
}
