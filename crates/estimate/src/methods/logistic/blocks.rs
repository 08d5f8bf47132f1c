//! One pass over the covariate patterns of a binomial likelihood, in blocks that the processors share.
//!
//! The blocks are added in their order, so that the sums are the same on any number of processors.

use super::likelihood::{Binomial, Point};
use crate::numerics::exponential::of_negative;
use crate::numerics::parallel::in_order;
use crate::numerics::sums::Sum;
use crate::numerics::vector::widest;
use faer::Mat;
use std::ops::Range;

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

    /// The patterns of a block.
    pub(super) fn block(&self, block: usize) -> Range<usize> {
        block * BLOCK..self.events.len().min((block + 1) * BLOCK)
    }

    /// Every block at `beta`.
    pub(super) fn pass(&self, beta: &[f64]) -> Vec<Block> {
        in_order(self.blocks(), |block| {
            let mut whole = self.pass_block(beta, block);
            whole.information = self.x.gram(self.block(block), &whole.weights);
            whole
        })
    }

    /// Every block, but for its part of X′WX.
    pub(super) fn pass_points(&self, beta: &[f64]) -> Vec<Block> {
        in_order(self.blocks(), |block| self.pass_block(beta, block))
    }

    /// Value and score of every block.
    pub(super) fn pass_without_information(&self, beta: &[f64]) -> Vec<(Sum, Vec<f64>)> {
        in_order(self.blocks(), |block| {
            let Block { value, score, .. } = self.pass_block(beta, block);
            (value, score)
        })
    }

    fn pass_block(&self, beta: &[f64], block: usize) -> Block {
        let range = self.block(block);
        let (events, others) = (&self.events[range.clone()], &self.others[range.clone()]);
        let mut eta = self.offset[range.clone()].to_vec();
        self.x.add_products(range.clone(), beta, &mut eta);
        let zeros = || vec![0.0; range.len()];
        let mut small = zeros();
        let (mut residuals, mut weights, mut probabilities, mut costs) = (zeros(), zeros(), zeros(), zeros());
        let into = [&mut small, &mut residuals, &mut weights, &mut probabilities, &mut costs];
        widest(
            #[inline(always)]
            || points(&eta, events, others, into.map(Vec::as_mut_slice)),
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
        let score = self.x.combination(range, &residuals);
        Block { value, score, weights, probabilities, information: Mat::new() }
    }
}

/// Of each pattern e^−|η|, residual, weight, probability, and what the less probable outcome costs beyond
/// ln(1 + e^−|η|).
#[inline(always)]
fn points(eta: &[f64], events: &[f64], others: &[f64], into: [&mut [f64]; 5]) {
    // Slices of one length that overlap nowhere: only so the loop takes several patterns at a time.
    let n = eta.len();
    let (events, others) = (&events[..n], &others[..n]);
    let [small, residuals, weights, probabilities, costs] = into.map(|slice| &mut slice[..n]);
    for index in 0..n {
        small[index] = of_negative(-eta[index].abs());
        let at = Point::new(small[index], eta[index], events[index], others[index]);
        residuals[index] = at.residual;
        weights[index] = at.weight;
        probabilities[index] = at.probability;
        let against = if eta[index] >= 0.0 { others[index] } else { events[index] };
        costs[index] = against * eta[index].abs();
    }
}

/// The sum of matrices.
pub(super) fn total<'a>(parts: impl Iterator<Item = &'a Mat<f64>>, size: usize) -> Mat<f64> {
    parts.fold(Mat::zeros(size, size), |sum, part| sum + part)
}
