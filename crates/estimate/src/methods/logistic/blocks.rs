//! One pass over the covariate patterns of a binomial likelihood, in blocks that the processors share.
//!
//! The blocks are added in their order, so that the sums are the same on any number of processors.

use super::likelihood::Binomial;
use crate::numerics::gram::add_gram;
use crate::numerics::parallel::in_order;
use crate::numerics::rank::dot;
use crate::numerics::sums::Sum;
use faer::Mat;

/// Patterns of one block.
pub(super) const BLOCK: usize = 8192;
/// Factors 1 + e^−|η|, each at most 2, whose product is taken before its logarithm: one logarithm for many.
const FACTORS: u32 = 64;

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
        let vector = || Vec::with_capacity(range.len());
        let (mut weights, mut probabilities) = (vector(), vector());
        let (mut value, mut score) = (Sum::default(), vec![0.0; p]);
        let (mut product, mut factors) = (1.0, 0);
        for (index, pattern) in range.enumerate() {
            let x = &rows[index * p..(index + 1) * p];
            let eta = self.offset[pattern] + dot(x, beta);
            let at = self.point(pattern, eta);
            let patients = self.patients(pattern);
            if patients == 1.0 {
                product *= 1.0 + at.small;
                factors += 1;
                if factors == FACTORS {
                    value.add(-libm::log(product));
                    (product, factors) = (1.0, 0);
                }
            } else {
                value.add(-patients * libm::log1p(at.small));
            }
            // What the outcome that is the less probable costs beyond ln(1 + e^−|η|).
            let against = if eta >= 0.0 { self.others[pattern] } else { self.events[pattern] };
            value.add(-against * eta.abs());
            score.iter_mut().zip(x).for_each(|(sum, x)| *sum += at.residual * x);
            weights.push(at.weight);
            probabilities.push(at.probability);
        }
        value.add(-libm::log(product));
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
