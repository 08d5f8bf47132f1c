//! The time to an event.

use super::Ties;
use super::likelihood::Partial;
use crate::design::{Covariate, Design, Patterns};
use crate::likelihood::Likelihood;
use crate::methods::models::{Null, Outcome};
use crate::risk_set::{Exit, RiskSets, number_times};
use std::sync::Arc;
use study::{Column, MISSING, Notice, Problem, Quantity};

/// A time to an event: rows of a count table in ascending order of time.
#[derive(Debug)]
pub(in crate::methods) struct TimeToEvent<'a> {
    name: String,
    /// Position of each row's time among the distinct ones; of missing times, anything.
    pub(in crate::methods) times: Vec<u32>,
    known: Vec<bool>,
    /// Code of the level `yes`.
    yes: u32,
    events: &'a [u32],
    pub(in crate::methods) n: &'a [u64],
    ties: Ties,
}

impl<'a> TimeToEvent<'a> {
    /// Reads the columns of an endpoint. Times below 0 are refused.
    pub(in crate::methods) fn read(
        name: &str,
        time: &'a Column,
        event: &'a Column,
        n: &'a [u64],
        ties: Ties,
    ) -> Result<Self, Problem> {
        let values = time.numbers()?;
        let events = event.codes()?;
        let negative: u64 = values.iter().zip(n).filter(|(time, _)| **time < 0.0).map(|(_, n)| n).sum();
        if negative > 0 {
            let message = format!("{negative} patients have a negative time of `{name}`");
            return Err(Problem::input(message).help(
                "follow-up cannot end before it starts: correct the dates, or exclude these patients",
            ));
        }
        let present = || values.iter().filter(|time| !time.is_nan());
        if present().zip(present().skip(1)).any(|(a, b)| a > b) {
            return Err(Problem::internal("the count table is not in the order of its times"));
        }
        let numbered = number_times(present().copied());
        let mut numbered = numbered.into_iter();
        let times =
            values.iter().map(|time| if time.is_nan() { 0 } else { numbered.next().unwrap_or(0) }).collect();
        let known =
            values.iter().zip(events).map(|(time, event)| !time.is_nan() && *event != MISSING).collect();
        let yes = event.levels().iter().position(|level| level.value == "yes");
        let yes = yes.ok_or_else(|| Problem::internal("an event column has no level `yes`"))? as u32;
        Ok(Self { name: name.into(), times, known, yes, events, n, ties })
    }
}

impl Outcome for TimeToEvent<'_> {
    type Model = Partial;
    const RATIO: Quantity = Quantity::HazardRatio;
    const INTERCEPT: bool = false;

    fn is_known(&self, row: usize) -> bool {
        self.known[row]
    }

    fn is_event(&self, row: usize) -> bool {
        self.events[row] == self.yes
    }

    fn informative(events: u64, _: u64) -> u64 {
        events
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        if of == 0 {
            let message = format!("{}: no patient has all values that the model needs.", self.name);
            return Some(Notice::Other { message });
        }
        (events == 0).then_some(Notice::NoEvents { group: None })
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Partial) {
        // Who leaves before the first event is never compared with anybody.
        let first = rows.iter().position(|row| self.is_event(*row as usize)).map_or(0, |at| {
            let time = self.times[rows[at] as usize];
            rows.partition_point(|row| self.times[*row as usize] < time)
        });
        let rows = &rows[first..];
        let patterns = Patterns::new(covariates, rows);
        let exits = rows
            .iter()
            .zip(&patterns.of_row)
            .map(|(row, pattern)| Exit {
                time: self.times[*row as usize],
                event: self.is_event(*row as usize),
                pattern: *pattern,
                n: self.n[*row as usize] as f64,
            })
            .collect();
        let sets = Arc::new(RiskSets::new([exits], patterns.len()));
        let (at_risk, _) = sets.totals(patterns.len());
        let design = Design::new(covariates, &patterns, &at_risk);
        let model = Partial::new(design.x.clone(), design.columns.len(), patterns.len(), sets, self.ties);
        (design, model)
    }

    fn smaller(model: &Partial, parameters: &[usize]) -> Option<Partial> {
        model.smaller(parameters)
    }

    fn null(model: &Partial) -> Null {
        let at = model.evaluate(&model.start());
        Null { log_likelihood: at.value, evaluation: Some(at) }
    }
}
