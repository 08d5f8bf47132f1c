//! Firth's penalized likelihood of a logistic model.
//!
//! # Formula
//! ℓ*(β) = ℓ(β) + ½ ln |I(β)|, with I = X′WX and W = diag π(1 − π): the posterior under Jeffreys' prior. Its score is
//! U* = Σ xᵢ (yᵢ − πᵢ + hᵢ(½ − πᵢ)), with hᵢ = wᵢ qᵢ, qᵢ = xᵢ′I⁻¹xᵢ, the diagonal of the hat matrix. Every sample has a
//! finite maximum, separated or not.
//!
//! Newton's method learns the curvature of the penalty from the scores on its way, and near the maximum uses the second
//! derivative, −I + ½ A − ½ B, where A = Σ wᵢ(1 − 6wᵢ) qᵢ xᵢxᵢ′ and
//! Bⱼₖ = tr(I⁻¹ ∂ⱼI I⁻¹ ∂ₖI). With zᵢ = L⁻¹xᵢ, I = LL′, the last is L S L′, Sₐᵦ = ⟨Tₐ, Tᵦ⟩ for the symmetric tensor
//! T = Σ wᵢ(1 − 2πᵢ) zᵢ⊗zᵢ⊗zᵢ. Where columns are many and patterns few, B is Σᵢⱼ uᵢuⱼ (zᵢ′zⱼ)² xᵢxⱼ′ with uᵢ = wᵢ(1 − 2πᵢ).
//! A and B are at most max q times I: where that is small, as in large samples, they are left out. Far from the maximum,
//! where the exact matrix need not be positive definite, and where both columns and patterns are very many, I is taken
//! with the weights wᵢ(1 + hᵢ) of the data that the penalty adds. None of this changes the maximum.
//!
//! Everything is a sum over covariate patterns: patterns are taken in blocks, which the processors share; the blocks
//! are added in their order.
//!
//! # References
//! Firth 1993, doi:10.1093/biomet/80.1.27. Heinze & Schemper 2002, doi:10.1002/sim.1047.

mod curvature;
mod few_values;

use super::blocks::{Block, total};
use super::likelihood::Binomial;
use crate::likelihood::{Evaluation, Likelihood, Parts};
use crate::numerics::parallel::in_order;
use crate::numerics::rows::Rows;
use crate::numerics::sums::Sum;
use crate::numerics::symmetric::{solve, whitening};
use crate::numerics::vector::{total_of, widest};
use crate::regression::Regression;
use crate::separation::{Cone, Recession};
use faer::Mat;
use std::sync::Arc;

/// Leverage per unit of weight below which the penalty's curvature is left out of Newton's matrix.
const NEGLIGIBLE: f64 = 1e-2;
/// Patients with and without the event for each parameter from which that is so wherever the search goes.
const MANY: f64 = 200.0;

/// A binomial likelihood with Jeffreys' prior.
#[derive(Debug, Clone)]
pub(super) struct Firth {
    pub(super) binomial: Binomial,
    /// ½ ln |I| in the units of the variables is larger by this than in those of the columns.
    units: f64,
    /// The columns beside that of ones, where most of their values are the commonest.
    rows: Option<Arc<Rows>>,
    /// Whether there are [`MANY`]: nothing need be learnt then.
    has_many: bool,
}

/// What a second pass adds: the leverages need the information of all blocks.
struct Penalized {
    /// The penalty's part of the score.
    score: Vec<f64>,
    /// qᵢ of each pattern.
    leverage: Vec<f64>,
    /// Whether all of them are [`NEGLIGIBLE`].
    negligible: bool,
}

/// All of the penalized likelihood but the curvature of the penalty, and of what it is made.
struct Whole {
    parts: Parts,
    first: Vec<Block>,
    second: Vec<Penalized>,
    whitening: Mat<f64>,
}

impl Firth {
    /// Of columns in which ½ ln |I| is smaller by `units` than in those of the variables.
    pub(super) fn new(binomial: Binomial, units: f64) -> Self {
        let (x, columns) = binomial.x.stored();
        let rows = Rows::new(x, columns, binomial.events.len());
        let few = binomial.x.has_ones() && rows.base().is_some();
        let [events, others] = [&binomial.events, &binomial.others].map(|counts| counts.iter().sum::<f64>());
        let has_many = events.min(others) > MANY * binomial.parameters() as f64;
        Self { units, rows: few.then(|| Arc::new(rows)), has_many, binomial }
    }

    /// From the model matrix as it is; `Err` so far out that the weights vanish.
    fn whole(&self, beta: &[f64]) -> Result<Whole, Evaluation> {
        let p = self.binomial.parameters();
        let first = self.binomial.pass(beta);
        let mut value = first.iter().fold(Sum::default(), |sum, block| sum.with(block.value));
        let information = total(first.iter().map(|block| &block.information), p);
        let Some((whitening, logarithm)) = whitening(&information) else {
            return Err(Evaluation { value: f64::NEG_INFINITY, score: vec![0.0; p], information });
        };
        value.add(0.5 * logarithm);
        value.add(self.units);
        let second = in_order(first.len(), |block| self.penalize(block, &first[block], &whitening));
        let pull = total_of(second.iter().map(|part| &part.score), p);
        let score = total_of(first.iter().map(|block| &block.score).chain([&pull]), p);
        let evaluation = Evaluation { value: value.total(), score, information };
        Ok(Whole { parts: Parts { evaluation, pull }, first, second, whitening })
    }

    /// Minus the second derivative, or the nearest to it that can be had; none where that of the penalty is negligible.
    fn newton_matrix(&self, whole: &Whole) -> Option<Mat<f64>> {
        let Whole { parts, first, second, whitening } = whole;
        if second.iter().all(|part| part.negligible) {
            return None;
        }
        let Evaluation { score, information, .. } = &parts.evaluation;
        let exact = self.curvature(first, second, whitening, information);
        let definite = exact.filter(|matrix| solve(matrix, score).is_some());
        Some(definite.unwrap_or_else(|| self.augmented(first, second)))
    }

    fn penalize(&self, block: usize, first: &Block, whitening: &Mat<f64>) -> Penalized {
        let (rows, x) = (self.binomial.block(block), &self.binomial.x);
        let leverage = x.squared_lengths(rows.clone(), whitening);
        let mut pulls = vec![0.0; leverage.len()];
        widest(
            #[inline(always)]
            || pull(&first.weights, &first.probabilities, &leverage, &mut pulls),
        );
        let negligible = leverage.iter().all(|q| *q < NEGLIGIBLE);
        Penalized { score: x.combination(rows, &pulls), leverage, negligible }
    }

    /// X′WX, whose inverse is the variance that is reported.
    pub(super) fn fisher_information(&self, beta: &[f64]) -> Mat<f64> {
        self.binomial.evaluate(beta).information
    }
}

/// wᵢ qᵢ (½ − πᵢ) of each pattern.
#[inline(always)]
fn pull(weights: &[f64], probabilities: &[f64], leverage: &[f64], into: &mut [f64]) {
    let known = weights.iter().zip(probabilities).zip(leverage);
    for (into, ((w, probability), q)) in into.iter_mut().zip(known) {
        *into = w * q * (0.5 - probability);
    }
}

/// The entries of a matrix, row by row.
fn rows_of(matrix: &Mat<f64>) -> Vec<f64> {
    let p = matrix.ncols();
    (0..p).flat_map(|i| (0..p).map(move |j| (i, j))).map(|(i, j)| matrix[(i, j)]).collect()
}

impl Likelihood for Firth {
    fn parameters(&self) -> usize {
        self.binomial.parameters()
    }

    fn start(&self) -> Vec<f64> {
        self.binomial.start()
    }

    fn slope(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let Evaluation { value, score, .. } = self.without_curvature(beta).evaluation;
        (value, score)
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let whole = match self.whole(beta) {
            Ok(whole) => whole,
            Err(nowhere) => return nowhere,
        };
        let matrix = self.newton_matrix(&whole);
        let mut evaluation = whole.parts.evaluation;
        evaluation.information = matrix.unwrap_or(evaluation.information);
        evaluation
    }

    fn parts(&self, beta: &[f64]) -> Option<Parts> {
        (!self.has_many).then(|| self.without_curvature(beta))
    }

    fn parts_with_curvature(&self, beta: &[f64]) -> Option<(Parts, Option<Mat<f64>>)> {
        if self.has_many {
            return None;
        }
        let whole = self.whole(beta).ok()?;
        let matrix = self.newton_matrix(&whole);
        let curvature = matrix.map(|matrix| matrix - &whole.parts.evaluation.information);
        Some((whole.parts, curvature))
    }
}

impl Regression for Firth {
    fn is_always_finite(&self) -> bool {
        true
    }

    fn cone(&self) -> Cone {
        self.binomial.cone()
    }

    fn candidate(&self) -> Option<Vec<f64>> {
        self.binomial.candidate()
    }

    fn reach(&self) -> f64 {
        self.binomial.reach()
    }

    fn limit(&self, recession: &Recession) -> Self {
        Self::new(self.binomial.limit(recession), self.units)
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        self.binomial.contrasts()
    }

    fn select(&self, columns: &[usize]) -> Self {
        Self::new(self.binomial.select(columns), self.units)
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        Self::new(self.binomial.hold(column, value), self.units)
    }
}

#[cfg(test)]
mod tests;
