//! From options and counts to a fitted model.

use super::strata::strata_of;
use super::{CoxTerms, FittedCox, Row, without_model};
use crate::design::{ABSENT, Covariate, Patterns, Scale};
use crate::methods::cox::{Multiplied, TimeToEvent, read};
use crate::methods::models::{Outcome, ReadTerms, name_endpoint, read_terms};
use crate::missing::excluded;
use crate::regression;
use study::{Analysis, ColumnSource, CountTable, Group, MissingCount, Notice, Plan, Problem, Results};

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
    let mut notices = Vec::new();
    let mut outcome = read(&mut options, analysis, endpoint, table, &mut notices)?;
    outcome.lacking.extend(counted.lacking.iter().cloned());
    if let Some(options_told) = results.options.as_object_mut() {
        let variance = serde_json::to_value(options.variance())
            .map_err(|error| Problem::internal(format!("a variance cannot be written: {error}")))?;
        options_told.insert("variance".into(), variance);
    }
    let options = CoxTerms(options);
    results.methods_text.splice(0..0, options.sentences(plan, endpoint));
    let options = options.0;
    name_endpoint(endpoint, results);
    let ReadTerms { covariates, labels } = read_terms(table, analysis, &options.models().all_terms())?;
    results.variables.extend(labels);
    options.label(std::slice::from_ref(table), results)?;
    results.notices.extend(notices);
    let known = |row: usize| outcome.is_known(row) && covariates.iter().all(|c| c.codes[row] != ABSENT);
    let rows: Vec<u32> = (0..table.rows()).filter(|row| known(*row)).map(|row| row as u32).collect();
    let plain = covariates.iter().filter(|covariate| !matches!(covariate.scale, Scale::Interaction(_)));
    let missing = plain.map(|covariate| {
        let mut lacking = (0..table.rows() as u32).filter(|row| covariate.codes[*row as usize] == ABSENT);
        MissingCount { variable: covariate.name.clone(), n: outcome.count(table.n(), &mut lacking).of }
    });
    describe(table, &outcome, missing.collect(), &endpoint.name, &rows, results);
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
    let (beta, covariance, robust) = match regression::fit(&model, None) {
        Ok(fit) if fit.separation.is_none() => {
            let robust = TimeToEvent::covariance(&model, &fit.maximum, &fit.covariance);
            (fit.maximum.beta.clone(), fit.covariance.clone(), robust)
        }
        Ok(_) => {
            let reason =
                "A hazard ratio of the model is infinite (a level goes with the event without exception)";
            without_model(results, reason);
            return Ok(None);
        }
        Err(regression::NotConverged(iterations)) => {
            results.notices.push(Notice::NotConverged { model: "Cox model".into(), iterations });
            return Ok(None);
        }
    };
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
    let fitted = FittedCox {
        rows: counted.collect(),
        of_table: rows.clone(),
        strata,
        patients,
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
        covariates,
    };
    Ok(Some(fitted))
}

/// Writes who was analysed, and who lacks what; `further` is missing beside what the outcome needs.
pub(in crate::methods) fn describe(
    table: &CountTable,
    outcome: &TimeToEvent<'_>,
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
