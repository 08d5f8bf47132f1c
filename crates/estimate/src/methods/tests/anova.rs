//! One-way analysis of variance.
//!
//! # Estimand
//! Whether the means of all groups are equal.
//! # Formula
//! F = (Σ nᵢ (x̄ᵢ − x̄)² / (k − 1)) / (Σ squares within groups / (n − k)) with k − 1 and n − k degrees of freedom.
//! # Assumptions
//! Equal variances; means that are nearly normal.
//! # References
//! Fisher 1925, Statistical Methods for Research Workers, chapter VII.

use super::{done, undone};
use crate::numerics::distributions::f_upper;
use crate::numerics::sums::{Moments, sum};
use study::{Test, TestName};

/// The test over all groups that have patients.
pub fn anova(groups: &[Moments]) -> Test {
    let groups: Vec<&Moments> = groups.iter().filter(|group| group.n > 0).collect();
    let whole = groups.iter().fold(Moments::default(), |whole, group| whole.with(group));
    let k = groups.len() as u64;
    if k < 2 || whole.n <= k {
        return undone(TestName::OneWayAnova);
    }
    let between = sum(groups.iter().map(|group| {
        let difference = group.less(&whole);
        group.n as f64 * difference * difference
    }));
    let within = sum(groups.iter().map(|group| group.squares));
    let (d1, d2) = ((k - 1) as f64, (whole.n - k) as f64);
    let f = (between / d1) / (within / d2);
    done(TestName::OneWayAnova, f, &[d1, d2], f_upper(f, d1, d2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        Moments::of(values.iter().map(|value| (*value, 1)))
    }

    /// By hand, `baseline`: F = 7 of three groups of two, whose P with two degrees of freedom above is a power.
    #[test]
    fn three_groups_by_hand() {
        // Means 2, 3, 7 about 4: between 2(4 + 1 + 9) = 28 with 2; within 2 + 2 + 2 = 6 with 3: F = 14/2 = 7.
        // With two degrees of freedom above, P = (1 + 2F/3)^(−3/2).
        let test = anova(&[moments(&[1.0, 3.0]), moments(&[2.0, 4.0]), moments(&[6.0, 8.0]), moments(&[])]);
        assert!((test.statistic.unwrap() - 7.0).abs() < 1e-14);
        assert_eq!(test.df, [2.0, 3.0]);
        assert!((test.p_value.unwrap() - (1.0 + 14.0 / 3.0_f64).powf(-1.5)).abs() < 1e-15);
    }

    #[test]
    fn one_group_or_no_spread_has_no_test() {
        assert_eq!(anova(&[moments(&[1.0, 2.0]), moments(&[])]).p_value, None);
        assert_eq!(anova(&[moments(&[1.0]), moments(&[2.0])]).p_value, None);
        assert_eq!(anova(&[moments(&[1.0, 1.0]), moments(&[2.0])]).p_value, None);
        assert_eq!(anova(&[]).p_value, None);
    }
}
