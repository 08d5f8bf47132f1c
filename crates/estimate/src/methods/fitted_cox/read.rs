//! From options and counts to a fitted model.

use super::strata::strata_of;
use super::{CoxTerms, FittedCox, Row};
use crate::design::{Covariate, Patterns};
use crate::methods::cox::{Multiplied, Penalized, RobustScale, Variance, name_outcome, read};
use crate::methods::logistic::Penalty;
use crate::methods::models::{Naming, Outcome, Together, together};
use study::{Analysis, ColumnSource, Convention, CountTable, Plan, Problem, Results};

const NAMING: Naming = Naming { model: "Cox model", ratio: "hazard ratio" };

/// Fits the model to a table as the weights have it and writes into the results what was done and who was analysed;
/// `None`, with a notice, where there is no finite model.
pub(in crate::methods) fn fit<'a>(
    terms: &CoxTerms,
    analysis: &Analysis,
    plan: &Plan,
    counted: &'a Multiplied<'_>,
    results: &mut Results,
) -> Result<Option<FittedCox<'a>>, Problem> {
    let table: &CountTable = &counted.table;
    let mut options = terms.0.clone();
    options.ties = Some(terms.ties(plan));
    let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
    let column = |source: ColumnSource| table.column(&source.column());
    let time = column(ColumnSource::Time(endpoint.name.clone()))?;
    let mut notices = counted.notices.clone();
    let mut outcome = read(&mut options, analysis, endpoint, table, &mut notices)?;
    outcome.robust_scale = RobustScale::of(plan.dialect(Convention::RobustVariance));
    outcome.lacking.extend(counted.lacking.iter().cloned());
    if let Some(options_told) = results.options.as_object_mut() {
        let variance = serde_json::to_value(options.variance())
            .map_err(|error| Problem::internal(format!("a variance cannot be written: {error}")))?;
        options_told.insert("variance".into(), variance);
    }
    let options = CoxTerms(options);
    results.methods_text.splice(0..0, options.sentences(plan, endpoint));
    let options = options.0;
    name_outcome(&options, endpoint, results);
    results.notices.extend(notices);
    let models = options.models();
    let name = (endpoint.name.as_str(), NAMING);
    let found = match options.penalty {
        None => {
            together(&outcome, table, &models, analysis, name, results)?.map(Together::without_likelihood)
        }
        Some(Penalty::Firth) => together(&Penalized(&outcome), table, &models, analysis, name, results)?
            .map(Together::without_likelihood),
    };
    options.label(std::slice::from_ref(counted.counted), results)?;
    let Some(Together { covariates, design, rows, beta, covariance, inverse, .. }) = found else {
        return Ok(None);
    };
    // The penalized likelihood has the inverse information without the penalty for its covariance.
    let (covariance, robust) = match (options.penalty, options.variance()) {
        (Some(Penalty::Firth), _) => (covariance, None),
        (None, Variance::Robust) => (inverse, Some(covariance)),
        (None, Variance::Model) => (inverse, None),
    };
    let refs: Vec<&Covariate> = covariates.iter().collect();
    let patterns = Patterns::new(&refs, &rows);
    let x = design.rows_of(&refs, &patterns);
    let eta: Vec<f64> =
        x.chunks_exact(beta.len()).map(|row| row.iter().zip(&beta).map(|(x, b)| x * b).sum()).collect();
    let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let risk = eta.iter().map(|eta| libm::exp(eta - shift)).collect();
    let (strata, stratum) = strata_of(table, &options.strata, &rows)?;
    let (values, scale) = (time.numbers()?, endpoint.scale());
    // Distinct times: in the endpoint's unit, and as the outcome numbers them.
    let (mut times, mut numbers) = (Vec::new(), Vec::new());
    for row in &rows {
        let row = *row as usize;
        if numbers.last() != Some(&outcome.times[row]) {
            numbers.push(outcome.times[row]);
            times.push(values[row] / scale);
        }
    }
    let position = |number: u32| numbers.partition_point(|known| *known < number) as u32;
    let counted = rows.iter().zip(&patterns.of_row).zip(&stratum).map(|((row, pattern), stratum)| {
        let row = *row as usize;
        Row {
            time: position(outcome.times[row]),
            from: outcome.from.get(row).map_or(0, |from| position(*from)),
            event: outcome.is_event(row),
            pattern: *pattern,
            stratum: *stratum,
            n: table.n()[row],
            weight: outcome.weights.as_ref().map_or(1.0, |weights| weights[row]),
        }
    });
    let entries = column(ColumnSource::Entry(endpoint.name.clone())).ok().map(|entry| entry.numbers());
    let begin = entries.transpose()?.map_or(0.0, |entries| {
        rows.iter().map(|row| entries[*row as usize] / scale).fold(f64::INFINITY, f64::min)
    });
    let patients =
        outcome.units.as_ref().map(|units| rows.iter().map(|row| units.of_row[*row as usize]).collect());
    let (of_row, count) = outcome.clusters_or_patients();
    let clusters = of_row.map(|of_row| rows.iter().map(|row| of_row[*row as usize]).collect()).zip(count);
    let fitted = FittedCox {
        rows: counted.collect(),
        of_table: rows.clone(),
        strata,
        patients,
        clusters,
        design,
        times,
        begin,
        patterns,
        x,
        beta,
        covariance,
        robust,
        eta,
        risk,
        shift,
        ties: terms.ties(plan),
        penalty: options.penalty,
        covariates,
    };
    Ok(Some(fitted))
}
