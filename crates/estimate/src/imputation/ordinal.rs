//! Proportional odds regression.
//!
//! # Formula
//! logit P(level ≤ j | x) = ζⱼ − x′β, ζ ascending, so that with u = ζⱼ − x′β, l = ζⱼ₋₁ − x′β and F the logistic
//! distribution P(level = j) = F(u) − F(l) = F(u)(1 − F(l))(1 − e^(l − u)): three factors that lose no digits. The
//! parameters are ζ₀, ζ₁, …, then β.
//! # References
//! McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.

use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::gram::add_gram;
use crate::numerics::sums::Sum;
use faer::Mat;

/// Its log-likelihood. Rows of `x` hold `columns` numbers each, no intercept among them.
#[derive(Debug, Clone)]
pub struct ProportionalOdds<'a> {
    /// The model matrix, row by row.
    pub x: &'a [f64],
    /// Numbers in a row.
    pub columns: usize,
    /// The level of each row, from 0; every level occurs.
    pub level: &'a [usize],
    /// Number of levels.
    pub levels: usize,
    /// Patients each row stands for.
    pub weight: &'a [f64],
}

/// 1/(1 + e⁻ᵘ) and its complement.
fn logistic(u: f64) -> (f64, f64) {
    let small = libm::exp(-u.abs());
    let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
    if u >= 0.0 { (near, far) } else { (far, near) }
}

/// log F(u).
fn log_logistic(u: f64) -> f64 {
    u.min(0.0) - libm::log1p(libm::exp(-u.abs()))
}

/// P(level ≤ j) for all levels but the last.
pub(super) fn cumulative(x: &[f64], parameters: &[f64], levels: usize) -> Vec<f64> {
    let (cuts, beta) = parameters.split_at(levels - 1);
    let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
    cuts.iter().map(|cut| logistic(cut - eta).0).collect()
}

impl Likelihood for ProportionalOdds<'_> {
    fn parameters(&self) -> usize {
        self.levels - 1 + self.columns
    }

    fn start(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.levels];
        self.level.iter().zip(self.weight).for_each(|(level, weight)| counts[*level] += weight);
        let total: f64 = counts.iter().sum();
        let mut below = 0.0;
        let cuts = counts[..self.levels - 1].iter().map(|count| {
            below += count;
            libm::log(below / (total - below))
        });
        let cuts: Vec<f64> = cuts.collect();
        cuts.into_iter().chain(std::iter::repeat_n(0.0, self.columns)).collect()
    }

    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        let (k, p) = (self.levels - 1, self.columns);
        let (cuts, beta) = parameters.split_at(k);
        let mut value = Sum::default();
        let mut score = vec![0.0; k + p];
        let mut information = Mat::zeros(k + p, k + p);
        let mut weights = Vec::with_capacity(self.level.len());
        for row in 0..self.level.len() {
            let x = &self.x[row * p..(row + 1) * p];
            let (level, weight) = (self.level[row], self.weight[row]);
            let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
            let (upper, lower) = (cuts.get(level), level.checked_sub(1).map(|below| cuts[below]));
            let (mut first_u, mut first_l, mut w_uu, mut w_ll, mut w_ul) = (0.0, 0.0, 0.0, 0.0, 0.0);
            if let Some(cut) = upper {
                let (f, complement) = logistic(cut - eta);
                value.add(weight * log_logistic(cut - eta));
                first_u += complement;
                w_uu += f * complement;
            }
            if let Some(cut) = lower {
                let (f, complement) = logistic(cut - eta);
                value.add(weight * log_logistic(eta - cut));
                first_l -= f;
                w_ll += f * complement;
            }
            if let (Some(upper), Some(lower)) = (upper, lower) {
                let distance = upper - lower;
                if distance <= 0.0 {
                    let score = vec![f64::NAN; k + p];
                    return Evaluation { value: f64::NEG_INFINITY, score, information };
                }
                let growth = libm::expm1(distance);
                value.add(weight * libm::log(-libm::expm1(-distance)));
                first_u += 1.0 / growth;
                first_l -= 1.0 / growth;
                let bend = if growth.is_finite() { (growth + 1.0) / growth / growth } else { 0.0 };
                w_uu += bend;
                w_ll += bend;
                w_ul = -bend;
            }
            let mut add_cut = |cut: usize, first: f64, own: f64| {
                score[cut] += weight * first;
                information[(cut, cut)] += weight * own;
                for (j, x) in x.iter().enumerate() {
                    let part = weight * (own + w_ul) * x;
                    information[(cut, k + j)] -= part;
                    information[(k + j, cut)] -= part;
                }
            };
            if level < k {
                add_cut(level, first_u, w_uu);
            }
            if level > 0 {
                add_cut(level - 1, first_l, w_ll);
                if level < k {
                    information[(level, level - 1)] += weight * w_ul;
                    information[(level - 1, level)] += weight * w_ul;
                }
            }
            let residual = weight * (first_u + first_l);
            score[k..].iter_mut().zip(x).for_each(|(sum, x)| *sum -= residual * x);
            weights.push(weight * (w_uu + w_ll + 2.0 * w_ul));
        }
        let mut gram = Mat::zeros(p, p);
        add_gram(self.x, p, &weights, &mut gram);
        for i in 0..p {
            for j in 0..p {
                information[(k + i, k + j)] = gram[(i, j)];
            }
        }
        Evaluation { value: value.total(), score, information }
    }
}
