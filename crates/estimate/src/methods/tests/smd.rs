//! Standardized mean difference between two groups.
//!
//! # Estimand
//! Distance of the groups in standard deviations, never negative.
//! # Formula
//! Numbers: |x̄₁ − x̄₂| / √((s₁² + s₂²)/2).
//! Levels with shares p and q: the Mahalanobis distance √(dᵀ S⁻ d), d = p − q, S the mean of the two multinomial
//! covariances. With m = (p + q)/2, S = diag(m) − mmᵀ − ddᵀ/4, so that
//! dᵀ S⁻ d = Σ (p − q)²/(p + q) ÷ Σ pq/(p + q): no matrix is inverted, a level that nobody has adds nothing, and
//! the distance is infinite (absent) exactly where the groups share no level. For two levels this is
//! |p − q| / √((p(1 − p) + q(1 − q))/2).
//! # References
//! Austin 2009, doi:10.1002/sim.3697. Yang & Dalton 2012, SAS Global Forum paper 335.

use crate::numerics::sums::{Moments, sum};
use study::results::finite;

/// Of numbers; absent where it is infinite or a group has fewer than two patients.
pub fn of_numbers(first: &Moments, second: &Moments) -> Option<f64> {
    of_means(first.less(second), first.variance()?, second.variance()?)
}

/// Of a difference of means and the two variances.
pub fn of_means(difference: f64, first: f64, second: f64) -> Option<f64> {
    if difference == 0.0 { Some(0.0) } else { finite(difference.abs() / (0.5 * (first + second)).sqrt()) }
}

/// Of the levels of two groups; absent where they share none or one has no patients.
pub fn of_levels(first: &[u64], second: &[u64]) -> Option<f64> {
    let (n1, n2) = (first.iter().sum::<u64>() as f64, second.iter().sum::<u64>() as f64);
    if n1 == 0.0 || n2 == 0.0 {
        return None;
    }
    of_shares(first.iter().zip(second).map(|(a, b)| (*a as f64 / n1, *b as f64 / n2)))
}

/// Of the shares of each level in two groups.
pub fn of_shares(shares: impl Iterator<Item = (f64, f64)> + Clone) -> Option<f64> {
    let shares = shares.filter(|(p, q)| p + q > 0.0);
    let apart = sum(shares.clone().map(|(p, q)| (p - q) * (p - q) / (p + q)));
    let shared = sum(shares.map(|(p, q)| p * q / (p + q)));
    finite((apart / shared).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `baseline`: the standardized difference of means 2 and 5 with variances 1 and 4 is 3/√2.5.
    #[test]
    fn numbers_by_hand() {
        // Means 2 and 5, variances 1 and 4: 3/√2.5.
        let first = Moments::of([(1.0, 1), (2.0, 1), (3.0, 1)].into_iter());
        let second = Moments::of([(3.0, 1), (5.0, 1), (7.0, 1)].into_iter());
        assert!((of_numbers(&first, &second).unwrap() - 3.0 / 2.5_f64.sqrt()).abs() < 1e-15);
        let constant = Moments::of([(2.0, 4)].into_iter());
        assert_eq!(of_numbers(&constant, &constant), Some(0.0));
        assert_eq!(of_numbers(&constant, &Moments::of([(3.0, 4)].into_iter())), None);
    }

    /// Identity, `baseline`: the standardized difference of two levels by the matrix is that of a proportion.
    #[test]
    fn two_levels_are_the_binary_formula() {
        let (p, q) = (0.2_f64, 0.5_f64);
        let binary = (p - q).abs() / (0.5 * (p * (1.0 - p) + q * (1.0 - q))).sqrt();
        assert!((of_levels(&[2, 8], &[5, 5]).unwrap() - binary).abs() < 1e-15);
    }

    /// By hand, `baseline`: the standardized difference of three levels, with the 2 × 2 matrix inverted by hand.
    #[test]
    fn three_levels_by_the_matrix() {
        // p = (.5, .3, .2), q = (.2, .3, .5). Leaving out the third level: d = (.3, 0),
        // S = ½[(.25 + .16, −.15 − .06), (·, .21 + .21)] = [(.205, −.105), (·, .21)],
        // dᵀS⁻¹d = .09 · .21 / (.205 · .21 − .105²).
        let exact = (0.09 * 0.21 / (0.205 * 0.21 - 0.105 * 0.105_f64)).sqrt();
        let ours = of_levels(&[5, 3, 2, 0], &[2, 3, 5, 0]).unwrap();
        assert!((ours - exact).abs() < 1e-14, "{ours} {exact}");
    }

    #[test]
    fn groups_without_a_shared_level_are_infinitely_apart() {
        assert_eq!(of_levels(&[5, 5, 0, 0], &[0, 0, 5, 5]), None);
        assert!(of_levels(&[500, 500, 1, 0], &[0, 0, 500, 500]).unwrap() > 20.0);
        assert_eq!(of_levels(&[0, 0], &[1, 2]), None);
        assert_eq!(of_levels(&[4, 4], &[1, 1]), Some(0.0));
    }
}
