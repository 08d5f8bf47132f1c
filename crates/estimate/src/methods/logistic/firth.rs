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

use super::likelihood::Binomial;
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::gram::add_gram;
use crate::numerics::parallel::in_order;
use crate::numerics::rank::dot;
use crate::numerics::sums::Sum;
use crate::numerics::symmetric::{solve, whitening};
use crate::regression::Regression;
use crate::separation::{Cone, Recession};
use faer::Mat;

/// Patterns of one block.
const BLOCK: usize = 8192;
/// Leverage per unit of weight below which the penalty's curvature is left out of Newton's matrix.
const NEGLIGIBLE: f64 = 1e-2;

/// A binomial likelihood with Jeffreys' prior.
#[derive(Debug, Clone)]
pub(super) struct Firth {
    pub(super) binomial: Binomial,
    /// ½ ln |I| in the units of the variables is larger by this than in those of the columns.
    pub(super) units: f64,
}

/// What the first pass leaves of each pattern.
struct Block {
    value: f64,
    /// Events less those expected.
    residuals: Vec<f64>,
    /// m π(1 − π).
    weights: Vec<f64>,
    probabilities: Vec<f64>,
    information: Mat<f64>,
}

/// What the second pass adds up.
struct Penalized {
    score: Vec<f64>,
    leverage: Vec<f64>,
}

impl Firth {
    fn blocks(&self) -> usize {
        self.binomial.events.len().div_ceil(BLOCK).max(1)
    }

    /// The patterns of a block, and their rows.
    fn part(&self, block: usize) -> (usize, &[f64]) {
        let patterns = self.binomial.events.len();
        let (from, to) = (block * BLOCK, patterns.min((block + 1) * BLOCK));
        (from, &self.binomial.x[from * self.binomial.parameters..to * self.binomial.parameters])
    }

    fn binomial_part(&self, beta: &[f64], block: usize) -> Block {
        let (from, rows) = self.part(block);
        let p = self.binomial.parameters;
        let mut value = Sum::default();
        let size = rows.len() / p.max(1);
        let (mut residuals, mut weights) = (Vec::with_capacity(size), Vec::with_capacity(size));
        let mut probabilities = Vec::with_capacity(size);
        for (index, x) in rows.chunks_exact(p).enumerate() {
            let pattern = from + index;
            let at = self.binomial.point(pattern, self.binomial.offset[pattern] + dot(x, beta));
            value.add(at.log_likelihood);
            residuals.push(at.residual);
            weights.push(at.weight);
            probabilities.push(at.probability);
        }
        let mut information = Mat::zeros(p, p);
        add_gram(rows, p, &weights, &mut information);
        Block { value: value.total(), residuals, weights, probabilities, information }
    }

    /// Score of the penalized likelihood, and qᵢ of each pattern.
    fn penalized_part(&self, block: usize, first: &Block, whitening: &Mat<f64>) -> Penalized {
        let (_, rows) = self.part(block);
        let p = self.binomial.parameters;
        let lower = rows_of(whitening);
        let mut score = vec![0.0; p];
        let mut leverage = Vec::with_capacity(first.weights.len());
        for (index, x) in rows.chunks_exact(p).enumerate() {
            let q: f64 = lower
                .chunks_exact(p)
                .enumerate()
                .map(|(a, row)| {
                    let z = dot(&row[..=a], &x[..=a]);
                    z * z
                })
                .sum();
            let hat = first.weights[index] * q;
            let residual = first.residuals[index] + hat * (0.5 - first.probabilities[index]);
            score.iter_mut().zip(x).for_each(|(sum, x)| *sum += residual * x);
            leverage.push(q);
        }
        Penalized { score, leverage }
    }

    /// X′WX, whose inverse is the variance that is reported.
    pub(super) fn fisher_information(&self, beta: &[f64]) -> Mat<f64> {
        self.binomial.evaluate(beta).information
    }
}

/// The entries of a matrix, row by row.
fn rows_of(matrix: &Mat<f64>) -> Vec<f64> {
    let p = matrix.ncols();
    (0..p).flat_map(|i| (0..p).map(move |j| (i, j))).map(|(i, j)| matrix[(i, j)]).collect()
}

impl Likelihood for Firth {
    fn parameters(&self) -> usize {
        self.binomial.parameters
    }

    fn start(&self) -> Vec<f64> {
        self.binomial.start()
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let p = self.binomial.parameters;
        let first = in_order(self.blocks(), |block| self.binomial_part(beta, block));
        let mut value = Sum::default();
        first.iter().for_each(|block| value.add(block.value));
        let information: Mat<f64> =
            first.iter().fold(Mat::zeros(p, p), |sum, block| sum + &block.information);
        let Some((whitening, logarithm)) = whitening(&information) else {
            // So far out that the weights vanish: no place to climb to.
            return Evaluation { value: f64::NEG_INFINITY, score: vec![0.0; p], information };
        };
        value.add(0.5 * logarithm);
        value.add(self.units);
        let second = in_order(first.len(), |block| self.penalized_part(block, &first[block], &whitening));
        let mut score = vec![0.0; p];
        for part in &second {
            score.iter_mut().zip(&part.score).for_each(|(sum, part)| *sum += part);
        }
        let most = second.iter().flat_map(|part| &part.leverage).fold(0.0_f64, |most, q| most.max(*q));
        let information = if most < NEGLIGIBLE {
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
