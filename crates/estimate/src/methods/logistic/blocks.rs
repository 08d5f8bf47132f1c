//! One pass over the covariate patterns of a binomial likelihood, in blocks that the processors share.
//!
//! The blocks are added in their order, so that the sums are the same on any number of processors.

use super::likelihood::{Binomial, Point};
use crate::numerics::gram::add_gram;
use crate::numerics::parallel::in_order;
use crate::numerics::sums::Sum;
use crate::numerics::vector::{add_products, combination, widest};
use faer::Mat;

/// Patterns of one block, whose rows stay in the processor's cache for all that is made of them.
pub(super) const BLOCK: usize = 2048;
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
        in_order(self.blocks(), |block| {
            let mut whole = self.pass_block(beta, block);
            whole.information = Mat::zeros(self.parameters, self.parameters);
            add_gram(self.block(block).1, self.parameters, &whole.weights, &mut whole.information);
            whole
        })
    }

    /// Value and score of every block.
    pub(super) fn pass_without_information(&self, beta: &[f64]) -> Vec<(Sum, Vec<f64>)> {
        in_order(self.blocks(), |block| {
            let Block { value, score, .. } = self.pass_block(beta, block);
            (value, score)
        })
    }

    fn pass_block(&self, beta: &[f64], block: usize) -> Block {
        let (range, rows) = self.block(block);
        let (events, others) = (&self.events[range.clone()], &self.others[range.clone()]);
        let mut eta = self.offset[range.clone()].to_vec();
        add_products(rows, beta, &mut eta);
        let small: Vec<f64> = eta.iter().map(|eta| libm::exp(-eta.abs())).collect();

        let zeros = || vec![0.0; range.len()];
        let (mut residuals, mut weights, mut probabilities, mut costs) = (zeros(), zeros(), zeros(), zeros());
        widest(
            #[inline(always)]
            || {
                for index in 0..eta.len() {
                    let at = Point::new(small[index], eta[index], events[index], others[index]);
                    residuals[index] = at.residual;
                    weights[index] = at.weight;
                    probabilities[index] = at.probability;
                    // What the less probable outcome costs beyond ln(1 + e^−|η|).
                    let against = if eta[index] >= 0.0 { others[index] } else { events[index] };
                    costs[index] = against * eta[index].abs();
                }
            },
        );
        let mut value = Sum::default();
        for start in (0..range.len()).step_by(GROUP) {
            let (mut product, mut group) = (1.0, 0.0);
            for index in start..range.len().min(start + GROUP) {
                let patients = events[index] + others[index];
                if patients == 1.0 {
                    product *= 1.0 + small[index];
                } else {
                    group += patients * libm::log1p(small[index]);
                }
                group += costs[index];
            }
            value.add(-group);
            value.add(-libm::log(product));
        }
        let score = combination(rows, self.parameters, &residuals);
        Block { value, score, weights, probabilities, information: Mat::new() }
    }
}

/// The sum of matrices.
pub(super) fn total<'a>(parts: impl Iterator<Item = &'a Mat<f64>>, size: usize) -> Mat<f64> {
    parts.fold(Mat::zeros(size, size), |sum, part| sum + part)
}
