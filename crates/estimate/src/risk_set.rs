//! Who is at risk when an event occurs.
//!
//! Only event times matter: patients who are censored between two of them were at risk up to the earlier, so they are
//! counted there; patients censored before the first event were never at risk at one. What is left is, for each event
//! time, how many patients of each covariate pattern have the event and how many leave without it before the next.
//!
//! # Ties and censoring
//! A patient censored at an event time is at risk at that time. Whole days tie exactly; other times tie where they
//! agree in nine significant digits, so that 0.1 + 0.2 is 0.3.

/// Patients of one pattern who leave at one event time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaving {
    /// The pattern.
    pub pattern: u32,
    /// How many.
    pub n: f64,
}

/// One event time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventTime {
    /// Patients with the event.
    pub deaths: f64,
    first: usize,
    censored: usize,
    end: usize,
}

/// The event times of each stratum in ascending order. Nobody is compared across strata.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RiskSets {
    leaving: Vec<Leaving>,
    times: Vec<EventTime>,
    /// For each stratum the end of its event times.
    strata: Vec<usize>,
}

/// Patients with one time, event and pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exit {
    /// Position of the time among the distinct ones.
    pub time: u32,
    /// Whether the event occurred.
    pub event: bool,
    /// Covariate pattern.
    pub pattern: u32,
    /// How many.
    pub n: f64,
}

impl RiskSets {
    /// From exits in ascending order of time, within each stratum. Strata without events tell nothing and are dropped.
    pub fn new(strata: impl IntoIterator<Item = Vec<Exit>>, patterns: usize) -> Self {
        let mut sets = Self::default();
        let mut counts = Counts { n: vec![[0.0; 2]; patterns], touched: [Vec::new(), Vec::new()] };
        for exits in strata {
            let before = sets.times.len();
            let mut open = false;
            for group in exits.chunk_by(|a, b| a.time == b.time) {
                if group.iter().any(|exit| exit.event) {
                    if open {
                        counts.flush(&mut sets);
                    }
                    open = true;
                }
                if open {
                    group.iter().for_each(|exit| counts.add(exit));
                }
            }
            if open {
                counts.flush(&mut sets);
            }
            if sets.times.len() > before {
                sets.strata.push(sets.times.len());
            }
        }
        sets
    }

    /// The event times of each stratum.
    pub fn strata(&self) -> impl Iterator<Item = &[EventTime]> {
        let starts = std::iter::once(0).chain(self.strata.iter().copied());
        starts.zip(&self.strata).map(|(start, end)| &self.times[start..*end])
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

    /// The same patients, with patterns renumbered (and those of one number merged) and compared only within the
    /// stratum of their pattern.
    #[must_use]
    pub fn regroup(&self, pattern: &[u32], patterns: usize, stratum: &[u32], strata: usize) -> Self {
        let mut exits: Vec<Vec<Exit>> = vec![Vec::new(); strata];
        for (index, time) in self.times.iter().enumerate() {
            for (event, leaving) in [(true, self.dying(time)), (false, self.censored(time))] {
                for leaving in leaving {
                    let old = leaving.pattern as usize;
                    exits[stratum[old] as usize].push(Exit {
                        time: index as u32,
                        event,
                        pattern: pattern[old],
                        n: leaving.n,
                    });
                }
            }
        }
        Self::new(exits, patterns)
    }
}

/// Sums by pattern until the next event time: with the event and without.
struct Counts {
    n: Vec<[f64; 2]>,
    touched: [Vec<u32>; 2],
}

impl Counts {
    fn add(&mut self, exit: &Exit) {
        let which = usize::from(!exit.event);
        let n = &mut self.n[exit.pattern as usize][which];
        if *n == 0.0 {
            self.touched[which].push(exit.pattern);
        }
        *n += exit.n;
    }

    fn flush(&mut self, sets: &mut RiskSets) {
        let first = sets.leaving.len();
        let mut ends = [0; 2];
        for (which, end) in ends.iter_mut().enumerate() {
            for pattern in self.touched[which].drain(..) {
                let n = std::mem::take(&mut self.n[pattern as usize][which]);
                sets.leaving.push(Leaving { pattern, n });
            }
            *end = sets.leaving.len();
        }
        let deaths = sets.leaving[first..ends[0]].iter().map(|leaving| leaving.n).sum();
        sets.times.push(EventTime { deaths, first, censored: ends[0], end: ends[1] });
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
fn nine_digits(value: f64) -> f64 {
    if value.fract() == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = 8.0 - libm::floor(libm::log10(value.abs()));
    let power = libm::pow(10.0, digits);
    let rounded = libm::round(value * power) / power;
    if rounded.is_finite() { rounded } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exit(time: u32, event: bool, pattern: u32, n: f64) -> Exit {
        Exit { time, event, pattern, n }
    }

    #[test]
    fn the_censored_are_counted_at_the_event_before_them() {
        let exits = vec![
            exit(0, false, 0, 5.0),
            exit(1, false, 1, 1.0),
            exit(1, true, 0, 2.0),
            exit(2, false, 1, 3.0),
            exit(3, true, 1, 1.0),
            exit(3, true, 1, 1.0),
        ];
        let sets = RiskSets::new([exits], 2);
        let [first, second] = sets.times() else { panic!("{sets:?}") };
        assert_eq!((first.deaths, second.deaths), (2.0, 2.0));
        assert_eq!(sets.censored(first), [Leaving { pattern: 1, n: 4.0 }]);
        assert_eq!(sets.dying(second), [Leaving { pattern: 1, n: 2.0 }]);
        assert_eq!(sets.totals(2), (vec![2.0, 6.0], vec![2.0, 2.0]));
        let split = sets.regroup(&[0, 1], 2, &[0, 1], 2);
        assert_eq!(split.strata().map(<[EventTime]>::len).collect::<Vec<_>>(), [1, 1]);
        // Of the second stratum, those censored before its event are gone.
        assert_eq!(split.totals(2).0, [2.0, 2.0]);
    }

    #[test]
    fn decimals_tie_in_nine_digits() {
        assert_eq!(number_times([0.1 + 0.2, 0.3, 0.300_000_1, 1e9, 1e9 + 1.0]), [0, 0, 1, 2, 3]);
    }
}
