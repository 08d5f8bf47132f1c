//! Welch's t-test for two groups whose variances may differ.
//!
//! # Estimand
//! Difference of the two means.
//! # Formula
//! t = (x̄₁ − x̄₂) / √(v₁ + v₂), vᵢ = sᵢ²/nᵢ, with (v₁ + v₂)² / (v₁²/(n₁ − 1) + v₂²/(n₂ − 1)) degrees of freedom
//! (Satterthwaite); two-sided.
//! # Assumptions
//! Means that are nearly normal.
//! # References
//! Welch 1947, doi:10.2307/2332510. Satterthwaite 1946, doi:10.2307/3002019.

use super::{done, undone};
use crate::numerics::distributions::t_two_sided;
use crate::numerics::sums::Moments;
use study::{Test, TestName};

/// The test of the first group against the second; each needs two patients, and one of them spread.
pub fn welch(first: &Moments, second: &Moments) -> Test {
    let (Some(s1), Some(s2)) = (first.variance(), second.variance()) else {
        return undone(TestName::Welch);
    };
    let (n1, n2) = (first.n as f64, second.n as f64);
    let (v1, v2) = (s1 / n1, s2 / n2);
    let variance = v1 + v2;
    // As shares of the variance, whose square could vanish or overflow.
    let (share1, share2) = (v1 / variance, v2 / variance);
    let df = 1.0 / (share1 * share1 / (n1 - 1.0) + share2 * share2 / (n2 - 1.0));
    let t = first.less(second) / variance.sqrt();
    done(TestName::Welch, t, &[df], t_two_sided(t, df))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Identity, `baseline`, `location`: groups of one size and one variance have Student’s t and degrees of freedom by
    /// Welch’s test.
    #[test]
    fn equal_sizes_and_variances_are_students_test() {
        let first = Moments::of([(1.0, 1), (2.0, 1), (3.0, 1)].into_iter());
        let second = Moments::of([(4.0, 1), (5.0, 1), (6.0, 1)].into_iter());
        let (ours, students) = (welch(&first, &second), super::super::student::student(&first, &second));
        assert!((ours.df[0] - 4.0).abs() < 1e-14);
        assert!((ours.statistic.unwrap() - students.statistic.unwrap()).abs() < 1e-14);
    }

    /// By hand, `baseline`, `location`: Welch’s t against a group without spread has one degree of freedom, where P is
    /// an arctangent.
    #[test]
    fn a_constant_group_leaves_the_other_groups_freedom() {
        // v₁ = 0: df = n₂ − 1 = 1; t = (0 − 2)/√(2/2) = −2; P = 1 − (2/π) atan 2.
        let constant = Moments::of([(0.0, 5)].into_iter());
        let test = welch(&constant, &Moments::of([(1.0, 1), (3.0, 1)].into_iter()));
        assert_eq!((test.statistic, test.df[0]), (Some(-2.0), 1.0));
        let p = 1.0 - 2_f64.atan() * 2.0 / std::f64::consts::PI;
        assert!((test.p_value.unwrap() - p).abs() < 1e-14);
    }

    #[test]
    fn too_few_patients_or_no_spread_have_no_test() {
        let constant = Moments::of([(0.0, 5)].into_iter());
        assert_eq!(welch(&constant, &constant).p_value, None);
        assert_eq!(welch(&constant, &Moments::of([(1.0, 1)].into_iter())).p_value, None);
    }
}
