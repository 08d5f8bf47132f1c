//! A smooth line: least squares in a natural cubic spline.
//!
//! # Formula
//! With knots ξ₁ < … < ξ_K the space has K dimensions: 1, x and d_k − d_{K−1}, where
//! d_k = ((x − ξ_k)₊³ − (x − ξ_K)₊³)/(ξ_K − ξ_k). Beyond the outer knots the line is straight. The inner knots are
//! quantiles (type 7) of the points that are given for them.
//!
//! # References
//! Hastie, Tibshirani & Friedman 2009, *The Elements of Statistical Learning*, equations 5.4 and 5.5.

use crate::numerics::gram::add_gram;
use crate::numerics::symmetric::{inverse, least_eigenvalue, solve};
use faer::Mat;

/// Products of columns of unit length are singular to working precision below this least eigenvalue: where the values lie
/// so that they do not determine the line, rounding alone leaves something of it.
const SINGULAR: f64 = 1e-12;

/// A line over a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its height at each point of the grid.
    pub estimate: Vec<f64>,
    /// Variance of the height where the points have variance 1.
    pub unit_variance: Vec<f64>,
    /// Residual variance, with as many degrees of freedom as are left; absent without any.
    pub residual_variance: Option<f64>,
}

/// Fits a spline with `df` dimensions to points that each stand for `n`, and evaluates it over `grid`. The knots are
/// quantiles of points and grid together. None where the points do not determine it.
pub fn natural_spline(x: &[f64], y: &[f64], n: &[f64], grid: &[f64], df: usize) -> Option<Line> {
    let mut values = x.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    if values.len() < df {
        return None;
    }
    let knots = knots(x, n, grid, df)?;
    let (low, spread) = (knots[0], knots[knots.len() - 1] - knots[0]);
    let scaled: Vec<f64> = knots.iter().map(|knot| (knot - low) / spread).collect();
    let basis = |points: &[f64]| -> Vec<f64> {
        points.iter().flat_map(|x| row((x - low) / spread, &scaled)).collect()
    };
    let (own, over) = (basis(x), basis(grid));
    let mut gram = Mat::zeros(df, df);
    add_gram(&own, df, n, &mut gram);
    let total: f64 = n.iter().sum();
    let centre = y.iter().zip(n).map(|(y, n)| y * n).sum::<f64>() / total;
    let mut right = vec![0.0; df];
    for ((row, y), n) in own.chunks_exact(df).zip(y).zip(n) {
        right.iter_mut().zip(row).for_each(|(sum, b)| *sum += n * b * (y - centre));
    }
    let unit = |i: usize, j: usize| gram[(i, j)] / (gram[(i, i)] * gram[(j, j)]).sqrt();
    if least_eigenvalue(&Mat::from_fn(df, df, unit)) < SINGULAR {
        return None;
    }
    let coefficients = solve(&gram, &right)?;
    let covariance = inverse(&gram)?;
    let height = |row: &[f64]| row.iter().zip(&coefficients).map(|(b, c)| b * c).sum::<f64>() + centre;
    let spread_of = |row: &[f64]| -> f64 {
        (0..df)
            .flat_map(|i| (0..df).map(move |j| (i, j)))
            .map(|(i, j)| row[i] * row[j] * covariance[(i, j)])
            .sum()
    };
    let squares: f64 = own
        .chunks_exact(df)
        .zip(y)
        .zip(n)
        .map(|((row, y), n)| n * (y - height(row)) * (y - height(row)))
        .sum();
    let left = total - df as f64;
    Some(Line {
        estimate: over.chunks_exact(df).map(height).collect(),
        unit_variance: over.chunks_exact(df).map(spread_of).collect(),
        residual_variance: (left > 0.0).then_some(squares / left),
    })
}

/// Evenly spaced points over the range of the values.
pub fn grid(x: &[f64], points: usize) -> Vec<f64> {
    let (low, high) =
        x.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
    let step = (high - low) / (points - 1) as f64;
    (0..points).map(|k| if k + 1 == points { high } else { low + k as f64 * step }).collect()
}

fn knots(x: &[f64], n: &[f64], grid: &[f64], df: usize) -> Option<Vec<f64>> {
    let mut points: Vec<(f64, f64)> =
        x.iter().copied().zip(n.iter().copied()).chain(grid.iter().map(|x| (*x, 1.0))).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = points.iter().map(|(_, n)| n).sum();
    let mut knots = vec![points.first()?.0];
    for k in 1..df - 1 {
        knots.push(quantile(&points, (total - 1.0) * k as f64 / (df - 1) as f64));
    }
    knots.push(points.last()?.0);
    knots.windows(2).all(|pair| pair[0] < pair[1] && pair[1].is_finite()).then_some(knots)
}

/// The value at a position from 0, between two of the counted points on the straight line through them.
fn quantile(points: &[(f64, f64)], position: f64) -> f64 {
    let whole = libm::floor(position);
    let at = |position: f64| {
        let mut before = 0.0;
        for (x, n) in points {
            before += n;
            if position < before {
                return *x;
            }
        }
        points[points.len() - 1].0
    };
    let (low, high) = (at(whole), at(whole + 1.0));
    low + (position - whole) * (high - low)
}

fn row(x: f64, knots: &[f64]) -> Vec<f64> {
    let last = knots.len() - 1;
    let cube = |knot: f64| {
        let over = (x - knot).max(0.0);
        over * over * over
    };
    let d = |k: usize| (cube(knots[k]) - cube(knots[last])) / (knots[last] - knots[k]);
    let mut row = vec![1.0, x - 0.5];
    row.extend((0..last - 1).map(|k| d(k) - d(last - 1)));
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_found_and_counts_are_repeats() {
        let x: Vec<f64> = (0..12).map(f64::from).collect();
        let y: Vec<f64> = x.iter().map(|x| 3.0 - 2.0 * x).collect();
        let line = natural_spline(&x, &y, &[1.0; 12], &[0.0, 2.5, 11.0], 4).unwrap();
        for (found, exact) in line.estimate.iter().zip([3.0, -2.0, -19.0]) {
            assert!((found - exact).abs() < 1e-10, "{found} {exact}");
        }
        assert!(line.residual_variance.unwrap() < 1e-20);
        let wave: Vec<f64> = x.iter().map(|x| (x * 1.3).sin()).collect();
        let counted = natural_spline(&x, &wave, &[2.0; 12], &x, 4).unwrap();
        let (twice, waves) = ([x.clone(), x.clone()].concat(), [wave.clone(), wave].concat());
        let split = natural_spline(&twice, &waves, &[1.0; 24], &x, 4).unwrap();
        for (a, b) in counted.estimate.iter().zip(&split.estimate) {
            assert!((a - b).abs() < 1e-12);
        }
        assert!((counted.residual_variance.unwrap() / split.residual_variance.unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_values_have_no_line() {
        assert_eq!(natural_spline(&[1.0, 1.0, 1.0], &[0.0, 1.0, 2.0], &[1.0; 3], &[1.0], 4), None);
        assert_eq!(natural_spline(&[1.0, 2.0], &[0.0, 1.0], &[1.0; 2], &grid(&[1.0, 2.0], 3), 4), None);
        // Two values many times over, and knots between them from the grid: what rounding leaves is no line.
        for at in [0.6, 0.3185662660674993, 1.0 / 3.0] {
            let x: Vec<f64> = (0..36).map(|row| if row % 3 == 0 { at } else { -0.28 }).collect();
            let y: Vec<f64> = (0..36).map(|row| f64::from(row % 5) - 1.7).collect();
            for df in 3..=10 {
                assert_eq!(natural_spline(&x, &y, &[1.0; 36], &grid(&x, 40), df), None, "{at} {df}");
            }
        }
        // Ten values in a small part of the range say nothing of the rest.
        let x: Vec<f64> = (0..10).map(|k| f64::from(k) * 1e-9).chain([1.0]).collect();
        assert_eq!(natural_spline(&x, &x, &[1.0; 11], &grid(&x, 40), 8), None);
        let x: Vec<f64> = (0..12).map(f64::from).collect();
        assert!(natural_spline(&x, &x, &[1.0; 12], &grid(&x, 40), 10).is_some());
    }
}
