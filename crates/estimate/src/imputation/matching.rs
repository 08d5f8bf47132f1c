//! Predictive mean matching.
//!
//! # Formula
//! A linear regression of the observed values gives β̂; β* is drawn from its posterior: σ*² = RSS/χ²(n − p), β* ~
//! N(β̂, σ*²(X′X)⁻¹). A patient without a value, whose predicted mean is x′β*, is given the value of one of the k patients
//! whose x′β̂ is nearest, each with the same chance; where several are equally near, chance decides which of them are
//! among the k.
//! # References
//! Little 1988, doi:10.1080/07350015.1988.10509663; Morris, White & Royston 2014, doi:10.1186/1471-2288-14-75 (the
//! number of donors, and which mean is drawn); van Buuren 2018, Flexible Imputation of Missing Data, 3.4.

use super::posterior::perturbation;
use super::target::Target;
use crate::numerics::gram::add_gram;
use crate::numerics::random::Random;
use crate::numerics::rank::dot;
use crate::numerics::symmetric::inverse;
use faer::Mat;

/// The donors of the rows of `target` that lack a value, as positions among those that have one; `None` where the regression cannot be fitted.
pub(super) fn match_means(
    target: &Target,
    y: &[f64],
    donors: u32,
    random: &mut Random,
) -> Option<Vec<usize>> {
    let p = target.columns;
    let mut information = Mat::zeros(p, p);
    add_gram(&target.observed, p, &target.weight, &mut information);
    let covariance = inverse(&information)?;
    let mut right = vec![0.0; p];
    for ((x, y), weight) in target.observed.chunks_exact(p).zip(y).zip(&target.weight) {
        right.iter_mut().zip(x).for_each(|(sum, x)| *sum += weight * y * x);
    }
    let beta: Vec<f64> = (0..p).map(|i| (0..p).map(|j| covariance[(i, j)] * right[j]).sum()).collect();
    let fitted: Vec<f64> = target.observed.chunks_exact(p).map(|x| dot(x, &beta)).collect();
    let squares: f64 =
        fitted.iter().zip(y).zip(&target.weight).map(|((f, y), w)| w * (y - f) * (y - f)).sum();
    let n: f64 = target.weight.iter().sum();
    let sigma = (squares / random.chi_squared((n - p as f64).max(1.0))).sqrt();
    let step = perturbation(&covariance, random)?;
    let drawn: Vec<f64> = beta.iter().zip(step).map(|(beta, step)| beta + sigma * step).collect();

    let pool = Pool::new(&fitted, &target.weight);
    let given = target.missing.chunks_exact(p).map(|x| pool.donor(dot(x, &drawn), u64::from(donors), random));
    Some(given.collect())
}

/// Patients with a value, in the order of their predicted means.
struct Pool {
    /// Rows in that order.
    row: Vec<usize>,
    /// Patients up to and with each row.
    until: Vec<u64>,
    /// Distinct means, each with the end of its rows.
    shells: Vec<(f64, usize)>,
}

impl Pool {
    fn new(mean: &[f64], weight: &[f64]) -> Self {
        let mut row: Vec<usize> = (0..mean.len()).collect();
        row.sort_by(|a, b| mean[*a].total_cmp(&mean[*b]));
        let mut total = 0;
        let until = row.iter().map(|row| {
            total += weight[*row] as u64;
            total
        });
        let until = until.collect();
        let mut shells: Vec<(f64, usize)> = Vec::new();
        for (at, row) in row.iter().enumerate() {
            match shells.last_mut().filter(|(known, _)| *known == mean[*row]) {
                Some((_, end)) => *end = at + 1,
                None => shells.push((mean[*row], at + 1)),
            }
        }
        Self { row, until, shells }
    }

    fn before(&self, at: usize) -> u64 {
        at.checked_sub(1).map_or(0, |at| self.until[at])
    }

    /// Patients before the first and up to the last of some shells.
    fn patients(&self, first: usize, end: usize) -> (u64, u64) {
        let start = first.checked_sub(1).map_or(0, |shell| self.shells[shell].1);
        let last = end.checked_sub(1).map_or(0, |shell| self.shells[shell].1);
        (self.before(start), self.before(last))
    }

    /// The row of the patient with that number in the order.
    fn nth(&self, number: u64) -> usize {
        self.row[self.until.partition_point(|until| *until <= number)]
    }

    /// A row of one of the nearest patients.
    fn donor(&self, mean: f64, donors: u64, random: &mut Random) -> usize {
        let total = self.until.last().copied().unwrap_or(0);
        let slot = random.below(donors.min(total).max(1));
        let middle = self.shells.partition_point(|(known, _)| *known < mean);
        let (mut first, mut end) = (middle, middle);
        // Shell by shell outwards, until the slot is reached.
        loop {
            let (start, stop) = self.patients(first, end);
            let nearer = stop - start;
            let below = first.checked_sub(1).map(|at| mean - self.shells[at].0);
            let above = self.shells.get(end).map(|(known, _)| known - mean);
            let (take_below, take_above) = match (below, above) {
                (Some(below), Some(above)) => (below <= above, above <= below),
                (below, above) => (below.is_some(), above.is_some()),
            };
            let (next_first, next_end) = (first - usize::from(take_below), end + usize::from(take_above));
            let (next_start, next_stop) = self.patients(next_first, next_end);
            if next_stop - next_start > slot || (next_first, next_end) == (first, end) {
                // Equally near patients have the same chance, whichever of them would be the k-th.
                let (left, right) = (start - next_start, next_stop - stop);
                let pick = random.below((left + right).max(1));
                debug_assert!(slot >= nearer || nearer == 0);
                return self.nth(if pick < left { next_start + pick } else { stop + pick - left });
            }
            (first, end) = (next_first, next_end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(mean: &[f64], weight: &[f64], at: f64, donors: u64) -> Vec<f64> {
        let pool = Pool::new(mean, weight);
        let mut random = Random::new(7);
        let mut drawn = vec![0.0; mean.len()];
        for _ in 0..40_000 {
            drawn[pool.donor(at, donors, &mut random)] += 1.0 / 40_000.0;
        }
        drawn
    }

    fn close(ours: &[f64], exact: &[f64]) {
        // Four standard errors of a share among 40,000 draws.
        assert!(ours.iter().zip(exact).all(|(a, b)| (a - b).abs() < 0.01), "{ours:?}");
    }

    #[test]
    fn the_nearest_patients_are_drawn_alike() {
        close(&shares(&[0.0, 1.0, 2.0, 3.0], &[1.0; 4], 0.9, 2), &[0.5, 0.5, 0.0, 0.0]);
        // A row of three patients is three donors.
        close(&shares(&[5.0, 0.0, 1.0], &[1.0, 3.0, 1.0], -4.0, 4), &[0.0, 0.75, 0.25]);
    }

    #[test]
    fn chance_decides_among_the_equally_near() {
        // One nearer patient has one of the two places; four equally near ones share the other.
        close(&shares(&[0.0, 2.0, 1.0, 0.0, 2.0], &[1.0; 5], 1.0, 2), &[0.125, 0.125, 0.5, 0.125, 0.125]);
        close(&shares(&[1.0; 3], &[2.0, 1.0, 1.0], 1.0, 1), &[0.5, 0.25, 0.25]);
        // More places than patients.
        close(&shares(&[1.0, 9.0], &[1.0, 1.0], 4.0, 5), &[0.5, 0.5]);
    }
}
