//! The residuals, column by column.

use super::influential::Influence;
use super::{CoxResidualsOptions, lines};
use crate::design::{Covariate, Scale};
use crate::methods::fitted_cox::{
    Course, Entry, FittedCox, Members, Passed, Row, entries, scaled_schoenfeld, schoenfeld,
};
use study::results::finite;
use study::{ResidualColumn, ResidualKind, ResidualUnit, Results};

/// One column of every row.
pub(super) type Column = Vec<f64>;

/// Writes the residuals that are asked for, the most influential rows, and the lines through residuals.
pub(super) fn write(
    fitted: &FittedCox<'_>,
    options: &CoxResidualsOptions,
    z: f64,
    influence: &Influence,
    results: &mut Results,
) {
    let courses = fitted.courses();
    let passed = Passed::of(&fitted.rows, &courses, fitted.columns());
    let expected: Column =
        fitted.rows.iter().zip(&passed.hazard).map(|(row, h)| h * risk(fitted, row)).collect();
    let martingale: Column = residuals(fitted, &expected);
    let score = score(fitted, &courses, &passed);
    let change = change(fitted, &score);
    let null = null_martingale(fitted);

    let mut every = values(fitted);
    every.push(plain(ResidualKind::LinearPredictor, per_row(fitted, &fitted.eta)));
    every.push(plain(ResidualKind::NullMartingale, null));
    every.push(plain(ResidualKind::Martingale, martingale.clone()));
    let deviances = fitted.rows.iter().zip(&martingale).map(|(row, m)| deviance(count(row), *m));
    every.push(plain(ResidualKind::Deviance, deviances.collect()));
    let displacement = (0..fitted.rows.len()).map(|row| displacement(&score, &change, row));
    every.push(plain(ResidualKind::Displacement, displacement.collect()));
    for (j, (score, change)) in score.iter().zip(&change).enumerate() {
        let scale = fitted.design.columns[j].scale;
        let weighted = score.iter().zip(&fitted.rows).map(|(value, row)| value / row.weight * scale);
        every.push(named(fitted, ResidualKind::Score, j, weighted.collect()));
        let changes = change.iter().map(|value| value / scale);
        every.push(named(fitted, ResidualKind::Dfbeta, j, changes.collect()));
        let std_error = fitted.covariance[(j, j)].sqrt();
        let changes = change.iter().map(|value| value / std_error);
        every.push(named(fitted, ResidualKind::Dfbetas, j, changes.collect()));
    }
    lines::write(fitted, &every, z, results);

    let always = |kind| {
        use ResidualKind::*;
        matches!(kind, Value | LinearPredictor | NullMartingale | Displacement)
    };
    let influential = influence.most(fitted, &every, &martingale, &score, options.influential, results);
    every.retain(|column| always(column.kind) || options.residuals.contains(&column.kind));
    let all: Vec<Entry> = (0..fitted.rows.len()).map(|row| fitted.entry(row)).collect();
    let all = entries(&all, ResidualUnit::CountedRow, every, results);
    results.residuals.push(all);
    results.residuals.push(influential);
    events(fitted, &courses, options, results);
}

/// A column of no term.
pub(super) fn plain(kind: ResidualKind, values: Column) -> ResidualColumn {
    ResidualColumn { kind, term: None, level: None, values: values.into_iter().map(finite).collect() }
}

/// A column of a term and level.
pub(super) fn named(fitted: &FittedCox<'_>, kind: ResidualKind, j: usize, values: Column) -> ResidualColumn {
    let (term, level) = fitted.name(j);
    ResidualColumn { kind, term: Some(term), level, values: values.into_iter().map(finite).collect() }
}

fn risk(fitted: &FittedCox<'_>, row: &Row) -> f64 {
    fitted.risk[row.pattern as usize]
}

/// Events of a patient of a row.
fn count(row: &Row) -> f64 {
    f64::from(u8::from(row.event))
}

fn per_row(fitted: &FittedCox<'_>, of_pattern: &[f64]) -> Column {
    fitted.rows.iter().map(|row| of_pattern[row.pattern as usize]).collect()
}

fn residuals(fitted: &FittedCox<'_>, expected: &[f64]) -> Column {
    fitted.rows.iter().zip(expected).map(|(row, expected)| count(row) - expected).collect()
}

/// The deviance residual of so many events and a martingale residual.
pub(super) fn deviance(events: f64, martingale: f64) -> f64 {
    let expected = events - martingale;
    let half = if events > 0.0 { crate::numerics::incomplete::deviance(events, expected) } else { expected };
    (2.0 * half).max(0.0).sqrt().copysign(martingale)
}

/// U V̂ U′ of a row or of rows together.
pub(super) fn displacement(score: &[Column], change: &[Column], at: usize) -> f64 {
    score.iter().zip(change).map(|(score, change)| score[at] * change[at]).sum()
}

/// Of the model without terms, whose risks are all 1.
fn null_martingale(fitted: &FittedCox<'_>) -> Column {
    let risk = vec![1.0; fitted.risk.len()];
    let without = |members: Members<'_>| Course::of(Members { x: &[], columns: 0, risk: &risk, ..members });
    let courses: Vec<Course> = fitted.members().map(without).collect();
    residuals(fitted, &Passed::of(&fitted.rows, &courses, 0).hazard)
}

/// Score residuals with the weight of the patient, column by column, standardised.
fn score(fitted: &FittedCox<'_>, courses: &[Course], passed: &Passed) -> Vec<Column> {
    let p = fitted.columns();
    let mut columns = vec![Vec::with_capacity(fitted.rows.len()); p];
    for (at, row) in fitted.rows.iter().enumerate() {
        let x = fitted.row(row.pattern);
        let course = &courses[row.stratum as usize];
        let mean = row.event.then(|| course.at(&course.mean, course.until(row.time, false)));
        for (k, column) in columns.iter_mut().enumerate() {
            let drift = x[k] * passed.hazard[at] - passed.drift[at * p + k];
            column.push(row.weight * (mean.map_or(0.0, |mean| x[k] - mean[k]) - risk(fitted, row) * drift));
        }
    }
    columns
}

/// U V̂, column by column, standardised.
pub(super) fn change(fitted: &FittedCox<'_>, score: &[Column]) -> Vec<Column> {
    let p = fitted.columns();
    let own = |j: usize, row: usize| (0..p).map(|k| score[k][row] * fitted.covariance[(k, j)]).sum();
    let rows = score.first().map_or(0, Vec::len);
    (0..p).map(|j| (0..rows).map(|row| own(j, row)).collect()).collect()
}

/// The value of each term: a number, or the position of a level.
fn values(fitted: &FittedCox<'_>) -> Vec<ResidualColumn> {
    let column = |(index, covariate): (usize, &Covariate<'_>)| {
        let codes = fitted.patterns.codes(index);
        let value = |code: u32| covariate.scale.value(code);
        let values = fitted.rows.iter().map(|row| finite(value(codes[row.pattern as usize]))).collect();
        ResidualColumn { kind: ResidualKind::Value, term: Some(covariate.name.clone()), level: None, values }
    };
    // Those of an interaction are those of its variables.
    let plain = |(_, covariate): &(usize, &Covariate<'_>)| !matches!(covariate.scale, Scale::Interaction(_));
    fitted.covariates.iter().enumerate().filter(plain).map(column).collect()
}

fn events(fitted: &FittedCox<'_>, courses: &[Course], options: &CoxResidualsOptions, results: &mut Results) {
    let wanted = |kind| options.residuals.contains(&kind);
    if !wanted(ResidualKind::Schoenfeld) && !wanted(ResidualKind::ScaledSchoenfeld) {
        return;
    }
    let rows: Vec<usize> = (0..fitted.rows.len()).filter(|row| fitted.rows[*row].event).collect();
    let unscaled = schoenfeld(fitted, courses, &rows);
    let scaled = scaled_schoenfeld(fitted, &unscaled);
    let mut columns = Vec::new();
    for (kind, values) in [(ResidualKind::Schoenfeld, &unscaled), (ResidualKind::ScaledSchoenfeld, &scaled)] {
        for (j, values) in values.iter().enumerate().filter(|_| wanted(kind)) {
            let factor = if kind == ResidualKind::Schoenfeld { fitted.design.columns[j].scale } else { 1.0 };
            columns.push(named(fitted, kind, j, values.iter().map(|value| value * factor).collect()));
        }
    }
    let rows: Vec<Entry> = rows.iter().map(|row| fitted.entry(*row)).collect();
    let found = entries(&rows, ResidualUnit::Event, columns, results);
    results.residuals.push(found);
}
