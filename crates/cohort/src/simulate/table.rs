//! The simulated patients as a Parquet file, a row group a block.

use super::patient::{COVARIATES, Patient};
use super::random::Random;
use arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::datatypes::Int8Type;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;
use study::Problem;

/// Rows of a block: one random stream, one row group.
pub(super) const BLOCK: u64 = 1 << 20;
/// Rows held in memory at a time.
const BATCH: u64 = 1 << 16;

/// Writes the table.
pub(super) fn write(
    patients: u64,
    seed: u64,
    to: impl Write + Send,
    progress: &dyn Fn(u64),
) -> Result<(), Problem> {
    let mut to = Some(to);
    let mut writer = None;
    for block in 0..patients.div_ceil(BLOCK) {
        let mut random = Random::new(seed, block);
        let end = patients.min((block + 1) * BLOCK);
        let mut first = block * BLOCK;
        while first < end {
            let rows = BATCH.min(end - first);
            let batch = batch(first, rows, &mut random).map_err(failed)?;
            if let Some(to) = to.take() {
                let made = ArrowWriter::try_new_with_options(to, batch.schema(), options());
                writer = Some(made.map_err(failed)?);
            }
            if let Some(writer) = &mut writer {
                writer.write(&batch).map_err(failed)?;
            }
            first += rows;
            progress(first);
        }
    }
    if let Some(writer) = writer {
        writer.close().map_err(failed)?;
    }
    Ok(())
}

fn failed(error: impl Display) -> Problem {
    Problem::output(format!("cannot write the simulated patients: {error}"))
}

/// The Arrow schema is left out of the file: strings are then strings to every reader, not dictionaries.
fn options() -> ArrowWriterOptions {
    let id = ColumnPath::from("patient_id");
    let properties = WriterProperties::builder()
        .set_created_by("farr simulate".into())
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(BLOCK as usize))
        .set_column_dictionary_enabled(id.clone(), false)
        .set_column_encoding(id, Encoding::DELTA_BINARY_PACKED)
        .build();
    ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true)
}

fn batch(first: u64, rows: u64, random: &mut Random) -> Result<RecordBatch, arrow::error::ArrowError> {
    let patients: Vec<Patient> = (0..rows).map(|_| Patient::draw(random)).collect();
    let mut columns: Vec<(&str, ArrayRef, bool)> = Vec::new();
    let ids = Int64Array::from_iter_values((first..first + rows).map(|row| row as i64 + 1));
    columns.push(("patient_id", Arc::new(ids), false));
    for (index, covariate) in COVARIATES.iter().enumerate() {
        let keys: Int8Array =
            patients.iter().map(|patient| patient.codes[index].map(|code| code as i8)).collect();
        let levels = Arc::new(StringArray::from_iter_values(covariate.levels));
        columns.push((covariate.name, Arc::new(DictionaryArray::<Int8Type>::try_new(keys, levels)?), true));
    }
    let cea: Float64Array = patients.iter().map(|patient| patient.cea).collect();
    columns.push(("cea", Arc::new(cea), true));
    let flag = |value: fn(&Patient) -> bool| -> ArrayRef {
        Arc::new(BooleanArray::from_iter(patients.iter().map(|patient| Some(value(patient)))))
    };
    let days = Int32Array::from_iter_values(patients.iter().map(|patient| patient.time_days));
    columns.push(("response", flag(|patient| patient.response), false));
    columns.push(("time_days", Arc::new(days), false));
    columns.push(("died", flag(|patient| patient.died), false));
    RecordBatch::try_from_iter_with_nullable(columns)
}
