//! Who is in a stratum, and what each has passed through until leaving.

use super::Course;
use crate::methods::cox::Ties;

/// Patients with one stratum, entry, time, event, weight and covariate pattern.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Row {
    /// Position of the time among the distinct ones.
    pub(in crate::methods) time: u32,
    /// Position of the first of these times at which they are at risk.
    pub(in crate::methods) from: u32,
    /// Whether the event occurred.
    pub(in crate::methods) event: bool,
    /// Covariate pattern.
    pub(in crate::methods) pattern: u32,
    /// Position of the stratum.
    pub(in crate::methods) stratum: u32,
    /// How many.
    pub(in crate::methods) n: u64,
    /// What each of them counts.
    pub(in crate::methods) weight: f64,
}

impl Row {
    /// What all of them count together.
    pub(in crate::methods) fn total(&self) -> f64 {
        self.n as f64 * self.weight
    }
}

/// One stratum: its rows in ascending order of time, the values of their patterns, and their risks.
#[derive(Clone, Copy)]
pub(in crate::methods) struct Members<'a> {
    pub(in crate::methods) rows: &'a [Row],
    /// Which of the rows.
    pub(in crate::methods) order: &'a [u32],
    pub(in crate::methods) x: &'a [f64],
    pub(in crate::methods) columns: usize,
    pub(in crate::methods) risk: &'a [f64],
    pub(in crate::methods) ties: Ties,
}

impl Members<'_> {
    /// The values of a pattern.
    pub(super) fn values(&self, pattern: u32) -> &[f64] {
        &self.x[pattern as usize * self.columns..(pattern as usize + 1) * self.columns]
    }

    /// The rows of each distinct time, from the last to the first.
    pub(super) fn back_in_time(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunk_by(|a, b| self.rows[*a as usize].time == self.rows[*b as usize].time).rev()
    }

    /// Those who were not at risk from the beginning, the last to enter first.
    pub(super) fn late(&self) -> Vec<u32> {
        let from = |row: &u32| self.rows[*row as usize].from;
        let mut late: Vec<u32> = self.order.iter().copied().filter(|row| from(row) > 0).collect();
        late.sort_by_key(|row| std::cmp::Reverse(from(row)));
        late
    }
}

/// What each row has passed through while at risk: Σ a, and Σ x̄ a of every column.
pub(in crate::methods) struct Passed {
    /// One number a row.
    pub(in crate::methods) hazard: Vec<f64>,
    /// One number a row and column.
    pub(in crate::methods) drift: Vec<f64>,
}

impl Passed {
    /// From what happens in the stratum of each row.
    pub(in crate::methods) fn of(rows: &[Row], courses: &[Course], columns: usize) -> Self {
        let mut passed = Self { hazard: Vec::new(), drift: Vec::with_capacity(rows.len() * columns) };
        for row in rows {
            let course = &courses[row.stratum as usize];
            let (first, last) = (course.until(row.from, false), course.until(row.time, false));
            // The event of this time, or what those who only are at risk at it pass through.
            let now = course.moments.get(last).filter(|moment| moment.time == row.time);
            let share = now.map_or(0.0, |moment| if row.event { moment.dying } else { moment.hazard });
            passed.hazard.push(course.hazard_after(last) - course.hazard_after(first) + share);
            let list = if row.event { &course.dying_drift } else { &course.drift };
            let (before, until) = (course.drift_after(first), course.drift_after(last));
            passed.drift.extend(
                (0..columns).map(|k| until[k] - before[k] + now.map_or(0.0, |_| list[last * columns + k])),
            );
        }
        passed
    }
}
