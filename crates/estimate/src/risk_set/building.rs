//! From exits to risk sets.

use super::{EventTime, Exit, Leaving, RiskSets};

/// Risk sets under construction, one stratum after the other.
pub(super) struct Building {
    sets: RiskSets,
    /// Who leaves until the next event time, by pattern: with the event and without.
    n: Vec<[f64; 2]>,
    touched: [Vec<u32>; 2],
    /// How many patients those weights stand for; empty without weights.
    counts: Vec<[f64; 2]>,
    /// Those of them who entered late, each with its count.
    late: [Vec<(Leaving, f64)>; 2],
    events: f64,
    /// Of this stratum: where its event times begin, and the position of each among all times.
    start: usize,
    numbers: Vec<u32>,
}

impl Building {
    pub(super) fn new(patterns: usize, weighted: bool) -> Self {
        Self {
            sets: RiskSets::default(),
            n: vec![[0.0; 2]; patterns],
            touched: [Vec::new(), Vec::new()],
            counts: if weighted { vec![[0.0; 2]; patterns] } else { Vec::new() },
            late: [Vec::new(), Vec::new()],
            events: 0.0,
            start: 0,
            numbers: Vec::new(),
        }
    }

    /// Adds a stratum.
    pub(super) fn stratum(&mut self, exits: &[Exit]) {
        self.start = self.sets.times.len();
        self.numbers.clear();
        for group in exits.chunk_by(|a, b| a.time == b.time) {
            if group.iter().any(|exit| exit.event) {
                if !self.numbers.is_empty() {
                    self.flush();
                }
                self.numbers.push(group[0].time);
            }
            if !self.numbers.is_empty() {
                group.iter().for_each(|exit| self.leave(exit));
            }
        }
        if self.numbers.is_empty() {
            return;
        }
        self.flush();
        self.sets.strata.push(self.sets.times.len());
        self.enter();
    }

    fn leave(&mut self, exit: &Exit) {
        let which = usize::from(!exit.event);
        let n = exit.n * exit.weight;
        let first = if exit.from == 0 { 0 } else { self.numbers.partition_point(|time| *time < exit.from) };
        if first == self.numbers.len() {
            // Between two events only.
            return;
        }
        if exit.event {
            self.events += exit.n;
        }
        let pattern = exit.pattern as usize;
        if first > 0 {
            let first = (self.start + first) as u32;
            self.late[which].push((Leaving { pattern: exit.pattern, first, n }, exit.n));
            return;
        }
        if self.n[pattern][which] == 0.0 {
            self.touched[which].push(exit.pattern);
        }
        self.n[pattern][which] += n;
        if let Some(counts) = self.counts.get_mut(pattern) {
            counts[which] += exit.n;
        }
    }

    /// Closes an event time.
    fn flush(&mut self) {
        let first = self.sets.leaving.len();
        let mut ends = [0; 2];
        for (which, end) in ends.iter_mut().enumerate() {
            for pattern in self.touched[which].drain(..) {
                let n = std::mem::take(&mut self.n[pattern as usize][which]);
                self.sets.leaving.push(Leaving { pattern, first: self.start as u32, n });
                if let Some(counts) = self.counts.get_mut(pattern as usize) {
                    self.sets.counts.push(std::mem::take(&mut counts[which]));
                }
            }
            let late = &mut self.late[which];
            late.sort_by_key(|(leaving, _)| (leaving.pattern, leaving.first));
            for same in late.chunk_by(|(a, _), (b, _)| (a.pattern, a.first) == (b.pattern, b.first)) {
                let n = same.iter().map(|(leaving, _)| leaving.n).sum();
                self.sets.leaving.push(Leaving { n, ..same[0].0 });
                if !self.counts.is_empty() {
                    self.sets.counts.push(same.iter().map(|(_, count)| count).sum());
                }
            }
            late.clear();
            *end = self.sets.leaving.len();
        }
        let deaths = self.sets.leaving[first..ends[0]].iter().map(|leaving| leaving.n).sum();
        let events = std::mem::take(&mut self.events);
        let time = EventTime { events, deaths, first, censored: ends[0], end: ends[1], entering: (0, 0) };
        self.sets.times.push(time);
    }

    /// Lists those who enter at each event time of the stratum.
    fn enter(&mut self) {
        let times = self.start..self.sets.times.len();
        let from = self.sets.times[self.start].first;
        let late = |leaving: &&Leaving| leaving.first as usize > times.start;
        let mut entering: Vec<Leaving> = self.sets.leaving[from..].iter().filter(late).copied().collect();
        entering.sort_by_key(|leaving| (leaving.first, leaving.pattern));
        let list = &mut self.sets.entering;
        for same in entering.chunk_by(|a, b| a.first == b.first) {
            let begin = list.len();
            for same in same.chunk_by(|a, b| a.pattern == b.pattern) {
                list.push(Leaving { n: same.iter().map(|leaving| leaving.n).sum(), ..same[0] });
            }
            self.sets.times[same[0].first as usize].entering = (begin, list.len());
        }
    }

    pub(super) fn finish(self) -> RiskSets {
        self.sets
    }
}
