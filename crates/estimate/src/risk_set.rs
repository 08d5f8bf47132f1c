//! Who is at risk when an event occurs.
//!
//! Only event times matter: patients who are censored between two of them were at risk up to the earlier, so they are
//! counted there; patients censored before the first event were never at risk at one. Who enters between two event
//! times is at risk from the later on. What is left is, for each event time, how many patients of each covariate
//! pattern have the event, how many leave without it before the next, and how many are at risk for the first time.
//!
//! # Ties and censoring
//! A patient censored at an event time is at risk at that time; one who enters at an event time is not. Whole days tie
//! exactly; other times tie where they agree in nine significant digits, so that 0.1 + 0.2 is 0.3.

mod building;

use building::Building;

/// Patients of one pattern who leave at one event time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaving {
    /// The pattern.
    pub pattern: u32,
    /// Position, among all event times, of the first at which they are at risk.
    pub first: u32,
    /// How many; the sum of their weights where they have any.
    pub n: f64,
}

/// One event time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventTime {
    /// Number of events.
    pub events: f64,
    /// The same, each with its weight.
    pub deaths: f64,
    first: usize,
    censored: usize,
    end: usize,
    /// Those at risk for the first time, who did not begin with the stratum.
    entering: (usize, usize),
}

/// The event times of each stratum in ascending order. Nobody is compared across strata.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RiskSets {
    leaving: Vec<Leaving>,
    /// How many patients the weights of `leaving` stand for; empty where nobody has a weight.
    counts: Vec<f64>,
    entering: Vec<Leaving>,
    times: Vec<EventTime>,
    /// For each stratum the end of its event times.
    strata: Vec<usize>,
}

/// Patients with one entry, time, event, pattern and weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exit {
    /// Position of the time among the distinct ones.
    pub time: u32,
    /// Position of the first time at which they are at risk; 0 from the beginning.
    pub from: u32,
    /// Whether the event occurred.
    pub event: bool,
    /// Covariate pattern.
    pub pattern: u32,
    /// How many.
    pub n: f64,
    /// What each of them counts.
    pub weight: f64,
}

impl RiskSets {
    /// From exits in ascending order of time, within each stratum. Strata without events tell nothing and are dropped.
    pub fn new(strata: impl IntoIterator<Item = Vec<Exit>>, patterns: usize) -> Self {
        let mut building = Building::new(patterns, false);
        strata.into_iter().for_each(|exits| building.stratum(&exits));
        building.finish()
    }

    /// The same of patients with weights.
    pub fn weighted(strata: impl IntoIterator<Item = Vec<Exit>>, patterns: usize) -> Self {
        let mut building = Building::new(patterns, true);
        strata.into_iter().for_each(|exits| building.stratum(&exits));
        building.finish()
    }

    /// The event times of each stratum.
    pub fn strata(&self) -> impl Iterator<Item = &[EventTime]> {
        self.ranges().map(|range| &self.times[range])
    }

    /// The positions of the event times of each stratum among all of them.
    pub fn ranges(&self) -> impl Iterator<Item = std::ops::Range<usize>> {
        let starts = std::iter::once(0).chain(self.strata.iter().copied());
        starts.zip(&self.strata).map(|(start, end)| start..*end)
    }

    /// All event times, stratum by stratum.
    pub fn times(&self) -> &[EventTime] {
        &self.times
    }

    /// Those with the event at a time.
    pub fn dying(&self, time: &EventTime) -> &[Leaving] {
        &self.leaving[time.first..time.censored]
    }

    /// Those censored at that time or before the next event.
    pub fn censored(&self, time: &EventTime) -> &[Leaving] {
        &self.leaving[time.censored..time.end]
    }

    /// Those with the event at that time, then those censored.
    pub fn all_leaving(&self, time: &EventTime) -> &[Leaving] {
        &self.leaving[time.first..time.end]
    }

    /// Those who are at risk at that time and were at none before; nobody at the first event time of a stratum.
    pub fn entering(&self, time: &EventTime) -> &[Leaving] {
        &self.entering[time.entering.0..time.entering.1]
    }

    /// Whether anybody enters after the first event time of his stratum: the risk sets are then not nested.
    pub fn is_delayed(&self) -> bool {
        !self.entering.is_empty()
    }

    /// Everybody who is at risk at some event: patients and events by pattern.
    pub fn totals(&self, patterns: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut at_risk, mut events) = (vec![0.0; patterns], vec![0.0; patterns]);
        for time in &self.times {
            for leaving in self.dying(time) {
                at_risk[leaving.pattern as usize] += leaving.n;
                events[leaving.pattern as usize] += leaving.n;
            }
            for leaving in self.censored(time) {
                at_risk[leaving.pattern as usize] += leaving.n;
            }
        }
        (at_risk, events)
    }

    /// The same patients, with patterns renumbered (and those of one number merged) and compared only within their
    /// stratum and, where groups are given, within the group of their pattern.
    #[must_use]
    pub fn regroup(&self, pattern: &[u32], patterns: usize, group: Option<&[u32]>) -> Self {
        let mut building = Building::new(patterns, !self.counts.is_empty());
        let mut exits: Vec<(u32, Exit)> = Vec::new();
        let mut members: Vec<Exit> = Vec::new();
        for range in self.ranges() {
            exits.clear();
            for index in range.clone() {
                let time = &self.times[index];
                for at in time.first..time.end {
                    let leaving = &self.leaving[at];
                    let old = leaving.pattern as usize;
                    let n = self.counts.get(at).copied().unwrap_or(leaving.n);
                    let exit = Exit {
                        time: index as u32,
                        from: if leaving.first as usize == range.start { 0 } else { leaving.first },
                        event: at < time.censored,
                        pattern: pattern[old],
                        n,
                        weight: leaving.n / n,
                    };
                    exits.push((group.map_or(0, |group| group[old]), exit));
                }
            }
            // They are in the order of time, and stay so within each group.
            exits.sort_by_key(|(group, _)| *group);
            for group in exits.chunk_by(|a, b| a.0 == b.0) {
                members.clear();
                members.extend(group.iter().map(|(_, exit)| *exit));
                building.stratum(&members);
            }
        }
        building.finish()
    }
}

/// Positions of times among the distinct ones, for times in ascending order.
pub fn number_times(times: impl IntoIterator<Item = f64>) -> Vec<u32> {
    let (mut last, mut number) = (f64::NAN, 0u32);
    times
        .into_iter()
        .map(|time| {
            let time = nine_digits(time);
            if !last.is_nan() && time != last {
                number += 1;
            }
            last = time;
            number
        })
        .collect()
}

/// Rounds to nine significant digits; whole numbers stay what they are.
pub fn nine_digits(value: f64) -> f64 {
    if value.fract() == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = 8.0 - libm::floor(libm::log10(value.abs()));
    let power = libm::pow(10.0, digits);
    let rounded = libm::round(value * power) / power;
    if rounded.is_finite() { rounded } else { value }
}

#[cfg(test)]
mod tests;
