//! Pointwise confidence limits of a survival probability, on five scales.
//!
//! # References
//! Kalbfleisch & Prentice 1980 (log(−log)). Nair 1984, doi:10.2307/1267553 (arcsine). Meeker & Escobar 1998, section 3.6
//! (logit).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Dialect, IntervalMethod};

/// The scale on which an interval is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurveInterval {
    /// S ± z·S·√G, cut to 0 and 1.
    Plain,
    /// S·exp(±z·√G), cut to 1.
    Log,
    /// S^exp(±z·√G / log S).
    LogLog,
    /// Logit of S ± z·√G / (1 − S).
    Logit,
    /// Arcsine of √S ± z/2·√(G·S / (1 − S)).
    Arcsine,
}

impl CurveInterval {
    /// What each program computes when not told otherwise.
    pub fn of_dialect(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::Sas | Dialect::Stata => Self::LogLog,
            Dialect::R => Self::Log,
            Dialect::Spss => Self::Plain,
        }
    }

    /// The scale in words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Plain => "untransformed",
            Self::Log => "log",
            Self::LogLog => "log(−log)",
            Self::Logit => "logit",
            Self::Arcsine => "arcsine square root",
        }
    }

    pub(in crate::methods) fn method(self) -> IntervalMethod {
        match self {
            Self::Plain => IntervalMethod::Plain,
            Self::Log => IntervalMethod::Log,
            Self::LogLog => IntervalMethod::LogLog,
            Self::Logit => IntervalMethod::Logit,
            Self::Arcsine => IntervalMethod::ArcsineSquareRoot,
        }
    }

    /// Lower and upper limit of a survival probability, given the variance of its logarithm (Greenwood's sum).
    ///
    /// Without an event yet (S = 1) the plain and the log interval have no width and the others are not defined; when
    /// nobody is left (S = 0) there is none at all.
    pub(in crate::methods) fn limits(self, survival: f64, log_variance: f64, z: f64) -> Option<(f64, f64)> {
        if survival <= 0.0 || !log_variance.is_finite() {
            return None;
        }
        let error = log_variance.sqrt();
        let half = z * error;
        match self {
            Self::Plain => {
                Some(((survival - half * survival).max(0.0), (survival + half * survival).min(1.0)))
            }
            Self::Log => Some((survival * libm::exp(-half), (survival * libm::exp(half)).min(1.0))),
            _ if survival >= 1.0 => None,
            Self::LogLog => {
                let log = libm::log(survival);
                let limit = |half: f64| libm::exp(log * libm::exp(half / log));
                Some((limit(-half), limit(half)))
            }
            Self::Logit => {
                // 1 / (1 + (1 − S)/S · exp(∓z SE)).
                let odds_against = (1.0 - survival) / survival;
                let half = half / (1.0 - survival);
                let limit = |half: f64| 1.0 / (1.0 + odds_against * libm::exp(half));
                Some((limit(half), limit(-half)))
            }
            Self::Arcsine => {
                let centre = libm::asin(survival.sqrt());
                let half = 0.5 * half * (survival / (1.0 - survival)).sqrt();
                let square = |angle: f64| libm::sin(angle) * libm::sin(angle);
                let right = std::f64::consts::FRAC_PI_2;
                Some((square((centre - half).max(0.0)), square((centre + half).min(right))))
            }
        }
    }

    /// The transformed probability and the variance of it, for tests; absent where it is infinite or has no variance.
    pub(in crate::methods) fn transformed(self, survival: f64, log_variance: f64) -> Option<(f64, f64)> {
        if survival <= 0.0 || survival >= 1.0 || !(log_variance > 0.0 && log_variance.is_finite()) {
            return None;
        }
        let log = libm::log(survival);
        let against = 1.0 - survival;
        Some(match self {
            Self::Plain => (survival, log_variance * survival * survival),
            Self::Log => (log, log_variance),
            Self::LogLog => (libm::log(-log), log_variance / (log * log)),
            Self::Logit => (log - libm::log(against), log_variance / (against * against)),
            Self::Arcsine => (libm::asin(survival.sqrt()), 0.25 * log_variance * survival / against),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `kaplan_meier`: the limits of survival 1/2 on five scales, in closed form.
    #[test]
    fn limits_by_hand() {
        // S = 1/2 and √G = log 2 with z = 1: each scale has a closed form.
        let greenwood = 2f64.ln().powi(2);
        let close = |(lower, upper): (f64, f64), expected: (f64, f64)| {
            assert!((lower - expected.0).abs() < 1e-15 && (upper - expected.1).abs() < 1e-15);
        };
        close(CurveInterval::Log.limits(0.5, greenwood, 1.0).unwrap(), (0.25, 1.0));
        let half = 0.5 * 2f64.ln();
        close(CurveInterval::Plain.limits(0.5, greenwood, 1.0).unwrap(), (0.5 - half, 0.5 + half));
        let (e, base) = (1f64.exp(), 0.5f64);
        close(CurveInterval::LogLog.limits(0.5, greenwood, 1.0).unwrap(), (base.powf(e), base.powf(1.0 / e)));
        // The logit of 1/2 is 0 and its error 2 log 2: odds of 1/4 and of 4.
        close(CurveInterval::Logit.limits(0.5, greenwood, 1.0).unwrap(), (0.2, 0.8));
        // The arcsine is 45° and with √G = π/6 its error 15°: sin² of 30° and of 60°.
        let greenwood = (std::f64::consts::PI / 6.0).powi(2);
        close(CurveInterval::Arcsine.limits(0.5, greenwood, 1.0).unwrap(), (0.25, 0.75));
    }

    #[test]
    fn no_interval_where_there_is_no_information() {
        assert_eq!(CurveInterval::LogLog.limits(1.0, 0.0, 1.96), None);
        assert_eq!(CurveInterval::Plain.limits(1.0, 0.0, 1.96), Some((1.0, 1.0)));
        for scale in [CurveInterval::LogLog, CurveInterval::Logit, CurveInterval::Arcsine] {
            assert_eq!(scale.limits(1.0, 0.0, 1.96), None);
            assert_eq!(scale.limits(0.0, f64::INFINITY, 1.96), None);
        }
    }
}
