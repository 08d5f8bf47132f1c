//! Wilcoxon rank-sum (Mann–Whitney) test for two groups.
//!
//! # Estimand
//! Whether a value of the first group tends to exceed one of the second.
//! # Formula
//! W = rank sum of the first group − n₁(n₁ + 1)/2. Exact: from the number of arrangements with each W.
//! Asymptotic: z = (|W − n₁n₂/2| − c)/σ, σ² = n₁n₂ (n³ − n − Σ(t³ − t)) / (12 n(n − 1)), c = ½ or 0.
//! Two-sided: twice the smaller tail.
//! # Ties and censoring
//! Equal values share the mean of their ranks; σ² allows for them. With ties there is no exact test here, as in R; see
//! `permutation` for one.
//! # Options
//! The statistic reported is W of the first group. R and SAS take the continuity correction ½, SPSS and Stata none.
//! # References
//! Wilcoxon 1945, doi:10.2307/3001968. Mann & Whitney 1947, doi:10.1214/aoms/1177730491.

use super::ranks::Ranks;
use super::{Frequencies, done, undone};
use crate::numerics::distributions::normal_two_sided;
use crate::numerics::sums::sum;
use study::{Test, TestName};

/// How the P value is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// Exact where no values tie and both groups have fewer than 50 patients, otherwise as `Corrected`: R's default.
    ExactWhereSmall,
    /// Normal with continuity correction.
    Corrected,
    /// Normal without continuity correction.
    Uncorrected,
}

/// The P value by enumeration or by the normal distribution.
pub fn is_exact(ranks: &Ranks, distribution: Distribution) -> bool {
    distribution == Distribution::ExactWhereSmall && !ranks.tied && ranks.n.iter().all(|n| *n < 50)
}

/// The test of the first group against the second; no result where one is empty or all values are equal.
pub fn wilcoxon(first: &Frequencies, second: &Frequencies, distribution: Distribution) -> Test {
    let ranks = Ranks::of(&[first, second]);
    let (n1, n2) = (ranks.n[0], ranks.n[1]);
    if n1 == 0 || n2 == 0 || ranks.spread == 0 {
        return undone(TestName::WilcoxonRankSum);
    }
    let doubled = ranks.doubled_excess[0];
    let product = n1 as f64 * n2 as f64;
    let w = 0.5 * (doubled as f64 + product);
    if is_exact(&ranks, distribution) {
        let below = counts(n1 as usize, n2 as usize);
        // Both tails are alike: the one at or beyond W on its side of the middle.
        let edge = ((i128::from(n1) * i128::from(n2) - doubled.abs()) / 2) as usize;
        let p = 2.0 * sum(below[..=edge].iter().copied()) / sum(below.iter().copied());
        return done(TestName::WilcoxonRankSum, w, &[], p);
    }
    let n = ranks.total as f64;
    let sigma = (product / 12.0 * (ranks.spread as f64 / (n * (n - 1.0)))).sqrt();
    let distance = 0.5 * doubled.unsigned_abs() as f64;
    let distance =
        if distribution == Distribution::Uncorrected { distance } else { (distance - 0.5).max(0.0) };
    done(TestName::WilcoxonRankSum, w, &[], normal_two_sided(distance / sigma))
}

/// How many arrangements of m among m + n patients give each value 0…mn of the statistic.
///
/// The last patient in rank order belongs either to the first group, and exceeds all n of the other, or to the
/// second: c(m, n, w) = c(m − 1, n, w − n) + c(m, n − 1, w). Only positive numbers are added.
pub(in crate::methods) fn counts(m: usize, n: usize) -> Vec<f64> {
    // Both groups have the same distribution; one list for each patient of the smaller is what fits into memory.
    let (m, n) = (m.max(n), m.min(n));
    let mut by_size: Vec<Vec<f64>> = vec![vec![1.0]; n + 1];
    for i in 1..=m {
        for j in 1..=n {
            let mut here = vec![0.0; i * j + 1];
            for (w, count) in by_size[j].iter().enumerate() {
                here[w + j] += count;
            }
            for (w, count) in by_size[j - 1].iter().enumerate() {
                here[w] += count;
            }
            by_size[j] = here;
        }
    }
    by_size.swap_remove(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Frequencies {
        Frequencies::new(values.iter().map(|value| (*value, 1)))
    }

    /// By hand, `baseline`, `location`: the six ways to rank two among four patients give the exact P of the rank-sum
    /// test.
    #[test]
    fn all_arrangements_of_two_among_four() {
        // {1,2} 0, {1,3} 1, {1,4} and {2,3} 2, {2,4} 3, {3,4} 4.
        assert_eq!(counts(2, 2), [1.0, 1.0, 2.0, 1.0, 1.0]);
        assert_eq!(counts(2, 3).iter().sum::<f64>(), 10.0);
        assert_eq!(counts(2, 3), counts(3, 2));
        let test = wilcoxon(&sample(&[1.0, 2.0]), &sample(&[3.0, 4.0]), Distribution::ExactWhereSmall);
        assert_eq!((test.statistic, test.p_value), (Some(0.0), Some(2.0 / 6.0)));
        let test = wilcoxon(&sample(&[2.0, 4.0]), &sample(&[1.0, 3.0]), Distribution::ExactWhereSmall);
        assert_eq!((test.statistic, test.p_value), (Some(3.0), Some(4.0 / 6.0)));
        let test = wilcoxon(&sample(&[1.0, 4.0]), &sample(&[2.0, 3.0]), Distribution::ExactWhereSmall);
        assert_eq!(test.p_value, Some(1.0));
    }

    /// By hand, `baseline`, `location`: the rank-sum test of four patients with a tie, variance 9/8, with and without
    /// the correction for continuity.
    #[test]
    fn ties_by_hand() {
        // a: 1, 2, 2; b: 3. W = 6 − 6 = 0, distance 1.5, σ² = 3/12 · 54/12 = 9/8.
        let (a, b) = (Frequencies::new([(1.0, 1), (2.0, 2)]), sample(&[3.0]));
        let z = 1.5 / (9.0_f64 / 8.0).sqrt();
        let plain = wilcoxon(&a, &b, Distribution::Uncorrected);
        assert!((plain.p_value.unwrap() - normal_two_sided(z)).abs() < 1e-15);
        let corrected = wilcoxon(&a, &b, Distribution::ExactWhereSmall);
        assert!((corrected.p_value.unwrap() - normal_two_sided(z * 2.0 / 3.0)).abs() < 1e-15);
    }

    #[test]
    fn nothing_to_rank_has_no_test() {
        let constant = Frequencies::new([(1.0, 3)]);
        assert_eq!(wilcoxon(&constant, &constant, Distribution::Corrected).p_value, None);
        assert_eq!(wilcoxon(&constant, &Frequencies::default(), Distribution::Corrected).p_value, None);
    }
}
