//! Kruskal–Wallis rank test for two or more groups.
//!
//! # Estimand
//! Whether values tend to be larger in some group.
//! # Formula
//! H = (n − 1) Σ nᵢ (R̄ᵢ − R̄)² / Σ (r − R̄)² with k − 1 degrees of freedom.
//! # Ties and censoring
//! Equal values share the mean of their ranks; the sum of squares in the denominator is that of the tied ranks,
//! which is the usual division by 1 − Σ(t³ − t)/(n³ − n).
//! # References
//! Kruskal & Wallis 1952, doi:10.1080/01621459.1952.10483441.

use super::ranks::Ranks;
use super::{Frequencies, done, undone};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::sums::sum;
use study::{Test, TestName};

/// The test over all groups that have patients; no result where all values are equal.
pub fn kruskal_wallis(groups: &[&Frequencies]) -> Test {
    let ranks = Ranks::of(groups);
    let occupied = ranks.n.iter().filter(|n| **n > 0).count();
    if occupied < 2 || ranks.spread == 0 {
        return undone(TestName::KruskalWallis);
    }
    let between =
        sum(ranks.n.iter().zip(&ranks.doubled_excess).filter(|(n, _)| **n > 0).map(|(n, excess)| {
            let excess = *excess as f64;
            excess * excess / *n as f64
        }));
    // Four times the numerator over twelve times the denominator.
    let h = 3.0 * (ranks.total - 1) as f64 * between / ranks.spread as f64;
    let df = (occupied - 1) as f64;
    done(TestName::KruskalWallis, h, &[df], chi_squared_upper(h, df))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `baseline`: H = 32/7 of six ranks in three groups, whose P is an exponential.
    #[test]
    fn three_groups_by_hand() {
        // Ranks {1, 2}, {3, 4}, {5, 6}: 12/(6·7) · (9 + 49 + 121)/2 − 3·7 = 32/7; P = exp(−16/7).
        let groups = [1.0, 10.0, 100.0].map(|x| Frequencies::new([(x, 1), (x + 1.0, 1)]));
        let test = kruskal_wallis(&groups.each_ref());
        assert!((test.statistic.unwrap() - 32.0 / 7.0).abs() < 1e-14);
        assert!((test.p_value.unwrap() - (-16.0 / 7.0_f64).exp()).abs() < 1e-15);
        // A group without patients changes nothing.
        let [first, second, third] = &groups;
        assert_eq!(kruskal_wallis(&[first, &Frequencies::default(), second, third]), test);
    }

    #[test]
    fn equal_values_and_single_groups_have_no_test() {
        let constant = Frequencies::new([(1.0, 3)]);
        assert_eq!(kruskal_wallis(&[&constant, &constant]).p_value, None);
        assert_eq!(kruskal_wallis(&[&constant, &Frequencies::default()]).p_value, None);
        assert_eq!(kruskal_wallis(&[]).p_value, None);
    }
}
