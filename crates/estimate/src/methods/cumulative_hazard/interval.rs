//! Pointwise confidence limits of a hazard, cumulative or not.
//!
//! # References
//! Bie, Borgan & Liestøl 1987, Scand J Stat 14:221–233. Klein & Moeschberger 2003, Survival Analysis, section 4.3.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;
use study::IntervalMethod;

/// The scale on which an interval of a hazard is symmetric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HazardInterval {
    /// Λ·exp(±z·se/Λ).
    #[default]
    Log,
    /// Λ ± z·se, cut to 0.
    Plain,
    /// −2 log sin(α ∓ z/2·se/√(e^Λ − 1)), α being the arcsine of e^(−Λ/2).
    Arcsine,
}

impl HazardInterval {
    /// The scale in words.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Plain => "untransformed",
            Self::Arcsine => "arcsine square root",
        }
    }

    pub(super) fn method(self) -> IntervalMethod {
        match self {
            Self::Log => IntervalMethod::Log,
            Self::Plain => IntervalMethod::Plain,
            Self::Arcsine => IntervalMethod::ArcsineSquareRoot,
        }
    }

    /// Lower and upper limit; none where the hazard is 0 or has no variance. An upper limit may be infinite.
    pub(super) fn limits(self, hazard: f64, variance: f64, z: f64) -> Option<(f64, f64)> {
        if !(hazard > 0.0 && variance > 0.0 && variance.is_finite()) {
            return None;
        }
        let half = z * variance.sqrt();
        Some(match self {
            Self::Log => {
                let factor = libm::exp(half / hazard);
                (hazard / factor, hazard * factor)
            }
            Self::Plain => ((hazard - half).max(0.0), hazard + half),
            Self::Arcsine => {
                let angle = libm::asin(libm::exp(-hazard / 2.0));
                let half = 0.5 * half / libm::expm1(hazard).sqrt();
                // A right angle has the sine 1 and the hazard 0, without a sign.
                let at = |angle: f64| (-2.0 * libm::log(libm::sin(angle))).max(0.0);
                (at((angle + half).min(FRAC_PI_2)), at((angle - half).max(0.0)))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `cumulative_hazard`: limits on three scales, in closed form.
    #[test]
    fn limits_by_hand() {
        let close = |limits: Option<(f64, f64)>, expected: (f64, f64)| {
            let (lower, upper) = limits.unwrap();
            assert!(
                (lower - expected.0).abs() < 1e-15 && (upper - expected.1).abs() < 1e-15,
                "{lower} {upper}"
            );
        };
        // Λ = 1 with an error of log 2.
        let variance = 2f64.ln().powi(2);
        close(HazardInterval::Log.limits(1.0, variance, 1.0), (0.5, 2.0));
        close(HazardInterval::Plain.limits(1.0, variance, 1.0), (1.0 - 2f64.ln(), 1.0 + 2f64.ln()));
        assert_eq!(HazardInterval::Plain.limits(1.0, variance, 2.0).unwrap().0, 0.0);
        // Λ = log 2: the arcsine of √½ is 45°, and with an error of π/6 the angles are 30° and 60°.
        let variance = (std::f64::consts::PI / 6.0).powi(2);
        let expected = ((4.0f64 / 3.0).ln(), 4.0f64.ln());
        close(HazardInterval::Arcsine.limits(2f64.ln(), variance, 1.0), expected);
        // So far out that the angle reaches 90° and 0°.
        let wide = HazardInterval::Arcsine.limits(2f64.ln(), variance, 4.0).unwrap();
        assert_eq!(wide, (0.0, f64::INFINITY));
    }

    #[test]
    fn no_interval_where_there_is_no_information() {
        for scale in [HazardInterval::Log, HazardInterval::Plain, HazardInterval::Arcsine] {
            assert_eq!(scale.limits(0.0, 0.0, 1.96), None);
            assert_eq!(scale.limits(1.0, 0.0, 1.96), None);
        }
    }
}
