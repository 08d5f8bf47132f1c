//! The figures of a Cox model whose optimism the bootstrap tells (see `methods/optimism.rs`).
//!
//! # Formula
//! The calibration slope is the coefficient of the linear predictor in a Cox model of it alone: 1 in the patients that a
//! maximum-likelihood model was made from. Of clusters whole ones are drawn. Replicate r has the stream r of the plan's seed,
//! so that the result is the same on any number of processors.
//!
//! # References
//! van Houwelingen 2000, doi:10.1002/1097-0258(20001230)19:24<3401::AID-SIM554>3.0.CO;2-2 (calibration slope).

use super::auc::auc;
use super::brier::brier;
use super::curve::Flexible;
use super::predicted::{Predictions, Predictor};
use super::rows::agreement_of;
use crate::likelihood::Likelihood;
use crate::methods::calibration_curve::errors;
use crate::methods::concordance::TimeWeights;
use crate::methods::cox::{Firth, Partial, Ties};
use crate::methods::fitted_cox::{FittedCox, Row, Stratum};
use crate::methods::logistic::Penalty;
use crate::methods::logistic::resampling::stream;
use crate::methods::optimism::{Optimism, Replicate};
use crate::numerics::multinomial::resample;
use crate::numerics::random::Random;
use crate::numerics::sums::sum;
use crate::numerics::symmetric::inverse;
use crate::regression::{Regression, fit, fit_near};
use crate::risk_set::{Exit, RiskSets};
use std::sync::Arc;

/// Concordance, calibration slope, then AUC, Brier score and the errors along the calibration curve after each number of
/// distinct times; none where one of them does not exist, except for those errors, which then are no numbers.
pub(super) fn figures(predictions: &Predictions<'_>, passed: &[usize]) -> Option<Vec<f64>> {
    let concordance = agreement_of(predictions, TimeWeights::Harrell, None)?.value;
    let mut figures = vec![concordance, slope(predictions)?];
    for passed in passed {
        let (moment, survival) = (predictions.moment(*passed), predictions.survival(*passed));
        figures.push(auc(predictions, &moment, &survival)?.value);
        figures.push(brier(predictions, &moment, &survival).value);
    }
    if !figures.iter().all(|figure| figure.is_finite()) {
        return None;
    }
    for (at, passed) in passed.iter().enumerate() {
        let found =
            Flexible::of(predictions, *passed).map_or([f64::NAN; 4], |flexible| errors(&flexible.all));
        let place = 4 + 6 * at;
        figures.splice(place..place, found);
    }
    Some(figures)
}

/// Optimism over so many replicates.
pub(super) fn optimism(
    fitted: &FittedCox<'_>,
    passed: &[usize],
    replicates: u64,
    seed: u64,
    analysis: &str,
) -> Optimism {
    Optimism::of(replicates, |replicate| {
        let rows = drawn(fitted, &mut stream(seed, analysis, replicate as u64));
        let beta = refit(fitted, &rows)?;
        let predictor = Predictor::of(fitted, &beta, &rows);
        let own = figures(&Predictions::of(fitted, &rows, &predictor), passed)?;
        let original = figures(&Predictions::of(fitted, &fitted.rows, &predictor), passed)?;
        Some(Replicate { own, original })
    })
}

/// As many patients drawn with replacement, or as many clusters, each with all of its patients.
fn drawn(fitted: &FittedCox<'_>, random: &mut Random) -> Vec<Row> {
    let rows = fitted.rows.iter();
    let n: Vec<u64> = match &fitted.clusters {
        None => resample(&rows.clone().map(|row| row.n).collect::<Vec<_>>(), random),
        Some((of_row, count)) => {
            let mut there = vec![0; *count];
            of_row.iter().for_each(|cluster| there[*cluster as usize] = 1);
            let times = resample(&there, random);
            rows.clone().zip(of_row).map(|(row, cluster)| row.n * times[*cluster as usize]).collect()
        }
    };
    rows.zip(n).map(|(row, n)| Row { n, ..*row }).collect()
}

/// The coefficients in other patients; none where they are not finite.
fn refit(fitted: &FittedCox<'_>, rows: &[Row]) -> Option<Vec<f64>> {
    let model = partial(&fitted.strata, rows, fitted.x.clone(), fitted.patterns.len(), fitted.ties);
    inverse(&model.evaluate(&fitted.beta).information)?;
    match fitted.penalty {
        None => maximum(&model, &fitted.beta),
        Some(Penalty::Firth) => maximum(&Firth::of(model), &fitted.beta),
    }
}

/// The maximum, searched from near it.
fn maximum(model: &impl Regression, near: &[f64]) -> Option<Vec<f64>> {
    let found = fit_near(model, near.to_vec()).ok()?;
    found.separation.is_none().then_some(found.maximum.beta)
}

/// The coefficient of the linear predictor.
fn slope(predictions: &Predictions<'_>) -> Option<f64> {
    let (fitted, rows, eta) = (predictions.fitted, predictions.rows, predictions.eta());
    let of = |value: &dyn Fn(f64) -> f64| {
        sum(rows.iter().map(|row| row.total() * value(eta[row.pattern as usize]))) / predictions.total
    };
    let centre = of(&|eta| eta);
    let scale = of(&|eta| (eta - centre) * (eta - centre)).sqrt();
    if scale.is_nan() || scale < 1e-12 * (1.0 + centre.abs()) {
        return None;
    }
    let x = eta.iter().map(|eta| (eta - centre) / scale).collect();
    let model = partial(&fitted.strata, rows, x, fitted.patterns.len(), fitted.ties);
    let found = fit(&model, None).ok()?;
    found.separation.is_none().then(|| found.maximum.beta[0] / scale)
}

/// The partial likelihood of patients of some strata, whose patterns have the rows of x.
pub(super) fn partial(strata: &[Stratum], rows: &[Row], x: Vec<f64>, patterns: usize, ties: Ties) -> Partial {
    let exit = |row: &u32| {
        let Row { time, from, event, pattern, n, weight, .. } = rows[*row as usize];
        Exit { time, from, event, pattern, n: n as f64, weight }
    };
    let exits = strata.iter().map(|stratum| {
        let present = stratum.rows.iter().filter(|row| rows[**row as usize].n > 0);
        present.map(exit).collect::<Vec<Exit>>()
    });
    let weighted = rows.iter().any(|row| row.weight != 1.0);
    let sets = if weighted { RiskSets::weighted(exits, patterns) } else { RiskSets::new(exits, patterns) };
    let columns = x.len() / patterns;
    Partial::new(Arc::new(x), columns, patterns, Arc::new(sets), ties)
}
