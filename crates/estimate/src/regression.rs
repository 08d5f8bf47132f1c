//! Fitting a regression whose likelihood may have no maximum.
//!
//! The fit is tried first. At its end a certificate is computed: were there a direction β of length 1 along which the
//! likelihood rises for ever, β′Iβ could be no larger than reach × ‖score‖, because every term of the information is
//! bounded by a term of the score times a difference of covariates. So where the least eigenvalue of the information
//! exceeds that product, the maximum exists, and nothing more needs to be examined. Only otherwise is the question
//! decided by [`Cone::recession`]; if there is separation, the limiting conditional model is fitted in its place: it
//! gives the supremum of the log-likelihood and every coefficient that stays finite and unique.

use crate::likelihood::{
    Evaluation, Likelihood, Maximum, continue_from, maximise, maximise_exactly, maximum_value,
    maximum_value_by,
};
use crate::numerics::rank::{Rank, norm, rank};
use crate::numerics::symmetric::{inverse, least_eigenvalue, solve};
use crate::separation::{Cone, Recession, Separated};
use faer::Mat;
use std::borrow::Cow;
use study::notice::{SeparationKind, Toward};

/// A model whose separation can be examined.
pub trait Regression: Likelihood + Clone {
    /// The directions along which the likelihood does not fall.
    fn cone(&self) -> Cone;
    /// A direction in which the likelihood may never fall, where one is plain to see: along single columns.
    fn candidate(&self) -> Option<Vec<f64>>;
    /// No two covariate patterns that are compared differ by a longer vector.
    fn reach(&self) -> f64;
    /// The limiting conditional model of a direction: what the strict rows leave.
    fn limit(&self, recession: &Recession) -> Self;
    /// Rows and weights whose rank is the number of parameters that the likelihood can tell apart.
    fn contrasts(&self) -> (Vec<f64>, Vec<f64>);
    /// The model with some of the columns only.
    fn select(&self, columns: &[usize]) -> Self;
    /// Whether a penalty gives every sample a finite maximum: separation then needs no examination.
    fn is_always_finite(&self) -> bool {
        false
    }
    /// Whether the likelihood rises beyond all bounds, so that it has no supremum either: there is then no limiting model.
    fn is_unbounded(&self) -> bool {
        false
    }
    /// The model without a column, whose coefficient is held at a value.
    fn hold(&self, column: usize, value: f64) -> Self;
    /// The fit of a likelihood that is not concave and finds its maximum in its own way.
    fn fitted(&self) -> Option<Result<Fit<'_, Self>, NotConverged>> {
        None
    }
}

/// A fitted model.
#[derive(Debug, Clone)]
pub struct Fit<'a, M: Clone> {
    /// What was fitted: the model itself or, under separation, its limit.
    pub model: Cow<'a, M>,
    /// Where its likelihood is largest.
    pub maximum: Maximum,
    /// Inverse of the information there.
    pub covariance: Mat<f64>,
    /// For each parameter of the original model its position in the fitted one.
    position: Vec<Option<usize>>,
    /// Which combinations of parameters are finite and unique.
    rank: Rank,
    /// Whether, and how, the outcome is separated.
    pub separation: Option<SeparationKind>,
    /// The direction of separation.
    pub direction: Option<Vec<f64>>,
}

/// The number of iterations after which the estimates are withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotConverged(pub u32);

/// Iterations before separation is examined. Without separation, six are usual.
const PATIENCE: u32 = 12;
/// Parameters from which the information costs so much more than the score that that of the whole model serves in its
/// place.
const WIDE: usize = 64;
/// Iterations before the fit is given up.
const LIMIT: u32 = 200;

impl<M: Clone> Fit<'_, M> {
    /// The log-likelihood: its supremum under separation.
    pub fn log_likelihood(&self) -> f64 {
        self.maximum.at.value
    }

    /// Position in the fitted model of a parameter of the original one, where it is finite and unique.
    pub fn position(&self, k: usize) -> Option<usize> {
        self.position[k].filter(|_| self.rank.null.iter().all(|null| null[k] == 0.0))
    }

    /// Estimate and variance of a parameter of the original model.
    pub fn parameter(&self, k: usize) -> Option<(f64, f64)> {
        let at = self.position(k)?;
        Some((self.maximum.beta[at], self.covariance[(at, at)]))
    }

    /// Covariance of two of them.
    pub fn covariance(&self, a: usize, b: usize) -> Option<f64> {
        Some(self.covariance[(self.position(a)?, self.position(b)?)])
    }

    /// Estimate and variance of a linear combination of them, which may be finite where its parts are not.
    pub fn combination(&self, factors: &[f64]) -> Option<(f64, f64)> {
        if !self.rank.is_unique(factors) {
            return None;
        }
        let parts = || factors.iter().zip(&self.position).filter_map(|(f, at)| Some((*f, (*at)?)));
        let value = parts().map(|(f, at)| f * self.maximum.beta[at]).sum();
        let variance =
            parts().flat_map(|(f, a)| parts().map(move |(g, b)| f * g * self.covariance[(a, b)])).sum();
        Some((value, variance))
    }
}

/// Fits a model whose columns are linearly independent, from its start or from where it has been evaluated already.
pub fn fit<M: Regression>(
    model: &M,
    evaluated: Option<(Vec<f64>, Evaluation)>,
) -> Result<Fit<'_, M>, NotConverged> {
    if let Some(own) = model.fitted() {
        return own;
    }
    if model.is_always_finite() {
        let start = evaluated.map_or_else(|| model.start(), |(beta, _)| beta);
        return finite(model, maximise_exactly(model, start, LIMIT));
    }
    let (beta, at) = evaluated.unwrap_or_else(|| {
        let start = model.start();
        let at = model.evaluate(&start);
        (start, at)
    });
    let first = continue_from(model, beta, at, &[], PATIENCE);
    if first.converged && has_maximum(model, &first) {
        return finite(model, first);
    }
    let cone = model.cone();
    // A direction that is plain to see, if it leaves nothing else to be found.
    if let Some(recession) = model.candidate().and_then(|direction| cone.along(direction))
        && let Ok((limit, true)) = limiting(model, recession)
    {
        return Ok(limit);
    }
    match cone.recession() {
        Separated::Yes(_) if model.is_unbounded() => Err(NotConverged(first.iterations)),
        Separated::Yes(recession) => limiting(model, recession).map(|(limit, _)| limit),
        Separated::No => {
            let further = continue_from(model, first.beta, first.at, &[], LIMIT);
            // A likelihood that is not concave may become flat far out, along no direction of the cone.
            if !model.is_concave() && !has_maximum(model, &further) {
                return Err(NotConverged(further.iterations));
            }
            finite(model, further)
        }
        Separated::Unknown => Err(NotConverged(first.iterations)),
    }
}

/// The same from near the maximum.
pub fn fit_near<M: Regression>(model: &M, near: Vec<f64>) -> Result<Fit<'_, M>, NotConverged> {
    if model.is_always_finite() {
        return finite(model, maximise_exactly(model, near, LIMIT));
    }
    let at = model.evaluate(&near);
    fit(model, Some((near, at)))
}

/// The largest log-likelihood of a fitted model without some of its parameters. `nested` may give that model in a
/// smaller form.
pub fn nested_log_likelihood<M: Regression>(
    model: &M,
    fit_of_all: &Fit<'_, M>,
    dropped: &[usize],
    nested: impl FnOnce() -> Option<M>,
) -> Option<f64> {
    let positions: Option<Vec<usize>> = dropped.iter().map(|k| fit_of_all.position(*k)).collect();
    let smaller = if fit_of_all.separation.is_none() { nested() } else { None };
    let Some(held) = positions else {
        // Without a separated term the separation may be gone.
        let others: Vec<usize> = (0..model.parameters()).filter(|k| !dropped.contains(k)).collect();
        return fit(&model.select(&others), None).ok().map(|fit| fit.log_likelihood());
    };
    // What has a maximum has one in every subspace, and no direction of separation involves a finite coefficient. The
    // maximum lies near the one of the quadratic approximation.
    let (beta, covariance) = (&fit_of_all.maximum.beta, &fit_of_all.covariance);
    let among = Mat::from_fn(held.len(), held.len(), |i, j| covariance[(held[i], held[j])]);
    let values: Vec<f64> = held.iter().map(|k| beta[*k]).collect();
    let solved = solve(&among, &values)?;
    let start = |k: usize| -> f64 {
        beta[k] - held.iter().zip(&solved).map(|(h, s)| covariance[(k, *h)] * s).sum::<f64>()
    };
    let (all, full) = (0..beta.len(), fit_of_all.log_likelihood());
    if fit_of_all.maximum.learnt.is_some() {
        let start = near_without(&fit_of_all.maximum, &held)?;
        let learnt = fit_of_all.maximum.learnt.clone();
        return maximum_value(fit_of_all.model.as_ref(), learnt, start, &held, LIMIT, full);
    }
    match smaller {
        Some(nested) => {
            let start = all.filter(|k| !held.contains(k)).map(start).collect();
            maximum_value(&nested, None, start, &[], LIMIT, full)
        }
        None => {
            let start: Vec<f64> = all.map(|k| if held.contains(&k) { 0.0 } else { start(k) }).collect();
            if beta.len() >= WIDE {
                let (model, information) = (fit_of_all.model.as_ref(), &fit_of_all.maximum.at.information);
                let found = maximum_value_by(model, information, start.clone(), &held, full);
                if found.is_some() {
                    return found;
                }
            }
            maximum_value(fit_of_all.model.as_ref(), None, start, &held, LIMIT, full)
        }
    }
}

/// Where the maximum with some parameters at 0 lies, by the information at the maximum without.
fn near_without(maximum: &Maximum, held: &[usize]) -> Option<Vec<f64>> {
    let Maximum { beta, at, .. } = maximum;
    let free: Vec<usize> = (0..beta.len()).filter(|k| !held.contains(k)).collect();
    let among = Mat::from_fn(free.len(), free.len(), |i, j| at.information[(free[i], free[j])]);
    let pulls: Vec<f64> =
        free.iter().map(|k| held.iter().map(|h| at.information[(*k, *h)] * beta[*h]).sum()).collect();
    let mut near = vec![0.0; beta.len()];
    free.iter().zip(solve(&among, &pulls)?).for_each(|(k, shift)| near[*k] = beta[*k] + shift);
    Some(near)
}

/// Whether where a search ended is certainly a maximum, and no place so far out that the likelihood is flat there.
pub(crate) fn has_maximum<M: Regression>(model: &M, maximum: &Maximum) -> bool {
    let least = least_eigenvalue(&maximum.at.information);
    let p = maximum.beta.len();
    let largest = (0..p).map(|k| maximum.at.information[(k, k)]).fold(0.0, f64::max);
    // Rounding gives the eigenvalue an error of some units in the sixteenth digit of the largest.
    least - 1e-12 * largest > 100.0 * model.reach() * norm(&maximum.at.score) || p == 0
}

fn finite<M: Regression>(model: &M, maximum: Maximum) -> Result<Fit<'_, M>, NotConverged> {
    let covariance = inverse(&maximum.at.information).filter(|_| maximum.converged);
    let Some(covariance) = covariance else { return Err(NotConverged(maximum.iterations)) };
    let position = (0..maximum.beta.len()).map(Some).collect();
    let (rank, model) = (Rank::default(), Cow::Borrowed(model));
    Ok(Fit { model, maximum, covariance, position, rank, separation: None, direction: None })
}

/// The limiting conditional model of a direction, and whether it certainly has a maximum.
fn limiting<M: Regression>(model: &M, recession: Recession) -> Result<(Fit<'_, M>, bool), NotConverged> {
    let limit = model.limit(&recession);
    let (reduced, rank) = told_apart(&limit);
    let maximum = maximise(&reduced, reduced.start(), &[], LIMIT);
    let kind = if recession.strict.iter().all(|strict| *strict) && rank.kept.is_empty() {
        SeparationKind::Complete
    } else {
        SeparationKind::Quasi
    };
    let certain = has_maximum(&reduced, &maximum);
    let (p, direction) = (model.parameters(), Some(recession.direction));
    Ok((fit_of_limit(reduced, rank, p, maximum, Some(kind), direction)?, certain))
}

/// Numbers in the rows of a cone beyond which it is not asked which way an estimate may go: it would take seconds.
const COSTLY: usize = 4_000_000;

/// Where an infinite coefficient goes, where it can go one way only.
pub fn toward<M: Regression>(model: &M, fit: &Fit<'_, M>, k: usize) -> Option<Toward> {
    let along = fit.direction.as_ref()?[k];
    let cone = if along.abs() < 1e-8 { return None } else { model.cone() };
    if cone.inequalities.len() > COSTLY || cone.leads_both_ways(k) {
        return None;
    }
    Some(if along > 0.0 { Toward::Infinity } else { Toward::Zero })
}

/// A limiting model with those of its parameters that it can tell apart.
pub fn told_apart<M: Regression>(limit: &M) -> (M, Rank) {
    let (rows, weights) = limit.contrasts();
    let rank = rank(&rows, limit.parameters(), &weights);
    (limit.select(&rank.kept), rank)
}

/// The fit of a limiting model as one of the model with `p` parameters whose limit it is.
///
/// # Errors
/// The maximum is none.
pub fn fit_of_limit<'a, M: Regression>(
    reduced: M,
    rank: Rank,
    p: usize,
    maximum: Maximum,
    separation: Option<SeparationKind>,
    direction: Option<Vec<f64>>,
) -> Result<Fit<'a, M>, NotConverged> {
    let covariance = inverse(&maximum.at.information).filter(|_| maximum.converged);
    let Some(covariance) = covariance else { return Err(NotConverged(maximum.iterations)) };
    let mut position = vec![None; p];
    for (at, column) in rank.kept.iter().enumerate() {
        position[*column] = Some(at);
    }
    Ok(Fit { model: Cow::Owned(reduced), maximum, covariance, position, rank, separation, direction })
}
