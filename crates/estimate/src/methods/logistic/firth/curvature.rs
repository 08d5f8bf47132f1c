//! The second derivative of the penalized likelihood.

use super::{Firth, Penalized, rows_of};
use crate::likelihood::Likelihood;
use crate::methods::logistic::blocks::{Block, total};
use crate::numerics::parallel::in_order;
use crate::numerics::rank::dot;
use faer::{Mat, MatRef};

/// Columns above which the tensor costs more than it saves.
const WIDEST: usize = 60;
/// Patterns above which their pairs need too much memory.
const MOST_PAIRED: usize = 4000;

impl Firth {
    /// Minus the second derivative; none where it would cost too much.
    pub(super) fn curvature(
        &self,
        first: &[Block],
        second: &[Penalized],
        whitening: &Mat<f64>,
        information: &Mat<f64>,
    ) -> Option<Mat<f64>> {
        let (patterns, p) = (self.binomial.events.len(), self.binomial.parameters());
        let pairs = 2 * patterns * patterns * p;
        let tensor = patterns * p * p * p / 6 + p * p * p * p;
        let b = if patterns <= MOST_PAIRED && pairs < tensor {
            self.over_pairs(first, whitening)
        } else if p <= WIDEST {
            self.over_tensor(first, whitening, information)
        } else {
            return None;
        };
        let weight =
            |weight: f64, q: f64, patients: f64| weight * (1.0 - 0.5 * (1.0 - 6.0 * weight / patients) * q);
        Some(self.weighted(first, second, weight) + 0.5 * b)
    }

    /// B by the tensor T.
    pub(super) fn over_tensor(
        &self,
        first: &[Block],
        whitening: &Mat<f64>,
        information: &Mat<f64>,
    ) -> Mat<f64> {
        let p = self.binomial.parameters();
        let lower = rows_of(whitening);
        let parts = in_order(first.len(), |block| {
            let Block { weights, probabilities, .. } = &first[block];
            let mut tensor = vec![0.0; p * (p + 1) * (p + 2) / 6];
            let (mut x, mut z) = (vec![0.0; p], vec![0.0; p]);
            for (index, row) in self.binomial.block(block).enumerate() {
                x.iter_mut().zip(self.binomial.x.row(row)).for_each(|(to, value)| *to = value);
                for (a, row) in lower.chunks_exact(p).enumerate() {
                    z[a] = dot(&row[..=a], &x[..=a]);
                }
                let third = weights[index] * (1.0 - 2.0 * probabilities[index]);
                let mut at = 0;
                for a in 0..p {
                    for b in 0..=a {
                        let factor = third * z[a] * z[b];
                        for (cell, z) in tensor[at..=at + b].iter_mut().zip(&z) {
                            *cell += factor * z;
                        }
                        at += b + 1;
                    }
                }
            }
            tensor
        });
        let mut tensor = vec![0.0; p * (p + 1) * (p + 2) / 6];
        for cells in parts {
            tensor.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
        }
        // Sₐᵦ over all pairs of the other two places.
        let cell = |a: usize, b: usize, c: usize| {
            let mut places = [a, b, c];
            places.sort_unstable();
            let [c, b, a] = places;
            tensor[a * (a + 1) * (a + 2) / 6 + b * (b + 1) / 2 + c]
        };
        let unfolded: Vec<f64> = (0..p * p * p).map(|i| cell(i / (p * p), i / p % p, i % p)).collect();
        let slice = |a: usize| &unfolded[a * p * p..(a + 1) * p * p];
        let products = Mat::from_fn(p, p, |a, b| dot(slice(a), slice(b)));
        // L = I L⁻ᵀ takes the whitened places back.
        let lower = information * whitening.transpose();
        &lower * products * lower.transpose()
    }

    /// B as a sum over pairs of patterns.
    pub(super) fn over_pairs(&self, first: &[Block], whitening: &Mat<f64>) -> Mat<f64> {
        let (patterns, p) = (self.binomial.events.len(), self.binomial.parameters());
        let values = self.binomial.x.values();
        let x = MatRef::from_row_major_slice(&values, patterns, p);
        let third: Vec<f64> = first
            .iter()
            .flat_map(|block| block.weights.iter().zip(&block.probabilities))
            .map(|(weight, probability)| weight * (1.0 - 2.0 * probability))
            .collect();
        let z = x * whitening.transpose();
        let mut products = &z * z.transpose();
        for j in 0..patterns {
            for i in 0..patterns {
                let product = products[(i, j)];
                products[(i, j)] = third[i] * third[j] * product * product;
            }
        }
        x.transpose() * (products * x)
    }

    /// The information of the data that the penalty adds, together with that of the data.
    pub(super) fn augmented(&self, first: &[Block], second: &[Penalized]) -> Mat<f64> {
        self.weighted(first, second, |weight, q, patients| weight * (1.0 + weight * q / patients))
    }

    /// X′X with a weight that follows from those of a pattern, its qᵢ and its patients.
    fn weighted(
        &self,
        first: &[Block],
        second: &[Penalized],
        weight: impl Fn(f64, f64, f64) -> f64 + Sync,
    ) -> Mat<f64> {
        let parts = in_order(first.len(), |block| {
            let range = self.binomial.block(block);
            let known = first[block].weights.iter().zip(&second[block].leverage).enumerate();
            let weights: Vec<f64> = known
                .map(|(index, (w, q))| weight(*w, *q, self.binomial.patients(range.start + index)))
                .collect();
            self.binomial.x.gram(range, &weights)
        });
        total(parts.iter(), self.binomial.parameters())
    }
}
