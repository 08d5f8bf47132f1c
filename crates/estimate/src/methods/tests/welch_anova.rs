//! Welch's analysis of variance: means of several groups whose variances may differ.
//!
//! # Estimand
//! Whether the means of all groups are equal.
//! # Formula
//! With the weights wᵢ = nᵢ/sᵢ², W = Σ wᵢ and the mean x̃ = Σ wᵢ x̄ᵢ/W: F = Σ wᵢ (x̄ᵢ − x̃)²/(k − 1) ÷ (1 + 2(k − 2) A/(k² − 1))
//! with A = Σ (1 − wᵢ/W)²/(nᵢ − 1), and k − 1 and (k² − 1)/(3A) degrees of freedom. Of two groups F is the square of
//! Welch's t. One group without spread has all the weight: F is then what it comes to as that spread vanishes.
//! # Assumptions
//! Means that are nearly normal.
//! # References
//! Welch 1951, doi:10.1093/biomet/38.3-4.330.

use super::{done, undone};
use crate::numerics::distributions::f_upper;
use crate::numerics::sums::{Moments, sum};
use study::{Test, TestName};

/// The test over all groups that have patients; each needs two, and all but one of them spread.
pub fn welch_anova(groups: &[Moments]) -> Test {
    let name = TestName::WelchAnova;
    let groups: Vec<&Moments> = groups.iter().filter(|group| group.n > 0).collect();
    let variances: Option<Vec<f64>> =
        groups.iter().map(|group| Some(group.variance()? / group.n as f64)).collect();
    let Some(variances) = variances.filter(|variances| variances.len() > 1) else { return undone(name) };
    // Weights relative to the most precise group, which is the origin of the means: nothing overflows.
    let Some(first) = (0..groups.len()).min_by(|a, b| variances[*a].total_cmp(&variances[*b])) else {
        return undone(name);
    };
    let least = variances[first];
    let weights: Vec<f64> =
        (0..groups.len()).map(|i| if i == first { 1.0 } else { least / variances[i] }).collect();
    let all = sum(weights.iter().copied());
    let distances: Vec<f64> = groups.iter().map(|group| group.less(groups[first])).collect();
    let centre = sum(weights.iter().zip(&distances).map(|(weight, distance)| weight * distance)) / all;
    let between = sum(distances.iter().zip(&variances).map(|(distance, variance)| {
        let distance = distance - centre;
        // The only group without spread is the centre itself.
        if distance == 0.0 { 0.0 } else { distance / variance * distance }
    }));
    let lack = sum(weights.iter().zip(&groups).map(|(weight, group)| {
        let rest = 1.0 - weight / all;
        rest * rest / (group.n - 1) as f64
    }));
    let k = groups.len() as f64;
    let f = between / (k - 1.0) / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * lack);
    let df = [k - 1.0, (k * k - 1.0) / (3.0 * lack)];
    done(name, f, &df, f_upper(f, df[0], df[1]))
}

#[cfg(test)]
mod tests {
    use super::super::welch::welch;
    use super::*;
    use proptest::prelude::*;

    fn moments(values: &[f64]) -> Moments {
        Moments::of(values.iter().map(|value| (*value, 1)))
    }

    /// By hand, `baseline`: Welch’s analysis of variance of three groups of two with the variances 2, 2 and 8.
    #[test]
    fn three_groups_by_hand() {
        // Weights 1, 1 and ¼ of n/s² = 1; means 2, 4 and 9: x̃ = (2 + 4 + 9/4)/(9/4) = 11/3.
        // Σ w (x̄ − x̃)² = 25/9 + 1/9 + 64/9 = 10; A = (5/9)² + (5/9)² + (8/9)² = 114/81 = 38/27.
        // F = 5/(1 + 2/8 · 38/27) = 5 · 54/73 = 270/73 with 2 and 8/(3 · 38/27) = 36/19 degrees of freedom.
        let groups = [moments(&[1.0, 3.0]), moments(&[3.0, 5.0]), moments(&[7.0, 11.0]), moments(&[])];
        let test = welch_anova(&groups);
        assert!((test.statistic.unwrap() - 270.0 / 73.0).abs() < 1e-14);
        assert_eq!(test.df[0], 2.0);
        assert!((test.df[1] - 36.0 / 19.0).abs() < 1e-14);
        // With two degrees of freedom above, P = (1 + 2F/d)^(−d/2).
        let (f, d) = (270.0 / 73.0, 36.0 / 19.0_f64);
        assert!((test.p_value.unwrap() - (1.0 + 2.0 * f / d).powf(-0.5 * d)).abs() < 1e-14);
    }

    #[test]
    fn one_group_without_spread_is_the_limit() {
        let constant = |spread: f64| {
            let groups =
                [moments(&[2.0 - spread, 2.0 + spread]), moments(&[3.0, 5.0]), moments(&[7.0, 11.0])];
            welch_anova(&groups)
        };
        let (limit, near) = (constant(0.0), constant(1e-8));
        assert!((limit.statistic.unwrap() / near.statistic.unwrap() - 1.0).abs() < 1e-12);
        assert!((limit.p_value.unwrap() / near.p_value.unwrap() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn too_few_patients_or_no_spread_have_no_test() {
        let (one, constant) = (moments(&[1.0]), moments(&[2.0, 2.0]));
        let spread = moments(&[1.0, 4.0]);
        assert_eq!(welch_anova(&[one, spread, spread]).p_value, None);
        assert_eq!(welch_anova(&[constant, moments(&[3.0, 3.0]), spread]).p_value, None);
        assert_eq!(welch_anova(&[constant, constant, constant]).p_value, None);
        assert_eq!(welch_anova(&[spread, moments(&[])]).p_value, None);
        assert_eq!(welch_anova(&[]).p_value, None);
    }

    proptest! {
        /// Identity, `baseline`: of two groups Welch’s analysis of variance is Welch’s t-test.
        #[test]
        fn of_two_groups_it_is_the_t_test(
            first in prop::collection::vec(-50.0..50.0f64, 2..20),
            second in prop::collection::vec(-50.0..50.0f64, 2..20),
        ) {
            let (first, second) = (moments(&first), moments(&second));
            let (ours, t) = (welch_anova(&[first, second]), welch(&first, &second));
            let square = t.statistic.unwrap() * t.statistic.unwrap();
            prop_assert!((ours.statistic.unwrap() / square - 1.0).abs() < 1e-10);
            prop_assert!((ours.df[1] / t.df[0] - 1.0).abs() < 1e-12);
            prop_assert!((ours.p_value.unwrap() / t.p_value.unwrap() - 1.0).abs() < 1e-9);
        }
    }
}
