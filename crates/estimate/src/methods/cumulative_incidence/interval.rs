//! Pointwise confidence limits of a cumulative incidence, on six scales.
//!
//! # References
//! Choudhury 2002, doi:10.1002/sim.1070 (transformations of the cumulative incidence).

use crate::methods::kaplan_meier::CurveInterval;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Dialect, IntervalMethod};

/// The scale on which an interval is symmetric; se is the standard error of F.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidenceInterval {
    /// F ± z·se, cut to 0 and 1.
    Plain,
    /// F·exp(±z·se/F), cut to 1.
    Log,
    /// F^exp(±z·se/(F log F)).
    LogLog,
    /// 1 − (1 − F)^exp(∓z·se/((1 − F) log(1 − F))): the scale of the log cumulative subdistribution hazard.
    ComplementaryLogLog,
    /// Logit of F ± z·se/(F(1 − F)).
    Logit,
    /// Arcsine of √F ± z/2·se/√(F(1 − F)).
    Arcsine,
}

impl IncidenceInterval {
    /// The scale on which a program draws the limits of an Aalen–Johansen curve.
    pub(crate) fn of_dialect(dialect: Dialect) -> Self {
        if dialect == Dialect::R { Self::Log } else { Self::LogLog }
    }

    /// As a survival probability has it; nothing on the scale that is of the complement.
    fn direct(self) -> Option<CurveInterval> {
        Some(match self {
            Self::Plain => CurveInterval::Plain,
            Self::Log => CurveInterval::Log,
            Self::LogLog => CurveInterval::LogLog,
            Self::Logit => CurveInterval::Logit,
            Self::Arcsine => CurveInterval::Arcsine,
            Self::ComplementaryLogLog => return None,
        })
    }

    /// The scale in words.
    pub(crate) fn text(self) -> &'static str {
        self.direct().map_or("complementary log(−log)", CurveInterval::text)
    }

    pub(in crate::methods) fn method(self) -> IntervalMethod {
        self.direct().map_or(IntervalMethod::ComplementaryLogLog, CurveInterval::method)
    }

    /// Lower and upper limit of an incidence with its variance; none where it is 0, or 1 on scales that do not reach it.
    pub(in crate::methods) fn limits(self, incidence: f64, variance: f64, z: f64) -> Option<(f64, f64)> {
        match self.direct() {
            // The relative variance stands for Greenwood's sum.
            Some(scale) => scale.limits(incidence, variance / (incidence * incidence), z),
            None => {
                let (value, variance) = self.transformed(incidence, variance)?;
                let at = |value: f64| -libm::expm1(-libm::exp(value));
                let half = z * variance.sqrt();
                Some((at(value - half), at(value + half)))
            }
        }
    }

    /// The transformed incidence and the variance of it, for tests; absent where it is infinite or has no variance.
    pub(in crate::methods) fn transformed(self, incidence: f64, variance: f64) -> Option<(f64, f64)> {
        if let Some(scale) = self.direct() {
            return scale.transformed(incidence, variance / (incidence * incidence));
        }
        if !(incidence > 0.0 && incidence < 1.0 && variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let log = libm::log1p(-incidence);
        let slope = (1.0 - incidence) * log;
        Some((libm::log(-log), variance / (slope * slope)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Identity, `cumulative_incidence`: the limits are those of a survival probability with the same error.
    #[test]
    fn the_complement_has_the_limits_of_a_survival_probability() {
        for (incidence, variance) in [(0.2, 0.01), (0.5, 0.02), (0.9, 0.001)] {
            let survival: f64 = 1.0 - incidence;
            let greenwood = variance / (survival * survival);
            let (lower, upper) = CurveInterval::LogLog.limits(survival, greenwood, 1.96).unwrap();
            let own = IncidenceInterval::ComplementaryLogLog.limits(incidence, variance, 1.96).unwrap();
            assert!((own.0 - (1.0 - upper)).abs() < 1e-15 && (own.1 - (1.0 - lower)).abs() < 1e-15);
        }
        // F = 1 − 1/e has log(−log(1 − F)) = 0, and with se = (1 − F) log 2 the powers are ½ and 2.
        let incidence = 1.0 - (-1.0f64).exp();
        let variance = ((-1.0f64).exp() * 2f64.ln()).powi(2);
        let (lower, upper) = IncidenceInterval::ComplementaryLogLog.limits(incidence, variance, 1.0).unwrap();
        assert!((lower - (1.0 - (-0.5f64).exp())).abs() < 1e-15);
        assert!((upper - (1.0 - (-2.0f64).exp())).abs() < 1e-15);
    }

    #[test]
    fn no_interval_where_there_is_no_information() {
        for scale in
            [IncidenceInterval::ComplementaryLogLog, IncidenceInterval::LogLog, IncidenceInterval::Logit]
        {
            assert_eq!(scale.limits(0.0, 0.0, 1.96), None);
            assert_eq!(scale.transformed(0.0, 0.0), None);
            assert_eq!(scale.limits(1.0, 0.0, 1.96), None);
        }
        assert_eq!(IncidenceInterval::Plain.limits(0.0, 0.0, 1.96), None);
    }
}
