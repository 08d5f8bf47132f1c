//! Wilcoxon signed-rank test.
//!
//! # Estimand
//! Whether the differences within patients are symmetric about 0.
//! # Formula
//! V = sum of the ranks of |d| over positive d, with Σr/2 and Σr²/4 as its expectation and variance over all choices of
//! signs of the differences that are not 0. Exact: the share of those choices whose sum lies at least as far from the
//! expectation (see `tests::permutation`). Normal: z = (|V − Σr/2| − c)/√(Σr²/4), c = ½ or 0. Student's t:
//! (V − Σr/2)√(n − 1)/√(n Σr²/4 − (V − Σr/2)²) with n − 1 degrees of freedom. Two-sided.
//! # Ties and censoring
//! Differences of one size share the mean of their ranks, and Σr² allows for that. Differences of 0 are left out before
//! the others are ranked (Wilcoxon), or are ranked with them and left out of the sums (Pratt).
//! # References
//! Wilcoxon 1945, doi:10.2307/3001968. Pratt 1959, doi:10.1080/01621459.1959.10501526 (zeros). Cureton 1967,
//! doi:10.1080/01621459.1967.10500917 (their normal approximation). Iman 1974, doi:10.1080/03610927408827178 (t).

use super::rule::{Reckoning, SignedRankRule, Zeros};
use crate::methods::tests::{Frequencies, done, permutation, undone};
use crate::numerics::distributions::{normal_two_sided, t_two_sided};
use study::{Test, TestName};

/// Ranks of the sizes of differences; all sums are whole numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignedRanks {
    /// Twice the rank of a size and how many patients have it, ascending; without zeros.
    pub doubled: Vec<(u64, u64)>,
    /// Twice the sum of the ranks of positive differences.
    pub positive: u128,
    /// Patients whose difference is not 0.
    pub n: u64,
    /// Patients whose difference is 0.
    pub zeros: u64,
}

impl SignedRanks {
    /// Ranks the differences.
    pub fn of(differences: &Frequencies, zeros: Zeros) -> Self {
        let mut sizes: Vec<(f64, bool, u64)> =
            differences.pairs().map(|(d, n)| (d.abs(), d > 0.0, n)).collect();
        sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut ranks = Self::default();
        let mut below = 0;
        for ties in sizes.chunk_by(|a, b| a.0 == b.0) {
            let here: u64 = ties.iter().map(|(_, _, n)| n).sum();
            if ties[0].0 == 0.0 {
                ranks.zeros = here;
                below += if zeros == Zeros::Ranked { here } else { 0 };
                continue;
            }
            let positive: u64 = ties.iter().filter(|tie| tie.1).map(|(_, _, n)| n).sum();
            let doubled = 2 * below + here + 1;
            ranks.doubled.push((doubled, here));
            ranks.positive += u128::from(doubled) * u128::from(positive);
            ranks.n += here;
            below += here;
        }
        ranks
    }

    /// Whether two differences share their size.
    pub fn tied(&self) -> bool {
        self.doubled.iter().any(|(_, n)| *n > 1)
    }

    /// Twice the sum of all ranks, which is four times the expectation of V.
    fn all(&self) -> u128 {
        self.doubled.iter().map(|(rank, n)| u128::from(*rank) * u128::from(*n)).sum()
    }

    /// Four times the distance of V from its expectation.
    fn excess(&self) -> u128 {
        (2 * self.positive).abs_diff(self.all())
    }

    /// Sixteen times the variance of V.
    fn squares(&self) -> u128 {
        self.doubled.iter().map(|(rank, n)| u128::from(*rank).pow(2) * u128::from(*n)).sum()
    }

    fn exact(&self) -> Option<f64> {
        if self.n > permutation::MOST_SIGNS {
            return None;
        }
        let each = self.doubled.iter().flat_map(|(rank, n)| std::iter::repeat_n(*rank, *n as usize));
        permutation::signed_rank(&each.collect::<Vec<_>>(), self.excess())
    }

    /// Undefined where all differences have one size and one sign.
    fn student(&self) -> f64 {
        let excess = self.excess();
        let spread = (u128::from(self.n) * self.squares()).saturating_sub(excess * excess);
        if spread == 0 {
            return f64::NAN;
        }
        let df = self.n as f64 - 1.0;
        t_two_sided(excess as f64 * (df / spread as f64).sqrt(), df)
    }

    fn normal(&self, correction: f64) -> f64 {
        let distance = (0.25 * self.excess() as f64 - correction).max(0.0);
        normal_two_sided(4.0 * distance / (self.squares() as f64).sqrt())
    }
}

/// The test, and how its P value was found; undone where all differences are 0.
pub fn signed_rank(differences: &Frequencies, rule: SignedRankRule) -> (Test, Reckoning) {
    let ranks = SignedRanks::of(differences, rule.zeros);
    let reckoning = rule.reckoning(&ranks);
    let name = TestName::WilcoxonSignedRank;
    if ranks.n == 0 {
        return (undone(name), reckoning);
    }
    let p = match reckoning {
        Reckoning::Exact => ranks.exact().unwrap_or(f64::NAN),
        Reckoning::Student => ranks.student(),
        Reckoning::Corrected => ranks.normal(0.5),
        Reckoning::Uncorrected => ranks.normal(0.0),
    };
    (done(name, 0.5 * ranks.positive as f64, &[], p), reckoning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::paired::rule::Reckon;
    use proptest::prelude::*;

    fn of(values: &[f64]) -> Frequencies {
        Frequencies::new(values.iter().map(|value| (*value, 1)))
    }

    fn found(values: &[f64], reckon: Reckon, zeros: Zeros) -> Test {
        signed_rank(&of(values), SignedRankRule { reckon, zeros }).0
    }

    /// By hand, `paired`: the exact signed-rank P of three differences from the eight choices of signs.
    #[test]
    fn three_patients_by_hand() {
        // Ranks 1, 2, 3, the second negative: V = 4. Of 8 sums 0, 1, 2, 3, 3, 4, 5, 6 six are at least 1 from 3.
        let test = found(&[0.5, -1.0, 4.0], Reckon::ExactWhereSmall, Zeros::LeftOut);
        assert_eq!((test.statistic, test.p_value), (Some(4.0), Some(0.75)));
        let all = found(&[0.5, 1.0, 4.0], Reckon::ExactWhereSmall, Zeros::LeftOut);
        assert_eq!((all.statistic, all.p_value), (Some(6.0), Some(0.25)));
    }

    /// By hand, `paired`: signed ranks with a tie and a zero, left out or ranked: exact, normal and by t.
    #[test]
    fn ties_and_zeros_by_hand() {
        // |d| 1, 1, 2 and a zero: ranks 1.5, 1.5, 3; V = 4.5, expected 3; Σr²/4 = 13.5/4.
        let values = [1.0, -1.0, 2.0, 0.0];
        let plain = found(&values, Reckon::Uncorrected, Zeros::LeftOut);
        assert_eq!(plain.statistic, Some(4.5));
        assert!((plain.p_value.unwrap() - normal_two_sided(1.5 / 3.375_f64.sqrt())).abs() < 1e-15);
        let corrected = found(&values, Reckon::ExactWhereSmall, Zeros::LeftOut);
        assert!((corrected.p_value.unwrap() - normal_two_sided(1.0 / 3.375_f64.sqrt())).abs() < 1e-15);
        // Sums 0, 1.5, 1.5, 3, 3, 4.5, 4.5, 6: six of eight.
        assert_eq!(found(&values, Reckon::Exact, Zeros::LeftOut).p_value, Some(0.75));
        // t = 1.5 √2/√(3 · 3.375 − 2.25) with two degrees of freedom, whose upper tail is ½ − t/(2√(2 + t²)).
        let t = 1.5 * (2.0_f64 / 7.875).sqrt();
        let student = found(&values, Reckon::ExactUpTo20ElseStudent, Zeros::LeftOut);
        assert_eq!(student.p_value, Some(0.75));
        let ranks = SignedRanks::of(&of(&values), Zeros::LeftOut);
        assert!((ranks.student() - (1.0 - t / (2.0 + t * t).sqrt())).abs() < 1e-14);
        // The zero ranked: 2.5, 2.5, 4; V = 6.5, expected 4.5; sums 0, 2.5, 2.5, 4, 5, 6.5, 6.5, 9: six of eight.
        let pratt = found(&values, Reckon::Exact, Zeros::Ranked);
        assert_eq!((pratt.statistic, pratt.p_value), (Some(6.5), Some(0.75)));
        let pratt = found(&values, Reckon::Uncorrected, Zeros::Ranked);
        assert!((pratt.p_value.unwrap() - normal_two_sided(2.0 / (28.5_f64 / 4.0).sqrt())).abs() < 1e-15);
        assert_eq!(found(&[0.0, 0.0], Reckon::Corrected, Zeros::LeftOut).p_value, None);
    }

    #[test]
    fn one_size_and_one_sign_has_no_t_but_an_exact_p() {
        let alike = Frequencies::new([(2.0, 30)]);
        let of = |reckon| signed_rank(&alike, SignedRankRule { reckon, zeros: Zeros::LeftOut }).0.p_value;
        assert_eq!(of(Reckon::ExactUpTo20ElseStudent), None);
        assert_eq!(of(Reckon::Exact), Some(0.5_f64.powi(29)));
    }

    #[test]
    fn far_tails_keep_their_digits() {
        let all_positive: Vec<f64> = (1..=999).map(f64::from).collect();
        let p = found(&all_positive, Reckon::Exact, Zeros::LeftOut).p_value.unwrap();
        assert!((p / 0.5_f64.powi(998) - 1.0).abs() < 1e-12, "{p:e}");
        let many = Frequencies::new((1..=1000).map(|d| (f64::from(d), 1)));
        let rule = SignedRankRule { reckon: Reckon::Exact, zeros: Zeros::LeftOut };
        assert_eq!(signed_rank(&many, rule).1, Reckoning::Corrected);
    }

    proptest! {
        /// Identity, `paired`: the exact signed-rank P is the share of all choices of signs, each enumerated.
        #[test]
        fn the_share_of_all_choices_of_signs(values in prop::collection::vec(-4..5i32, 1..9), ranked: bool) {
            let zeros = if ranked { Zeros::Ranked } else { Zeros::LeftOut };
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let test = found(&values, Reckon::Exact, zeros);
            let kept = values.iter().filter(|d| **d != 0.0 || ranked).map(|d| d.abs());
            let kept: Vec<f64> = kept.collect();
            let rank = |size: f64| {
                let below = kept.iter().filter(|other| **other < size).count() as f64;
                let here = kept.iter().filter(|other| **other == size).count() as f64;
                below + 0.5 * (here + 1.0)
            };
            let moved: Vec<(f64, f64)> =
                values.iter().filter(|d| **d != 0.0).map(|d| (rank(d.abs()), *d)).collect();
            prop_assume!(!moved.is_empty());
            let middle = 0.5 * moved.iter().map(|(rank, _)| rank).sum::<f64>();
            let v: f64 = moved.iter().filter(|(_, d)| *d > 0.0).map(|(rank, _)| rank).sum();
            let choices = 1_u32 << moved.len();
            let far = (0..choices).filter(|signs| {
                let chosen = moved.iter().enumerate().filter(|(place, _)| signs >> place & 1 == 1);
                let sum: f64 = chosen.map(|(_, (rank, _))| rank).sum();
                (sum - middle).abs() >= (v - middle).abs()
            });
            prop_assert_eq!(test.statistic, Some(v));
            let p = far.count() as f64 / f64::from(choices);
            prop_assert!((test.p_value.unwrap() - p).abs() < 1e-14);
        }
    }
}
