//! The times of a curve: where somebody leaves, and where somebody enters.

use crate::life_table::{LifeTable, Weighing};
use study::Curve;

/// One time of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// In stored units.
    time: f64,
    /// How many distinct times of the life table have passed, this one included where it is one.
    pub(super) passed: usize,
    /// Whether it is one.
    leaves: bool,
}

/// The times of a life table, with its start before them and the late entries between them.
pub(super) fn places(table: &LifeTable) -> Vec<Place> {
    let start = table.first_entry().unwrap_or(0.0);
    let mut places: Vec<Place> = table
        .time
        .iter()
        .enumerate()
        .map(|(index, time)| Place { time: *time, passed: index + 1, leaves: true })
        .collect();
    let others = std::iter::once(start).chain(table.entries.iter().map(|entry| entry.time));
    for time in others {
        if table.time.binary_search_by(|known| known.total_cmp(&time)).is_err() {
            let passed = table.time.partition_point(|earlier| *earlier < time);
            places.push(Place { time, passed, leaves: false });
        }
    }
    places.sort_by(|a, b| a.time.total_cmp(&b.time));
    places.dedup_by(|next, kept| next.time == kept.time);
    places
}

impl Place {
    /// The count of this place among those of all distinct times; none where nobody leaves.
    pub(super) fn of(&self, counts: &[u64]) -> Option<u64> {
        self.passed.checked_sub(1).filter(|_| self.leaves).map(|index| counts[index])
    }

    /// Writes time and counts of this place into a curve.
    pub(super) fn push(&self, curve: &mut Curve, table: &LifeTable, scale: f64) {
        let (events, censored) = (self.of(&table.events), self.of(&table.censored));
        // At its start, those at risk are those who enter there.
        let start = curve.time.is_empty() && !self.leaves;
        let (at_risk, weight) = match start.then(|| table.entries.first()).flatten() {
            Some(first) if table.first_entry().is_some() => (first.n, table.entry_weight(first)),
            _ => table.at_risk_before(self.time),
        };
        curve.time.push(self.time / scale);
        curve.at_risk.push(at_risk);
        curve.events.push(events.unwrap_or(0));
        curve.censored.push(censored.unwrap_or(0));
        if table.weighing() == Weighing::Sampled {
            curve.weighted_at_risk.push(weight);
        }
    }
}
