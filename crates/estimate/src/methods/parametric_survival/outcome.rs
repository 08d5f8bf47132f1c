//! The time to an event, as its logarithm.

use super::Reading;
use super::likelihood::{Accelerated, Row, Told};
use crate::design::{Covariate, Design, Patterns};
use crate::likelihood::{Likelihood, maximise};
use crate::methods::models::{Null, Outcome};
use crate::numerics::symmetric::inverse;
use crate::regression::{Fit, Regression};
use crate::time_law::Distribution;
use std::borrow::Cow;
use std::sync::Arc;
use study::{Column, MISSING, Notice, Problem, Quantity};

/// Times to an event, in the unit that is shown.
#[derive(Debug, Clone)]
pub(in crate::methods) struct LogTimes<'a> {
    name: String,
    /// NaN where missing.
    pub(in crate::methods) times: Vec<f64>,
    events: &'a [u32],
    yes: u32,
    pub(in crate::methods) n: &'a [u64],
}

impl<'a> LogTimes<'a> {
    /// Reads the columns of an endpoint, whose stored times are `scale` to a shown unit.
    ///
    /// # Errors
    /// A negative time, or an event at time 0, of which there is no logarithm.
    pub(in crate::methods) fn read(
        name: &str,
        time: &Column,
        event: &'a Column,
        n: &'a [u64],
        scale: f64,
    ) -> Result<Self, Problem> {
        let times: Vec<f64> = time.numbers()?.iter().map(|time| time / scale).collect();
        let yes = event.levels().iter().position(|level| level.value == "yes");
        let yes = yes.ok_or_else(|| Problem::internal("an event column has no level `yes`"))? as u32;
        let read = Self { name: name.into(), times, events: event.codes()?, yes, n };
        let count = |which: &dyn Fn(usize) -> bool| -> u64 {
            (0..n.len()).filter(|row| which(*row)).map(|row| n[row]).sum()
        };
        let negative = count(&|row| read.times[row] < 0.0);
        if negative > 0 {
            let message = format!("{negative} patients have a negative time of `{name}`");
            return Err(Problem::input(message).help(
                "follow-up cannot end before it starts: correct the dates, or exclude these patients",
            ));
        }
        let at_once = count(&|row| read.times[row] == 0.0 && read.is_event(row));
        if at_once > 0 {
            let message = format!(
                "{at_once} patients have the event of `{name}` at time 0, which no law of log time allows"
            );
            return Err(Problem::input(message).help(
                "exclude them, or say in the endpoint when on its first day the event happened, for example half a \
                 day: time = \"greatest(days, 0.5)\"",
            ));
        }
        Ok(read)
    }

    pub(in crate::methods) fn is_known(&self, row: usize) -> bool {
        !self.times[row].is_nan() && self.events[row] != MISSING
    }

    pub(in crate::methods) fn is_event(&self, row: usize) -> bool {
        self.events[row] == self.yes
    }

    /// Mean and standard deviation of the log event times of some rows.
    pub(in crate::methods) fn standard(&self, rows: &[u32]) -> (f64, f64) {
        let events = || rows.iter().map(|row| *row as usize).filter(|row| self.is_event(*row));
        let (mut sum, mut total) = (0.0, 0.0);
        for row in events() {
            sum += self.n[row] as f64 * libm::log(self.times[row]);
            total += self.n[row] as f64;
        }
        let centre = if total > 0.0 { sum / total } else { 0.0 };
        let square = |row: usize| {
            let difference = libm::log(self.times[row]) - centre;
            self.n[row] as f64 * difference * difference
        };
        let spread = (events().map(square).sum::<f64>() / total.max(1.0)).sqrt();
        (centre, if spread > 1e-12 * (1.0 + centre.abs()) { spread } else { 1.0 })
    }

    pub(in crate::methods) fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        if of == 0 {
            let message = format!("{}: no patient has all values that the model needs.", self.name);
            return Some(Notice::Other { message });
        }
        (events == 0).then_some(Notice::NoEvents { group: None })
    }

    /// The model of some covariates among some rows, all of them complete.
    pub(in crate::methods) fn model(
        &self,
        law: Distribution,
        covariates: &[&Covariate],
        rows: &[u32],
        reported: Reading,
    ) -> (Design, Accelerated) {
        // Who was followed for no time at all tells nothing.
        let rows: Vec<u32> = rows.iter().copied().filter(|row| self.times[*row as usize] > 0.0).collect();
        let patterns = Patterns::new(covariates, &rows);
        let (centre, spread) = self.standard(&rows);
        let mut patients = vec![0.0; patterns.len()];
        let mut told = Vec::with_capacity(rows.len());
        let mut log_times = 0.0;
        for (row, pattern) in rows.iter().zip(&patterns.of_row) {
            let row = *row as usize;
            let (n, log) = (self.n[row] as f64, libm::log(self.times[row]));
            patients[*pattern as usize] += n;
            let event = self.is_event(row);
            log_times += if event { n * log } else { 0.0 };
            let what = if event { Told::Event } else { Told::Longer };
            told.push(Row { u: (log - centre) / spread, told: what, pattern: *pattern, n });
        }
        let design = Design::new(covariates, &patterns, &patients);
        let model = Accelerated {
            law,
            columns: design.columns.len() + 1,
            x: Arc::new(with_constant(&design, patterns.len())),
            rows: Arc::new(told),
            log_times,
            centre,
            spread,
            reading: Reading::Hazards,
            reported,
            shift: vec![0.0; patterns.len()],
            offset: vec![0.0; patterns.len()],
            shape: law.has_shape(),
        };
        (design, model)
    }
}

/// The model matrix with a last column of ones.
pub(in crate::methods) fn with_constant(design: &Design, patterns: usize) -> Vec<f64> {
    let p = design.columns.len();
    let row = |pattern: usize| design.x[pattern * p..(pattern + 1) * p].iter().copied().chain([1.0]);
    (0..patterns).flat_map(row).collect()
}

/// One law, its ratios those of times or of hazards.
pub(in crate::methods) struct Ratios<'a, const HAZARDS: bool> {
    pub(in crate::methods) times: &'a LogTimes<'a>,
    pub(in crate::methods) law: Distribution,
}

impl<const HAZARDS: bool> Ratios<'_, HAZARDS> {
    const READING: Reading = if HAZARDS { Reading::Hazards } else { Reading::Times };
}

impl<const HAZARDS: bool> Outcome for Ratios<'_, HAZARDS> {
    type Model = Accelerated;
    const RATIO: Quantity = if HAZARDS { Quantity::HazardRatio } else { Quantity::TimeRatio };
    // The constant comes after the columns.
    const INTERCEPT: bool = false;

    fn is_known(&self, row: usize) -> bool {
        self.times.is_known(row)
    }

    fn is_event(&self, row: usize) -> bool {
        self.times.is_event(row)
    }

    fn informative(events: u64, _: u64) -> u64 {
        events
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        self.times.constant(events, of)
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Accelerated) {
        self.times.model(self.law, covariates, rows, Self::READING)
    }

    fn smaller(_: &Accelerated, _: &[usize]) -> Option<Accelerated> {
        None
    }

    fn null(model: &Accelerated) -> Null {
        let constant = model.select(&[model.columns - 1, model.columns]);
        let maximum = maximise(&constant, constant.start(), &[], 200);
        Null { log_likelihood: maximum.at.value, evaluation: None }
    }

    fn ancillary(model: &Accelerated) -> usize {
        1 + usize::from(model.law.has_shape())
    }

    fn reported(fit: Fit<'_, Accelerated>) -> Fit<'_, Accelerated> {
        if HAZARDS { fit } else { in_times(fit) }
    }
}

/// A fit in the parameters of time; at a maximum the information follows them.
pub(in crate::methods) fn in_times(mut fit: Fit<'_, Accelerated>) -> Fit<'_, Accelerated> {
    let (model, beta) = fit.model.in_times(&fit.maximum.beta);
    let at = model.evaluate(&beta);
    let Some(covariance) = inverse(&at.information) else { return fit };
    fit.model = Cow::Owned(model);
    (fit.maximum.beta, fit.maximum.at, fit.covariance) = (beta, at, covariance);
    if let Some(direction) = &mut fit.direction {
        direction.iter_mut().for_each(|value| *value = -*value);
    }
    fit
}
