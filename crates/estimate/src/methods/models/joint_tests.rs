//! Tests of several terms together, where a model has interactions.
//!
//! # Formula
//! A variable with its interactions: all columns in which it has a part, so that the test asks whether the outcome depends on
//! it at all, whatever the reference levels of the others; an interaction with the larger ones that contain it likewise.
//! Further: all interactions of a variable or of the model, all columns that bend a number or any number, and all interactions
//! and bends, without which effects are straight lines that add up.
//! Each by the likelihood ratio of the models with and without the columns and by Wald's β′V⁻¹β. A test that would be the same
//! as one of a single term is left out.
//! # References
//! Harrell 2015, Regression Modeling Strategies, §2.3 and §9.2, doi:10.1007/978-3-319-19425-7.

use super::modelling::{Modelling, Outcome};
use super::ratio::joint_wald;
use super::rows::{Fitted, score_of};
use crate::design::{Covariate, Design, DesignColumn, Scale};
use crate::interval::IntervalChoice;
use study::Quantity;

/// Columns that are tested together.
#[derive(Debug, PartialEq)]
struct Joint<'a> {
    quantity: Quantity,
    /// The variable or interaction; absent for the model as a whole.
    term: Option<&'a str>,
    columns: Vec<usize>,
}

impl<O: Outcome> Modelling<'_, O> {
    /// The rows of all such tests of a model.
    pub(super) fn write_joint_tests(&mut self, report: &Fitted<'_, O::Model>, model: &O::Model) {
        let first = usize::from(O::INTERCEPT);
        for Joint { quantity, term, columns } in joint(report.covariates, report.design) {
            let parameters: Vec<usize> = columns.iter().map(|at| at + first).collect();
            let mut tests = Vec::new();
            if self.outcome.is_likelihood() {
                tests.push(self.without_term(report, model, &parameters));
            }
            if self.interval == IntervalChoice::Score {
                tests.push(Some(score_of(model, report.fit, &parameters)));
            }
            tests.push(Some(joint_wald(report.fit, &parameters)));
            self.keep_covariance(report, quantity, term, &columns);
            tests.into_iter().for_each(|test| self.write_test(report.kind, quantity, term, test));
        }
    }
}

/// What is tested together in a model with interactions, in the order of the terms; the model as a whole last.
fn joint<'a>(covariates: &[&'a Covariate<'a>], design: &Design) -> Vec<Joint<'a>> {
    let crossed: Vec<usize> = (0..covariates.len()).filter(|at| !parts(covariates[*at]).is_empty()).collect();
    let of = |chosen: &dyn Fn(&DesignColumn) -> bool| -> Vec<usize> {
        (0..design.columns.len()).filter(|at| chosen(&design.columns[*at])).collect()
    };
    let is_crossed = |column: &DesignColumn| crossed.contains(&column.covariate);
    let mut found = Vec::new();
    for (own, covariate) in covariates.iter().enumerate() {
        let name = covariate.name.as_str();
        let whole = variables(covariate);
        let contains = |other: &usize| {
            let larger = parts(covariates[*other]);
            *other != own && whole.iter().all(|variable| larger.contains(variable))
        };
        let with: Vec<usize> = crossed.iter().copied().filter(contains).collect();
        if with.is_empty() {
            continue;
        }
        let mut push = |quantity, columns| found.push(Joint { quantity, term: Some(name), columns });
        let takes_part = |column: &DesignColumn| column.covariate == own || with.contains(&column.covariate);
        push(Quantity::TotalEffect, of(&takes_part));
        if crossed.contains(&own) {
            continue;
        }
        if with.len() > 1 {
            push(Quantity::TotalInteraction, of(&|column| with.contains(&column.covariate)));
        }
        let bends = |column: &DesignColumn| bent(covariates[column.covariate], column).contains(&name);
        push(Quantity::TotalNonlinearity, of(&bends));
    }
    let mut push = |quantity, columns| found.push(Joint { quantity, term: None, columns });
    let bends = |column: &DesignColumn| !bent(covariates[column.covariate], column).is_empty();
    let splines = covariates.iter().filter(|one| matches!(one.scale, Scale::Spline(_))).count();
    if crossed.len() > 1 {
        push(Quantity::TotalInteraction, of(&is_crossed));
    }
    if splines > 1 {
        push(Quantity::TotalNonlinearity, of(&bends));
    }
    if splines > 0 && !crossed.is_empty() {
        push(Quantity::LinearAdditive, of(&|column| is_crossed(column) || bends(column)));
    }
    found.retain(|one| !one.columns.is_empty());
    found
}

/// The variables of a term.
fn variables<'a>(covariate: &'a Covariate<'a>) -> Vec<&'a str> {
    let parts = parts(covariate);
    if parts.is_empty() { vec![covariate.name.as_str()] } else { parts }
}

/// The variables of an interaction; none of another term.
fn parts<'a>(covariate: &'a Covariate<'a>) -> Vec<&'a str> {
    match &covariate.scale {
        Scale::Interaction(interaction) => interaction.parts.iter().map(|part| part.name.as_str()).collect(),
        Scale::Factor { .. } | Scale::Number(_) | Scale::Spline(_) => Vec::new(),
    }
}

/// The numbers in which a column is no straight line.
fn bent<'a>(covariate: &'a Covariate<'a>, column: &DesignColumn) -> Vec<&'a str> {
    match &covariate.scale {
        Scale::Spline(_) if column.basis > 0 => vec![covariate.name.as_str()],
        Scale::Interaction(interaction) => interaction.bent(column.basis),
        Scale::Factor { .. } | Scale::Number(_) | Scale::Spline(_) => Vec::new(),
    }
}
