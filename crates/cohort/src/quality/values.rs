//! Cells of a result as texts: for keys, for identity, for the data manager.

use super::Table;
use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use study::{CellValue, QueryRow};

/// The text of a value, none where it is missing.
pub(crate) fn text(array: &ArrayRef, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array.as_ref(), &options).ok()?;
    formatter.value(row).try_to_string().ok()
}

/// Some columns of one row.
pub(super) struct Cells<'a> {
    batch: &'a RecordBatch,
    columns: &'a [String],
    row: usize,
}

impl<'a> Cells<'a> {
    /// The first columns of a row, by name.
    pub(super) fn new(batch: &'a RecordBatch, columns: &'a [String], row: usize) -> Self {
        Self { batch, columns, row }
    }

    fn get(&self, column: &str) -> Option<String> {
        let index = self.columns.iter().position(|name| name == column)?;
        text(self.batch.column(index), self.row)
    }

    fn list(&self, columns: &[String]) -> Vec<CellValue> {
        columns.iter().map(|column| CellValue { column: column.clone(), value: self.get(column) }).collect()
    }

    /// What a query tells of the row, and the patient.
    pub(super) fn split(
        &self,
        table: &Table,
        doubted: &[String],
        detail: Option<String>,
    ) -> (QueryRow, Option<String>) {
        let row = QueryRow { key: self.list(&table.key), values: self.list(doubted), detail };
        (row, table.patient.as_ref().and_then(|column| self.get(column)))
    }
}
