//! The model of both lists of terms, as each of them sees it.

use super::likelihood::{Mixture, Part};
use crate::design::{ABSENT, Covariate, Design, Patterns};
use crate::likelihood::Likelihood;
use crate::methods::models::{Null, Outcome};
use crate::methods::parametric_survival::Reading;
use crate::methods::parametric_survival::likelihood::Row;
use crate::methods::parametric_survival::times::{LogTimes, with_constant};
use crate::numerics::symmetric::inverse;
use crate::regression::{Fit, Regression, fit};
use crate::time_law::Distribution;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use study::{Notice, Quantity};

/// Both lists of terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) incidence: &'a [&'a Covariate<'a>],
    pub(super) latency: &'a [&'a Covariate<'a>],
}

impl<'a> Terms<'a> {
    /// Each term once.
    pub(super) fn all(&self) -> Vec<&'a Covariate<'a>> {
        let mut all = self.incidence.to_vec();
        let known = |own: &&&Covariate| self.incidence.iter().all(|known| known.name != own.name);
        all.extend(self.latency.iter().filter(known));
        all
    }

    fn are_known(&self, row: usize) -> bool {
        self.incidence.iter().chain(self.latency).all(|covariate| covariate.codes[row] != ABSENT)
    }
}

/// Both matrices of a model, and the model.
pub(super) struct Built {
    pub(super) incidence: Design,
    pub(super) latency: Design,
    pub(super) model: Mixture,
}

/// The model of some rows, all of them complete.
pub(super) fn build(
    times: &LogTimes<'_>,
    law: Distribution,
    terms: Terms<'_>,
    rows: &[u32],
    (first, reported): (Part, Reading),
) -> Built {
    let (latency_design, mut latency) = times.model(law, terms.latency, rows, reported);
    let rows = times.followed(rows);
    let patterns = Patterns::new(terms.incidence, &rows);
    let mut patients = vec![0.0; patterns.len()];
    for (row, pattern) in rows.iter().zip(&patterns.of_row) {
        patients[*pattern as usize] += times.n[*row as usize] as f64;
    }
    let incidence_design = Design::new(terms.incidence, &patterns, &patients);
    let columns = incidence_design.columns.len() + 1;
    let z = with_constant(&incidence_design, patterns.len());
    let mut joint: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let (mut joint_x, mut joint_z) = (Vec::new(), Vec::new());
    let mut numbered = Vec::with_capacity(latency.rows.len());
    // Late entries come after all others, in the same order.
    let late = rows.iter().zip(&patterns.of_row).filter(|(row, _)| times.is_late(**row as usize));
    let of_row = patterns.of_row.iter().chain(late.map(|(_, pattern)| pattern));
    for (row, own) in latency.rows.iter().zip(of_row) {
        let next = joint.len() as u32;
        let pattern = *joint.entry((row.pattern, *own)).or_insert_with(|| {
            joint_x.extend_from_slice(latency.row(row.pattern as usize));
            joint_z.extend_from_slice(&z[*own as usize * columns..(*own as usize + 1) * columns]);
            next
        });
        numbered.push(Row { pattern, ..*row });
    }
    let none = vec![0.0; joint.len()];
    latency.x = Arc::new(joint_x);
    latency.rows = Arc::new(numbered);
    (latency.shift, latency.offset) = (none.clone(), none.clone());
    let uncured = vec![false; joint.len()];
    let model = Mixture { latency, z: Arc::new(joint_z), incidence: columns, offset: none, uncured, first };
    Built { incidence: incidence_design, latency: latency_design, model }
}

/// The odds of being cured.
pub(super) struct Incidence<'a> {
    pub(super) times: &'a LogTimes<'a>,
    pub(super) law: Distribution,
    pub(super) terms: Terms<'a>,
}

/// The time of those who are not cured, its ratios those of times or of hazards.
pub(super) struct Latency<'a, const HAZARDS: bool> {
    pub(super) times: &'a LogTimes<'a>,
    pub(super) law: Distribution,
    pub(super) terms: Terms<'a>,
}

/// The log-likelihood without the terms of the first part.
fn without_terms(model: &Mixture) -> Null {
    let columns = match model.first {
        Part::Incidence => model.incidence,
        Part::Latency => model.latency.columns,
    };
    let others: Vec<usize> = (columns - 1..model.parameters()).collect();
    let log_likelihood = fit(&model.select(&others), None).map_or(f64::NAN, |fit| fit.log_likelihood());
    Null { log_likelihood, evaluation: None }
}

impl Outcome for Incidence<'_> {
    type Model = Mixture;
    const RATIO: Quantity = Quantity::OddsRatio;
    const INTERCEPT: bool = false;

    fn is_known(&self, row: usize) -> bool {
        self.times.is_known(row) && self.terms.are_known(row)
    }

    fn is_observed(&self, row: usize) -> bool {
        self.times.is_observed(row)
    }

    fn is_event(&self, row: usize) -> bool {
        self.times.is_event(row)
    }

    fn informative(events: u64, of: u64) -> u64 {
        events.min(of - events)
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        self.times.constant(events, of)
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Mixture) {
        let terms = Terms { incidence: covariates, latency: self.terms.latency };
        let built = build(self.times, self.law, terms, rows, (Part::Incidence, Reading::Hazards));
        (built.incidence, built.model)
    }

    fn smaller(_: &Mixture, _: &[usize]) -> Option<Mixture> {
        None
    }

    fn null(model: &Mixture) -> Null {
        without_terms(model)
    }
}

impl<const HAZARDS: bool> Outcome for Latency<'_, HAZARDS> {
    type Model = Mixture;
    const RATIO: Quantity = if HAZARDS { Quantity::HazardRatio } else { Quantity::TimeRatio };
    const INTERCEPT: bool = false;

    fn is_known(&self, row: usize) -> bool {
        self.times.is_known(row) && self.terms.are_known(row)
    }

    fn is_observed(&self, row: usize) -> bool {
        self.times.is_observed(row)
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

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Mixture) {
        let terms = Terms { incidence: self.terms.incidence, latency: covariates };
        let reading = if HAZARDS { Reading::Hazards } else { Reading::Times };
        let built = build(self.times, self.law, terms, rows, (Part::Latency, reading));
        (built.latency, built.model)
    }

    fn smaller(_: &Mixture, _: &[usize]) -> Option<Mixture> {
        None
    }

    fn null(model: &Mixture) -> Null {
        without_terms(model)
    }

    fn reported(fit: Fit<'_, Mixture>) -> Fit<'_, Mixture> {
        if HAZARDS { fit } else { in_times(fit) }
    }
}

/// A fit with its latency in the parameters of time; at a maximum the information follows them.
pub(super) fn in_times(mut fit: Fit<'_, Mixture>) -> Fit<'_, Mixture> {
    let (model, beta) = fit.model.in_times(&fit.maximum.beta);
    let at = model.evaluate(&beta);
    let Some(covariance) = inverse(&at.information) else { return fit };
    // Its signs are asked for where a ratio of the latency is infinite, and nowhere else.
    if let Some(direction) = &mut fit.direction {
        direction.iter_mut().for_each(|value| *value = -*value);
    }
    fit.model = Cow::Owned(model);
    (fit.maximum.beta, fit.maximum.at, fit.covariance) = (beta, at, covariance);
    fit
}
