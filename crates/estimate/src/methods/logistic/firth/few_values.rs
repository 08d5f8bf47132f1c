//! The penalized likelihood of columns whose values are mostly the commonest.
//!
//! # Formula
//! With x = (1, d + b), d being a row's differences from the commonest values b: X′WX has Σ w, Σ w d + b Σ w and
//! Σ w dd′ + b Σ w d′ + Σ w d b′ + bb′ Σ w, and of V = (X′WX)⁻¹ with its parts v₀₀, v and V₁ the leverage x′Vx is
//! d′V₁d + 2 d′(v + V₁b) + v₀₀ + 2 b′v + b′V₁b.

use super::{Firth, pull};
use crate::likelihood::{Evaluation, Likelihood, Parts};
use crate::numerics::rank::dot;
use crate::numerics::rows::Rows;
use crate::numerics::sums::Sum;
use crate::numerics::symmetric::inverse_and_logarithm;
use crate::numerics::vector::{total, total_of, widest};
use faer::Mat;

impl Firth {
    /// Value, score and information without the curvature of the penalty.
    pub(super) fn without_curvature(&self, beta: &[f64]) -> Parts {
        match &self.rows {
            Some(rows) => self.of_differences(rows, beta),
            None => self.whole(beta).map_or_else(
                |evaluation| Parts { evaluation, pull: vec![0.0; beta.len()] },
                |whole| whole.parts,
            ),
        }
    }

    fn of_differences(&self, rows: &Rows, beta: &[f64]) -> Parts {
        let (p, base) = (self.binomial.parameters(), rows.base().unwrap_or(&[]));
        let first = self.binomial.pass_points(beta);
        let mut value = first.iter().fold(Sum::default(), |sum, block| sum.with(block.value));
        let weights: Vec<f64> = first.iter().flat_map(|block| &block.weights).copied().collect();
        let probabilities: Vec<f64> = first.iter().flat_map(|block| &block.probabilities).copied().collect();
        let (weight, sums) = (total(&weights), rows.combination(&weights));
        let mut squares = Mat::zeros(p - 1, p - 1);
        rows.add_gram(&weights, &mut squares);
        let information = Mat::from_fn(p, p, |i, j| match (i.min(j), i.max(j)) {
            (0, 0) => weight,
            (0, k) => sums[k - 1] + base[k - 1] * weight,
            (k, l) => {
                let (k, l) = (k - 1, l - 1);
                squares[(k, l)] + (base[k] * sums[l] + base[l] * sums[k]) + base[k] * base[l] * weight
            }
        });
        let Some((v, logarithm)) = inverse_and_logarithm(&information) else {
            let evaluation = Evaluation { value: f64::NEG_INFINITY, score: vec![0.0; p], information };
            return Parts { evaluation, pull: vec![0.0; p] };
        };
        value.add(0.5 * logarithm);
        value.add(self.units);
        let inner = Mat::from_fn(p - 1, p - 1, |i, j| v[(i + 1, j + 1)]);
        let turned: Vec<f64> = (0..p - 1).map(|k| dot(inner.col_as_slice(k), base)).collect();
        let border = &v.col_as_slice(0)[1..];
        let linear: Vec<f64> = border.iter().zip(&turned).map(|(v, t)| 2.0 * (v + t)).collect();
        let constant = v[(0, 0)] + 2.0 * dot(border, base) + dot(&turned, base);
        let mut leverage = rows.squares(&inner, Mat::new);
        rows.add_products(&linear, &mut leverage);
        leverage.iter_mut().for_each(|q| *q += constant);
        let mut pulls = vec![0.0; leverage.len()];
        widest(
            #[inline(always)]
            || pull(&weights, &probabilities, &leverage, &mut pulls),
        );
        let whole = total(&pulls);
        let others = rows.combination(&pulls).into_iter().zip(base).map(|(sum, base)| sum + base * whole);
        let pull: Vec<f64> = std::iter::once(whole).chain(others).collect();
        let score = total_of(first.iter().map(|block| &block.score).chain([&pull]), p);
        Parts { evaluation: Evaluation { value: value.total(), score, information }, pull }
    }
}
