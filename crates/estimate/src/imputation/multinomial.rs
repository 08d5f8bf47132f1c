//! Polytomous logistic regression; with two levels, logistic regression.
//!
//! # Formula
//! P(level a | x) = exp(x′βₐ)/Σ_b exp(x′β_b), β₀ = 0. The parameters are β₁, β₂, … behind one another.
//! # References
//! Agresti 2013, Categorical Data Analysis, 8.1.

use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::gram::add_gram;
use crate::numerics::sums::Sum;
use faer::Mat;

/// Its log-likelihood. Rows of `x` hold `columns` numbers each, the intercept among them.
#[derive(Debug, Clone)]
pub struct Multinomial<'a> {
    /// The model matrix, row by row.
    pub x: &'a [f64],
    /// Numbers in a row.
    pub columns: usize,
    /// The level of each row, from 0.
    pub level: &'a [usize],
    /// Number of levels.
    pub levels: usize,
    /// Patients each row stands for; fractions for observations that augment.
    pub weight: &'a [f64],
}

/// Probabilities of the levels, and the logarithm of the sum they were divided by.
pub(super) fn probabilities(x: &[f64], beta: &[f64], levels: usize, into: &mut Vec<f64>) -> f64 {
    into.clear();
    into.push(0.0);
    into.extend(
        beta.chunks_exact(x.len()).take(levels - 1).map(|b| x.iter().zip(b).map(|(x, b)| x * b).sum::<f64>()),
    );
    let most = into.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let mut total = 0.0;
    for value in into.iter_mut() {
        *value = libm::exp(*value - most);
        total += *value;
    }
    into.iter_mut().for_each(|value| *value /= total);
    most + libm::log(total)
}

impl Likelihood for Multinomial<'_> {
    fn parameters(&self) -> usize {
        (self.levels - 1) * self.columns
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let (p, k) = (self.columns, self.levels - 1);
        let mut value = Sum::default();
        let mut score = vec![0.0; p * k];
        // For each pair of levels the weights of its block of the information.
        let mut weights = vec![Vec::with_capacity(self.level.len()); k * (k + 1) / 2];
        let mut probability = Vec::with_capacity(self.levels);
        for (row, x) in self.x.chunks_exact(p).enumerate() {
            let (level, weight) = (self.level[row], self.weight[row]);
            let log_total = probabilities(x, beta, self.levels, &mut probability);
            let eta = match level {
                0 => 0.0,
                _ => x.iter().zip(&beta[(level - 1) * p..]).map(|(x, b)| x * b).sum::<f64>(),
            };
            value.add(weight * (eta - log_total));
            let mut block = 0;
            for a in 0..k {
                let pa = probability[a + 1];
                let residual = weight * (f64::from(u8::from(level == a + 1)) - pa);
                score[a * p..(a + 1) * p].iter_mut().zip(x).for_each(|(sum, x)| *sum += residual * x);
                for (b, pb) in probability[1..=a + 1].iter().enumerate() {
                    // 1 − p as the sum of the others, which keeps its digits near 1.
                    let product = if a == b {
                        pa * probability
                            .iter()
                            .enumerate()
                            .filter(|(c, _)| *c != a + 1)
                            .map(|(_, p)| p)
                            .sum::<f64>()
                    } else {
                        -pa * pb
                    };
                    weights[block].push(weight * product);
                    block += 1;
                }
            }
        }
        let mut information = Mat::zeros(p * k, p * k);
        let mut blocks = weights.iter();
        for a in 0..k {
            for b in 0..=a {
                let mut gram = Mat::zeros(p, p);
                if let Some(weights) = blocks.next() {
                    add_gram(self.x, p, weights, &mut gram);
                }
                for i in 0..p {
                    for j in 0..p {
                        information[(a * p + i, b * p + j)] = gram[(i, j)];
                        information[(b * p + j, a * p + i)] = gram[(i, j)];
                    }
                }
            }
        }
        Evaluation { value: value.total(), score, information }
    }
}
