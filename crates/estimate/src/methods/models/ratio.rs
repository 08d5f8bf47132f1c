//! From coefficients of standardised columns to ratios with intervals and tests.

use crate::design::{Design, DesignColumn};
use crate::interval::{IntervalChoice, profile, score, wald, wald_test};
use crate::likelihood::Likelihood;
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::sums::at_least_zero;
use crate::numerics::symmetric::{least_eigenvalue, solve};
use crate::regression::Fit;
use faer::Mat;
use study::results::finite;
use study::{Interval, Test, TestName};

/// A coefficient on the scale of its variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coefficient {
    pub(super) beta: f64,
    pub(super) std_error: f64,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
}

/// The coefficient of a parameter, where it is finite and unique.
pub(super) fn coefficient<M: Likelihood + Clone>(
    fit: &Fit<'_, M>,
    parameter: usize,
    column: &DesignColumn,
    interval: IntervalChoice,
    z: f64,
) -> Option<Coefficient> {
    let (beta, variance) = fit.parameter(parameter)?;
    let std_error = variance.sqrt();
    let (lower, upper) = match interval {
        IntervalChoice::Wald => {
            let (lower, upper) = wald(beta, std_error, z);
            (Some(lower), Some(upper))
        }
        IntervalChoice::Profile => {
            let at = fit.position(parameter)?;
            profile(fit.model.as_ref(), &fit.maximum, at, fit.covariance.col_as_slice(at), z)
        }
        IntervalChoice::Score => {
            let at = fit.position(parameter)?;
            score(fit.model.as_ref(), &fit.maximum, at, fit.covariance.col_as_slice(at), z)
        }
    };
    let raw = |value: f64| value / column.scale;
    Some(Coefficient {
        beta: raw(beta),
        std_error: raw(std_error),
        lower: lower.map(raw),
        upper: upper.map(raw),
    })
}

impl Coefficient {
    /// Whether ratio and limits all print as 1.000.
    pub(super) fn is_too_near_one(&self) -> bool {
        let near = |value: f64| value.abs() < 5e-4;
        near(self.beta) && self.lower.is_some_and(near) && self.upper.is_some_and(near)
    }

    /// Its Wald test.
    pub(super) fn test(&self) -> Test {
        wald_test(self.beta / self.std_error)
    }

    /// Its interval on the ratio's scale; a limit beyond the range of numbers is absent.
    pub(super) fn ratio_interval(&self, choice: IntervalChoice, confidence_level: f64) -> Interval {
        let limit = |value: Option<f64>| value.and_then(exponential);
        Interval {
            lower: limit(self.lower),
            upper: limit(self.upper),
            confidence_level,
            method: choice.into(),
        }
    }
}

/// The interval of an infinite ratio, where one of its limits exists.
pub(super) fn one_sided(
    (lower, upper): (Option<f64>, Option<f64>),
    choice: IntervalChoice,
    scale: f64,
    confidence_level: f64,
) -> Option<Interval> {
    let limit = |value: Option<f64>| value.and_then(|value| exponential(value / scale));
    let interval =
        Interval { lower: limit(lower), upper: limit(upper), confidence_level, method: choice.into() };
    (interval.lower.is_some() || interval.upper.is_some()).then_some(interval)
}

/// eᵝ, where it is a number that can be written.
pub(in crate::methods) fn exponential(beta: f64) -> Option<f64> {
    finite(libm::exp(beta)).filter(|value| *value > 0.0)
}

/// Twice the difference of two log-likelihoods, as a test.
pub(in crate::methods) fn likelihood_ratio(full: f64, reduced: f64, df: usize) -> Test {
    let statistic = at_least_zero(2.0 * (full - reduced));
    chi_squared(TestName::LikelihoodRatio, Some(statistic), df)
}

/// A covariance scaled to a unit diagonal is singular to working precision below this least eigenvalue: of the sandwich
/// of few clusters it is 0, and what rounding leaves of it must not be divided by.
const SINGULAR: f64 = 1e-12;

/// β′V⁻¹β over some parameters; absent where one of them is infinite, and where V is singular.
pub(in crate::methods) fn joint_wald<M: Likelihood + Clone>(fit: &Fit<'_, M>, parameters: &[usize]) -> Test {
    let beta: Option<Vec<f64>> = parameters.iter().map(|k| Some(fit.parameter(*k)?.0)).collect();
    let statistic = beta.and_then(|beta| {
        let covariance = Mat::from_fn(beta.len(), beta.len(), |i, j| {
            fit.covariance(parameters[i], parameters[j]).unwrap_or(f64::NAN)
        });
        quadratic(&beta, &covariance)
    });
    chi_squared(TestName::Wald, statistic, parameters.len())
}

/// β′V⁻¹β; absent where V is singular.
pub(super) fn quadratic(beta: &[f64], covariance: &Mat<f64>) -> Option<f64> {
    let unit = |i: usize, j: usize| covariance[(i, j)] / (covariance[(i, i)] * covariance[(j, j)]).sqrt();
    if least_eigenvalue(&Mat::from_fn(beta.len(), beta.len(), unit)) < SINGULAR {
        return None;
    }
    let solved = solve(covariance, beta)?;
    Some(solved.iter().zip(beta).map(|(a, b)| a * b).sum())
}

/// The coefficients of some columns and their covariance, in the units of the variables; absent where one is infinite.
pub(super) fn covariance<M: Likelihood + Clone>(
    fit: &Fit<'_, M>,
    design: &Design,
    columns: &[usize],
    first: usize,
) -> Option<(Vec<f64>, Vec<f64>)> {
    let scale = |at: &usize| design.columns[*at].scale;
    let beta =
        columns.iter().map(|at| Some(fit.parameter(at + first)?.0 / scale(at))).collect::<Option<_>>()?;
    let pairs = columns.iter().flat_map(|a| columns.iter().map(move |b| (a, b)));
    let matrix = pairs.map(|(a, b)| Some(fit.covariance(a + first, b + first)? / scale(a) / scale(b)));
    let matrix: Vec<f64> = matrix.collect::<Option<_>>()?;
    matrix.iter().all(|value| value.is_finite()).then_some((beta, matrix))
}

/// U′V⁻¹U, of a score and its variance where all coefficients are 0.
pub(super) fn score_test(score: &[f64], variance: &Mat<f64>) -> Test {
    let statistic = solve(variance, score).map(|solved| solved.iter().zip(score).map(|(a, b)| a * b).sum());
    chi_squared(TestName::Score, statistic, score.len())
}

pub(in crate::methods) fn chi_squared(name: TestName, statistic: Option<f64>, df: usize) -> Test {
    let statistic = statistic.and_then(finite);
    let p_value = statistic.map(|statistic| chi_squared_upper(statistic, df as f64));
    Test { name, statistic, df: vec![df as f64], p_value: p_value.and_then(finite), reason: None }
}
