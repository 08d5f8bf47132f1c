//! Patients dealt among the folds of a cross-validation.
//!
//! # Formula
//! Folds are a random partition of patients, not of counted rows: the frequency of each row is split among them. Each fold
//! has so many seats; a row fills seats of fold after fold by hypergeometric numbers, which is the same law as shuffling
//! the patients and dealing them out. Those with the event are dealt first and the others then take what is left, so that
//! every fold has its share of events and all have as many patients, to one.

use crate::numerics::factorial::LnFactorial;
use crate::numerics::hypergeometric::Hypergeometric;
use crate::numerics::random::Random;

/// Of each fold the patients of each row.
pub(super) fn deal(
    n: &[u64],
    is_event: &dyn Fn(usize) -> bool,
    folds: usize,
    random: &mut Random,
) -> Vec<Vec<u64>> {
    let total =
        |with: bool| -> u64 { (0..n.len()).filter(|row| is_event(*row) == with).map(|row| n[row]).sum() };
    let (events, others) = (total(true), total(false));
    let factorial = LnFactorial::up_to(events.max(others));
    let mut dealt = vec![vec![0; n.len()]; folds];
    let mut next = 0;
    for (with, patients) in [(true, events), (false, others)] {
        // Whoever is left over goes on where the others ended.
        let mut seats = vec![patients / folds as u64; folds];
        for extra in 0..(patients % folds as u64) as usize {
            seats[(next + extra) % folds] += 1;
        }
        next += (patients % folds as u64) as usize;
        for row in (0..n.len()).filter(|row| is_event(*row) == with) {
            let mut standing = n[row];
            let mut free: u64 = seats.iter().sum();
            for (fold, seats) in seats.iter_mut().enumerate() {
                let law = Hypergeometric { marked: *seats, unmarked: free - *seats, drawn: standing };
                let seated = law.sample(random, &factorial);
                free -= *seats;
                *seats -= seated;
                standing -= seated;
                dealt[fold][row] = seated;
            }
        }
    }
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_patient_sits_in_one_fold_and_folds_are_even() {
        let n = [7, 1, 1, 0, 250, 3];
        let is_event = |row: usize| row.is_multiple_of(2);
        for seed in 0..50 {
            let dealt = deal(&n, &is_event, 5, &mut Random::new(seed));
            for (row, n) in n.iter().enumerate() {
                assert_eq!(dealt.iter().map(|fold| fold[row]).sum::<u64>(), *n);
            }
            let size = |fold: &Vec<u64>| fold.iter().sum::<u64>();
            let events = |fold: &Vec<u64>| fold[0] + fold[2] + fold[4];
            for count in [&size as &dyn Fn(&Vec<u64>) -> u64, &events] {
                let counts: Vec<u64> = dealt.iter().map(count).collect();
                assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
            }
        }
    }

    #[test]
    fn a_split_row_has_the_hypergeometric_mean_and_variance() {
        // 40 of 100 patients into 2 folds of 50: mean 20, variance 40 · ½ · ½ · 60/99.
        let mut random = Random::new(3);
        let draws: Vec<f64> =
            (0..20_000).map(|_| deal(&[40, 60], &|_| false, 2, &mut random)[0][0] as f64).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
        let expected = 10.0 * 60.0 / 99.0;
        assert!((mean - 20.0).abs() < 5.0 * (expected / 20_000.0_f64).sqrt(), "{mean}");
        assert!((variance / expected - 1.0).abs() < 0.06, "{variance}");
    }
}
