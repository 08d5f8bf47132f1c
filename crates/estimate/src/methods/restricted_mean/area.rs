//! The area under one curve.

use crate::influence::{self, Increment};
use crate::life_table::Weighing;
use crate::methods::kaplan_meier::ProductLimit;

/// A restricted mean and its variance, in stored times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    /// ∫ Ŝ(t) dt from 0 to the horizon.
    pub(super) mean: f64,
    /// Its variance.
    pub(super) variance: f64,
}

/// The area up to a horizon; absent where follow-up ends earlier with somebody still free of the event.
pub(super) fn area(curve: &ProductLimit<'_>, horizon: f64) -> Option<Area> {
    let table = curve.table;
    let last = table.last()?;
    let ended = curve.survival.last().is_some_and(|survival| *survival == 0.0);
    if horizon > last && !ended {
        return None;
    }
    let passed = table.time.partition_point(|time| *time < horizon);
    // Backwards, so that the area still to come is at hand at each event.
    let (mut mean, mut variance, mut until) = (0.0, 0.0, horizon);
    let mut increments = vec![Increment::default(); table.time.len()];
    for index in (0..passed).rev() {
        mean += (until - table.time[index]) * curve.survival[index];
        until = table.time[index];
        let (n, d) = (table.weight_at_risk(index), table.event_weight(index));
        // Where nobody is left nothing is still to come.
        if d > 0.0 && n > d {
            variance += mean * mean * d / (n * (n - d));
            increments[index] = Increment { surviving: mean * d / (n * (n - d)), dying: -mean / n };
        }
    }
    if table.weighing() == Weighing::Sampled {
        variance = influence::variances(table, &increments).last().copied().unwrap_or(0.0);
    }
    Some(Area { mean: mean + until, variance })
}
