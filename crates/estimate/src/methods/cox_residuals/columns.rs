//! The residuals, column by column.

use super::{CoxResidualsOptions, lines};
use crate::design::Scale;
use crate::methods::fitted_cox::{
    Course, FittedCox, Members, Passed, entries, scaled_schoenfeld, schoenfeld,
};
use crate::numerics::incomplete::deviance;
use study::results::finite;
use study::{ResidualColumn, ResidualKind, ResidualUnit, Results};

/// One column of every row.
type Column = Vec<f64>;

/// Writes the residuals that are asked for, the most influential rows, and the lines through residuals.
pub(super) fn write(fitted: &FittedCox<'_>, options: &CoxResidualsOptions, z: f64, results: &mut Results) {
    let course = Course::of(fitted.members());
    let passed = Passed::of(&fitted.rows, &course, fitted.columns());
    let expected: Column =
        fitted.rows.iter().zip(&passed.hazard).map(|(row, h)| h * risk(fitted, row)).collect();
    let martingale: Column = residuals(fitted, &expected);
    let score = score(fitted, &course, &passed);
    let change = change(fitted, &score);
    let displacement: Column = (0..fitted.rows.len())
        .map(|row| score.iter().zip(&change).map(|(score, change)| score[row] * change[row]).sum())
        .collect();
    let null = null_martingale(fitted);

    let named = |kind, j: usize, values: Column| {
        let (term, level) = fitted.name(j);
        ResidualColumn { kind, term: Some(term), level, values: values.into_iter().map(finite).collect() }
    };
    let plain = |kind, values: Column| ResidualColumn {
        kind,
        term: None,
        level: None,
        values: values.into_iter().map(finite).collect(),
    };
    let scale = |j: usize| fitted.design.columns[j].scale;
    let scaled = |j: usize, column: &[f64], factor: f64| named_values(column, factor, scale(j));
    let mut every = values(fitted);
    every.push(plain(ResidualKind::LinearPredictor, per_row(fitted, &fitted.eta)));
    every.push(plain(ResidualKind::NullMartingale, null.clone()));
    every.push(plain(ResidualKind::Martingale, martingale.clone()));
    every.push(plain(ResidualKind::Deviance, deviances(fitted, &expected, &martingale)));
    every.push(plain(ResidualKind::Displacement, displacement.clone()));
    for (j, (score, change)) in score.iter().zip(&change).enumerate() {
        let scores = score.iter().map(|value| value * scale(j)).collect();
        every.push(named(ResidualKind::Score, j, scores));
        every.push(named(ResidualKind::Dfbeta, j, scaled(j, change, 1.0)));
        let std_error = fitted.covariance[(j, j)].sqrt();
        every.push(named(ResidualKind::Dfbetas, j, change.iter().map(|value| value / std_error).collect()));
    }
    lines::write(fitted, &every, z, results);

    let always = |kind| {
        use ResidualKind::*;
        matches!(kind, Value | LinearPredictor | NullMartingale | Displacement)
    };
    let mut order: Vec<usize> = (0..fitted.rows.len()).collect();
    order.sort_by(|a, b| displacement[*b].total_cmp(&displacement[*a]).then(a.cmp(b)));
    order.truncate(options.influential);
    let of = |rows: &[usize]| -> Vec<ResidualColumn> {
        every
            .iter()
            .map(|column| {
                let values = rows.iter().map(|row| column.values[*row]).collect();
                ResidualColumn { values, ..column.clone() }
            })
            .collect()
    };
    let influential = entries(fitted, &order, ResidualUnit::MostInfluential, of(&order), results);
    every.retain(|column| always(column.kind) || options.residuals.contains(&column.kind));
    let all: Vec<usize> = (0..fitted.rows.len()).collect();
    let all = entries(fitted, &all, ResidualUnit::CountedRow, every, results);
    results.residuals.push(all);
    results.residuals.push(influential);
    events(fitted, &course, options, results);
}

fn named_values(column: &[f64], factor: f64, scale: f64) -> Column {
    column.iter().map(|value| factor * value / scale).collect()
}

fn risk(fitted: &FittedCox<'_>, row: &crate::methods::fitted_cox::Row) -> f64 {
    fitted.risk[row.pattern as usize]
}

fn per_row(fitted: &FittedCox<'_>, of_pattern: &[f64]) -> Column {
    fitted.rows.iter().map(|row| of_pattern[row.pattern as usize]).collect()
}

fn residuals(fitted: &FittedCox<'_>, expected: &[f64]) -> Column {
    fitted
        .rows
        .iter()
        .zip(expected)
        .map(|(row, expected)| f64::from(u8::from(row.event)) - expected)
        .collect()
}

fn deviances(fitted: &FittedCox<'_>, expected: &[f64], martingale: &[f64]) -> Column {
    let own = |((row, expected), martingale): ((&crate::methods::fitted_cox::Row, &f64), &f64)| {
        let half = if row.event { deviance(1.0, *expected) } else { *expected };
        (2.0 * half).max(0.0).sqrt().copysign(*martingale)
    };
    fitted.rows.iter().zip(expected).zip(martingale).map(own).collect()
}

/// Of the model without terms, whose risks are all 1.
fn null_martingale(fitted: &FittedCox<'_>) -> Column {
    let risk = vec![1.0; fitted.risk.len()];
    let members = Members { rows: &fitted.rows, x: &[], columns: 0, risk: &risk, ties: fitted.ties };
    residuals(fitted, &Passed::of(&fitted.rows, &Course::of(members), 0).hazard)
}

/// Score residuals, column by column, standardised.
fn score(fitted: &FittedCox<'_>, course: &Course, passed: &Passed) -> Vec<Column> {
    let p = fitted.columns();
    let mut columns = vec![Vec::with_capacity(fitted.rows.len()); p];
    for (at, row) in fitted.rows.iter().enumerate() {
        let x = fitted.row(row.pattern);
        let mean = row.event.then(|| course.at(&course.mean, course.until(row.time, false)));
        for (k, column) in columns.iter_mut().enumerate() {
            let drift = x[k] * passed.hazard[at] - passed.drift[at * p + k];
            column.push(mean.map_or(0.0, |mean| x[k] - mean[k]) - risk(fitted, row) * drift);
        }
    }
    columns
}

/// U V̂, column by column, standardised.
fn change(fitted: &FittedCox<'_>, score: &[Column]) -> Vec<Column> {
    let p = fitted.columns();
    let own = |j: usize, row: usize| (0..p).map(|k| score[k][row] * fitted.covariance[(k, j)]).sum();
    (0..p).map(|j| (0..fitted.rows.len()).map(|row| own(j, row)).collect()).collect()
}

/// The value of each term: a number, or the position of a level.
fn values(fitted: &FittedCox<'_>) -> Vec<ResidualColumn> {
    let column = |(index, covariate): (usize, &crate::design::Covariate<'_>)| {
        let codes = fitted.patterns.codes(index);
        let value = |code: u32| covariate.scale.value(code);
        let values = fitted.rows.iter().map(|row| finite(value(codes[row.pattern as usize]))).collect();
        ResidualColumn { kind: ResidualKind::Value, term: Some(covariate.name.clone()), level: None, values }
    };
    // Those of an interaction are those of its variables.
    let plain = |(_, covariate): &(usize, &crate::design::Covariate<'_>)| {
        !matches!(covariate.scale, Scale::Interaction(_))
    };
    fitted.covariates.iter().enumerate().filter(plain).map(column).collect()
}

fn events(fitted: &FittedCox<'_>, course: &Course, options: &CoxResidualsOptions, results: &mut Results) {
    let wanted = |kind| options.residuals.contains(&kind);
    if !wanted(ResidualKind::Schoenfeld) && !wanted(ResidualKind::ScaledSchoenfeld) {
        return;
    }
    let rows: Vec<usize> = (0..fitted.rows.len()).filter(|row| fitted.rows[*row].event).collect();
    let plain = schoenfeld(fitted, course, &rows);
    let scaled = scaled_schoenfeld(fitted, &plain);
    let mut columns = Vec::new();
    for (kind, values) in [(ResidualKind::Schoenfeld, &plain), (ResidualKind::ScaledSchoenfeld, &scaled)] {
        for (j, values) in values.iter().enumerate().filter(|_| wanted(kind)) {
            let (term, level) = fitted.name(j);
            let factor = if kind == ResidualKind::Schoenfeld { fitted.design.columns[j].scale } else { 1.0 };
            let values = values.iter().map(|value| finite(value * factor)).collect();
            columns.push(ResidualColumn { kind, term: Some(term), level, values });
        }
    }
    let found = entries(fitted, &rows, ResidualUnit::Event, columns, results);
    results.residuals.push(found);
}
