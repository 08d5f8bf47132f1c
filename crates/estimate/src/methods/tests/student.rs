//! Student's t-test for two groups of equal variance.
//!
//! # Estimand
//! Difference of the two means.
//! # Formula
//! t = (x̄₁ − x̄₂) / (s √(1/n₁ + 1/n₂)) with s² = (Σ squares of both) / (n₁ + n₂ − 2), n₁ + n₂ − 2 degrees of
//! freedom; two-sided.
//! # Assumptions
//! Equal variances; means that are nearly normal.
//! # References
//! Student 1908, doi:10.2307/2331554. Fisher 1925, Metron 5:90–104.

use super::{done, undone};
use crate::numerics::distributions::t_two_sided;
use crate::numerics::sums::Moments;
use study::{Test, TestName};

/// The test of the first group against the second; without spread or with fewer than three patients no result.
pub fn student(first: &Moments, second: &Moments) -> Test {
    if first.n == 0 || second.n == 0 || first.n + second.n < 3 {
        return undone(TestName::Student);
    }
    let (n1, n2) = (first.n as f64, second.n as f64);
    let df = n1 + n2 - 2.0;
    let variance = (first.squares + second.squares) / df;
    let t = first.less(second) / (variance * (1.0 / n1 + 1.0 / n2)).sqrt();
    done(TestName::Student, t, &[df], t_two_sided(t, df))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `baseline`, `location`: Student’s t of two patients against one, with one degree of freedom, where P is
    /// an arctangent.
    #[test]
    fn three_patients_by_hand() {
        // {1, 3} against {8}: s² = 2/1, t = −6/√(2·1.5) = −√12; with one degree of freedom P = 1 − (2/π) atan(√12).
        let first = Moments::of([(1.0, 1), (3.0, 1)].into_iter());
        let second = Moments::of([(8.0, 1)].into_iter());
        let test = student(&first, &second);
        assert!((test.statistic.unwrap() + 12_f64.sqrt()).abs() < 1e-14);
        let p = 1.0 - 12_f64.sqrt().atan() * 2.0 / std::f64::consts::PI;
        assert!((test.p_value.unwrap() - p).abs() < 1e-14);
    }

    #[test]
    fn no_spread_no_test() {
        let constant = Moments::of([(4.0, 7)].into_iter());
        assert_eq!(student(&constant, &constant).p_value, None);
        assert_eq!(student(&constant, &Moments::of([(5.0, 2)].into_iter())).p_value, None);
        assert_eq!(student(&constant, &Moments::default()).p_value, None);
    }
}
