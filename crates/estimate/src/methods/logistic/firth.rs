//! Firth's penalized likelihood of a logistic model.
//!
//! # Formula
//! ℓ*(β) = ℓ(β) + ½ ln |I(β)|, with I = X′WX and W = diag π(1 − π): the posterior under Jeffreys' prior. Its score is
//! U* = Σ xᵢ (yᵢ − πᵢ + hᵢ(½ − πᵢ)), with hᵢ = wᵢ qᵢ, qᵢ = xᵢ′I⁻¹xᵢ, the diagonal of the hat matrix. Every sample has a
//! finite maximum, separated or not.
//!
//! Newton's method uses the second derivative, −I + ½ A − ½ B, where A = Σ wᵢ(1 − 6wᵢ) qᵢ xᵢxᵢ′ and
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

use super::blocks::{Block, total};
use super::likelihood::Binomial;
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::parallel::in_order;
use crate::numerics::sums::Sum;
use crate::numerics::symmetric::{solve, whitening};
use crate::numerics::vector::{total_of, widest};
use crate::regression::Regression;
use crate::separation::{Cone, Recession};
use faer::Mat;

/// Leverage per unit of weight below which the penalty's curvature is left out of Newton's matrix.
const NEGLIGIBLE: f64 = 1e-2;

/// A binomial likelihood with Jeffreys' prior.
#[derive(Debug, Clone)]
pub(super) struct Firth {
    pub(super) binomial: Binomial,
    /// ½ ln |I| in the units of the variables is larger by this than in those of the columns.
    pub(super) units: f64,
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

impl Firth {
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

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let p = self.binomial.parameters();
        let first = self.binomial.pass(beta);
        let mut value = first.iter().fold(Sum::default(), |sum, block| sum.with(block.value));
        let information = total(first.iter().map(|block| &block.information), p);
        let Some((whitening, logarithm)) = whitening(&information) else {
            // So far out that the weights vanish: no place to climb to.
            return Evaluation { value: f64::NEG_INFINITY, score: vec![0.0; p], information };
        };
        value.add(0.5 * logarithm);
        value.add(self.units);
        let second = in_order(first.len(), |block| self.penalize(block, &first[block], &whitening));
        let scores = first.iter().map(|block| &block.score).chain(second.iter().map(|part| &part.score));
        let score = total_of(scores, p);
        let information = if second.iter().all(|part| part.negligible) {
            information
        } else {
            let exact = self.curvature(&first, &second, &whitening, &information);
            let definite = exact.filter(|matrix| solve(matrix, &score).is_some());
            definite.unwrap_or_else(|| self.augmented(&first, &second))
        };
        Evaluation { value: value.total(), score, information }
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
        Self { binomial: self.binomial.limit(recession), ..*self }
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        self.binomial.contrasts()
    }

    fn select(&self, columns: &[usize]) -> Self {
        Self { binomial: self.binomial.select(columns), ..*self }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        Self { binomial: self.binomial.hold(column, value), ..*self }
    }
}

#[cfg(test)]
mod tests;
