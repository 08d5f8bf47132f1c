//! Pointwise confidence limits of a survival probability, on three scales.

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
        }
    }

    pub(in crate::methods) fn method(self) -> IntervalMethod {
        match self {
            Self::Plain => IntervalMethod::Plain,
            Self::Log => IntervalMethod::Log,
            Self::LogLog => IntervalMethod::LogLog,
        }
    }

    /// Lower and upper limit of a survival probability with Greenwood's sum G = Σ d / (n(n − d)).
    ///
    /// Without an event yet (S = 1) the log(−log) interval is not defined, and the others have no width; when nobody
    /// is left (S = 0) there is none at all.
    pub(in crate::methods) fn limits(self, survival: f64, greenwood: f64, z: f64) -> Option<(f64, f64)> {
        if survival <= 0.0 || !greenwood.is_finite() {
            return None;
        }
        let half = z * greenwood.sqrt();
        match self {
            Self::Plain => {
                Some(((survival - half * survival).max(0.0), (survival + half * survival).min(1.0)))
            }
            Self::Log => Some((survival * (-half).exp(), (survival * half.exp()).min(1.0))),
            Self::LogLog if survival >= 1.0 => None,
            Self::LogLog => {
                let log = survival.ln();
                Some(((log * (-half / log).exp()).exp(), (log * (half / log).exp()).exp()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn no_interval_where_there_is_no_information() {
        assert_eq!(CurveInterval::LogLog.limits(1.0, 0.0, 1.96), None);
        assert_eq!(CurveInterval::Plain.limits(1.0, 0.0, 1.96), Some((1.0, 1.0)));
        for scale in [CurveInterval::Plain, CurveInterval::Log, CurveInterval::LogLog] {
            assert_eq!(scale.limits(0.0, f64::INFINITY, 1.96), None);
        }
    }
}
