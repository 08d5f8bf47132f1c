//! The risk difference and the risk ratio with exact limits, given the sizes of both groups alone.
//!
//! # Estimand
//! Risk of the exposed less that of the others, δ; the one over the other, θ.
//! # Formula
//! Tables with the observed group sizes are ordered by a statistic T. The lower limit is the smallest δ (or θ) that a
//! one-sided test does not reject: at which sup P(T ≥ observed T; p₁, p₂) > (1 − confidence level)/2, over all risks
//! with that difference (or ratio). The upper limit is the lower one with the groups exchanged.
//! `Score`: T is the score statistic (Miettinen & Nurminen, Farrington & Manning) at that δ or θ (Chan & Zhang).
//! `Unstandardized`: T is the difference itself (Santner & Snell), with limits that are further apart.
//! Tables whose T differs by rounding only count as tied; without any event the score of the ratio is 0.
//! # How the limits are certain
//! T rises with x₁, falls with x₂ and falls with the parameter. Hence, for all parameters from a to b, the tail lies
//! within the tables with T(a) ≥ observed T(b), and its probability is largest at b; if that is small enough, all from
//! a to b is rejected. Halving finds the first place where this cannot be shown: nothing before it is overlooked,
//! however the P value jumps. The largest probability over the nuisance risk is bounded in the same way, by values at
//! the ends of stretches and the most that the second derivative lets it rise between (see `region`). What rounding
//! leaves undecided counts as not rejected: limits err outwards, by some 10⁻¹².
//! # Variance
//! None: the intervals are exact, and cautious (their coverage is at least the confidence level for all risks).
//! # References
//! Chan & Zhang 1999, doi:10.1111/j.0006-341X.1999.01202.x. Santner & Snell 1980, J Am Stat Assoc 75:386–394.
//! Farrington & Manning 1990, doi:10.1002/sim.4780091208. Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211.
//! Barnard 1947, doi:10.1093/biomet/34.1-2.123 (tails that hold with each table those beyond it).

mod region;

use super::fourfold::{Effect, Fourfold};
use super::{difference as differences, ratio as ratios};
use region::{Line, Region};
use study::results::finite;

/// Patients beyond whom limits would take more than some seconds.
pub const MOST_PATIENTS: u64 = 2000;
/// Statistics that differ by less, relatively, are tied.
const TIE: f64 = 1e-12;
/// The stretch of the parameter within which a limit is known.
const WIDTH: f64 = 1e-12;

/// By what tables are ordered for the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ordering {
    /// The score statistic.
    Score,
    /// The difference itself.
    Unstandardized,
}

/// Whether the exact limits of this table can be had in reasonable time.
pub fn is_within_reach(table: &Fourfold) -> bool {
    table.total() <= MOST_PATIENTS
}

/// The risk difference with exact limits; nothing without patients in a group, no limits beyond [`MOST_PATIENTS`].
pub fn difference(table: &Fourfold, confidence_level: f64, ordering: Ordering) -> Effect {
    let [p1, p2] = table.risks();
    let effect = Effect { value: finite(p1 - p2), ..Effect::default() };
    if !table.has_both_groups() || !is_within_reach(table) {
        return effect;
    }
    let lower = |table: &Fourfold| {
        let search =
            Search { family: Family::Difference(ordering), table, tail: 0.5 * (1.0 - confidence_level) };
        if table.x1 == 0 && table.x2 == table.n2 { Some(-1.0) } else { search.first(-1.0, 1.0) }
    };
    Effect { lower: lower(table), upper: lower(&table.swapped()).map(|limit| -limit), ..effect }
}

/// The risk ratio with exact limits; nothing without an event or patients in a group, no limits beyond
/// [`MOST_PATIENTS`], no upper one where nobody of the others has the event.
pub fn ratio(table: &Fourfold, confidence_level: f64) -> Effect {
    let [p1, p2] = table.risks();
    let effect = Effect { value: finite(p1 / p2), ..Effect::default() };
    if !table.has_both_groups() || table.events() == 0 || !is_within_reach(table) {
        return effect;
    }
    let tail = 0.5 * (1.0 - confidence_level);
    let lower = |table: &Fourfold| {
        if table.x1 == 0 {
            return Some(0.0);
        }
        // Tables without events among the exposed are never in the tail, and P(x₁ ≥ 1) ≤ n₁θ.
        let start = (tail / table.n1 as f64).ln() - 1e-9;
        let search = Search { family: Family::Ratio, table, tail };
        let steps = 0..ratios::REACH as u32;
        let mut stretches = steps.map(|step| start + f64::from(step));
        stretches.find_map(|from| search.first(from, from + 1.0)).map(f64::exp)
    };
    let upper = match lower(&table.swapped()) {
        Some(limit) if limit > 0.0 => Some(1.0 / limit),
        _ => None,
    };
    Effect { lower: lower(table), upper, ..effect }
}

/// What is sought, by its parameter: δ, or ln θ.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Family {
    Difference(Ordering),
    Ratio,
}

impl Family {
    fn statistic(self, table: &Fourfold, at: f64) -> f64 {
        match self {
            Self::Difference(Ordering::Unstandardized) => {
                // Whole numbers tie exactly.
                (table.x1 * table.n2) as f64 - (table.x2 * table.n1) as f64
            }
            // Small risks keep their digits where their complements would not.
            Self::Difference(Ordering::Score) if 2 * table.events() > table.total() => {
                -differences::score(&table.complement(), -at)
            }
            Self::Difference(Ordering::Score) => differences::score(table, at),
            Self::Ratio => ratios::score(table, at.exp()),
        }
    }

    /// All risks with this difference or ratio.
    fn line(self, at: f64) -> Line {
        match self {
            Self::Difference(_) => {
                let slope = 1.0 - at.abs();
                Line { start: [at.max(0.0), (-at).max(0.0)], slope: [slope, slope] }
            }
            Self::Ratio => Line { start: [0.0, 0.0], slope: [at.exp().min(1.0), (-at).exp().min(1.0)] },
        }
    }
}

/// The search for a lower limit.
struct Search<'a> {
    family: Family,
    table: &'a Fourfold,
    tail: f64,
}

impl Search<'_> {
    /// The first parameter between these that is not rejected.
    fn first(&self, from: f64, to: f64) -> Option<f64> {
        if self.rejects(from, to) {
            return None;
        }
        let middle = 0.5 * (from + to);
        if to - from <= WIDTH || middle <= from || middle >= to {
            return Some(from);
        }
        self.first(from, middle).or_else(|| self.first(middle, to))
    }

    /// Whether all parameters from one to the other are certain to be rejected.
    fn rejects(&self, from: f64, to: f64) -> bool {
        let seen = self.family.statistic(self.table, to);
        let least = if seen.is_finite() { seen - TIE * (1.0 + seen.abs()) } else { seen };
        let region =
            Region::of(self.table.n1, self.table.n2, |table| self.family.statistic(table, from) >= least);
        region.stays_below(&self.family.line(to), self.tail)
    }
}

#[cfg(test)]
mod tests;
