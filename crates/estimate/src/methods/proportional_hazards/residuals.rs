//! Schoenfeld residuals and the smooth line through them.

use crate::methods::fitted_cox::{Course, Entry, FittedCox, entries, scaled_schoenfeld, schoenfeld};
use crate::numerics::natural_spline::{grid, natural_spline};
use study::results::finite;
use study::{Estimate, Model, Notice, Quantity, ResidualColumn, ResidualKind, ResidualUnit, Results, Smooth};

/// Points of a smooth line.
const POINTS: usize = 40;

/// Writes the residuals of every event, and a line for each column.
pub(super) fn write(
    fitted: &FittedCox<'_>,
    courses: &[Course],
    g: &[f64],
    df: usize,
    z: f64,
    results: &mut Results,
) {
    let rows: Vec<usize> = (0..fitted.rows.len()).filter(|row| fitted.rows[*row].event).collect();
    let p = fitted.columns();
    let events = fitted.events();
    let plain = schoenfeld(fitted, courses, &rows);
    let scaled = scaled_schoenfeld(fitted, &plain);
    for j in 0..p {
        let (term, level) = fitted.name(j);
        let scale = fitted.design.columns[j].scale;
        results.estimates.push(Estimate {
            model: Some(Model::Multivariable),
            term: Some(term),
            level,
            std_error: finite(fitted.reported()[(j, j)].sqrt() / scale),
            ..Estimate::new(Quantity::Coefficient, fitted.beta[j] / scale)
        });
    }
    let x: Vec<f64> = rows.iter().map(|row| g[fitted.rows[*row].time as usize]).collect();
    let n: Vec<f64> = rows.iter().map(|row| fitted.rows[*row].n as f64).collect();
    let over = grid(&x, POINTS);
    for (j, y) in scaled.iter().enumerate() {
        let (term, level) = fitted.name(j);
        let Some(line) = natural_spline(&x, y, &n, &over, df) else {
            let message = format!("{term}: there are too few event times for a smooth line.");
            results.notices.push(Notice::Other { message });
            continue;
        };
        let scale = fitted.design.columns[j].scale;
        let variance = events as f64 * fitted.covariance[(j, j)] / (scale * scale);
        let half: Vec<f64> = line.unit_variance.iter().map(|unit| z * (variance * unit).sqrt()).collect();
        if !line.estimate.iter().zip(&half).all(|(line, half)| (line.abs() + half).is_finite()) {
            let message =
                format!("{term}: its unit is so small or so large that no smooth line can be written.");
            results.notices.push(Notice::Other { message });
            continue;
        }
        results.smooths.push(Smooth {
            of: ResidualKind::ScaledSchoenfeld,
            against: ResidualKind::TransformedTime,
            term: Some(term),
            level,
            x: over.clone(),
            lower: line.estimate.iter().zip(&half).map(|(line, half)| line - half).collect(),
            upper: line.estimate.iter().zip(&half).map(|(line, half)| line + half).collect(),
            estimate: line.estimate,
        });
    }
    let mut columns = vec![ResidualColumn {
        kind: ResidualKind::TransformedTime,
        term: None,
        level: None,
        values: some(&x),
    }];
    for j in 0..p {
        let (term, level) = fitted.name(j);
        let scale = fitted.design.columns[j].scale;
        let values = plain[j].iter().map(|value| finite(value * scale)).collect();
        let column =
            |kind, values| ResidualColumn { kind, term: Some(term.clone()), level: level.clone(), values };
        columns.push(column(ResidualKind::Schoenfeld, values));
        columns.push(column(ResidualKind::ScaledSchoenfeld, some(&scaled[j])));
    }
    let rows: Vec<Entry> = rows.iter().map(|row| fitted.entry(*row)).collect();
    let residuals = entries(&rows, ResidualUnit::Event, columns, results);
    results.residuals.push(residuals);
}

fn some(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(finite).collect()
}
