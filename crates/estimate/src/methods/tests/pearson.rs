//! Pearson's chi-squared test of independence, with or without Yates' continuity correction.
//!
//! # Estimand
//! Whether the distribution over the levels is the same in all groups.
//! # Formula
//! X² = Σ (|O − E| − c)² / E with E = row total × column total / n and (rows − 1)(columns − 1) degrees of freedom.
//! c = 0, or min(½, |O − E|) with Yates' correction, which is defined for two by two only. Levels and groups
//! without patients are left out.
//! # Assumptions
//! Expected counts that are not small: by Cochran's rule at least 5.
//! # References
//! Pearson 1900, doi:10.1080/14786440009463897. Yates 1934, doi:10.2307/2983604.
//! Cochran 1954, doi:10.2307/3001616.

use super::{CrossTable, done, undone};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::sums::Sum;
use study::{Test, TestName};

/// Whether half a patient is taken off each difference in a table of two by two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// The statistic as it is.
    None,
    /// Yates' continuity correction.
    Yates,
}

/// The test. Without a second occupied level and group it has no result.
pub fn pearson(table: &CrossTable, correction: Correction) -> Test {
    let table = table.occupied();
    let (levels, groups) = (table.levels(), table.groups());
    let corrected = correction == Correction::Yates && (levels, groups) == (2, 2);
    let name = if corrected { TestName::YatesChiSquared } else { TestName::PearsonChiSquared };
    if levels < 2 || groups < 2 {
        return undone(name);
    }
    let group_totals = table.group_totals();
    let total = table.total() as f64;
    let mut statistic = Sum::default();
    for row in table.rows() {
        let level_total = row.iter().sum::<u64>() as f64;
        for (observed, group_total) in row.iter().zip(&group_totals) {
            let expected = level_total * (*group_total as f64 / total);
            let difference = (*observed as f64 - expected).abs();
            let difference = if corrected { (difference - 0.5).max(0.0) } else { difference };
            statistic.add(difference * difference / expected);
        }
    }
    let df = ((levels - 1) * (groups - 1)) as f64;
    done(name, statistic.total(), &[df], chi_squared_upper(statistic.total(), df))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statistic(test: &Test) -> f64 {
        test.statistic.unwrap()
    }

    /// By hand, `baseline`, `two_by_two`: n(ad − bc)² over the product of the margins, with and without Yates’s
    /// correction.
    #[test]
    fn two_by_two_by_hand() {
        // n (ad − bc)² / (product of the margins) = 60 (450 − 50)² / (20 · 40 · 25 · 35) = 13.714285…;
        // corrected 60 (400 − 60/2)² / 700000.
        let table = CrossTable::of(&[[15, 5], [10, 30]]);
        let plain = pearson(&table, Correction::None);
        assert!((statistic(&plain) - 9.6e6 / 7e5).abs() < 1e-13);
        assert_eq!(plain.df, [1.0]);
        let corrected = pearson(&table, Correction::Yates);
        assert!((statistic(&corrected) - 60.0 * 370.0 * 370.0 / 7e5).abs() < 1e-13);
        assert_eq!(corrected.name, TestName::YatesChiSquared);
    }

    /// By hand, `baseline`: χ² = 1.6 of three levels in two groups of 30, with P = exp(−0.8).
    #[test]
    fn two_degrees_of_freedom_have_an_exponential_tail() {
        // Three levels by two groups: E = 10 each, X² = (4 + 4 + 0 + 0 + 4 + 4)/10 = 1.6, P = exp(−0.8).
        let test = pearson(&CrossTable::of(&[[12, 8], [10, 10], [8, 12], [0, 0]]), Correction::Yates);
        assert!((statistic(&test) - 1.6).abs() < 1e-14);
        assert!((test.p_value.unwrap() - (-0.8_f64).exp()).abs() < 1e-15);
        assert_eq!(test.name, TestName::PearsonChiSquared);
    }

    #[test]
    fn nothing_to_compare_has_no_p_value() {
        for rows in [[[3, 4], [0, 0]], [[3, 0], [4, 0]], [[0, 0], [0, 0]]] {
            assert_eq!(pearson(&CrossTable::of(&rows), Correction::None).p_value, None);
        }
        assert_eq!(pearson(&CrossTable::new(0, 0), Correction::None).p_value, None);
    }

    #[test]
    fn a_correction_larger_than_the_difference_leaves_none() {
        let test = pearson(&CrossTable::of(&[[10, 10], [10, 10]]), Correction::Yates);
        assert_eq!((test.statistic, test.p_value), (Some(0.0), Some(1.0)));
    }
}
