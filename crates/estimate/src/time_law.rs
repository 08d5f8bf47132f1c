//! Laws of a time: what log T looks like after its centre and spread are taken away.
//!
//! # Formula
//! y = (log t − μ)/σ has the survival function S₀ and the density f₀ of the smallest extreme value (Weibull, exponential
//! with σ = 1), the normal (log-normal) or the logistic (log-logistic). All three densities are log-concave, so that the
//! likelihood is concave in (μ/σ, 1/σ) (Burridge 1981, J R Stat Soc B 43:41–45).
//! # References
//! Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data, 2002, doi:10.1002/9781118032985, chapters 2
//! and 3.

use crate::numerics::distributions::{normal_quantile, normal_upper};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What `distribution = "…"` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Distribution {
    /// A constant hazard.
    Exponential,
    /// A hazard that rises or falls as a power of time.
    Weibull,
    /// A hazard that rises and then falls; the logarithm of time is normal.
    Lognormal,
    /// The same with heavier tails (it may also only fall); the logarithm of time is logistic.
    Loglogistic,
}

/// A logarithm and its first two derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course {
    pub(crate) value: f64,
    pub(crate) slope: f64,
    pub(crate) bend: f64,
}

impl Course {
    /// The same of the reciprocal.
    pub(crate) fn negated(self) -> Self {
        Self { value: -self.value, slope: -self.slope, bend: -self.bend }
    }
}

impl Distribution {
    /// The name in prose.
    pub fn text(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Weibull => "Weibull",
            Self::Lognormal => "log-normal",
            Self::Loglogistic => "log-logistic",
        }
    }

    /// The name in the plan.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::Weibull => "weibull",
            Self::Lognormal => "lognormal",
            Self::Loglogistic => "loglogistic",
        }
    }

    /// Whether its spread is estimated.
    pub(crate) fn has_shape(self) -> bool {
        self != Self::Exponential
    }

    /// Whether covariates that stretch time multiply the hazard.
    pub(crate) fn is_proportional(self) -> bool {
        matches!(self, Self::Exponential | Self::Weibull)
    }

    /// log S₀(y).
    pub(crate) fn log_survival(self, y: f64) -> Course {
        match self {
            Self::Exponential | Self::Weibull => {
                let hazard = libm::exp(y);
                Course { value: -hazard, slope: -hazard, bend: -hazard }
            }
            Self::Loglogistic => {
                let below = expit(y);
                Course { value: -log_one_plus_exp(y), slope: -below, bend: -below * expit(-y) }
            }
            Self::Lognormal => {
                let (hazard, excess) = normal_hazard(y);
                // Far out the tail underflows; log S = log φ − log(hazard) does not.
                let value = if y > 10.0 {
                    log_normal_density(y) - libm::log(hazard)
                } else if y < 0.0 {
                    libm::log1p(-normal_upper(-y))
                } else {
                    libm::log(normal_upper(y))
                };
                Course { value, slope: -hazard, bend: -hazard * excess }
            }
        }
    }

    /// log f₀(y).
    pub(crate) fn log_density(self, y: f64) -> Course {
        match self {
            Self::Exponential | Self::Weibull => {
                let hazard = libm::exp(y);
                Course { value: y - hazard, slope: 1.0 - hazard, bend: -hazard }
            }
            Self::Loglogistic => {
                let (below, above) = (expit(y), expit(-y));
                Course {
                    value: y - 2.0 * log_one_plus_exp(y),
                    slope: above - below,
                    bend: -2.0 * below * above,
                }
            }
            Self::Lognormal => Course { value: log_normal_density(y), slope: -y, bend: -1.0 },
        }
    }

    /// The y with S₀(y) = `survival`.
    pub(crate) fn quantile(self, survival: f64) -> f64 {
        match self {
            Self::Exponential | Self::Weibull => libm::log(-libm::log(survival)),
            Self::Loglogistic => libm::log1p(-survival) - libm::log(survival),
            Self::Lognormal => -normal_quantile(survival),
        }
    }
}

/// 1/(1 + e⁻ˣ).
pub(crate) fn expit(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let e = libm::exp(x);
        e / (1.0 + e)
    }
}

/// log(1 + eˣ).
pub(crate) fn log_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

fn log_normal_density(y: f64) -> f64 {
    -0.5 * y * y - 0.5 * libm::log(2.0 * std::f64::consts::PI)
}

/// φ(y)/Q(y), and by how much it exceeds y.
fn normal_hazard(y: f64) -> (f64, f64) {
    if y > 10.0 {
        // Laplace's continued fraction of Mills' ratio; sixty terms are far more than doubles need here.
        let excess = (1..=60).rev().fold(0.0, |tail, term| f64::from(term) / (y + tail));
        return (y + excess, excess);
    }
    let hazard = libm::exp(log_normal_density(y)) / normal_upper(y);
    (hazard, hazard - y)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Distribution; 4] = [
        Distribution::Exponential,
        Distribution::Weibull,
        Distribution::Lognormal,
        Distribution::Loglogistic,
    ];

    fn close(ours: f64, exact: f64, limit: f64) {
        assert!((ours - exact).abs() <= limit * exact.abs().max(1e-3), "{ours:e} against {exact:e}");
    }

    /// Identity, `parametric_survival`, `mixture_cure`: slopes and bends are derivatives, and the density is minus
    /// that of the survival, for every law.
    #[test]
    fn slopes_and_bends_are_derivatives_and_the_density_is_that_of_the_survival() {
        let step = 1e-5;
        for law in ALL {
            for y in [-6.0, -1.3, 0.0, 0.7, 3.0, 9.99, 10.01, 14.0] {
                for course in [Distribution::log_survival, Distribution::log_density] {
                    let (before, at, after) = (course(law, y - step), course(law, y), course(law, y + step));
                    close(at.slope, (after.value - before.value) / (2.0 * step), 2e-6);
                    close(at.bend, (after.slope - before.slope) / (2.0 * step), 2e-6);
                }
                let (survival, density) = (law.log_survival(y), law.log_density(y));
                // f = −S′.
                let hazard = density.value - survival.value;
                close(libm::exp(hazard), -survival.slope, 1e-10);
            }
        }
    }

    #[test]
    fn the_far_normal_tail_keeps_its_digits() {
        // mpmath 1.3.0 with 60 digits: log of the upper tail, and hazard less y.
        close(Distribution::Lognormal.log_survival(60.0).value, -1_805.013_560_680_567, 1e-15);
        close(Distribution::Lognormal.log_survival(10.5).value, -58.404187061073243, 1e-15);
        close(normal_hazard(60.0).1, 0.016_657_420_241_124_93, 1e-14);
    }

    /// Identity, `parametric_survival`, `mixture_cure`: quantiles invert the survival, for every law.
    #[test]
    fn quantiles_invert_the_survival() {
        for law in ALL {
            for survival in [0.999, 0.5, 0.03] {
                close(libm::exp(law.log_survival(law.quantile(survival)).value), survival, 1e-14);
            }
        }
    }
}
