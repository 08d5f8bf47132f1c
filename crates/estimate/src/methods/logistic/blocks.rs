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
        let vector = || Vec::with_capacity(range.len());
        let (mut weights, mut probabilities) = (vector(), vector());
        let (mut value, mut score) = (Sum::default(), vec![0.0; p]);
        let starts = range.clone().step_by(GROUP);
        for start in starts {
            let (mut product, mut group) = (1.0, 0.0);
            for pattern in start..range.end.min(start + GROUP) {
                let index = pattern - range.start;
                let x = &rows[index * p..(index + 1) * p];
                let eta = self.offset[pattern] + product_of(x, beta);
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
                score.iter_mut().zip(x).for_each(|(sum, x)| *sum += at.residual * x);
                weights.push(at.weight);
                probabilities.push(at.probability);
            }
            value.add(-group);
            value.add(-libm::log(product));
        }
        let mut information = Mat::zeros(p, p);
        add_gram(rows, p, &weights, &mut information);
        Block { value, score, weights, probabilities, information }
    }
}

/// The scalar product, in four sums that do not wait for each other.
fn product_of(x: &[f64], beta: &[f64]) -> f64 {
    let (mut fours, mut others) = (x.chunks_exact(4), beta.chunks_exact(4));
    let mut sums = [0.0; 4];
    for (x, beta) in fours.by_ref().zip(others.by_ref()) {
        for lane in 0..4 {
            sums[lane] += x[lane] * beta[lane];
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + dot(fours.remainder(), others.remainder())
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
