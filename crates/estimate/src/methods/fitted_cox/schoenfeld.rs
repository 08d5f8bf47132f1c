//! Schoenfeld residuals: at each event, the value of who has it less the mean over the risk set.

use super::{Course, FittedCox};

/// x − x̄ of some rows with the event, column by column, standardised.
pub(in crate::methods) fn schoenfeld(
    fitted: &FittedCox<'_>,
    courses: &[Course],
    rows: &[usize],
) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::with_capacity(rows.len()); fitted.columns()];
    for row in rows {
        let row = &fitted.rows[*row];
        let course = &courses[row.stratum as usize];
        let mean = course.at(&course.mean, course.until(row.time, false));
        for (column, (x, mean)) in columns.iter_mut().zip(fitted.row(row.pattern).iter().zip(mean)) {
            column.push(x - mean);
        }
    }
    columns
}

/// d V̂ (x − x̄) + β, column by column, on the scale of the variables.
pub(in crate::methods) fn scaled_schoenfeld(fitted: &FittedCox<'_>, plain: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let p = fitted.columns();
    let events = fitted.events();
    let column = |j: usize| {
        let along = |row: usize| (0..p).map(|k| fitted.covariance[(k, j)] * plain[k][row]).sum::<f64>();
        let scale = fitted.design.columns[j].scale;
        (0..plain[j].len()).map(|row| (along(row) * events as f64 + fitted.beta[j]) / scale).collect()
    };
    (0..p).map(column).collect()
}
