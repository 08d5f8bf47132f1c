//! One model of all terms together, for what is computed from it.

use super::{ModelOptions, Outcome, ReadTerms, read_terms};
use crate::design::{ABSENT, Covariate, Design, Scale};
use crate::methods::fitted_cox::without_model;
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
    describe(table, outcome, &covariates, endpoint, &rows, results);
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
            let covariance = O::covariance(&model, &fit.maximum, &fit.covariance);
            let covariance = covariance.unwrap_or_else(|| fit.covariance.clone());
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

/// Writes who was analysed.
fn describe<O: Outcome>(
    table: &CountTable,
    outcome: &O,
    covariates: &[Covariate<'_>],
    endpoint: &str,
    rows: &[u32],
    results: &mut Results,
) {
    let lacking = |absent: &dyn Fn(usize) -> bool| -> u64 {
        (0..table.rows()).filter(|row| absent(*row)).map(|row| table.n()[row]).sum()
    };
    let mut missing =
        vec![MissingCount { variable: endpoint.into(), n: lacking(&|row| !outcome.is_known(row)) }];
    for covariate in covariates.iter().filter(|covariate| !matches!(covariate.scale, Scale::Interaction(_))) {
        let n = lacking(&|row| covariate.codes[row] == ABSENT);
        missing.push(MissingCount { variable: covariate.name.clone(), n });
    }
    results.notices.extend(excluded(&missing));
    let n = rows.iter().map(|row| table.n()[*row as usize]).sum();
    let with = rows.iter().filter(|row| outcome.is_event(**row as usize));
    let events = with.map(|row| table.n()[*row as usize]).sum();
    results.participants.eligible = table.total();
    results.participants.analysed = n;
    results.participants.missing = missing;
    results.groups = vec![Group { level: None, label: "All patients".into(), n, events: Some(events) }];
}
