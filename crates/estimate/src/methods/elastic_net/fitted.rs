//! The path of some patients, on the scale on which they are penalized.

use super::path::{Null, Setup, Stopped, lambdas};
use super::subject::{Ground, Subject};
use crate::methods::models::Outcome;
use crate::regression::Regression;

/// A path.
pub(super) struct FittedPath<M> {
    model: M,
    /// By what each column of the design was multiplied.
    pub(super) factors: Vec<f64>,
    /// The penalties, falling.
    pub(super) lambdas: Vec<f64>,
    /// The parameters at each, of the multiplied columns.
    pub(super) thetas: Vec<Vec<f64>>,
}

/// What makes the penalized columns of those of the design: each its own standard deviation long, or as long as in its
/// unit. A column that does not vary has none.
pub(super) fn factors(ground: &Ground, n: &[u64], standardise: bool) -> Vec<f64> {
    let spreads = ground.spreads(n);
    let columns = ground.design.columns.iter().zip(spreads);
    columns
        .map(|(column, spread)| match (spread > 0.0, standardise) {
            (false, _) => 0.0,
            (true, true) => 1.0 / spread,
            (true, false) => column.scale,
        })
        .collect()
}

impl<M: Regression> FittedPath<M> {
    /// Of so many patients of each row; `free` names the columns without penalty, and the penalties are made from the
    /// largest gradient where there is none of them.
    pub(super) fn new<S: Subject<Model = M>>(
        subject: &S,
        alpha: f64,
        free: &[bool],
        n: &[u64],
        factors: Vec<f64>,
        penalties: impl FnOnce(f64) -> Vec<f64>,
    ) -> Result<Self, Stopped> {
        let model = subject.model(n, &factors).ok_or(Stopped::NotConverged(0))?;
        let intercept = S::Outcome::INTERCEPT.then_some(0.0);
        // A column that does not vary is penalized, so that it stays at 0.
        let own = free.iter().zip(&factors).map(|(free, factor)| f64::from(!free || *factor == 0.0));
        let weights: Vec<f64> = intercept.into_iter().chain(own).collect();
        let patients = subject.ground().total(n);
        let setup = Setup { model: &model, patients, alpha, weights: &weights };
        let null: Null = setup.null()?;
        let lambdas = penalties(null.largest);
        let thetas = setup.solve(null, &lambdas)?;
        Ok(Self { model, factors, lambdas, thetas })
    }

    /// The parameters of the design's own columns.
    pub(super) fn beta<S: Subject<Model = M>>(&self, theta: &[f64]) -> Vec<f64> {
        let first = usize::from(S::Outcome::INTERCEPT);
        let factor = |k: usize| if k < first { 1.0 } else { self.factors[k - first] };
        theta.iter().enumerate().map(|(k, theta)| theta * factor(k)).collect()
    }

    /// The model and its log-likelihood.
    pub(super) fn value(&self, theta: &[f64]) -> (&M, f64) {
        (&self.model, self.model.value(theta))
    }
}

/// The penalties of a path that has none of its own.
pub(super) fn sequence(alpha: f64, number: u64, ratio: f64) -> impl FnOnce(f64) -> Vec<f64> {
    move |largest| lambdas(largest, alpha, number as usize, ratio)
}
