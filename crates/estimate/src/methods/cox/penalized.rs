//! The time to an event under Firth's penalty.

use super::firth::Firth;
use super::outcome::TimeToEvent;
use crate::design::{Covariate, Design};
use crate::likelihood::{Likelihood, Maximum};
use crate::methods::models::{Changing, Count, Null, Outcome, Predicting};
use crate::numerics::symmetric::inverse;
use crate::regression::fit;
use faer::Mat;
use study::notice::SeparationKind;
use study::{Estimate, MissingCount, Notice, Quantity};

/// A time to an event whose model is penalized.
pub(in crate::methods) struct Penalized<'a>(pub(in crate::methods) &'a TimeToEvent<'a>);

impl Outcome for Penalized<'_> {
    type Model = Firth;
    const RATIO: Quantity = Quantity::HazardRatio;
    const INTERCEPT: bool = false;
    const PENALIZED: bool = true;

    fn is_known(&self, row: usize) -> bool {
        self.0.is_known(row)
    }

    fn is_event(&self, row: usize) -> bool {
        self.0.is_event(row)
    }

    fn is_observed(&self, row: usize) -> bool {
        self.0.is_observed(row)
    }

    fn lacking(&self) -> &[MissingCount] {
        self.0.lacking()
    }

    fn count(&self, n: &[u64], rows: &mut dyn Iterator<Item = u32>) -> Count {
        self.0.count(n, rows)
    }

    fn informative(events: u64, of: u64) -> u64 {
        TimeToEvent::informative(events, of)
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        self.0.constant(events, of)
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Firth) {
        let (design, partial) = self.0.model(covariates, rows);
        let units = design.columns.iter().map(|column| libm::log(column.scale)).sum();
        (design, Firth::new(partial, units))
    }

    fn smaller(_: &Firth, _: &[usize]) -> Option<Firth> {
        None
    }

    /// The penalty is that of the whole design: coefficients are held at 0, their columns stay.
    fn null(model: &Firth) -> Null {
        Null { log_likelihood: model.value(&model.start()), evaluation: None }
    }

    fn kept_finite(model: &Firth, beta: &[f64]) -> Vec<(usize, SeparationKind)> {
        let start = Some((beta.to_vec(), model.partial.evaluate(beta)));
        let Ok(unpenalized) = fit(&model.partial, start) else { return Vec::new() };
        let Some(kind) = unpenalized.separation else { return Vec::new() };
        (0..model.parameters()).filter(|k| unpenalized.position(*k).is_none()).map(|k| (k, kind)).collect()
    }

    fn changing(&self) -> &[Changing] {
        self.0.changing()
    }

    fn performance(&self, model: &Predicting<'_>) -> Vec<Estimate> {
        self.0.performance(model)
    }

    /// I⁻¹ of the likelihood without penalty, as Heinze and Schemper have it; not the inverse of the penalized curvature.
    fn covariance(model: &Firth, maximum: &Maximum, _: &Mat<f64>) -> Option<Mat<f64>> {
        inverse(&model.partial.evaluate(&maximum.beta).information)
    }
}
