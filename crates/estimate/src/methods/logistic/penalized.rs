//! The binary outcome under Firth's penalty.

use super::firth::Firth;
use super::outcome::Binary;
use crate::design::{Covariate, Design};
use crate::interval::IntervalChoice;
use crate::likelihood::{Likelihood, Maximum};
use crate::methods::kaplan_meier::percent;
use crate::methods::models::{Null, Outcome};
use crate::numerics::symmetric::inverse;
use crate::regression::fit;
use faer::Mat;
use study::notice::SeparationKind;
use study::{Notice, Quantity};

/// A binary outcome whose model is penalized.
pub(super) struct Penalized<'a>(pub(super) &'a Binary);

impl Outcome for Penalized<'_> {
    type Model = Firth;
    const RATIO: Quantity = Quantity::OddsRatio;
    const INTERCEPT: bool = true;
    const PENALIZED: bool = true;

    fn is_known(&self, row: usize) -> bool {
        self.0.is_known(row)
    }

    fn is_event(&self, row: usize) -> bool {
        self.0.is_event(row)
    }

    fn informative(events: u64, of: u64) -> u64 {
        Binary::informative(events, of)
    }

    fn constant(&self, events: u64, of: u64) -> Option<Notice> {
        self.0.constant(events, of)
    }

    fn model(&self, covariates: &[&Covariate], rows: &[u32]) -> (Design, Firth) {
        let (design, binomial) = self.0.model(covariates, rows);
        // |I| in the units of the variables; where the columns are centred makes no difference.
        let units = design.columns.iter().map(|column| libm::log(column.scale)).sum();
        (design, Firth::new(binomial, units))
    }

    fn smaller(_: &Firth, _: &[usize]) -> Option<Firth> {
        None
    }

    /// The penalty is that of the whole design: coefficients are held at 0, their columns stay. Then every weight is
    /// π(1 − π) for each patient, |I| is in proportion to its pth power, and the maximum is where p/2 patients with the
    /// event and p/2 without have been added.
    fn null(model: &Firth) -> Null {
        let half = 0.5 * model.parameters() as f64;
        let total = |counts: &[f64]| counts.iter().sum::<f64>();
        let mut beta = vec![0.0; model.parameters()];
        beta[0] = libm::log((total(&model.binomial.events) + half) / (total(&model.binomial.others) + half));
        Null { log_likelihood: model.value(&beta), evaluation: None }
    }

    fn kept_finite(model: &Firth, beta: &[f64]) -> Vec<(usize, SeparationKind)> {
        let start = Some((beta.to_vec(), model.binomial.evaluate(beta)));
        let Ok(unpenalized) = fit(&model.binomial, start) else { return Vec::new() };
        let Some(kind) = unpenalized.separation else { return Vec::new() };
        (1..model.parameters()).filter(|k| unpenalized.position(*k).is_none()).map(|k| (k, kind)).collect()
    }

    /// I⁻¹ = (X′WX)⁻¹, as Firth and Heinze & Schemper have it; not the inverse of the penalized curvature.
    fn covariance(model: &Firth, maximum: &Maximum, _: &Mat<f64>) -> Option<Mat<f64>> {
        inverse(&model.fisher_information(&maximum.beta))
    }
}

/// How P values and intervals of penalized ratios were made.
pub(in crate::methods) fn interval_sentence(interval: IntervalChoice, confidence_level: f64) -> String {
    let percent = percent(confidence_level);
    let made = match interval {
        IntervalChoice::Wald | IntervalChoice::Score => {
            format!("P values and {percent}% confidence intervals of ratios are Wald’s.")
        }
        IntervalChoice::Profile => format!(
            "P values of ratios are from penalized likelihood-ratio tests, with the penalty of the full design, and \
             {percent}% confidence intervals from the penalized profile likelihood."
        ),
    };
    format!("{made} Standard errors are from the inverse of Fisher’s information.")
}
