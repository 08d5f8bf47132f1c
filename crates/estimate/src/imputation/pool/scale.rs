//! The scale on which a quantity is pooled.

use study::{Estimate, Quantity};

/// A transformation towards normality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Identity,
    Log,
    /// The logarithm of what has its standard error on its own scale.
    LogOfValue,
    /// The inverse hyperbolic tangent.
    FisherZ,
    Logit,
    /// log(−log S) of a survival probability.
    LogLog,
    /// The same of the complement of a cumulative incidence.
    ComplementLogLog,
}

impl Scale {
    /// The scale of a quantity that has a standard error; `None` for descriptive figures.
    pub(super) fn of(quantity: Quantity) -> Option<Self> {
        match quantity {
            _ if quantity.is_ratio() => Some(Self::Log),
            Quantity::RiskRatio
            | Quantity::RestrictedMeanRatio
            | Quantity::Scale
            | Quantity::Shape
            | Quantity::PredictedQuantile => Some(Self::Log),
            Quantity::CumulativeHazard | Quantity::Hazard => Some(Self::LogOfValue),
            Quantity::Correlation => Some(Self::FisherZ),
            Quantity::Risk | Quantity::Auc | Quantity::Concordance | Quantity::CuredShare => {
                Some(Self::Logit)
            }
            Quantity::Survival | Quantity::ConditionalSurvival | Quantity::PredictedSurvival => {
                Some(Self::LogLog)
            }
            Quantity::CumulativeIncidence => Some(Self::ComplementLogLog),
            Quantity::Mean
            | Quantity::Proportion
            | Quantity::Brier
            | Quantity::Coefficient
            | Quantity::Intercept
            | Quantity::RestrictedMean
            | Quantity::RestrictedMeanDifference
            | Quantity::RiskDifference
            | Quantity::SurvivalDifference
            | Quantity::IncidenceDifference
            | Quantity::AucDifference
            | Quantity::MeanDifference
            | Quantity::MedianDifference
            | Quantity::LocationShift => Some(Self::Identity),
            _ => None,
        }
    }

    /// The value on this scale.
    pub(super) fn forward(self, value: f64) -> Option<f64> {
        let transformed = match self {
            Self::Identity => value,
            Self::Log | Self::LogOfValue => libm::log(value),
            Self::FisherZ => libm::atanh(value),
            Self::Logit => libm::log(value / (1.0 - value)),
            Self::LogLog => libm::log(-libm::log(value)),
            Self::ComplementLogLog => libm::log(-libm::log1p(-value)),
        };
        transformed.is_finite().then_some(transformed)
    }

    /// The value that has this transform.
    pub(super) fn back(self, transformed: f64) -> f64 {
        match self {
            Self::Identity => transformed,
            Self::Log | Self::LogOfValue => libm::exp(transformed),
            Self::FisherZ => libm::tanh(transformed),
            Self::Logit => 1.0 / (1.0 + libm::exp(-transformed)),
            Self::LogLog => libm::exp(-libm::exp(transformed)),
            Self::ComplementLogLog => -libm::expm1(-libm::exp(transformed)),
        }
    }

    /// What a standard error as the rows have it is multiplied by to be one on this scale. Those of ratios are of the
    /// logarithm already.
    fn derivative(self, value: f64) -> f64 {
        match self {
            Self::Identity | Self::Log => 1.0,
            Self::LogOfValue => 1.0 / value,
            Self::FisherZ => 1.0 / (1.0 - value * value),
            Self::Logit => 1.0 / (value * (1.0 - value)),
            Self::LogLog => 1.0 / (value * libm::log(value)).abs(),
            Self::ComplementLogLog => 1.0 / ((1.0 - value) * libm::log1p(-value)).abs(),
        }
    }

    /// Whether larger values have larger transforms.
    pub(super) fn ascends(self) -> bool {
        self != Self::LogLog
    }

    /// A standard error on this scale, as the rows have it.
    pub(super) fn std_error_back(self, value: f64, std_error: f64) -> f64 {
        std_error / self.derivative(value)
    }

    /// Value and variance of a row on this scale. Where it has no standard error, that follows from its counts or from
    /// the width of its interval; `z` is the normal quantile of the interval.
    pub(super) fn read(self, row: &Estimate, spread: Option<f64>, z: f64) -> Option<(f64, f64)> {
        let value = row.value?;
        let transformed = self.forward(value)?;
        let of = row.of.map(|of| of as f64);
        let from_interval = || {
            let (lower, upper) = row.interval.and_then(|limits| limits.lower.zip(limits.upper))?;
            Some((self.forward(upper)? - self.forward(lower)?).abs() / (2.0 * z))
        };
        let std_error = match (row.std_error, row.quantity) {
            (Some(std_error), _) => Some(std_error * self.derivative(value)),
            (None, Quantity::Proportion | Quantity::Risk) => {
                of.map(|of| (value * (1.0 - value) / of).sqrt() * self.derivative(value))
            }
            (None, Quantity::Mean) => spread.zip(row.n).map(|(spread, n)| spread / (n as f64).sqrt()),
            (None, _) => from_interval(),
        }?;
        std_error.is_finite().then_some((transformed, std_error * std_error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_comes_back_and_has_its_derivative() {
        let scales = [Scale::Identity, Scale::FisherZ, Scale::Logit, Scale::LogLog, Scale::ComplementLogLog];
        for scale in scales {
            for value in [0.03, 0.4, 0.93] {
                let there = scale.forward(value).unwrap();
                assert!((scale.back(there) - value).abs() < 1e-14, "{scale:?}");
                let slope =
                    (scale.forward(value + 1e-6).unwrap() - scale.forward(value - 1e-6).unwrap()) / 2e-6;
                assert!((slope.abs() / scale.derivative(value) - 1.0).abs() < 1e-7, "{scale:?}");
                assert_eq!(slope > 0.0, scale.ascends());
            }
        }
        assert_eq!((Scale::Log.forward(0.0), Scale::LogLog.forward(1.0)), (None, None));
    }
}
