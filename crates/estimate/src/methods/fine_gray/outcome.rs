//! The time to an event that another may make impossible.

use super::course::{Censoring, End, Exit};
use super::likelihood::Subdistribution;
use super::sandwich::sandwich;
use crate::design::{Covariate, Design, Patterns};
use crate::likelihood::{Likelihood, Maximum};
use crate::methods::cox::TimeToEvent;
use crate::methods::models::{Null, Outcome};
use crate::regression::Regression;
use faer::Mat;
use std::sync::Arc;
use study::{Endpoint, MISSING, Notice, Quantity};

/// Times and events, and whether the competing event ended follow-up.
pub(in crate::methods) struct CompetingTimes<'a> {
    pub(in crate::methods) first: TimeToEvent<'a>,
    /// Codes of the competing event; `yes` is the code of its level.
    pub(super) competing: &'a [u32],
    pub(super) yes: u32,
}

impl CompetingTimes<'_> {
    fn end(&self, row: usize) -> End {
        if self.first.is_event(row) {
            End::Event
        } else if self.competing[row] == self.yes {
            End::Competing
        } else {
            End::Censored
        }
    }

    /// Said where the competing event never happens.
    pub(in crate::methods) fn never_competing(&self, endpoint: &Endpoint) -> Option<Notice> {
        let nobody = !self.competing.is_empty() && !self.competing.contains(&self.yes);
        nobody.then(|| Notice::Other {
            message: format!(
                "{}: nobody has it; the subdistribution hazard is the hazard of the event, and the model Cox’s.",
                endpoint.competing_text()
            ),
        })
    }
}

impl Outcome for CompetingTimes<'_> {
    type Model = Subdistribution;
    const RATIO: Quantity = Quantity::SubdistributionHazardRatio;
    const INTERCEPT: bool = false;
    const LIKELIHOOD: bool = false;

    fn is_known(&self, row: usize) -> bool {
        self.first.is_known(row) && self.competing[row] != MISSING
    }

    fn is_event(&self, row: usize) -> bool {
        self.first.is_event(row)
    }

    fn informative(events: u64, of: u64) -> u64 {
        TimeToEvent::informative(events, of)
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        self.first.constant(events, of)
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Subdistribution) {
        let time = |row: u32| self.first.times[row as usize];
        let n = |row: u32| self.first.n[row as usize] as f64;
        let end = |row: u32| self.end(row as usize);
        let censoring = Censoring::new(rows.iter().map(|row| (time(*row), end(*row), n(*row))));
        let event = rows.iter().find(|row| end(**row) == End::Event).map_or(0, |row| time(*row));
        let is_early = |row: u32| end(row) == End::Censored && time(row) < event;
        let (early, rows): (Vec<u32>, Vec<u32>) = rows.iter().copied().partition(|row| is_early(*row));
        let early = early.into_iter().map(|row| (time(row), n(row))).collect();

        let patterns = Patterns::new(covariates, &rows);
        let mut patients = vec![0.0; patterns.len()];
        let mut exits = Vec::with_capacity(rows.len());
        for (row, pattern) in rows.iter().zip(&patterns.of_row) {
            patients[*pattern as usize] += n(*row);
            exits.push(Exit { time: time(*row), end: end(*row), pattern: *pattern, n: n(*row) });
        }
        let design = Design::new(covariates, &patterns, &patients);
        let x = (Arc::clone(&design.x), design.columns.len(), patterns.len());
        let model = Subdistribution::new(x, exits, early, censoring);
        (design, model)
    }

    fn smaller(_: &Subdistribution, _: &[usize]) -> Option<Subdistribution> {
        None
    }

    fn null(model: &Subdistribution) -> Null {
        let at = model.select(&[]).evaluate(&[]);
        Null { log_likelihood: at.value, evaluation: None }
    }

    fn covariance(model: &Subdistribution, maximum: &Maximum, inverse: &Mat<f64>) -> Option<Mat<f64>> {
        Some(sandwich(model, &maximum.beta, inverse))
    }
}
