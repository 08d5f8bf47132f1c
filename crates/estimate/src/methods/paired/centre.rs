//! The centre of the differences, with the limits that belong to the signed-rank test.
//!
//! # Estimand
//! The centre about which the differences within patients are symmetric: the median of the mean of two of them.
//! # Formula
//! Hodges and Lehmann's estimate and the values that the test does not reject (see `tests::hodges_lehmann`), from all
//! differences, those of 0 too. Student's t rejects where |V − Σr/2| > t √(n σ²/(n − 1 + t²)).
//! # Ties and censoring
//! Differences less a value between two of them tie only where they are equal: σ² = n(n + 1)(2n + 1)/24 −
//! Σ(t³ − t)/48 over equal differences.
//! # References
//! Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172. Tukey 1949, The simplest signed-rank tests, Princeton,
//! Statistical Research Group, Memorandum Report 17 (limits).

use super::rule::Reckoning;
use crate::methods::tests::hodges_lehmann::{Critical, Shift, centre, critical_value};
use crate::methods::tests::{Frequencies, permutation};
use crate::numerics::distributions::{normal_quantile, t_quantile};
use crate::numerics::sums::sum;
use study::IntervalMethod;

/// The centre with its limits and how these were found; none without a patient.
pub fn of(
    differences: &Frequencies,
    reckoning: Reckoning,
    confidence_level: f64,
) -> Option<(Shift, IntervalMethod)> {
    let tail = 0.5 * (1.0 - confidence_level);
    let n = differences.total();
    // Zeros are no zeros any more once a value is taken off, so that these may be more patients than were ranked.
    let exact = reckoning == Reckoning::Exact && n <= permutation::MOST_SIGNS;
    if exact {
        let ways = permutation::signs(&(1..=n).collect::<Vec<_>>());
        let found = centre(differences, Critical::Exact(critical_value(&ways, tail)))?;
        return Some((found, IntervalMethod::Exact));
    }
    let count = n as f64;
    let cube = |t: u64| {
        let t = t as f64;
        t * t * t - t
    };
    let ties = sum(differences.pairs().map(|(_, t)| cube(t)));
    let variance = count * (count + 1.0) * (2.0 * count + 1.0) / 24.0 - ties / 48.0;
    let z = if reckoning == Reckoning::Student {
        let t = -t_quantile(tail, count - 1.0);
        t * (count / (count - 1.0 + t * t)).sqrt()
    } else {
        -normal_quantile(tail)
    };
    let corrected = matches!(reckoning, Reckoning::Corrected | Reckoning::Exact);
    let correction = if corrected { 0.5 } else { 0.0 };
    let found = centre(differences, Critical::Normal { z, variance, correction })?;
    Some((found, IntervalMethod::RankTest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::paired::rule::{Reckon, SignedRankRule, Zeros};
    use crate::methods::paired::signed_rank::signed_rank;
    use proptest::prelude::*;

    /// By hand, `paired`: the median of the 21 means of six differences, with exact and normal limits.
    #[test]
    fn six_patients_by_hand() {
        // Of 64 choices one has V = 0 and one V = 1, so that the smallest P is 2/64 and the limits are the ends.
        let values = Frequencies::new([1.0, 2.0, 3.5, 5.0, -1.5, 9.0].map(|d| (d, 1)));
        let (found, method) = of(&values, Reckoning::Exact, 0.95).unwrap();
        assert_eq!((found.limits, method), (Some((-1.5, 9.0)), IntervalMethod::Exact));
        // 21 means, the eleventh: −1.5, −0.25, 0.25, 1, 1, 1.5, 1.75, 2, 2.25, 2.75, 3 …
        assert_eq!(found.value, 3.0);
        assert_eq!(of(&values, Reckoning::Exact, 0.99).unwrap().0.limits, None);
        assert_eq!(of(&Frequencies::default(), Reckoning::Exact, 0.95), None);
        // Limits at 10.5 − zσ with σ² = 6·7·13/24 = 22.75: 10.5 − 9.35 = 1.15, the second from either end.
        let (found, method) = of(&values, Reckoning::Uncorrected, 0.95).unwrap();
        assert_eq!((found.limits, method), (Some((-0.25, 7.0)), IntervalMethod::RankTest));
        let zeros = Frequencies::new([(0.0, 2000), (1.0, 1)]);
        assert_eq!(of(&zeros, Reckoning::Exact, 0.95).unwrap().1, IntervalMethod::RankTest);
    }

    proptest! {
        /// Identity, `paired`: the limits of the centre exclude 0 exactly where the signed-rank test rejects, and turn
        /// with the signs.
        #[test]
        fn the_limits_leave_out_what_the_test_rejects(
            values in prop::collection::btree_set(1..2000i32, 4..40),
            signs in prop::collection::vec(prop::bool::weighted(0.7), 40),
            level in 0.5..0.99f64,
        ) {
            let values = values.iter().zip(&signs).map(|(d, up)| f64::from(if *up { *d } else { -d }));
            let differences = Frequencies::new(values.map(|d| (d, 1)));
            let turned = Frequencies::new(differences.pairs().map(|(d, n)| (-d, n)));
            for reckon in [Reckon::Exact, Reckon::Corrected, Reckon::Uncorrected, Reckon::ExactUpTo20ElseStudent] {
                let (test, reckoning) = signed_rank(&differences, SignedRankRule { reckon, zeros: Zeros::LeftOut });
                let p = test.p_value.unwrap();
                prop_assume!((p - 1.0 + level).abs() > 1e-9);
                let (found, _) = of(&differences, reckoning, level).unwrap();
                let left_out = found.limits.is_some_and(|(lower, upper)| lower > 0.0 || upper < 0.0);
                prop_assert_eq!(left_out, p < 1.0 - level, "{:?} {} {:?}", reckon, p, found);
                let (mirrored, _) = of(&turned, reckoning, level).unwrap();
                prop_assert_eq!(mirrored.value, -found.value);
                prop_assert_eq!(mirrored.limits, found.limits.map(|(lower, upper)| (-upper, -lower)));
            }
        }
    }
}
