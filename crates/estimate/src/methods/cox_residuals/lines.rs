//! Lines through residuals: the shape of a number's effect, and deviance residuals against the linear predictor.

use crate::design::Scale;
use crate::methods::fitted_cox::FittedCox;
use crate::numerics::natural_spline::{grid, natural_spline};
use study::{Notice, ResidualColumn, ResidualKind, Results, Smooth};

/// Points of a line.
const POINTS: usize = 40;
/// Degrees of freedom of a line; fewer where the number has few values.
const DEGREES: usize = 4;

/// Writes the lines; `columns` hold one value a row of the model.
pub(super) fn write(fitted: &FittedCox<'_>, columns: &[ResidualColumn], z: f64, results: &mut Results) {
    let find = |kind, term: Option<&str>| {
        let found = columns.iter().find(|column| column.kind == kind && column.term.as_deref() == term);
        found.map_or(Vec::new(), |column| {
            column.values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
        })
    };
    let n: Vec<f64> = fitted.rows.iter().map(|row| row.n as f64).collect();
    let null: Vec<f64> = find(ResidualKind::NullMartingale, None);
    for covariate in &fitted.covariates {
        if !matches!(covariate.scale, Scale::Number(_) | Scale::Spline(_)) {
            continue;
        }
        let term = Some(covariate.name.clone());
        let x: Vec<f64> = find(ResidualKind::Value, term.as_deref());
        match line(&x, &null, &n, z) {
            Some(line) => results.smooths.push(Smooth {
                of: ResidualKind::NullMartingale,
                against: ResidualKind::Value,
                term,
                ..line
            }),
            None => {
                let message = format!("{}: it has too few values for a smooth line.", covariate.name);
                results.notices.push(Notice::Other { message });
            }
        }
    }
    let (x, y) = (find(ResidualKind::LinearPredictor, None), find(ResidualKind::Deviance, None));
    results.smooths.extend(line(&x, &y, &n, z));
}

/// A line of deviance residuals against the linear predictor, if nothing else is said.
fn line(x: &[f64], y: &[f64], n: &[f64], z: f64) -> Option<Smooth> {
    if y.iter().any(|y| !y.is_finite()) || x.is_empty() {
        return None;
    }
    let x_grid = grid(x, POINTS);
    let line = (3..=DEGREES).rev().find_map(|df| natural_spline(x, y, n, &x_grid, df))?;
    let variance = line.residual_variance?;
    let half: Vec<f64> = line.unit_variance.iter().map(|unit| z * (variance * unit).sqrt()).collect();
    if !line.estimate.iter().zip(&half).all(|(line, half)| (line.abs() + half).is_finite()) {
        return None;
    }
    Some(Smooth {
        of: ResidualKind::Deviance,
        against: ResidualKind::LinearPredictor,
        term: None,
        level: None,
        x: x_grid,
        lower: line.estimate.iter().zip(&half).map(|(line, half)| line - half).collect(),
        upper: line.estimate.iter().zip(&half).map(|(line, half)| line + half).collect(),
        estimate: line.estimate,
    })
}
