//! The statistic of the Cochran–Armitage test.

use crate::methods::tests::{done, undone};
use crate::numerics::distributions::normal_two_sided;
use crate::numerics::sums::Moments;
use crate::numerics::sums::Sum;
use study::{Test, TestName};

/// Patients of one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dose {
    /// Their score.
    pub score: f64,
    /// How many have the event.
    pub events: u64,
    /// How many they are.
    pub n: u64,
}

/// The test; without two scores and both outcomes it has no result.
pub fn cochran_armitage(doses: &[Dose]) -> Test {
    let name = TestName::CochranArmitage;
    let moments = Moments::of(doses.iter().map(|dose| (dose.score, dose.n)));
    let events: u64 = doses.iter().map(|dose| dose.events).sum();
    let (Some(mean), true) = (moments.mean(), moments.squares > 0.0) else { return undone(name) };
    let n = moments.n as f64;
    let (risk, rest) = (events as f64 / n, (moments.n - events) as f64 / n);
    // Scores are taken from their mean, which leaves the sum as it is and keeps its digits.
    let mut excess = Sum::default();
    for dose in doses {
        let others = (dose.n - dose.events) as f64;
        excess.add((dose.score - mean) * (dose.events as f64 * rest - others * risk));
    }
    let z = excess.total() / (risk * rest * moments.squares).sqrt();
    done(name, z, &[], normal_two_sided(z))
}
