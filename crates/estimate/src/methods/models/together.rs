//! One model of all terms together, for what is computed from it.

use super::{ModelOptions, Outcome, ReadTerms, read_terms, void_variance};
use crate::design::{ABSENT, Covariate, Design, Scale};
use crate::missing::excluded;
use crate::regression::{self, NotConverged};
use faer::Mat;
use study::{Analysis, CountTable, Group, MissingCount, Notice, Problem, Results};

/// A fitted model.
pub(in crate::methods) struct Together<'a, M> {
    /// Its terms.
    pub(in crate::methods) covariates: Vec<Covariate<'a>>,
    /// Its columns, standardised.
    pub(in crate::methods) design: Design,
    /// The rows without a missing value.
    pub(in crate::methods) rows: Vec<u32>,
    /// Its likelihood.
    pub(in crate::methods) model: M,
    /// Coefficients of the standardised columns.
    pub(in crate::methods) beta: Vec<f64>,
    /// Their covariance.
    pub(in crate::methods) covariance: Mat<f64>,
    /// The inverse of their information.
    pub(in crate::methods) inverse: Mat<f64>,
}

impl<'a, M> Together<'a, M> {
    /// The same without the likelihood, whose kind then no longer matters.
    pub(in crate::methods) fn without_likelihood(self) -> Together<'a, ()> {
        let Self { covariates, design, rows, beta, covariance, inverse, .. } = self;
        Together { covariates, design, rows, model: (), beta, covariance, inverse }
    }
}

/// What the model and its ratios are called.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Naming {
    pub(in crate::methods) model: &'static str,
    pub(in crate::methods) ratio: &'static str,
}

/// Fits the model and writes into the results who was analysed; `None`, with a notice, where there is no finite model.
pub(in crate::methods) fn together<'a, O: Outcome>(
    outcome: &O,
    table: &'a CountTable,
    options: &ModelOptions<'_>,
    analysis: &Analysis,
    (endpoint, naming): (&str, Naming),
    results: &mut Results,
) -> Result<Option<Together<'a, O::Model>>, Problem> {
    let ReadTerms { covariates, labels } = read_terms(table, analysis, &options.all_terms())?;
    results.variables.extend(labels);
    let known = |row: usize| outcome.is_known(row) && covariates.iter().all(|c| c.codes[row] != ABSENT);
    let rows: Vec<u32> = (0..table.rows()).filter(|row| known(*row)).map(|row| row as u32).collect();
    let plain = covariates.iter().filter(|covariate| !matches!(covariate.scale, Scale::Interaction(_)));
    let missing = plain.map(|covariate| {
        let mut lacking = (0..table.rows() as u32).filter(|row| covariate.codes[*row as usize] == ABSENT);
        MissingCount { variable: covariate.name.clone(), n: outcome.count(table.n(), &mut lacking).of }
    });
    describe(table, outcome, missing.collect(), endpoint, &rows, results);
    let group = &results.groups[0];
    if let Some(notice) = outcome.constant(group.events.unwrap_or(0), group.n) {
        results.notices.push(notice);
        return Ok(None);
    }
    let refs: Vec<&Covariate> = covariates.iter().collect();
    let (design, model) = outcome.model(&refs, &rows);
    results.notices.extend(design.notices.iter().cloned());
    if design.columns.is_empty() {
        without_model(results, "No term varies among those at risk");
        return Ok(None);
    }
    let fitted = match regression::fit(&model, None) {
        Ok(fit) if fit.separation.is_none() => {
            let mut covariance = fit.covariance.clone();
            if let Some(robust) = O::covariance(&model, &fit.maximum, &fit.covariance) {
                covariance = robust;
                let void = void_variance::withhold(&mut covariance, &fit.covariance);
                let parameter = |at| Some(at + usize::from(O::INTERCEPT));
                results.notices.extend(void_variance::notices(&void, &design, &refs, parameter));
            }
            Some((fit.maximum.beta.clone(), covariance, fit.covariance.clone()))
        }
        Ok(_) => {
            let message = format!(
                "A {} of the model is infinite (a level goes with the event without exception)",
                naming.ratio
            );
            without_model(results, &message);
            None
        }
        Err(NotConverged(iterations)) => {
            results.notices.push(Notice::NotConverged { model: naming.model.into(), iterations });
            None
        }
    };
    Ok(fitted.map(|(beta, covariance, inverse)| Together {
        covariates,
        design,
        rows,
        model,
        beta,
        covariance,
        inverse,
    }))
}

/// What is said where there is no fitted model to follow.
fn without_model(results: &mut Results, reason: &str) {
    let message = format!("{reason}: nothing can be computed from the model.");
    results.notices.push(Notice::Other { message });
}

/// Writes who was analysed, and who lacks what; `further` is missing beside what the outcome needs.
pub(in crate::methods) fn describe<O: Outcome>(
    table: &CountTable,
    outcome: &O,
    further: Vec<MissingCount>,
    endpoint: &str,
    rows: &[u32],
    results: &mut Results,
) {
    let count = |rows: &mut dyn Iterator<Item = u32>| outcome.count(table.n(), rows);
    let all = || 0..table.rows() as u32;
    let n = count(&mut all().filter(|row| !outcome.is_observed(*row as usize))).of;
    let mut missing = vec![MissingCount { variable: endpoint.into(), n }];
    missing.extend_from_slice(outcome.lacking());
    missing.extend(further);
    results.notices.extend(excluded(&missing));
    let found = count(&mut rows.iter().copied());
    results.participants.eligible = count(&mut all()).of;
    results.participants.analysed = found.of;
    results.participants.missing = missing;
    results.groups =
        vec![Group { level: None, label: "All patients".into(), n: found.of, events: Some(found.events) }];
}
