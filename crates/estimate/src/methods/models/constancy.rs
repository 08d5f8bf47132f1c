//! Whether a coefficient that was let change with time does change.
//!
//! # Formula
//! Wald’s test of Lβ = 0: (Lβ)′ (L V L′)⁻¹ Lβ, with V the covariance of β. L picks the products with time, or takes the
//! coefficient of the first period from those of the others.

use super::ratio::{chi_squared, quadratic};
use super::rows::Fitted;
use super::{Modelling, Outcome};
use faer::Mat;
use study::{Estimate, Quantity, TestName};

/// The columns of a coefficient that may change with time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::methods) struct Changing {
    /// The term whose coefficient it is.
    pub(in crate::methods) term: String,
    /// How the columns tell a change.
    pub(in crate::methods) change: Change,
    /// The names of the columns, of each level of the term.
    pub(in crate::methods) columns: Vec<Vec<String>>,
}

/// How columns tell a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::methods) enum Change {
    /// Each is a product with a function of time: without a change its coefficient is 0.
    Product,
    /// Each is a period: without a change their coefficients are equal.
    Period,
}

impl<O: Outcome> Modelling<'_, O> {
    /// The test of every changing coefficient.
    pub(super) fn write_constancy(&mut self, report: &Fitted<'_, O::Model>) {
        let outcome = self.outcome;
        for changing in outcome.changing() {
            let Some((statistic, df)) = tested::<O>(report, changing) else { continue };
            self.results.estimates.push(Estimate {
                model: Some(report.kind),
                term: Some(changing.term.clone()),
                test: Some(chi_squared(TestName::Wald, statistic, df)),
                ..Estimate::new(Quantity::ProportionalHazards, f64::NAN)
            });
        }
    }
}

/// The statistic and its degrees of freedom; none where only one column is left to be compared with nothing.
fn tested<O: Outcome>(report: &Fitted<'_, O::Model>, changing: &Changing) -> Option<(Option<f64>, usize)> {
    let Fitted { covariates, design, fit, .. } = *report;
    // A parameter, and what its coefficient is multiplied with to be that of the variable.
    let place = |name: &String| {
        let index = covariates.iter().position(|covariate| covariate.name == *name)?;
        let at = design.columns_of(index).first().copied()?;
        Some((at + usize::from(O::INTERCEPT), 1.0 / design.columns[at].scale))
    };
    let mut contrasts: Vec<Vec<(usize, f64)>> = Vec::new();
    for columns in &changing.columns {
        let known: Vec<(usize, f64)> = columns.iter().filter_map(place).collect();
        match (changing.change, known.split_first()) {
            (Change::Product, _) => contrasts.extend(known.iter().map(|own| vec![*own])),
            (Change::Period, Some(((first, scale), others))) => {
                contrasts.extend(others.iter().map(|own| vec![*own, (*first, -scale)]));
            }
            (Change::Period, None) => {}
        }
    }
    if contrasts.is_empty() {
        return None;
    }
    let value = |contrast: &Vec<(usize, f64)>| -> Option<f64> {
        contrast.iter().map(|(k, factor)| Some(factor * fit.parameter(*k)?.0)).sum()
    };
    let covariance = |i: usize, j: usize| -> f64 {
        let pairs = contrasts[i].iter().flat_map(|a| contrasts[j].iter().map(move |b| (a, b)));
        pairs.map(|((a, f), (b, g))| f * g * fit.covariance(*a, *b).unwrap_or(f64::NAN)).sum()
    };
    let values: Option<Vec<f64>> = contrasts.iter().map(value).collect();
    let statistic = values.and_then(|values| {
        let covariance = Mat::from_fn(values.len(), values.len(), covariance);
        quadratic(&values, &covariance)
    });
    Some((statistic, contrasts.len()))
}
