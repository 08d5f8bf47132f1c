//! Parametric survival models, as the run of models sees them.

use super::Reading;
use super::likelihood::Accelerated;
use super::times::LogTimes;
use crate::design::{Covariate, Design};
use crate::likelihood::{Likelihood, maximise};
use crate::methods::models::{Null, Outcome};
use crate::numerics::symmetric::inverse;
use crate::regression::{Fit, Regression};
use crate::time_law::Distribution;
use std::borrow::Cow;
use study::{Notice, Quantity};

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
