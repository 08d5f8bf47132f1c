//! Confidence intervals of one parameter, on the model's linear scale.
//!
//! # Formula
//! Wald: β̂ ± z SE. Profile likelihood: the β at which 2 (ℓ(β̂) − ℓₚ(β)) = z², ℓₚ being the log-likelihood maximised
//! over all other parameters. Each limit is solved by Newton's method for all parameters at once (Venzon & Moolgavkar
//! 1988, doi:10.2307/2347496): from β with score U and information I the step is I⁻¹U + λ I⁻¹eₖ, with
//! λ² (I⁻¹)ₖₖ = 2 (ℓ(β) − ℓ(β̂)) + z² + U′I⁻¹U. Where that does not settle at once, a safeguarded iteration follows on
//! the signed root of the deviance of the constrained likelihood, which is nearly linear in β.
//! Score: the β at which U(β)² V(β) = z², U being the score of the parameter and V the inverse of its information, all
//! other parameters at their maximum for that β (Rao 1948, doi:10.1017/S0305004100023987).
//! A finite limit exists on both sides wherever the maximum does; of an infinite estimate, at most one exists.

use crate::likelihood::{Course, Evaluation, Likelihood, Maximum, maximise, maximise_knowing};
use crate::numerics::distributions::normal_two_sided;
use crate::numerics::root;
use crate::numerics::sums::at_least_zero;
use crate::numerics::symmetric::{inverse, solve_two};
use crate::regression::{self, Fit, Regression};
use study::results::finite;
use study::{IntervalMethod, Test, TestName};

/// The Wald limits.
pub fn wald(beta: f64, std_error: f64, z: f64) -> (f64, f64) {
    (beta - z * std_error, beta + z * std_error)
}

/// Wald's test of one coefficient that lies z standard errors from none: χ² = z².
pub fn wald_test(z: f64) -> Test {
    Test {
        name: TestName::Wald,
        statistic: finite(z * z),
        df: vec![1.0],
        p_value: finite(normal_two_sided(z)),
        reason: None,
    }
}

/// The profile-likelihood limits of parameter `k`. `column` is column `k` of the covariance matrix.
pub fn profile(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    column: &[f64],
    z: f64,
) -> (Option<f64>, Option<f64>) {
    // The covariance that is reported may be another than that of the penalized likelihood.
    let own = maximum.learnt.as_ref().and_then(|_| inverse(&maximum.at.information));
    let column = own.as_ref().map_or(column, |inverse| inverse.col_as_slice(k));
    let wald = |sign: f64| -> Vec<f64> {
        let far = sign * z / column[k].sqrt();
        maximum.beta.iter().zip(column).map(|(b, c)| b + far * c).collect()
    };
    let side = |sign, start| {
        let direct = direct_limit(likelihood, maximum, k, start, z, sign);
        let limit = direct.as_ref().map(|beta| beta[k]);
        (limit.or_else(|| profile_limit(likelihood, maximum, k, column, z, sign)), direct)
    };
    let start = wald(-1.0);
    let (lower, found) = side(-1.0, start.clone());
    let upper = match (&maximum.learnt, &found) {
        (Some(_), Some(found)) => opposite(maximum, k, column, z, found),
        // How far a limit lies from Wald's is, but for terms of third order, the same on both sides.
        _ => {
            let upper = wald(1.0).into_iter().zip(&start).enumerate();
            upper.map(|(i, (b, start))| b + found.as_ref().map_or(0.0, |found| found[i] - start)).collect()
        }
    };
    (lower, side(1.0, upper).0)
}

/// One of these limits: the lower for a sign of −1, the upper for 1.
pub fn profile_side(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    column: &[f64],
    (z, sign): (f64, f64),
) -> Option<f64> {
    let far = sign * z / column[k].sqrt();
    let start = maximum.beta.iter().zip(column).map(|(b, c)| b + far * c).collect();
    let direct = direct_limit(likelihood, maximum, k, start, z, sign).map(|beta| beta[k]);
    direct.or_else(|| profile_limit(likelihood, maximum, k, column, z, sign))
}

/// Where the upper limit lies, if the signed root of the deviance is d + a d² at d standard errors from the estimate, and
/// the other parameters there are of the second order in d, as they are at the lower limit. Far from the estimate, where
/// little but a penalty bounds it, this is much nearer than the mirror image.
fn opposite(maximum: &Maximum, k: usize, column: &[f64], z: f64, lower: &[f64]) -> Vec<f64> {
    let std_error = column[k].sqrt();
    let below = (maximum.beta[k] - lower[k]) / std_error;
    let bend = (1.0 - z / below) / below;
    // The root of a d² + d = z, in a form that needs no division by a.
    let square = 1.0 + 4.0 * bend * z;
    let above = if square > 0.0 { 2.0 * z / (1.0 + square.sqrt()) } else { z };
    let both = maximum.beta.iter().zip(column).zip(lower);
    both.map(|((beta, c), lower)| {
        let along = c / std_error;
        let second = (lower - beta + below * along) / (below * below);
        beta + above * (along + above * second)
    })
    .collect()
}

/// Newton's method for the limit and the other parameters there, from near them.
fn direct_limit(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    mut beta: Vec<f64>,
    z: f64,
    sign: f64,
) -> Option<Vec<f64>> {
    let wanted = maximum.at.value - 0.5 * z * z;
    let mut last = f64::INFINITY;
    let mut course = Course::new(likelihood, maximum.learnt.clone());
    let mut unit = vec![0.0; beta.len()];
    unit[k] = 1.0;
    for _ in 0..16 {
        let at = course.evaluate(&beta);
        let [newton, inverse] = solve_two(&at.information, [&at.score, &unit])?;
        let decrement: f64 = newton.iter().zip(&at.score).map(|(step, u)| step * u).sum();
        let square = (2.0 * (at.value - wanted) + decrement) / inverse[k];
        if square.is_nan() || square < 0.0 {
            return None;
        }
        let lambda = sign * square.sqrt();
        let length = decrement + lambda * (2.0 * newton[k] + lambda * inverse[k]);
        beta.iter_mut().zip(&newton).zip(&inverse).for_each(|((b, n), c)| *b += n + lambda * c);
        // The step squares the distance, and has squared it before: what it leaves follows from the last two lengths. Where a
        // curvature is learnt it shortens the distance at least as much as the step before did.
        let ratio = length / last;
        let ended = match course.learns() {
            false => length < 1e-16 || (length < 1e-11 && length * ratio * ratio < 1e-20),
            true => length < 1e-11 && length * ratio < 1e-22,
        };
        if ended {
            // The side must be the one that was asked for.
            return (sign * (beta[k] - maximum.beta[k]) > 0.0).then_some(beta);
        }
        // What is learnt may mislead a step or two, and is then better known.
        let patience = if course.learns() { 4.0 } else { 0.25 };
        if length > patience * last {
            return None;
        }
        last = length;
    }
    None
}

fn profile_limit(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    column: &[f64],
    z: f64,
    sign: f64,
) -> Option<f64> {
    let std_error = column[k].sqrt();
    // Distances from the estimate in standard errors: the limit lies between `inner` and `outer`.
    let (mut inner, mut outer) = (0.0, None);
    let mut distance = z;
    let mut warm: Option<(f64, Vec<f64>)> = None;
    let mut learnt = maximum.learnt.clone();
    for _ in 0..100 {
        // Along the estimated regression of the other parameters on this one.
        let (from, base) = warm.as_ref().map_or((0.0, &maximum.beta), |(from, beta)| (*from, beta));
        let shift = sign * (distance - from) * std_error;
        let start: Vec<f64> = base.iter().zip(column).map(|(b, c)| b + shift * c / column[k]).collect();
        let constrained = maximise_knowing(likelihood, learnt.clone(), start, &[k], 200);
        if !constrained.converged {
            // Too far out for the likelihood to be computed: come back half way.
            outer = Some(distance);
            distance = 0.5 * (inner + distance);
            continue;
        }
        learnt.clone_from(&constrained.learnt);
        let root = at_least_zero(2.0 * (maximum.at.value - constrained.at.value)).sqrt();
        let slope = -sign * constrained.at.score[k] * std_error / root;
        let error = root - z;
        if error.abs() <= 1e-8 * z {
            // One more step of an iteration that doubles the digits needs no further fit.
            let last = distance - error / slope;
            return Some(maximum.beta[k] + sign * last * std_error);
        }
        if error < 0.0 {
            inner = distance
        } else {
            outer = Some(distance)
        }
        let mut next = distance - error / slope;
        let within = next > inner && outer.is_none_or(|outer| next < outer);
        if !within || !next.is_finite() {
            next = outer.map_or(2.0 * distance, |outer| 0.5 * (inner + outer));
        }
        next = next.min(4.0 * distance);
        warm = Some((distance, constrained.beta));
        distance = next;
    }
    None
}

/// The one limit that the interval of an infinite estimate of parameter `k` has, where it has one: the value at which
/// the profile likelihood has fallen from its supremum by z²/2. Below it for an estimate of +∞, above it for −∞.
pub fn profile_of_infinite<M: Regression>(
    model: &M,
    fit: &Fit<'_, M>,
    k: usize,
    z: f64,
) -> (Option<f64>, Option<f64>) {
    one_sided(fit, k, |_, value| {
        let held = model.hold(k, value);
        let value = regression::fit(&held, None).ok()?.log_likelihood();
        Some(at_least_zero(2.0 * (fit.log_likelihood() - value)).sqrt() - z)
    })
}

/// Where an infinite estimate is held at a value and `excess`, given the sign of the estimate and the value, is 0: above
/// 0 is what the test rejects, and it grows with the distance gone away from infinity.
fn one_sided<M: Regression>(
    fit: &Fit<'_, M>,
    k: usize,
    excess: impl Fn(f64, f64) -> Option<f64>,
) -> (Option<f64>, Option<f64>) {
    let towards = fit.direction.as_ref().map_or(0.0, |direction| direction[k]);
    if towards.abs() < 1e-8 {
        return (None, None);
    }
    let sign = towards.signum();
    let limit = root(&|distance: f64| excess(sign, -sign * distance)).map(|distance| -sign * distance);
    if sign > 0.0 { (limit, None) } else { (None, limit) }
}

/// The limits that the score test of parameter `k` does not reject. `column` is column `k` of the covariance matrix.
pub fn score(
    likelihood: &impl Likelihood,
    maximum: &Maximum,
    k: usize,
    column: &[f64],
    z: f64,
) -> (Option<f64>, Option<f64>) {
    let std_error = column[k].sqrt();
    let side = |sign: f64| {
        // In standard errors from the estimate, along the estimated regression of the other parameters on this one.
        let excess = |distance: f64| {
            let shift = sign * distance * std_error;
            let start = maximum.beta.iter().zip(column).map(|(b, c)| b + shift * c / column[k]).collect();
            let held = maximise(likelihood, start, &[k], 200);
            Some(-sign * held.converged.then(|| signed_root(&held.at, k))?? - z)
        };
        root(&excess).map(|distance| maximum.beta[k] + sign * distance * std_error)
    };
    (side(-1.0), side(1.0))
}

/// The one limit of the score interval of an infinite estimate, where it has one.
pub fn score_of_infinite<M: Regression>(
    model: &M,
    fit: &Fit<'_, M>,
    k: usize,
    z: f64,
) -> (Option<f64>, Option<f64>) {
    one_sided(fit, k, |sign, value| Some(sign * root_of_score(model, k, value)? - z))
}

/// The signed root of the score statistic of a parameter held at a value, whether or not its estimate is finite.
fn root_of_score<M: Regression>(model: &M, k: usize, value: f64) -> Option<f64> {
    let held = model.hold(k, value);
    let found = regression::fit(&held, None).ok().filter(|found| found.separation.is_none())?;
    let mut beta = found.maximum.beta.clone();
    beta.insert(k, value);
    signed_root(&model.evaluate(&beta), k)
}

fn signed_root(at: &Evaluation, k: usize) -> Option<f64> {
    Some(at.score[k] * inverse(&at.information)?[(k, k)].sqrt())
}

/// The score statistic of some parameters being 0.
pub fn score_statistic<M: Regression>(model: &M, zero: &[usize]) -> Option<f64> {
    let others: Vec<usize> = (0..model.parameters()).filter(|k| !zero.contains(k)).collect();
    let reduced = model.select(&others);
    let found = regression::fit(&reduced, None).ok().filter(|found| found.separation.is_none())?;
    let mut beta = vec![0.0; model.parameters()];
    others.iter().zip(&found.maximum.beta).for_each(|(k, value)| beta[*k] = *value);
    let at = model.evaluate(&beta);
    let inverse = inverse(&at.information)?;
    let pairs = zero.iter().flat_map(|a| zero.iter().map(move |b| (*a, *b)));
    Some(pairs.map(|(a, b)| at.score[a] * inverse[(a, b)] * at.score[b]).sum())
}

/// The same of a fitted model that may be separated: who is explained without exception says nothing of the parameters that
/// are tested, so that the test is made among the others.
pub fn score_statistic_in_limit<M: Regression>(model: &M, fit: &Fit<'_, M>, zero: &[usize]) -> Option<f64> {
    if fit.separation.is_none() {
        return score_statistic(model, zero);
    }
    let finite: Option<Vec<usize>> = zero.iter().map(|k| fit.position(*k)).collect();
    if let Some(held) = finite {
        return score_statistic(fit.model.as_ref(), &held);
    }
    // Of an infinite estimate the others alone may be separated, or nobody is.
    let p = model.parameters();
    let others: Vec<usize> = (0..p).filter(|k| !zero.contains(k)).collect();
    let reduced = model.select(&others);
    let found = regression::fit(&reduced, None).ok()?;
    let Some(along) = &found.direction else { return score_statistic(model, zero) };
    let mut direction = vec![0.0; p];
    others.iter().zip(along).for_each(|(k, value)| direction[*k] = *value);
    let (limit, rank) = regression::told_apart(&model.limit(&model.cone().along(direction)?));
    let place = |k: &usize| {
        let at = rank.kept.iter().position(|kept| kept == k)?;
        rank.null.iter().all(|null| null[*k] == 0.0).then_some(at)
    };
    score_statistic(&limit, &zero.iter().map(place).collect::<Option<Vec<_>>>()?)
}

/// The root of an increasing function; none where a value is missing.
fn root(f: &impl Fn(f64) -> Option<f64>) -> Option<f64> {
    root::of_falling(|at| f(at).map_or(f64::NAN, |value| -value), 0.0, 1e4)
}

/// What `interval = "…"` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalChoice {
    /// Estimate ± z × standard error.
    Wald,
    /// Values that the likelihood-ratio test does not reject.
    Profile,
    /// Values that the score test does not reject; of logistic models, whose options name it.
    #[serde(skip)]
    Score,
}

impl From<IntervalChoice> for IntervalMethod {
    fn from(choice: IntervalChoice) -> Self {
        match choice {
            IntervalChoice::Wald => Self::Wald,
            IntervalChoice::Profile => Self::ProfileLikelihood,
            IntervalChoice::Score => Self::Score,
        }
    }
}
