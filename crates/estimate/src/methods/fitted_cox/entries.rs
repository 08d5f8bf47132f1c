//! Residuals as the results hold them: all of them where they can be read, evenly spaced ones otherwise.

use super::{FittedCox, Row};
use study::{Notice, ResidualColumn, ResidualUnit, Residuals, Results};

/// More entries than this make a page that no reader opens and a figure of nothing but ink.
const MOST: usize = 10_000;

/// Whose residual it is.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Entry {
    /// In the endpoint's unit.
    pub(in crate::methods) time: f64,
    /// Whether follow-up ended with the event.
    pub(in crate::methods) event: bool,
    /// Patients.
    pub(in crate::methods) n: u64,
}

impl FittedCox<'_> {
    /// A row as an entry.
    pub(in crate::methods) fn entry(&self, row: usize) -> Entry {
        let Row { time, event, n, .. } = self.rows[row];
        Entry { time: self.times[time as usize], event, n }
    }
}

/// The residuals of some entries, of which the columns hold one value each. Of very many, evenly spaced ones are kept, and
/// a notice says so.
pub(in crate::methods) fn entries(
    entries: &[Entry],
    unit: ResidualUnit,
    columns: Vec<ResidualColumn>,
    results: &mut Results,
) -> Residuals {
    let step = entries.len().div_ceil(MOST).max(1);
    if step > 1 {
        let message = format!(
            "Of {} entries every {step}th is kept; tests, lines and tables are from all of them.",
            entries.len()
        );
        results.notices.push(Notice::Other { message });
    }
    let kept = || entries.iter().step_by(step);
    let thinned = |column: ResidualColumn| {
        let values = column.values.iter().step_by(step).copied().collect();
        ResidualColumn { values, ..column }
    };
    Residuals {
        unit,
        time: kept().map(|entry| entry.time).collect(),
        event: kept().map(|entry| entry.event).collect(),
        n: kept().map(|entry| entry.n).collect(),
        columns: columns.into_iter().map(thinned).collect(),
    }
}
