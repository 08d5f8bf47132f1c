//! A fitted Cox model, as the methods that follow it need it: its patients, coefficients and course in time.
//!
//! The model is that of `cox`: the same rows, columns, strata, weights, ties and loop. What follows it is read from each
//! counted row's entry, time, event, weight and covariate pattern, so that a row of n patients counts n times and
//! splitting it changes nothing. Under Firth's penalty the coefficients are where the penalized score is 0, and their covariance
//! is the inverse of the information without the penalty there, as in `cox`; all else is that of these coefficients.

mod course;
mod entries;
mod members;
mod options;
mod predict;
mod read;
mod schoenfeld;
mod strata;
mod terms;

pub(in crate::methods) use course::Course;
pub(in crate::methods) use entries::{Entry, entries};
pub(in crate::methods) use members::{Members, Passed, Row};
pub(in crate::methods) use options::options_after_cox;
pub(in crate::methods) use predict::{Coefficients, Predicted, Sums, predict};
pub(in crate::methods) use read::fit;
pub(in crate::methods) use schoenfeld::{scaled_schoenfeld, schoenfeld};
pub(in crate::methods) use strata::{Strata, Stratum};
pub(in crate::methods) use terms::CoxTerms;

use crate::design::{Covariate, Design, Patterns};
use crate::methods::cox::Ties;
use crate::methods::logistic::Penalty;
use faer::Mat;

/// A fitted model.
pub(in crate::methods) struct FittedCox<'a> {
    /// Its terms.
    pub(in crate::methods) covariates: Vec<Covariate<'a>>,
    /// Its columns, standardised.
    pub(in crate::methods) design: Design,
    /// Who was analysed, in ascending order of time.
    pub(in crate::methods) rows: Vec<Row>,
    /// The row of the count table that each of them was.
    pub(in crate::methods) of_table: Vec<u32>,
    /// Who is compared with whom.
    pub(in crate::methods) strata: Strata,
    /// The patient, or the group of alike patients, of each row, where patients have several rows.
    pub(in crate::methods) patients: Option<Vec<u32>>,
    /// The cluster of each row and how many there are, where it was asked for: that of the options, or the patient.
    pub(in crate::methods) clusters: Option<(Vec<u32>, usize)>,
    /// The distinct times, in the endpoint's unit.
    pub(in crate::methods) times: Vec<f64>,
    /// When the first are under observation: 0 without delayed entry.
    pub(in crate::methods) begin: f64,
    /// The covariate patterns of the rows.
    pub(in crate::methods) patterns: Patterns,
    /// The standardised values of each pattern.
    pub(in crate::methods) x: Vec<f64>,
    /// Coefficients of the standardised columns.
    pub(in crate::methods) beta: Vec<f64>,
    /// The inverse of their information.
    pub(in crate::methods) covariance: Mat<f64>,
    /// Their covariance, where it is the robust one.
    pub(in crate::methods) robust: Option<Mat<f64>>,
    /// Linear predictor of each pattern; 0 at the mean of the standardised columns.
    pub(in crate::methods) eta: Vec<f64>,
    /// exp(eta − shift) of each pattern: at most 1.
    pub(in crate::methods) risk: Vec<f64>,
    /// The largest linear predictor.
    pub(in crate::methods) shift: f64,
    /// How tied events were handled.
    pub(in crate::methods) ties: Ties,
    /// What was added to the likelihood.
    pub(in crate::methods) penalty: Option<Penalty>,
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

    /// Those of each stratum, with their risks.
    pub(in crate::methods) fn members(&self) -> impl Iterator<Item = Members<'_>> {
        let (rows, x, columns, risk, ties) =
            (&self.rows[..], &self.x[..], self.columns(), &self.risk[..], self.ties);
        self.strata.iter().map(move |stratum| Members { rows, order: &stratum.rows, x, columns, risk, ties })
    }

    /// What happens in each stratum.
    pub(in crate::methods) fn courses(&self) -> Vec<Course> {
        self.members().map(Course::of).collect()
    }

    /// Number of events.
    pub(in crate::methods) fn events(&self) -> u64 {
        self.rows.iter().filter(|row| row.event).map(|row| row.n).sum()
    }

    /// The covariance of the coefficients that is reported: the robust one where it was asked for.
    pub(in crate::methods) fn reported(&self) -> &Mat<f64> {
        self.robust.as_ref().unwrap_or(&self.covariance)
    }

    /// Name of the term and level of a column.
    pub(in crate::methods) fn name(&self, column: usize) -> (String, Option<String>) {
        let column = &self.design.columns[column];
        let covariate = &self.covariates[column.covariate];
        (covariate.name.clone(), covariate.column_name(column))
    }

    /// The rows by distinct time, in ascending order.
    pub(in crate::methods) fn by_time(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|a, b| a.time == b.time)
    }

    /// How many are at risk at each distinct time, whatever their stratum.
    pub(in crate::methods) fn at_risk(&self) -> Vec<u64> {
        let (mut entering, mut leaving) = (vec![0; self.times.len()], vec![0; self.times.len()]);
        for row in &self.rows {
            entering[row.from as usize] += row.n;
            leaving[row.time as usize] += row.n;
        }
        let mut now = 0;
        let at = |(entering, leaving): (u64, u64)| {
            now += entering;
            let at_risk = now;
            now -= leaving;
            at_risk
        };
        entering.into_iter().zip(leaving).map(at).collect()
    }
}
