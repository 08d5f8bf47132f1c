//! Fisher's exact test of independence; Fisher–Freeman–Halton beyond two by two.
//!
//! # Estimand
//! Whether the distribution over the levels is the same in all groups, given both margins.
//! # Formula
//! P = sum of the probabilities of all tables with the observed margins that are not more probable than the observed
//! one; the probability of a table is ∏ rows! ∏ columns! / (n! ∏ cells!).
//! # Ties and censoring
//! Tables that are more probable by at most a factor 1 + 10⁻⁷ count as equally probable, as in R: rounding must not
//! decide.
//! # Options
//! Two by two is summed in closed form at any size. Tables of three or four levels are enumerated by halves (`halves`),
//! larger ones, and what is left of those, as a network (`exact`), as far as that takes seconds and some hundred
//! megabytes (three levels in three groups: some thousand patients; four in three: 1000; four in four: 250; five in five:
//! 100), and are simulated beyond (`simulation`), with the interval of the simulated P value.
//! # References
//! Fisher 1935, doi:10.2307/2342435. Freeman & Halton 1951, doi:10.1093/biomet/38.1-2.141.
//! Mehta & Patel 1983, doi:10.1080/01621459.1983.10477989.

mod bounds;
mod exact;
mod halves;
mod merging;
mod network;
mod nodes;
mod simulation;
mod splits;
mod ways;

pub use simulation::Simulation;

use super::{CrossTable, undone};
use crate::numerics::hypergeometric::Hypergeometric;
use crate::numerics::random::Random;
use study::results::finite;
use study::{Test, TestName};

/// ln(1 + 10⁻⁷).
const TIE: f64 = 1e-7;

/// The test, and how its P value was simulated, if it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Fisher {
    /// The test; it has no statistic.
    pub test: Test,
    /// Absent where the P value is exact.
    pub simulation: Option<Simulation>,
}

/// The test. Without a second occupied level and group it has no result.
pub fn fisher(table: &CrossTable, random: &mut Random) -> Fisher {
    let table = smaller_across(table);
    let mut test = undone(TestName::FisherExact);
    if table.levels() < 2 || table.groups() < 2 {
        return Fisher { test, simulation: None };
    }
    let exact = if table.levels() == 2 { Some(two_by_two(&table)) } else { enumerated(&table) };
    let simulation = exact.is_none().then(|| simulation::simulate(&table, random));
    test.p_value = exact.or(simulation.as_ref().map(|simulation| simulation.p_value)).map(|p| p.min(1.0));
    Fisher { test, simulation }
}

/// P by going through all tables, or nothing where that is out of reach.
fn enumerated(table: &CrossTable) -> Option<f64> {
    halves::halves(table).or_else(|| exact::network(table))
}

/// Fisher's P less half the probability of the observed table, for two by two: less cautious, as the observed table is
/// counted as half beyond itself (Lancaster 1961, doi:10.1080/01621459.1961.10482105). No result for other tables.
pub fn mid_p(table: &CrossTable) -> Option<f64> {
    let table = table.occupied();
    if (table.levels(), table.groups()) != (2, 2) {
        return None;
    }
    let observed = hypergeometric(&table).ln_probability(table.get(0, 0)).exp();
    finite(two_by_two(&table).min(1.0) - 0.5 * observed)
}

/// The distribution of the first cell given the margins.
fn hypergeometric(table: &CrossTable) -> Hypergeometric {
    Hypergeometric {
        marked: table.get(0, 0) + table.get(0, 1),
        unmarked: table.get(1, 0) + table.get(1, 1),
        drawn: table.get(0, 0) + table.get(1, 0),
    }
}

/// The occupied table with no more groups than levels: the test does not tell them apart.
fn smaller_across(table: &CrossTable) -> CrossTable {
    let table = table.occupied();
    if table.groups() > table.levels() { table.transposed() } else { table }
}

/// Both tails from the observed table outwards; what lies between is more probable and is never visited.
fn two_by_two(table: &CrossTable) -> f64 {
    let distribution = hypergeometric(table);
    let (least, mode, most) = (distribution.least(), distribution.mode(), distribution.most());
    let limit = distribution.ln_probability(table.get(0, 0)) + TIE;
    let within = |x: u64| distribution.ln_probability(x) <= limit;
    // Probabilities rise up to the mode and fall after it: halving finds the ends of both tails.
    let (mut outside, mut inside) = (mode + 1, least);
    let below = within(least).then(|| {
        while outside - inside > 1 {
            let middle = inside + (outside - inside) / 2;
            if within(middle) { inside = middle } else { outside = middle }
        }
        inside
    });
    let from = below.map_or(least, |end| end + 1).max(mode);
    let (mut outside, mut inside) = (from, most);
    let above = (from <= most && within(most)).then(|| {
        if within(from) {
            return from;
        }
        while inside - outside > 1 {
            let middle = outside + (inside - outside) / 2;
            if within(middle) { inside = middle } else { outside = middle }
        }
        inside
    });
    if let (Some(below), Some(above)) = (below, above)
        && below + 1 >= above
    {
        return 1.0;
    }
    if below == Some(most) || above == Some(least) {
        return 1.0;
    }
    let tail = |end: Option<u64>, step: &dyn Fn(u64) -> Option<(u64, f64)>| {
        let Some(mut x) = end else { return 0.0 };
        let mut term = distribution.ln_probability(x).exp();
        let mut sum = term;
        while let Some((next, ratio)) = step(x) {
            term *= ratio;
            sum += term;
            x = next;
            if term <= sum * 1e-18 {
                break;
            }
        }
        sum
    };
    tail(below, &|x| (x > least).then(|| (x - 1, 1.0 / distribution.ratio_up(x - 1))))
        + tail(above, &|x| (x < most).then(|| (x + 1, distribution.ratio_up(x))))
}

#[cfg(test)]
mod tests;

/// P of any table by the network alone, for comparison.
#[cfg(test)]
pub(super) fn network_p(table: &CrossTable) -> Option<f64> {
    let table = smaller_across(table);
    if table.levels() < 2 || table.groups() < 2 { None } else { exact::network(&table).map(|p| p.min(1.0)) }
}
