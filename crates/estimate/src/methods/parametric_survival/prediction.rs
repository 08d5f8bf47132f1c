//! What a fitted law says of one profile: survival at a time, and the time of a survival.
//!
//! # Formula
//! Ŝ(t | x) = S₀(ŷ), ŷ = α̂ u(t) + x′η̂; its limits are S₀(ŷ ± z se(ŷ)). The time by which survival has fallen to p is
//! exp(μ̂ + σ̂ S₀⁻¹(p)), with limits symmetric on its logarithm. Both standard errors are from the whole covariance
//! matrix of the coefficients and the spread (delta method).

use super::likelihood::Accelerated;
use crate::numerics::sums::at_least_zero;
use crate::time_law::Distribution;
use faer::Mat;
use study::results::finite;
use study::{Estimate, Interval, IntervalMethod, Quantity};

/// A fit in both sets of parameters.
pub(in crate::methods) struct Fitted<'a> {
    pub(in crate::methods) model: &'a Accelerated,
    /// η and α.
    pub(in crate::methods) hazards: &'a [f64],
    pub(in crate::methods) hazards_covariance: &'a Mat<f64>,
    /// β and τ.
    pub(in crate::methods) times: &'a [f64],
    pub(in crate::methods) times_covariance: &'a Mat<f64>,
}

/// How limits are made.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Width {
    pub(in crate::methods) z: f64,
    pub(in crate::methods) confidence_level: f64,
}

impl Width {
    /// A Wald interval of two limits, in their order.
    pub(in crate::methods) fn interval(self, a: f64, b: f64) -> Interval {
        Interval {
            lower: finite(a.min(b)),
            upper: finite(a.max(b)),
            confidence_level: self.confidence_level,
            method: IntervalMethod::Wald,
        }
    }

    /// A positive number with its interval on the logarithmic scale, given its logarithm and the error of that; absent where
    /// it is too small to be told from 0.
    pub(in crate::methods) fn positive(self, quantity: Quantity, log: f64, std_error: f64) -> Estimate {
        let limit = |sign: f64| libm::exp(log + sign * self.z * std_error);
        if libm::exp(log) < f64::MIN_POSITIVE {
            return Estimate::new(quantity, f64::NAN);
        }
        Estimate {
            std_error: finite(std_error),
            interval: Some(self.interval(limit(-1.0), limit(1.0))),
            ..Estimate::new(quantity, libm::exp(log))
        }
    }
}

/// √(g′Vg).
pub(in crate::methods) fn std_error(gradient: &[f64], covariance: &Mat<f64>) -> f64 {
    let row = |i: usize| gradient.iter().enumerate().map(|(j, g)| g * covariance[(i, j)]).sum::<f64>();
    at_least_zero(gradient.iter().enumerate().map(|(i, g)| g * row(i)).sum()).sqrt()
}

impl Fitted<'_> {
    fn law(&self) -> Distribution {
        self.model.law
    }

    /// Survival of a profile at a time; `x` ends with 1.
    pub(in crate::methods) fn survival(&self, x: &[f64], at: f64, width: Width) -> Estimate {
        let u = (libm::log(at) - self.model.centre) / self.model.spread;
        let gradient: Vec<f64> = x.iter().copied().chain(self.model.shape.then_some(u)).collect();
        let y = self.linear(x, u);
        let error = std_error(&gradient, self.hazards_covariance);
        let survival = |y: f64| libm::exp(self.law().log_survival(y).value);
        let half = width.z * error;
        Estimate {
            at: Some(at),
            std_error: finite(error * libm::exp(self.law().log_density(y).value)),
            interval: Some(width.interval(survival(y - half), survival(y + half))),
            ..Estimate::new(Quantity::PredictedSurvival, survival(y))
        }
    }

    /// The linear predictor of survival at a standardised log time.
    pub(in crate::methods) fn linear(&self, x: &[f64], u: f64) -> f64 {
        let (alpha, _) = self.model.slopes(self.hazards);
        alpha * u + x.iter().zip(self.hazards).map(|(x, eta)| x * eta).sum::<f64>()
    }

    /// The time by which survival of a profile has fallen to `survival`.
    pub(in crate::methods) fn quantile(&self, x: &[f64], survival: f64, width: Width) -> Estimate {
        let (alpha, _) = self.model.in_times(self.hazards).0.slopes(self.times);
        let stretch = self.model.spread / alpha * self.law().quantile(survival);
        let location: f64 = x.iter().zip(self.times).map(|(x, beta)| x * beta).sum();
        let gradient: Vec<f64> = x.iter().copied().chain(self.model.shape.then_some(-stretch)).collect();
        let log = self.model.centre + location + stretch;
        let row =
            width.positive(Quantity::PredictedQuantile, log, std_error(&gradient, self.times_covariance));
        Estimate { at: Some(survival), ..row }
    }

    /// The law's own parameters: the mean of log time at `x`, its spread σ, and the shape 1/σ.
    pub(in crate::methods) fn parameters(&self, x: &[f64], width: Width) -> Vec<Estimate> {
        let location: f64 = x.iter().zip(self.times).map(|(x, beta)| x * beta).sum();
        let mut gradient = x.to_vec();
        gradient.resize(self.times.len(), 0.0);
        let error = std_error(&gradient, self.times_covariance);
        let value = self.model.centre + location;
        let mut rows = vec![Estimate {
            std_error: finite(error),
            interval: Some(width.interval(value - width.z * error, value + width.z * error)),
            ..Estimate::new(Quantity::Intercept, value)
        }];
        if let (true, Some(tau)) = (self.model.shape, self.times.last()) {
            let last = self.times.len() - 1;
            let error = at_least_zero(self.times_covariance[(last, last)]).sqrt();
            let log_scale = libm::log(self.model.spread) - tau;
            rows.push(width.positive(Quantity::Scale, log_scale, error));
            if self.law() != Distribution::Lognormal {
                rows.push(width.positive(Quantity::Shape, -log_scale, error));
            }
        }
        rows
    }
}
