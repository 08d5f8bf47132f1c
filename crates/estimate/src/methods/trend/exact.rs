//! The exact test for trend: all ways in which the events could have fallen to the patients.
//!
//! # Formula
//! S = Σ sᵢxᵢ. Given how many patients have each score and how many events there are, every choice of the patients with
//! the event is equally probable where the risk is the same for all. P: the share of choices whose S is at least as far
//! from its expectation.
//! # References
//! Cox & Snell 1989, Analysis of Binary Data, section 2.5 (exact trend). Streitberg & Röhmel 1986, Statistical Software
//! Newsletter 12:10–17 (counting).

use super::Dose;
use crate::methods::tests::permutation::{MOST_PATIENTS, chosen_sum};
use crate::numerics::lattice::Lattice;

/// P by counting; none where there are too many patients or scores with too many digits between them.
pub fn exact_p(doses: &[Dose]) -> Option<f64> {
    let n: u64 = doses.iter().map(|dose| dose.n).sum();
    let events: u64 = doses.iter().map(|dose| dose.events).sum();
    if n > MOST_PATIENTS {
        return None;
    }
    let used: Vec<&Dose> = doses.iter().filter(|dose| dose.n > 0).collect();
    let steps = Lattice::of(&used.iter().map(|dose| dose.score).collect::<Vec<_>>())?.steps;
    let mut levels: Vec<(u64, &Dose)> = steps.into_iter().zip(used).collect();
    levels.sort_by_key(|(step, _)| *step);
    let sum = |count: fn(&Dose) -> u64| -> u128 {
        levels.iter().map(|(step, dose)| u128::from(*step) * u128::from(count(dose))).sum()
    };
    let excess = (sum(|dose| dose.events) * u128::from(n)).abs_diff(sum(|dose| dose.n) * u128::from(events));
    let each = levels.iter().flat_map(|(step, dose)| std::iter::repeat_n(*step, dose.n as usize));
    chosen_sum(&each.collect::<Vec<_>>(), events as usize, excess)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::tests::CrossTable;
    use crate::methods::tests::fisher::fisher;
    use crate::numerics::random::Random;
    use proptest::prelude::*;

    fn dose(score: f64, events: u64, n: u64) -> Dose {
        Dose { score, events, n }
    }

    /// By hand, `trend`: the exact P of two events among five patients with the scores 0, 0, 1, 1 and 3.
    #[test]
    fn two_events_among_five_by_hand() {
        // Sums of two: 0, 1 four times, 2, 3 twice, 4 twice; expected 2. Observed 4: those of 0 and 4, three of ten.
        let doses =
            |three: f64, one: f64| [dose(three, 1, 1), dose(0.0, 0, 2), dose(one, 1, 2), dose(9.0, 0, 0)];
        assert_eq!(exact_p(&doses(3.0, 1.0)), Some(0.3));
        assert_eq!(exact_p(&doses(0.3, 0.1)), Some(0.3));
        assert_eq!(exact_p(&doses(-3e-9, -1e-9)), Some(0.3));
    }

    #[test]
    fn out_of_reach_is_said() {
        assert_eq!(exact_p(&[dose(0.0, 5000, 10_000), dose(1.0, 6000, 10_000)]), None);
        assert_eq!(exact_p(&[dose(0.0, 1, 2), dose(1.0, 1, 40_000)]), None);
        assert_eq!(exact_p(&[dose(1e-300, 1, 2), dose(1e300, 1, 2)]), None);
    }

    proptest! {
        /// Identity, `trend`: of two levels with one number of patients the exact P is Fisher’s.
        #[test]
        fn of_two_equal_groups_it_is_fishers(n in 1u64..40, a in 0u64..40, b in 0u64..40) {
            let (a, b) = (a.min(n), b.min(n));
            prop_assume!(a + b > 0 && a + b < 2 * n);
            let ours = exact_p(&[dose(0.0, a, n), dose(1.0, b, n)]).unwrap();
            let table = CrossTable::of(&[[a, b], [n - a, n - b]]);
            let theirs = fisher(&table, &mut Random::new(1)).test.p_value.unwrap();
            prop_assert!((ours / theirs - 1.0).abs() < 1e-11, "{} {}", ours, theirs);
        }
    }
}
