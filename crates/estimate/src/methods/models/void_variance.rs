//! Robust variances of which only rounding is left.
//!
//! At the maximum the scores of all clusters add up to 0. With one cluster each is 0, and beside an intercept so is that of a
//! level which is a cluster of its own: the sandwich then has no spread to measure, and what its arithmetic leaves instead
//! of 0 would be a standard error of 1e-17 with a P value to go with it.

use crate::design::{Covariate, Design};
use faer::Mat;
use study::Notice;

/// Below this share of the variance that the model gives, a robust variance is rounding.
const ROUNDING: f64 = 1e-12;

/// Takes the variances away that are none, from the covariance of parameters and one of the size that theirs would have, such
/// as the inverse of their information. What is no number is in no result. The parameters concerned.
pub(in crate::methods) fn withhold(robust: &mut Mat<f64>, usual: &Mat<f64>) -> Vec<usize> {
    let is_void = |k: &usize| {
        let variance = robust[(*k, *k)];
        !variance.is_finite() || variance <= ROUNDING * usual[(*k, *k)]
    };
    let void: Vec<usize> = (0..robust.nrows()).filter(is_void).collect();
    for k in &void {
        for other in 0..robust.nrows() {
            robust[(*k, other)] = f64::NAN;
            robust[(other, *k)] = f64::NAN;
        }
    }
    void
}

/// What is said of the columns whose parameters are among them; `parameter` is that of a column.
pub(super) fn notices(
    void: &[usize],
    design: &Design,
    covariates: &[&Covariate<'_>],
    parameter: impl Fn(usize) -> Option<usize>,
) -> Vec<Notice> {
    let is_void = |at: &usize| parameter(*at).is_some_and(|own| void.contains(&own));
    let notice = |at: usize| {
        let column = &design.columns[at];
        let covariate = covariates[column.covariate];
        Notice::NoRobustVariance { term: covariate.name.clone(), level: covariate.column_name(column) }
    };
    (0..design.columns.len()).filter(is_void).map(notice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounding_leaves_is_taken_away() {
        let inverse = Mat::from_fn(2, 2, |i, j| if i == j { 4.0 } else { 1.0 });
        let mut robust = Mat::from_fn(2, 2, |i, j| [[3.0, 1e-18], [1e-18, 1e-30]][i][j]);
        assert_eq!(withhold(&mut robust, &inverse), [1]);
        assert!(robust[(0, 0)] == 3.0 && robust[(0, 1)].is_nan() && robust[(1, 1)].is_nan());
        assert_eq!(withhold(&mut inverse.clone(), &inverse), [] as [usize; 0]);
    }
}
