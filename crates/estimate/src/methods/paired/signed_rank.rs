//! Wilcoxon signed-rank test.
//!
//! # Estimand
//! Whether the differences within patients are symmetric about 0.
//! # Formula
//! V = sum of the ranks of |d| over positive d. Exact: from the number of sets of ranks with each sum. Asymptotic:
//! z = (|V − n(n + 1)/4| − c)/σ, σ² = n(n + 1)(2n + 1)/24 − Σ(t³ − t)/48, c = ½ or 0. Two-sided.
//! # Ties and censoring
//! Differences of 0 are left out, as Wilcoxon did; equal ones share the mean of their ranks, and σ² allows for them.
//! With ties or zeros there is no exact test here, as in R.
//! # References
//! Wilcoxon 1945, doi:10.2307/3001968. Cureton 1967, doi:10.1080/01621459.1967.10500917 (zeros).

use crate::methods::tests::wilcoxon::Distribution;
use crate::methods::tests::{Frequencies, done, undone};
use crate::numerics::distributions::normal_two_sided;
use crate::numerics::sums::sum;
use study::{Test, TestName};

/// Patients from which on there is no exact test.
const LARGE: u64 = 50;

/// The test; undone where all differences are 0.
pub fn signed_rank(differences: &Frequencies, distribution: Distribution) -> Test {
    let name = TestName::WilcoxonSignedRank;
    let zeros: u64 = differences.pairs().filter(|(d, _)| *d == 0.0).map(|(_, n)| n).sum();
    let mut values: Vec<(f64, bool, u64)> =
        differences.pairs().filter(|(d, _)| *d != 0.0).map(|(d, n)| (d.abs(), d > 0.0, n)).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut doubled, mut cubes, mut tied) = (0u64, 0u128, 0u128, false);
    for ties in values.chunk_by(|a, b| a.0 == b.0) {
        let here: u64 = ties.iter().map(|(_, _, n)| n).sum();
        let positive: u64 = ties.iter().filter(|tie| tie.1).map(|(_, _, n)| n).sum();
        doubled += (2 * u128::from(below) + u128::from(here) + 1) * u128::from(positive);
        cubes += u128::from(here).pow(3) - u128::from(here);
        tied |= here > 1;
        below += here;
    }
    let n = below;
    if n == 0 {
        return undone(name);
    }
    let v = 0.5 * doubled as f64;
    // Twice the largest sum is n(n + 1).
    let doubled_most = u128::from(n) * (u128::from(n) + 1);
    if distribution == Distribution::ExactWhereSmall && !tied && zeros == 0 && n < LARGE {
        let sets = counts(n as usize);
        let edge = (doubled.min(doubled_most - doubled) / 2) as usize;
        let p = 2.0 * sum(sets[..=edge].iter().copied()) / sum(sets.iter().copied());
        return done(name, v, &[], p);
    }
    let excess = 0.25 * (2 * doubled).abs_diff(doubled_most) as f64;
    let excess = if distribution == Distribution::Uncorrected { excess } else { (excess - 0.5).max(0.0) };
    let variance = doubled_most as f64 * (2.0 * n as f64 + 1.0) / 24.0 - cubes as f64 / 48.0;
    done(name, v, &[], normal_two_sided(excess / variance.sqrt()))
}

/// How many sets of the ranks 1 … n have each sum.
pub(in crate::methods) fn counts(n: usize) -> Vec<f64> {
    let mut sets = vec![0.0; n * (n + 1) / 2 + 1];
    sets[0] = 1.0;
    let mut most = 0;
    for rank in 1..=n {
        most += rank;
        for sum in (rank..=most).rev() {
            sets[sum] += sets[sum - rank];
        }
    }
    sets
}

/// Whether the P value is counted.
pub fn is_exact(differences: &Frequencies, distribution: Distribution) -> bool {
    let mut sizes: Vec<f64> = differences.pairs().map(|(d, _)| d.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    distribution == Distribution::ExactWhereSmall
        && differences.total() < LARGE
        && differences.pairs().all(|(d, n)| d != 0.0 && n == 1)
        && sizes.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Frequencies {
        Frequencies::new(values.iter().map(|value| (*value, 1)))
    }

    #[test]
    fn three_patients_by_hand() {
        // Ranks 1, 2, 3, the second negative: V = 4. Of 8 sets the sums are 0, 1, 2, 3, 3, 4, 5, 6: P = 2 · 3/8.
        assert_eq!(counts(3), [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]);
        let test = signed_rank(&of(&[0.5, -1.0, 4.0]), Distribution::ExactWhereSmall);
        assert_eq!((test.statistic, test.p_value), (Some(4.0), Some(0.75)));
        let all = signed_rank(&of(&[0.5, 1.0, 4.0]), Distribution::ExactWhereSmall);
        assert_eq!((all.statistic, all.p_value), (Some(6.0), Some(0.25)));
    }

    #[test]
    fn ties_and_zeros_by_hand() {
        // |d| 1, 1, 2 and a zero: ranks 1.5, 1.5, 3; V = 4.5; excess 1.5, σ² = 3·4·7/24 − 6/48.
        let differences = of(&[1.0, -1.0, 2.0, 0.0]);
        let variance: f64 = 3.5 - 0.125;
        let plain = signed_rank(&differences, Distribution::Uncorrected);
        assert_eq!(plain.statistic, Some(4.5));
        assert!((plain.p_value.unwrap() - normal_two_sided(1.5 / variance.sqrt())).abs() < 1e-15);
        assert!(!is_exact(&differences, Distribution::ExactWhereSmall));
        let corrected = signed_rank(&differences, Distribution::ExactWhereSmall);
        assert!((corrected.p_value.unwrap() - normal_two_sided(1.0 / variance.sqrt())).abs() < 1e-15);
        assert_eq!(signed_rank(&of(&[0.0, 0.0]), Distribution::Corrected).p_value, None);
    }
}
