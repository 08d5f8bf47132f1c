//! Exact distributions of Wilcoxon's statistics where values tie, and of other sums over chosen patients.
//!
//! # Formula
//! Given the values, every choice of n₁ patients for the first group, or every choice of signs, is equally probable
//! where the groups do not differ. Twice the mid-ranks are whole numbers: the sums are counted by taking in one patient
//! after the other. Two-sided: the share of choices whose sum is at least as far from its expectation.
//! # References
//! Lehmann 1975, Nonparametrics: Statistical Methods Based on Ranks, sections 1.4 and 3.2; Streitberg & Röhmel 1986,
//! Statistical Software Newsletter 12:10–17.

use crate::numerics::sums::sum;

/// Additions beyond which nothing is counted.
const WORK: u128 = 1_000_000_000;

/// Patients beyond which nothing is counted.
pub const MOST_PATIENTS: u64 = 30_000;

/// The share of choices of `chosen` among all patients, `doubled` being twice their mid-ranks, ascending, whose sum differs from
/// its expectation by at least half of `excess`; none where there are too many to be counted.
pub fn rank_sum(doubled: &[u64], chosen: usize, excess: u128) -> Option<f64> {
    chosen_sum(doubled, chosen, excess * doubled.len() as u128)
}

/// The same of any whole numbers in the place of doubled ranks, ascending: the share of choices whose sum, taken as many
/// times as there are patients, differs from its expectation by at least `excess`.
pub fn chosen_sum(doubled: &[u64], chosen: usize, excess: u128) -> Option<f64> {
    let n = doubled.len();
    // The distribution of the other group mirrors that of this one.
    let chosen = chosen.min(n.checked_sub(chosen)?);
    let most: u128 = doubled.iter().rev().take(chosen).map(|rank| u128::from(*rank)).sum();
    if n as u128 * chosen as u128 * most > WORK {
        return None;
    }
    let mut ways = vec![vec![0.0_f64; most as usize + 1]; chosen + 1];
    ways[0][0] = 1.0;
    for (taken, rank) in doubled.iter().enumerate() {
        let rank = *rank as usize;
        for size in (1..=chosen.min(taken + 1)).rev() {
            let (before, after) = ways.split_at_mut(size);
            let (from, to) = (&before[size - 1], &mut after[0]);
            to.iter_mut().skip(rank).zip(from).for_each(|(to, from)| *to += from);
        }
    }
    // The expectation times the number of patients is a whole number.
    let total: u128 = doubled.iter().map(|rank| u128::from(*rank)).sum();
    let expected = total * chosen as u128;
    let far = |at: usize| (at as u128 * n as u128).abs_diff(expected) >= excess;
    share(&ways[chosen], far)
}

/// Patients whose signs can be counted: beyond them the number of choices is no double.
pub const MOST_SIGNS: u64 = 999;

/// The share of choices of signs, `doubled` being twice the mid-ranks of the sizes, whose positive sum differs from its
/// expectation by at least a quarter of `excess`; none where there are too many to be counted.
pub fn signed_rank(doubled: &[u64], excess: u128) -> Option<f64> {
    if doubled.len() as u64 > MOST_SIGNS {
        return None;
    }
    let most: u128 = doubled.iter().map(|rank| u128::from(*rank)).sum();
    share(&signs(doubled), |at| (2 * at as u128).abs_diff(most) >= excess)
}

/// How many choices of signs of these ranks have each positive sum.
pub fn signs(ranks: &[u64]) -> Vec<f64> {
    let mut ways = vec![0.0_f64; ranks.iter().sum::<u64>() as usize + 1];
    ways[0] = 1.0;
    let mut reached = 0;
    for rank in ranks {
        let rank = *rank as usize;
        reached += rank;
        for at in (rank..=reached).rev() {
            ways[at] += ways[at - rank];
        }
    }
    ways
}

fn share(ways: &[f64], far: impl Fn(usize) -> bool) -> Option<f64> {
    let all = sum(ways.iter().copied());
    let extreme = sum(ways.iter().enumerate().filter(|(at, _)| far(*at)).map(|(_, ways)| *ways));
    study::results::finite(extreme / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `location`: the exact rank-sum P with a tie, by listing the choices of two of four patients.
    #[test]
    fn two_of_four_with_a_tie_by_hand() {
        // Mid-ranks 1, 2.5, 2.5, 4; two of them: 3.5, 3.5, 5, 5, 6.5, 6.5, expected 5. Observed 3.5: 4 of 6.
        let doubled = [2, 5, 5, 8];
        assert_eq!(rank_sum(&doubled, 2, 3), Some(4.0 / 6.0));
        assert_eq!(rank_sum(&doubled, 2, 0), Some(1.0));
        // One of them: expected 2.5; observed 1: 2 of 4.
        assert_eq!(rank_sum(&doubled, 1, 3), Some(0.5));
        assert_eq!(rank_sum(&doubled, 3, 3), Some(0.5));
        assert_eq!(rank_sum(&vec![20_001; 20_000], 9_000, 0), None);
    }

    /// By hand, `paired`: the exact signed-rank P with a tie, by listing the eight choices of signs.
    #[test]
    fn signs_with_a_tie_by_hand() {
        // Sizes of ranks 1.5, 1.5, 3: sums 0, 1.5, 1.5, 3, 3, 4.5, 4.5, 6 around 3. Observed 4.5: six of eight.
        assert_eq!(signed_rank(&[3, 3, 6], 6), Some(0.75));
        assert_eq!(signed_rank(&[3, 3, 6], 12), Some(0.25));
        assert_eq!(signed_rank(&vec![2; 1000], 0), None);
        assert_eq!(signs(&[1, 2, 3]), [1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]);
    }
}
