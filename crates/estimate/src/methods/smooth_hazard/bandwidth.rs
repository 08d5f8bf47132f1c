//! How wide the kernel is.

use super::kernel::Window;
use crate::follow_up::GroupFollowUp;
use crate::life_table::LifeTable;
use crate::methods::cumulative_hazard::Rise;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Notice, Results};

/// Bandwidths that are compared.
const CANDIDATES: usize = 60;
/// Intervals of the integral.
const INTERVALS: usize = 400;

/// The bandwidth, or how it is found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a bandwidth is a number or \"cross_validation\"")]
pub enum Bandwidth {
    /// That of the plan, in the endpoint's unit.
    Own(f64),
    /// Found from the data.
    Rule(BandwidthRule),
}

/// How a bandwidth is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BandwidthRule {
    /// The least integrated squared error, by leaving out one event time after the other.
    CrossValidation,
}

impl Default for Bandwidth {
    fn default() -> Self {
        Self::Rule(BandwidthRule::CrossValidation)
    }
}

/// The bandwidth of a group, in stored units, and what is to be said of it.
pub(super) struct Found {
    pub(super) bandwidth: f64,
    /// That of the plan was larger.
    cut: bool,
    /// Cross-validation chose the narrowest or the widest of its candidates.
    end: Option<&'static str>,
}

impl Found {
    pub(super) fn notes(&self, results: &mut Results, group: &GroupFollowUp, scale: f64) {
        let whose =
            group.level.as_ref().map_or(String::new(), |_| format!(" in the group “{}”", group.label));
        let shown = self.bandwidth / scale;
        let message = if self.cut {
            format!("Half of the time looked at{whose} is less than the bandwidth: it was cut to {shown:.1}.")
        } else if let Some(end) = self.end {
            format!("Cross-validation chose the {end} bandwidth of its range{whose}, {shown:.1}.")
        } else {
            return;
        };
        results.notices.push(Notice::Other { message });
    }
}

/// The bandwidth over a stretch of time, in stored units.
pub(super) fn found(
    wanted: Bandwidth,
    table: &LifeTable,
    rise: &Rise,
    (start, until): (f64, f64),
    scale: f64,
) -> Found {
    let widest = (until - start) / 2.0;
    match wanted {
        Bandwidth::Own(own) => {
            let bandwidth = own * scale;
            Found { bandwidth: bandwidth.min(widest), cut: bandwidth > widest, end: None }
        }
        Bandwidth::Rule(BandwidthRule::CrossValidation) => {
            let within = table.time.iter().zip(&table.events).filter(|(time, _)| **time <= until);
            let events: u64 = within.map(|(_, events)| events).sum();
            let narrowest = (until - start) / (8.0 * libm::pow((events as f64).max(1.0), 0.2));
            let ratio = widest / narrowest;
            let sums = Sums::of(table, rise, start);
            let mut best = (f64::INFINITY, 0);
            let candidate = |index: usize| match index {
                last if last == CANDIDATES - 1 => widest,
                _ => narrowest * libm::pow(ratio, index as f64 / (CANDIDATES - 1) as f64),
            };
            for index in 0..CANDIDATES {
                let window = Window { start, until, bandwidth: candidate(index) };
                let error = sums.error(&window, table, rise);
                if error < best.0 {
                    best = (error, index);
                }
            }
            let end = match best.1 {
                0 => Some("narrowest"),
                last if last == CANDIDATES - 1 => Some("widest"),
                _ => None,
            };
            Found { bandwidth: candidate(best.1), cut: false, end }
        }
    }
}

/// Sums of rises, times and their squares: the kernels are polynomials of the second degree, so that an estimate needs
/// two differences of them and not a walk over the events.
struct Sums {
    parts: Vec<[f64; 3]>,
}

impl Sums {
    fn of(table: &LifeTable, rise: &Rise, start: f64) -> Self {
        let mut parts = vec![[0.0; 3]];
        let mut sum = [0.0; 3];
        for (time, rise) in table.time.iter().zip(&rise.hazard) {
            let time = time - start;
            sum[0] += rise;
            sum[1] += rise * time;
            sum[2] += rise * time * time;
            parts.push(sum);
        }
        Self { parts }
    }

    fn hazard(&self, window: &Window, table: &LifeTable, time: f64) -> f64 {
        let reach = window.reach(table, time);
        let (from, to) = (self.parts[reach.start], self.parts[reach.end]);
        let polynomial = window.polynomial(time);
        (0..3).map(|power| polynomial[power] * (to[power] - from[power])).sum()
    }

    /// The integrated squared error, but for a constant.
    fn error(&self, window: &Window, table: &LifeTable, rise: &Rise) -> f64 {
        let squares: Vec<f64> =
            window.grid(INTERVALS).map(|time| self.hazard(window, table, time).powi(2)).collect();
        let step = (window.until - window.start) / INTERVALS as f64;
        let integral = step * (squares.iter().sum::<f64>() - (squares[0] + squares[INTERVALS]) / 2.0);
        let mut cross = 0.0;
        for (time, rise) in table.time.iter().zip(&rise.hazard) {
            if *rise > 0.0 && *time <= window.until {
                let others = self.hazard(window, table, *time) - window.weight(*time, *time) * rise;
                cross += others * rise;
            }
        }
        integral - 2.0 * cross
    }
}
