//! Times of day without a day in a column of days.
//!
//! A formula that refers to an empty cell gives 0, and formatted as a date 0 is midnight of no day (Excel shows
//! 1900-01-00): an empty cell, and no date.

use super::cell::address;
use crate::sources::Grid;
use std::collections::BTreeMap;

/// The date cells of each column, by its position.
#[derive(Default)]
pub(super) struct Clocks {
    columns: BTreeMap<usize, Clock>,
}

#[derive(Default)]
struct Clock {
    has_days: bool,
    /// Rows of the grid and of the sheet.
    without_day: Vec<(usize, u32)>,
}

impl Clocks {
    /// Notes a date cell by its text, with its row in the grid and in the sheet.
    pub(super) fn note(&mut self, position: usize, text: &str, row: usize, sheet_row: u32) {
        let clock = self.columns.entry(position).or_default();
        match text.contains('-') {
            true => clock.has_days = true,
            false => clock.without_day.push((row, sheet_row)),
        }
    }

    /// Refuses the times of day in columns of days. The first column of the grid is that of the sheet at `first`.
    pub(super) fn refuse(self, grid: &mut Grid, first: u32) {
        for (position, clock) in self.columns {
            if !clock.has_days || clock.without_day.is_empty() {
                continue;
            }
            let column = std::mem::take(&mut grid.columns[position]);
            let mut refused = clock.without_day.iter().peekable();
            for (row, code) in column.codes.iter().enumerate() {
                match refused.next_if(|(refused, _)| *refused == row) {
                    Some((_, sheet_row)) => {
                        let cell = address(*sheet_row, first + position as u32);
                        let what = "is a time of day among days: Excel makes 0 of an empty cell that a formula refers to";
                        grid.refused.push((row, position, format!("the cell {cell} {what}")));
                        grid.columns[position].push("");
                    }
                    None => grid.columns[position].push(column.texts.text(*code)),
                }
            }
        }
    }
}
