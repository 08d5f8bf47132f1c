//! The chance not to be censored, and how far each patient moves it.
//!
//! # Formula
//! G(t) = ∏ over s ≤ t of (1 − c/R), c the patients censored at s and R those at risk of it, who have neither left before nor
//! have the event at s. With the weight w of a patient at risk at s, d ln G/dw has the term c/(R (R − c)), and −1/R where
//! the patient is the one censored.

use crate::methods::fitted_cox::Row;

/// Those who leave after each time: summed from the end, so that it is 0 at the last whatever is rounded.
pub(super) fn later(events: &[f64], censored: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut later = Vec::with_capacity(events.len());
    for (events, censored) in events.iter().zip(censored).rev() {
        later.push(sum);
        sum += events + censored;
    }
    later.reverse();
    later
}

/// Kaplan–Meier of the censoring.
pub(super) struct Censoring {
    /// G just before each distinct time; one more entry is after the last.
    before: Vec<f64>,
    at_risk: Vec<f64>,
    censored: Vec<f64>,
}

impl Censoring {
    /// Of rows in ascending order of their times, of which there are so many.
    pub(super) fn of(rows: &[Row], times: usize) -> Self {
        let (mut events, mut censored) = (vec![0.0; times], vec![0.0; times]);
        for row in rows {
            let of = if row.event { &mut events } else { &mut censored };
            of[row.time as usize] += row.total();
        }
        let (mut now, mut before, mut at_risk) = (1.0, vec![1.0], Vec::with_capacity(times));
        for (censored, later) in censored.iter().zip(later(&events, &censored)) {
            at_risk.push(censored + later);
            now *= if *censored > 0.0 { later / (censored + later) } else { 1.0 };
            before.push(now);
        }
        Self { before, at_risk, censored }
    }

    /// G just before a time; of the number of distinct times, G after the last.
    pub(super) fn before(&self, time: usize) -> f64 {
        self.before[time]
    }

    /// Σ a d ln G/dw for the weight of one patient of each row, where `a` of each row multiplies ln G just before the time
    /// that `reach` names for it.
    pub(super) fn derivative(&self, rows: &[Row], a: &[f64], reach: &[usize]) -> Vec<f64> {
        let times = self.at_risk.len();
        // Σ a of the rows whose G has the factor of a time.
        let mut with = vec![0.0; times + 1];
        for (a, reach) in a.iter().zip(reach) {
            with[*reach] += a;
        }
        let mut sum = 0.0;
        for with in with.iter_mut().rev() {
            sum += std::mem::replace(with, sum);
        }
        let mut now = 0.0;
        let mut passed = vec![now];
        for (with, (risk, censored)) in with.iter().zip(self.at_risk.iter().zip(&self.censored)) {
            now += match *censored > 0.0 && risk > censored {
                true => with * censored / (risk * (risk - censored)),
                false => 0.0,
            };
            passed.push(now);
        }
        let of = |row: &Row| {
            let time = row.time as usize;
            passed[time] - if row.event { 0.0 } else { with[time] / self.at_risk[time] }
        };
        rows.iter().map(of).collect()
    }
}
