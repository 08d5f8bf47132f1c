//! One walk through the times of a stratum: the weighted risk sets, and the hazards that they give.
//!
//! Those still followed are summed backwards in time, those with the competing event, each divided by Ĝ at his own time,
//! forwards; an event time t then has S₀ = A₀ + Ĝ(t−) B₀, and S₁ likewise. Everything is a sum of additions, and the work
//! is in proportion to the patients.

use super::course::{Censoring, End, Exit};

/// Cumulated sums after each distinct time of one stratum.
#[derive(Debug, Clone, Default)]
pub(super) struct Walk {
    columns: usize,
    /// Positions of its distinct times among those of all patients.
    pub(super) times: Vec<u32>,
    /// For each the end of its exits.
    pub(super) ends: Vec<usize>,
    /// Events at each.
    pub(super) events: Vec<f64>,
    /// S₀ at each with an event.
    pub(super) s0: Vec<f64>,
    /// x̄ = S₁/S₀ at each with an event, one row after the other; 0 elsewhere.
    pub(super) mean: Vec<f64>,
    /// Σ dH, dH = d/S₀.
    pub(super) hazard: Vec<f64>,
    /// Σ Ĝ(t−) dH.
    pub(super) weighted: Vec<f64>,
}

impl Walk {
    /// `risk` and `risk_x` are r and r x of each pattern.
    pub(super) fn new(
        exits: &[Exit],
        censoring: &Censoring,
        risk: &[f64],
        risk_x: &[f64],
        columns: usize,
    ) -> Self {
        let mut walk = Self { columns, ..Self::default() };
        for (index, exit) in exits.iter().enumerate() {
            if walk.times.last() != Some(&exit.time) {
                walk.times.push(exit.time);
                walk.ends.push(index);
                walk.events.push(0.0);
            }
            if let (Some(end), Some(events)) = (walk.ends.last_mut(), walk.events.last_mut()) {
                *end = index + 1;
                *events += if exit.end == End::Event { exit.n } else { 0.0 };
            }
        }
        walk.backwards(exits, risk, risk_x);
        walk.forwards(exits, censoring, risk, risk_x);
        walk
    }

    /// The exits of a time.
    pub(super) fn exits(&self, at: usize) -> std::ops::Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[at]
    }

    /// x̄ of a time.
    pub(super) fn mean(&self, at: usize) -> &[f64] {
        &self.mean[at * self.columns..(at + 1) * self.columns]
    }

    /// A₀ and A₁ of each time with an event.
    fn backwards(&mut self, exits: &[Exit], risk: &[f64], risk_x: &[f64]) {
        let p = self.columns;
        self.s0 = vec![0.0; self.times.len()];
        self.mean = vec![0.0; self.times.len() * p];
        let (mut s0, mut s1) = (0.0, vec![0.0; p]);
        for at in (0..self.times.len()).rev() {
            for exit in &exits[self.exits(at)] {
                add(exit.n, exit.pattern, risk, risk_x, &mut s0, &mut s1);
            }
            if self.events[at] > 0.0 {
                self.s0[at] = s0;
                self.mean[at * p..(at + 1) * p].copy_from_slice(&s1);
            }
        }
    }

    fn forwards(&mut self, exits: &[Exit], censoring: &Censoring, risk: &[f64], risk_x: &[f64]) {
        let p = self.columns;
        let (mut b0, mut b1) = (0.0, vec![0.0; p]);
        let (mut hazard, mut weighted) = (0.0, 0.0);
        for at in 0..self.times.len() {
            let free = censoring.free[self.times[at] as usize];
            if self.events[at] > 0.0 {
                let s0 = self.s0[at] + free * b0;
                let mean = &mut self.mean[at * p..(at + 1) * p];
                mean.iter_mut().zip(&b1).for_each(|(s, b)| *s = (*s + free * b) / s0);
                self.s0[at] = s0;
                hazard += self.events[at] / s0;
                weighted += free * self.events[at] / s0;
            }
            self.hazard.push(hazard);
            self.weighted.push(weighted);
            // Who has the competing event now is followed at this time still.
            for exit in exits[self.exits(at)].iter().filter(|exit| exit.end == End::Competing) {
                add(exit.n / free, exit.pattern, risk, risk_x, &mut b0, &mut b1);
            }
        }
    }
}

fn add(weight: f64, pattern: u32, risk: &[f64], risk_x: &[f64], s0: &mut f64, s1: &mut [f64]) {
    let (at, p) = (pattern as usize, s1.len());
    *s0 += weight * risk[at];
    s1.iter_mut().zip(&risk_x[at * p..(at + 1) * p]).for_each(|(s, x)| *s += weight * x);
}
