//! The rows of variance inflation of a model with several terms.

use super::modelling::{Modelling, Outcome};
use super::rows::Fitted;
use crate::design::{Covariate, Design};
use crate::numerics::symmetric::inverse;
use crate::variance_inflation::generalised_variance_inflation;
use faer::Mat;
use study::results::finite;
use study::{Estimate, Model, Quantity, Results};

impl<O: Outcome> Modelling<'_, O> {
    /// Says of each term how much the others tell of it, where all estimates are finite.
    pub(super) fn write_inflation(&mut self, report: &Fitted<'_, O::Model>) {
        let first = usize::from(O::INTERCEPT);
        let columns = report.design.columns.len();
        if report.kind != Model::Multivariable
            || (0..columns).any(|k| report.fit.position(k + first) != Some(k + first))
        {
            return;
        }
        // A robust variance is about the residuals too; what terms tell of each other is in the information.
        let information =
            (!self.outcome.is_likelihood()).then(|| inverse(&report.fit.maximum.at.information));
        let covariance = match &information {
            Some(inverse) => inverse.as_ref(),
            None => Some(&report.fit.covariance),
        };
        if let Some(covariance) = covariance {
            write_inflation(self.results, covariance, first, report.design, report.covariates);
        }
    }
}

/// The rows, from the covariance of all parameters of which the columns begin at `first`.
pub(in crate::methods) fn write_inflation(
    results: &mut Results,
    covariance: &Mat<f64>,
    first: usize,
    design: &Design,
    covariates: &[&Covariate],
) {
    let columns = |index| design.columns_of(index).into_iter().map(|at| at + first).collect::<Vec<_>>();
    let terms: Vec<(&str, Vec<usize>)> = covariates
        .iter()
        .enumerate()
        .map(|(index, covariate)| (covariate.name.as_str(), columns(index)))
        .filter(|(_, own)| !own.is_empty())
        .collect();
    if terms.len() < 2 {
        return;
    }
    let own: Vec<Vec<usize>> = terms.iter().map(|(_, own)| own.clone()).collect();
    for ((name, own), found) in terms.iter().zip(generalised_variance_inflation(covariance, &own)) {
        let Some(value) = found else { continue };
        let root = libm::pow(value, 0.5 / own.len() as f64);
        for (quantity, value) in [(Quantity::VarianceInflation, value), (Quantity::ErrorInflation, root)] {
            results.estimates.push(Estimate {
                model: Some(Model::Multivariable),
                term: Some((*name).into()),
                value: finite(value),
                n: Some(own.len() as u64),
                ..Estimate::new(quantity, value)
            });
        }
    }
}
