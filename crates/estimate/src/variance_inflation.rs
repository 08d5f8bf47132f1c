//! How much the terms of a model tell of each other: generalised variance inflation.
//!
//! # Estimand
//! By how much the volume of the confidence ellipsoid of a term's coefficients is larger, squared, than it would be were the
//! term uncorrelated with all others: GVIF. Of a single column it is the variance inflation factor, 1/(1 − R²) in a
//! linear model. GVIF^(1/(2 df)) compares terms of different numbers of columns: it is the factor by which standard errors
//! are longer, so that its square is to be held against the usual limits of 5 or 10.
//! # Formula
//! det R₁₁ · det R₂₂ / det R, with R the correlation matrix of all coefficients but the intercept, R₁₁ its part of the
//! term and R₂₂ that of all others. In models that are not linear the correlations are those of the coefficients
//! (inverse of the information), so that the inflation is that of the model at its estimate. How a term is coded, which
//! level is the reference and the units of numbers are of no account.
//! # Assumptions
//! The main effects of an interaction are correlated with it by construction; of such terms the figure says little.
//! # References
//! Fox & Monette 1992, doi:10.1080/01621459.1992.10475190.
//! # Worked example
//! Two columns whose coefficients have the correlation 0.6: 1/(1 − 0.36) = 1.5625, and its root 1.25.

use crate::numerics::symmetric::lower_factor;
use faer::Mat;

/// GVIF of each term, which has some of the columns of a covariance matrix; `None` where the matrix is singular.
pub fn generalised_variance_inflation(covariance: &Mat<f64>, terms: &[Vec<usize>]) -> Vec<Option<f64>> {
    let all: Vec<usize> = terms.iter().flatten().copied().collect();
    let whole = log_determinant(covariance, &all);
    terms
        .iter()
        .map(|own| {
            let others: Vec<usize> = all.iter().copied().filter(|at| !own.contains(at)).collect();
            let parts = log_determinant(covariance, own)? + log_determinant(covariance, &others)?;
            let inflation = libm::exp(parts - whole?);
            // Rounding may leave a little less than what independence gives.
            inflation.is_finite().then(|| inflation.max(1.0))
        })
        .collect()
}

/// ln det of the correlation matrix of some coefficients.
fn log_determinant(covariance: &Mat<f64>, chosen: &[usize]) -> Option<f64> {
    let correlation = Mat::from_fn(chosen.len(), chosen.len(), |i, j| {
        let (a, b) = (chosen[i], chosen[j]);
        covariance[(a, b)] / covariance[(a, a)].sqrt() / covariance[(b, b)].sqrt()
    });
    if chosen.is_empty() {
        return Some(0.0);
    }
    let factor = lower_factor(&correlation)?;
    Some((0..chosen.len()).map(|k| 2.0 * libm::log(factor[(k, k)].abs())).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `logistic`, `cox`: the variance inflation of two columns whose coefficients have the correlation 0.6 is
    /// 1/0.64.
    #[test]
    fn two_columns_by_hand() {
        // Variances 4 and 9e-20, correlation 0.6: units are of no account.
        let rows = [[4.0, 0.6 * 2.0 * 3e-10], [0.6 * 2.0 * 3e-10, 9e-20]];
        let covariance = Mat::from_fn(2, 2, |i, j| rows[i][j]);
        for found in generalised_variance_inflation(&covariance, &[vec![0], vec![1]]) {
            assert!((found.unwrap() - 1.5625).abs() < 1e-14);
        }
        // Together they are the whole model, which nothing inflates.
        assert_eq!(generalised_variance_inflation(&covariance, &[vec![0, 1]]), [Some(1.0)]);
    }

    /// By hand, `logistic`, `cox`: the generalised variance inflation of a term of two columns from determinants 1/2
    /// and 1.
    #[test]
    fn a_term_of_two_columns_by_hand() {
        // R = [[1, ½, ½], [½, 1, 0], [½, 0, 1]]: det = 1 − ¼ − ¼ = ½; of the pair 1.
        let rows = [[1.0, 0.5, 0.5], [0.5, 1.0, 0.0], [0.5, 0.0, 1.0]];
        let correlation = Mat::from_fn(3, 3, |i, j| rows[i][j]);
        for found in generalised_variance_inflation(&correlation, &[vec![0], vec![1, 2]]) {
            assert!((found.unwrap() - 2.0).abs() < 1e-14);
        }
        let singular = Mat::from_fn(2, 2, |_, _| 1.0);
        let found = generalised_variance_inflation(&singular, &[vec![0], vec![1]]);
        assert!(found.iter().all(|found| found.is_none_or(|value| value > 1e7)), "{found:?}");
    }
}
