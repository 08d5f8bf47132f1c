//! Residuals as the results hold them: all of them where they can be read, evenly spaced ones otherwise.

use super::FittedCox;
use study::{Notice, ResidualColumn, ResidualUnit, Residuals, Results};

/// More entries than this make a page that no reader opens and a figure of nothing but ink.
const MOST: usize = 10_000;

/// The entries of some rows. Of very many, evenly spaced ones in the order of time are kept, and a notice says so.
pub(in crate::methods) fn entries(
    fitted: &FittedCox<'_>,
    rows: &[usize],
    unit: ResidualUnit,
    columns: Vec<ResidualColumn>,
    results: &mut Results,
) -> Residuals {
    let step = rows.len().div_ceil(MOST).max(1);
    if step > 1 {
        let message = format!(
            "Of {} entries every {step}th is kept; tests, lines and tables are from all of them.",
            rows.len()
        );
        results.notices.push(Notice::Other { message });
    }
    let kept: Vec<usize> = (0..rows.len()).step_by(step).collect();
    let row = |at: &usize| &fitted.rows[rows[*at]];
    Residuals {
        unit,
        time: kept.iter().map(|at| fitted.times[row(at).time as usize]).collect(),
        event: kept.iter().map(|at| row(at).event).collect(),
        n: kept.iter().map(|at| row(at).n).collect(),
        columns: columns
            .into_iter()
            .map(|column| {
                let values = kept.iter().map(|at| column.values[*at]).collect();
                ResidualColumn { values, ..column }
            })
            .collect(),
    }
}
