//! A fitted Cox model, as the methods that follow it need it: its patients, coefficients and course in time.
//!
//! The model is that of `cox`: the same rows, columns, ties and loop. What follows it is read from each counted row's
//! time, event and covariate pattern, so that a row of n patients counts n times and splitting it changes nothing.

mod course;
mod entries;
mod read;
mod schoenfeld;

pub(in crate::methods) use course::{Course, Members, Passed};
pub(in crate::methods) use entries::entries;
pub(in crate::methods) use read::{CoxTerms, fit};
pub(in crate::methods) use schoenfeld::{scaled_schoenfeld, schoenfeld};

use crate::design::{Covariate, Design, Patterns};
use crate::methods::cox::Ties;
use faer::Mat;
use study::Results;

/// Patients with one time, event and covariate pattern.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Row {
    /// Position of the time among the distinct ones.
    pub(in crate::methods) time: u32,
    /// Whether the event occurred.
    pub(in crate::methods) event: bool,
    /// Covariate pattern.
    pub(in crate::methods) pattern: u32,
    /// How many.
    pub(in crate::methods) n: u64,
}

/// A fitted model.
pub(in crate::methods) struct FittedCox<'a> {
    /// Its terms.
    pub(in crate::methods) covariates: Vec<Covariate<'a>>,
    /// Its columns, standardised.
    pub(in crate::methods) design: Design,
    /// Who was analysed, in ascending order of time.
    pub(in crate::methods) rows: Vec<Row>,
    /// The distinct times, in the endpoint's unit.
    pub(in crate::methods) times: Vec<f64>,
    /// The covariate patterns of the rows.
    pub(in crate::methods) patterns: Patterns,
    /// The standardised values of each pattern.
    pub(in crate::methods) x: Vec<f64>,
    /// Coefficients of the standardised columns.
    pub(in crate::methods) beta: Vec<f64>,
    /// Their covariance.
    pub(in crate::methods) covariance: Mat<f64>,
    /// Linear predictor of each pattern; 0 at the mean of the standardised columns.
    pub(in crate::methods) eta: Vec<f64>,
    /// exp(eta − shift) of each pattern: at most 1.
    pub(in crate::methods) risk: Vec<f64>,
    /// The largest linear predictor.
    pub(in crate::methods) shift: f64,
    /// How tied events were handled.
    pub(in crate::methods) ties: Ties,
}

impl FittedCox<'_> {
    /// Number of columns.
    pub(in crate::methods) fn columns(&self) -> usize {
        self.beta.len()
    }

    /// The standardised values of a pattern.
    pub(in crate::methods) fn row(&self, pattern: u32) -> &[f64] {
        let p = self.columns();
        &self.x[pattern as usize * p..(pattern as usize + 1) * p]
    }

    /// Its patients with their risks.
    pub(in crate::methods) fn members(&self) -> Members<'_> {
        Members { rows: &self.rows, x: &self.x, columns: self.columns(), risk: &self.risk, ties: self.ties }
    }

    /// Patients and events.
    pub(in crate::methods) fn counts(&self) -> (u64, u64) {
        let events = self.rows.iter().filter(|row| row.event).map(|row| row.n).sum();
        (self.rows.iter().map(|row| row.n).sum(), events)
    }

    /// Name of the term and level of a column.
    pub(in crate::methods) fn name(&self, column: usize) -> (String, Option<String>) {
        let column = &self.design.columns[column];
        let covariate = &self.covariates[column.covariate];
        (covariate.name.clone(), covariate.column_name(column))
    }

    /// The rows by distinct time, in ascending order.
    pub(in crate::methods) fn by_time(&self) -> impl DoubleEndedIterator<Item = &[Row]> {
        self.rows.chunk_by(|a, b| a.time == b.time)
    }
}

/// What is said where there is no fitted model to follow.
pub(in crate::methods) fn without_model(results: &mut Results, reason: &str) {
    let message = format!("{reason}: nothing can be computed from the model.");
    results.notices.push(study::Notice::Other { message });
}
