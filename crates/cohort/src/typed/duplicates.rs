//! Rows that stand twice, or share a key.

use crate::cleaning::Ledger;
use crate::dictionary::Duplicates;
use crate::repeated::repeated;
use crate::sources::{Grid, TableFile};
use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use study::Problem;

/// Reports rows that equal another, or share a key with another; drops or refuses the former where asked.
pub(super) fn without_duplicates(
    batch: RecordBatch,
    grid: &Grid,
    table: &TableFile<'_>,
    ledger: &mut Ledger,
) -> Result<(RecordBatch, u64), Problem> {
    let fault =
        |error: arrow::error::ArrowError| Problem::internal(format!("rows cannot be compared: {error}"));
    let all: Vec<usize> = (0..grid.names.len()).collect();
    let equal = repeated(&batch, &all).map_err(fault)?;
    let policy = table.entry().map_or(Duplicates::Report, |entry| entry.duplicates);
    let mut keep = vec![true; batch.num_rows()];
    match policy {
        Duplicates::Report => {
            ledger.change(None, "equal to an earlier row in every column, kept", equal.len() as u64);
        }
        Duplicates::Drop => {
            ledger.change(None, "equal to an earlier row in every column, left out", equal.len() as u64);
        }
        Duplicates::Refuse => {
            for (row, first) in &equal {
                let first = grid.file_row(*first);
                ledger.refuse(grid.file_row(*row), 0, "", || {
                    format!("the row equals row {first} in every column")
                });
            }
        }
    }
    equal.iter().for_each(|(row, _)| keep[*row] = false);
    if let Some(entry) = table.entry()
        && !entry.key.is_empty()
    {
        let positions: Vec<usize> =
            entry.key.iter().filter_map(|key| grid.names.iter().position(|name| name == key)).collect();
        // Rows equal in every column have been reported already.
        let shared: Vec<(usize, usize)> =
            repeated(&batch, &positions).map_err(fault)?.into_iter().filter(|(row, _)| keep[*row]).collect();
        if let Some((row, first)) = shared.first() {
            let (row, first) = (grid.file_row(*row), grid.file_row(*first));
            let what = format!(
                "the key ({}) of an earlier row with other values, kept; for example rows {first} and {row}",
                entry.key.join(", ")
            );
            ledger.change(None, what, shared.len() as u64);
        }
    }
    if policy == Duplicates::Drop && !equal.is_empty() {
        let batch = filter_record_batch(&batch, &BooleanArray::from(keep)).map_err(fault)?;
        let rows = batch.num_rows() as u64;
        return Ok((batch, rows));
    }
    let rows = batch.num_rows() as u64;
    Ok((batch, rows))
}
