//! Exact tests of several coefficients together.
//!
//! # Formula
//! Under β = 0 all outcomes with the same statistics of the other terms are equally probable. Score: the share of them
//! whose (t − μ)′Σ⁻¹(t − μ) is at least the observed one, μ and Σ being mean and covariance of T over all of them.
//! Probability: the share whose t is no more probable than the observed one.
//! # References
//! Cox & Snell 1989, Analysis of Binary Data, 2nd ed., section 2.2; Mehta & Patel 1995, doi:10.1002/sim.4780141908.

use super::conditional::share_as_extreme;
use super::shift::Point;
use crate::numerics::sums::Sum;
use crate::numerics::symmetric::solve;
use faer::Mat;

/// Both tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// The score statistic; absent where Σ has no inverse.
    pub score: Option<f64>,
    /// Its exact P value.
    pub score_p: Option<f64>,
    /// The P value of the probability test.
    pub probability_p: f64,
}

/// The tests, from the points of the statistics; none where only the observed one is possible.
pub fn joint(points: &[Point], observed: &[u64]) -> Option<Joint> {
    let seen = points.iter().position(|point| point.sums == observed)?;
    if points.len() < 2 {
        return None;
    }
    let ln_ways: Vec<f64> = points.iter().map(|point| point.ways.ln()).collect();
    let largest = ln_ways.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = ln_ways.iter().map(|ln| libm::exp(ln - largest)).collect();
    let score = scores(points, observed, &weights);
    Some(Joint {
        score: score.as_ref().map(|score| score[seen]),
        score_p: score.map(|score| share_as_extreme(&weights, |index| score[index], seen, 1.0)),
        probability_p: share_as_extreme(&weights, |index| -ln_ways[index], seen, 1.0),
    })
}

/// (t − μ)′Σ⁻¹(t − μ) of each point.
fn scores(points: &[Point], observed: &[u64], weights: &[f64]) -> Option<Vec<f64>> {
    let k = observed.len();
    let total = crate::numerics::sums::sum(weights.iter().copied());
    // Distances from the observed point, each statistic within [−1, 1]: no unit costs digits.
    let signed = |t: u64, from: u64| if t >= from { (t - from) as f64 } else { -((from - t) as f64) };
    let spread: Vec<f64> = (0..k)
        .map(|j| points.iter().map(|p| signed(p.sums[j], observed[j]).abs()).fold(1.0, f64::max))
        .collect();
    let mut rows: Vec<Vec<f64>> = points
        .iter()
        .map(|point| (0..k).map(|j| signed(point.sums[j], observed[j]) / spread[j]).collect())
        .collect();
    for j in 0..k {
        let mut mean = Sum::default();
        rows.iter().zip(weights).for_each(|(row, weight)| mean.add_product(row[j], *weight));
        let mean = mean.total() / total;
        rows.iter_mut().for_each(|row| row[j] -= mean);
    }
    let covariance = Mat::from_fn(k, k, |i, j| {
        let mut sum = Sum::default();
        rows.iter().zip(weights).for_each(|(row, weight)| sum.add_product(row[i] * row[j], *weight));
        sum.total() / total
    });
    rows.iter()
        .map(|row| {
            let solved = solve(&covariance, row)?;
            Some(solved.iter().zip(row).map(|(a, b)| a * b).sum())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::scaled::Scaled;

    /// By hand, `exact_logistic`: the joint test of three groups of two: P = 3/15 and score 5.
    #[test]
    fn three_groups_of_two_by_hand() {
        // Two events among three groups of two: t counts the events of groups 2 and 3. Ways: (0,0) 1, (1,0) 4, (0,1) 4,
        // (1,1) 4, (2,0) 1, (0,2) 1. Observed (2,0): as probable as the three 1s, P = 3/15, and as far from the mean
        // (2/3, 2/3) by symmetry of the groups; the statistic is Pearson's X² × (n − 1)/n = 6 · 5/6.
        let ways = [([0, 0], 1.0), ([1, 0], 4.0), ([0, 1], 4.0), ([1, 1], 4.0), ([2, 0], 1.0), ([0, 2], 1.0)];
        let points: Vec<Point> =
            ways.iter().map(|(t, n)| Point { sums: t.to_vec(), ways: Scaled::new(*n) }).collect();
        let found = joint(&points, &[2, 0]).unwrap();
        assert!((found.score.unwrap() - 5.0).abs() < 1e-13, "{found:?}");
        assert!((found.score_p.unwrap() - 0.2).abs() < 1e-14);
        assert!((found.probability_p - 0.2).abs() < 1e-14);
        assert_eq!(joint(&points[..1], &[0, 0]), None);
    }
}
