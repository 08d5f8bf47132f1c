//! One pass over the covariate patterns of a binomial likelihood, in blocks that the processors share.
//!
//! The blocks are added in their order, so that the sums are the same on any number of processors.

use super::likelihood::Binomial;
use crate::numerics::gram::add_gram;
use crate::numerics::parallel::in_order;
use crate::numerics::sums::Sum;
use faer::linalg::matmul::matmul;
use faer::{Accum, ColMut, ColRef, Mat, MatRef, Par};

/// Patterns of one block.
pub(super) const BLOCK: usize = 8192;
/// Patterns of a group: of its factors 1 + e^−|η|, each at most 2, the product is taken before its logarithm, and its
/// sums are plain ones; groups are added with compensation.
const GROUP: usize = 64;

/// What the pass leaves of a block.
pub(super) struct Block {
    /// Its part of the log-likelihood.
    pub(super) value: Sum,
    /// Its part of the score.
    pub(super) score: Vec<f64>,
    /// Of each pattern m π(1 − π).
    pub(super) weights: Vec<f64>,
    /// Of each pattern the probability of the event.
    pub(super) probabilities: Vec<f64>,
    /// Its part of X′WX.
    pub(super) information: Mat<f64>,
}

impl Binomial {
    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.events.len().div_ceil(BLOCK).max(1)
    }

    /// The patterns of a block, and their rows.
    pub(super) fn block(&self, block: usize) -> (std::ops::Range<usize>, &[f64]) {
        let range = block * BLOCK..self.events.len().min((block + 1) * BLOCK);
        let rows = &self.x[range.start * self.parameters..range.end * self.parameters];
        (range, rows)
    }

    /// Every block at `beta`.
    pub(super) fn pass(&self, beta: &[f64]) -> Vec<Block> {
        in_order(self.blocks(), |block| self.pass_block(beta, block))
    }

    fn pass_block(&self, beta: &[f64], block: usize) -> Block {
        let p = self.parameters;
        let (range, rows) = self.block(block);
        let x = MatRef::from_row_major_slice(rows, range.len(), p);
        let mut eta = ColRef::from_slice(&self.offset[range.clone()]).to_owned();
        matmul(eta.as_mut(), Accum::Add, x, ColRef::from_slice(beta), 1.0, Par::Seq);

        let zeros = || vec![0.0; range.len()];
        let (mut residuals, mut weights, mut probabilities) = (zeros(), zeros(), zeros());
        let mut value = Sum::default();
        for start in (0..range.len()).step_by(GROUP) {
            let (mut product, mut group) = (1.0, 0.0);
            for index in start..range.len().min(start + GROUP) {
                let (pattern, eta) = (range.start + index, eta[index]);
                let at = self.point(pattern, eta);
                let patients = self.patients(pattern);
                if patients == 1.0 {
                    product *= 1.0 + at.small;
                } else {
                    group += patients * libm::log1p(at.small);
                }
                // What the less probable outcome costs beyond ln(1 + e^−|η|).
                let against = if eta >= 0.0 { self.others[pattern] } else { self.events[pattern] };
                group += against * eta.abs();
                residuals[index] = at.residual;
                weights[index] = at.weight;
                probabilities[index] = at.probability;
            }
            value.add(-group);
            value.add(-libm::log(product));
        }
        let mut score = vec![0.0; p];
        let sums = ColMut::from_slice_mut(&mut score);
        matmul(sums, Accum::Replace, x.transpose(), ColRef::from_slice(&residuals), 1.0, Par::Seq);
        let mut information = Mat::zeros(p, p);
        add_gram(rows, p, &weights, &mut information);
        Block { value, score, weights, probabilities, information }
    }
}

/// The sum of matrices.
pub(super) fn total<'a>(parts: impl Iterator<Item = &'a Mat<f64>>, size: usize) -> Mat<f64> {
    parts.fold(Mat::zeros(size, size), |sum, part| sum + part)
}

/// The sum of vectors.
pub(super) fn total_of<'a>(parts: impl Iterator<Item = &'a Vec<f64>>, size: usize) -> Vec<f64> {
    parts.fold(vec![0.0; size], |mut sum, part| {
        sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        sum
    })
}
