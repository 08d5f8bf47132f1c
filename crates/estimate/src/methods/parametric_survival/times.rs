//! The time to an event, as its logarithm.

use super::Reading;
use super::likelihood::{Accelerated, Row, Told};
use crate::design::{Covariate, Design, Patterns};
use crate::follow_up::happened;
use crate::life_table::{Course, LifeTable, Weighing, tied};
use crate::time_law::Distribution;
use std::sync::Arc;
use study::{Analysis, Column, ColumnRequest, ColumnSource, CountTable, Endpoint, MISSING, Notice, Problem};

/// Times to an event, in the unit that is shown.
#[derive(Debug, Clone)]
pub(in crate::methods) struct LogTimes<'a> {
    name: String,
    /// NaN where missing.
    pub(in crate::methods) times: Vec<f64>,
    /// When observation began: 0 where that was at the start.
    entries: Vec<f64>,
    events: Vec<bool>,
    observed: Vec<bool>,
    /// Who entered when follow-up had ended.
    never: Vec<bool>,
    pub(in crate::methods) n: &'a [u64],
}

/// Time and event of an endpoint, and when observation began where that may be late.
pub(in crate::methods) fn requests(endpoint: &Endpoint) -> Vec<ColumnRequest> {
    let path = || ["endpoint".into()];
    let entry = endpoint.entry.as_ref().map(|_| ColumnRequest::entry(&endpoint.name, path()));
    ColumnRequest::endpoint(&endpoint.name, path()).into_iter().chain(entry).collect()
}

impl<'a> LogTimes<'a> {
    /// Reads the columns of [`requests`].
    ///
    /// # Errors
    /// A negative time, or an event at time 0, of which there is no logarithm.
    pub(in crate::methods) fn read(
        endpoint: &Endpoint,
        table: &'a CountTable,
        analysis: &Analysis,
    ) -> Result<Self, Problem> {
        let name = || endpoint.name.clone();
        let column = |source: ColumnSource| table.column(&source.column());
        let (time, event) = (column(ColumnSource::Time(name()))?, column(ColumnSource::Event(name()))?);
        let entry = endpoint.entry.as_ref().map(|_| column(ColumnSource::Entry(name()))).transpose()?;
        Self::of(&endpoint.name, (time, event, entry), table.n(), endpoint.scale())
            .map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))
    }

    /// The times of three columns, which are `scale` to a shown unit.
    pub(in crate::methods) fn of(
        name: &str,
        (time, event, entry): (&Column, &Column, Option<&Column>),
        n: &'a [u64],
        scale: f64,
    ) -> Result<Self, Problem> {
        let shown = |column: &Column| -> Result<Vec<f64>, Problem> {
            Ok(column.numbers()?.iter().map(|time| time / scale).collect())
        };
        let times = shown(time)?;
        let entries = entry.map(shown).transpose()?;
        let codes = event.codes()?;
        let entered = |row: usize| entries.as_ref().map(|entries| entries[row]);
        let observed: Vec<bool> = (0..n.len())
            .map(|row| {
                !times[row].is_nan() && codes[row] != MISSING && !entered(row).is_some_and(f64::is_nan)
            })
            .collect();
        let late = |row: usize| entered(row).is_some_and(|entry| tied(entry) >= tied(times[row]));
        let never = (0..n.len()).map(|row| observed[row] && late(row)).collect();
        let entries = (0..n.len()).map(|row| entered(row).map_or(0.0, |entry| entry.max(0.0))).collect();
        let events = happened(event)?;
        let read = Self { name: name.into(), times, entries, events, observed, never, n };
        read.check()?;
        Ok(read)
    }

    fn check(&self) -> Result<(), Problem> {
        let name = &self.name;
        let negative = self.patients(|row| self.times[row] < 0.0);
        if negative > 0 {
            let message = format!("{} a negative time of `{name}`", who_have(negative));
            return Err(Problem::input(message).help(
                "follow-up cannot end before it starts: correct the dates, or exclude these patients",
            ));
        }
        let at_once = self.patients(|row| self.times[row] == 0.0 && self.is_event(row) && !self.never[row]);
        if at_once > 0 {
            let message = format!(
                "{} the event of `{name}` at time 0, which no law of log time allows",
                who_have(at_once)
            );
            return Err(Problem::input(message).help(
                "exclude them, or say in the endpoint when on its first day the event happened, for example half a \
                 day: time = \"greatest(days, 0.5)\"",
            ));
        }
        Ok(())
    }

    fn patients(&self, which: impl Fn(usize) -> bool) -> u64 {
        (0..self.n.len()).filter(|row| which(*row)).map(|row| self.n[row]).sum()
    }

    /// Whether nothing of the endpoint is missing.
    pub(in crate::methods) fn is_observed(&self, row: usize) -> bool {
        self.observed[row]
    }

    /// Whether the row was under observation too.
    pub(in crate::methods) fn is_known(&self, row: usize) -> bool {
        self.observed[row] && !self.never[row]
    }

    pub(in crate::methods) fn is_event(&self, row: usize) -> bool {
        self.events[row]
    }

    /// Whether observation of a row began after time 0.
    pub(in crate::methods) fn is_late(&self, row: usize) -> bool {
        self.entries[row] > 0.0
    }

    /// The caveat where patients were never under observation.
    pub(in crate::methods) fn never_at_risk(&self) -> Option<Notice> {
        let n = self.patients(|row| self.never[row]);
        (n > 0).then(|| Notice::NeverAtRisk { endpoint: self.name.clone(), n })
    }

    /// The life table of some rows.
    pub(in crate::methods) fn life_table(&self, rows: &[u32]) -> Result<LifeTable, Problem> {
        let courses = rows.iter().map(|row| {
            let row = *row as usize;
            let (entry, time, event) = (self.entries[row], self.times[row], self.is_event(row));
            Course { entry, time, event, n: self.n[row], weight: 1.0 }
        });
        LifeTable::of(courses, Weighing::Counted)
    }

    /// Mean and standard deviation of the log event times of some rows.
    fn standard(&self, rows: &[u32]) -> (f64, f64) {
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

    /// Those of some rows who were followed for any time: nobody else tells anything.
    pub(in crate::methods) fn followed(&self, rows: &[u32]) -> Vec<u32> {
        rows.iter().copied().filter(|row| self.times[*row as usize] > 0.0).collect()
    }

    /// The model of some covariates among some rows, all of them complete. Its rows are those of [`Self::followed`], then
    /// the entries of those of them who entered late.
    pub(in crate::methods) fn model(
        &self,
        law: Distribution,
        covariates: &[&Covariate],
        rows: &[u32],
        reported: Reading,
    ) -> (Design, Accelerated) {
        let rows = self.followed(rows);
        let patterns = Patterns::new(covariates, &rows);
        let (centre, spread) = self.standard(&rows);
        let standardised = |time: f64| (libm::log(time) - centre) / spread;
        let mut patients = vec![0.0; patterns.len()];
        let mut told = Vec::with_capacity(rows.len());
        let mut entered = Vec::new();
        let mut log_times = 0.0;
        for (row, pattern) in rows.iter().zip(&patterns.of_row) {
            let row = *row as usize;
            let n = self.n[row] as f64;
            patients[*pattern as usize] += n;
            let event = self.is_event(row);
            log_times += if event { n * libm::log(self.times[row]) } else { 0.0 };
            let what = if event { Told::Event } else { Told::Longer };
            told.push(Row { u: standardised(self.times[row]), told: what, pattern: *pattern, n });
            if self.is_late(row) {
                let u = standardised(self.entries[row]);
                entered.push(Row { u, told: Told::Entered, pattern: *pattern, n });
            }
        }
        told.append(&mut entered);
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

fn who_have(n: u64) -> String {
    if n == 1 { "1 patient has".into() } else { format!("{n} patients have") }
}
