//! Rows that stand more than once.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::error::ArrowError;
use arrow::row::{RowConverter, SortField};
use std::sync::Arc;

/// The rows whose values in some columns equal those of an earlier row, each with the first such row; in order.
/// Missing equals missing.
///
/// Rows are compared by fingerprints of 128 bits, so that 16 bytes a row are needed whatever the width of a table;
/// among 10⁹ rows two different ones agree with a probability below 10⁻²⁰.
pub(crate) fn repeated(batch: &RecordBatch, columns: &[usize]) -> Result<Vec<(usize, usize)>, ArrowError> {
    if columns.is_empty() || batch.num_rows() < 2 {
        return Ok(Vec::new());
    }
    let chosen: Vec<&ArrayRef> = columns.iter().map(|column| batch.column(*column)).collect();
    let fields = chosen.iter().map(|array| SortField::new(array.data_type().clone())).collect();
    let converter = RowConverter::new(fields)?;
    let mut prints: Vec<(u128, usize)> = Vec::with_capacity(batch.num_rows());
    const SLICE: usize = 8192;
    for start in (0..batch.num_rows()).step_by(SLICE) {
        let length = SLICE.min(batch.num_rows() - start);
        let slices: Vec<ArrayRef> =
            chosen.iter().map(|array| Arc::clone(array).slice(start, length)).collect();
        let rows = converter.convert_columns(&slices)?;
        prints.extend(rows.iter().enumerate().map(|(row, bytes)| (fingerprint(bytes.as_ref()), start + row)));
    }
    prints.sort_unstable();
    let mut found = Vec::new();
    let mut first = 0;
    for index in 1..prints.len() {
        if prints[index].0 == prints[first].0 {
            found.push((prints[index].1, prints[first].1));
        } else {
            first = index;
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// FNV-1a of 128 bits.
fn fingerprint(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |state, byte| (state ^ u128::from(*byte)).wrapping_mul(PRIME))
}
