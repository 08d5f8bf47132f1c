//! Tables as CSV or Parquet, row after row; no more than a batch is held.

use super::TableFormat;
use super::model::{Cell, Holds, Row, TableModel};
use crate::simulate::unwritable;
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::temporal_conversions::date32_to_datetime;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use study::Problem;

/// Rows held of a Parquet file.
const BATCH: usize = 1 << 16;

/// A table that is being written.
pub(super) struct Sink {
    model: &'static TableModel,
    path: PathBuf,
    rows: u64,
    to: To,
}

enum To {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Parquet { writer: Box<ArrowWriter<File>>, schema: SchemaRef, held: Vec<Row> },
}

impl Sink {
    /// Begins a table.
    pub(super) fn open(
        model: &'static TableModel,
        format: TableFormat,
        folder: &Path,
    ) -> Result<Self, Problem> {
        let ending = if format == TableFormat::Csv { "csv" } else { "parquet" };
        let path = folder.join(format!("{}.{ending}", model.name));
        let file = File::create(&path).map_err(|error| unwritable(&path, &error))?;
        let to = match format {
            TableFormat::Csv => {
                let mut writer = csv::Writer::from_writer(BufWriter::new(file));
                writer
                    .write_record(model.columns.iter().map(|(name, _)| name))
                    .map_err(|error| failed(&path, &error))?;
                To::Csv(Box::new(writer))
            }
            TableFormat::Parquet => {
                let field = |(name, holds): &(&str, Holds)| Field::new(*name, arrow_type(*holds), true);
                let schema = Arc::new(Schema::new(model.columns.iter().map(field).collect::<Vec<_>>()));
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
                let writer = Box::new(writer.map_err(|error| failed(&path, &error))?);
                To::Parquet { writer, schema, held: Vec::new() }
            }
        };
        Ok(Self { model, path, rows: 0, to })
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: Row) -> Result<(), Problem> {
        self.rows += 1;
        match &mut self.to {
            To::Csv(writer) => {
                writer.write_record(row.iter().map(text)).map_err(|error| failed(&self.path, &error))
            }
            To::Parquet { held, .. } => {
                held.push(row);
                if held.len() < BATCH { Ok(()) } else { self.flush() }
            }
        }
    }

    fn flush(&mut self) -> Result<(), Problem> {
        let To::Parquet { writer, schema, held } = &mut self.to else { return Ok(()) };
        let columns = self.model.columns.iter().enumerate();
        let arrays: Vec<ArrayRef> = columns.map(|(index, (_, holds))| array(held, index, *holds)).collect();
        held.clear();
        let batch =
            RecordBatch::try_new(Arc::clone(schema), arrays).map_err(|error| failed(&self.path, &error))?;
        writer.write(&batch).map_err(|error| failed(&self.path, &error))
    }

    /// Ends the table.
    pub(super) fn close(mut self) -> Result<(), Problem> {
        self.flush()?;
        let path = &self.path;
        match self.to {
            To::Csv(mut writer) => writer.flush().map_err(|error| unwritable(path, &error)),
            To::Parquet { writer, .. } => writer.close().map(drop).map_err(|error| failed(path, &error)),
        }
    }
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::output(format!("cannot write: {error}")).at(study::Place::Path(path.into()))
}

fn arrow_type(holds: Holds) -> DataType {
    match holds {
        Holds::Text => DataType::Utf8,
        Holds::Number => DataType::Float64,
        Holds::Integer => DataType::Int64,
        Holds::Date => DataType::Date32,
        Holds::Flag => DataType::Boolean,
    }
}

fn array(rows: &[Row], column: usize, holds: Holds) -> ArrayRef {
    let cells = || rows.iter().map(|row| &row[column]);
    match holds {
        Holds::Text => Arc::new(
            cells()
                .map(|cell| if let Cell::Text(text) = cell { Some(text.as_ref()) } else { None })
                .collect::<StringArray>(),
        ),
        Holds::Number => Arc::new(cells().map(Cell::number).collect::<Float64Array>()),
        Holds::Integer => Arc::new(
            cells()
                .map(|cell| if let Cell::Integer(number) = cell { Some(*number) } else { None })
                .collect::<Int64Array>(),
        ),
        Holds::Date => Arc::new(cells().map(Cell::day).collect::<Date32Array>()),
        Holds::Flag => Arc::new(
            cells()
                .map(|cell| if let Cell::Flag(flag) = cell { Some(*flag) } else { None })
                .collect::<BooleanArray>(),
        ),
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Date(day) => date32_to_datetime(*day).map_or(String::new(), |day| day.date().to_string()),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_string(),
    }
}
