//! The numbers of the rows that queries are about.
//!
//! A query knows its row by the key and the values in doubt, since a row has no number in SQL. Tables that were read as
//! texts have their numbers beside them; a Parquet file is read once more, from its start, and only its keys. Other
//! sources have no order of rows: their queries name the key alone.

use super::identity::{ROW, numbered};
use super::values::text;
use super::{Asked, Table, wanted};
use crate::interner::Interner;
use crate::study_folder::Study;
use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use engine::{Engine, Type, quoted};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use study::Problem;

/// So many rows of one query are named.
const NAMED: usize = 20;

/// Looks for the rows of every query that has none yet.
pub(super) fn locate(
    study: &Study,
    engine: &dyn Engine,
    tables: &BTreeMap<String, Table>,
    asked: &mut [Asked],
) -> Result<(), Problem> {
    for table in tables.values() {
        let Some(path) = study.registry.tables.get(&table.name) else { continue };
        let mut search = Search::new(table, asked);
        if search.of_key.is_empty() {
            continue;
        }
        let columns = search.columns.clone();
        let has_numbers = engine.tables().contains(&numbered(&table.name));
        if has_numbers {
            let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
            let sql =
                format!("select {}, \"{ROW}\" from {}", list.join(", "), quoted(&numbered(&table.name)));
            engine
                .stream(&sql, &mut |batch| {
                    if let Some(rows) = batch.column(columns.len()).as_primitive_opt::<Int64Type>() {
                        search.look(batch, &|row| rows.value(row).unsigned_abs(), asked);
                    }
                })
                .map_err(|fault| Problem::internal(fault.message))?;
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            parquet(path, &columns, &mut |batch, first| {
                search.look(batch, &|row| first + row as u64, asked);
            })?;
        }
    }
    asked.iter_mut().for_each(|asked| {
        asked.query.rows.sort_unstable();
        asked.query.rows.dedup();
        asked.query.rows.truncate(NAMED);
    });
    Ok(())
}

/// The queries of a table by their key.
struct Search {
    /// What is read: the key, then whatever is in doubt.
    columns: Vec<String>,
    key: usize,
    /// The values of the key's first column; rows with another are passed over quickly.
    firsts: Interner,
    of_key: BTreeMap<Vec<Option<String>>, Vec<usize>>,
}

impl Search {
    fn new(table: &Table, asked: &[Asked]) -> Self {
        let mut columns = table.key.clone();
        let mut firsts = Interner::default();
        let mut of_key: BTreeMap<Vec<Option<String>>, Vec<usize>> = BTreeMap::new();
        for (index, one) in asked.iter().enumerate() {
            if one.query.table != table.name || !one.query.rows.is_empty() {
                continue;
            }
            let Some(row) = &one.query.row else { continue };
            columns = wanted(&Table { key: columns, keyed: true, ..Table::default() }, &one.query.columns);
            let key: Vec<Option<String>> = row.key.iter().map(|cell| cell.value.clone()).collect();
            firsts.code(key.first().and_then(Option::as_deref).unwrap_or_default());
            of_key.entry(key).or_default().push(index);
        }
        Self { columns, key: table.key.len(), firsts, of_key }
    }

    fn look(&mut self, batch: &RecordBatch, number: &dyn Fn(usize) -> u64, asked: &mut [Asked]) {
        let first = batch.column(0);
        let texts = first.as_string_view_opt();
        for row in 0..batch.num_rows() {
            let known = match texts {
                Some(texts) if !texts.is_null(row) => self.firsts.find(texts.value(row)),
                _ => self.firsts.find(&text(first, row).unwrap_or_default()),
            };
            if known.is_none() {
                continue;
            }
            let key: Vec<Option<String>> =
                (0..self.key).map(|column| text(batch.column(column), row)).collect();
            for index in self.of_key.get(&key).into_iter().flatten() {
                let query = &mut asked[*index].query;
                let values = query.row.iter().flat_map(|row| &row.values);
                let same = values.into_iter().all(|cell| {
                    let column = self.columns.iter().position(|column| *column == cell.column);
                    column.is_none_or(|column| text(batch.column(column), row) == cell.value)
                });
                if same && query.rows.len() < NAMED {
                    query.rows.push(number(row));
                }
            }
        }
    }
}

/// Reads some columns of a Parquet file from its start, in the types that the engine gives, with the number of each
/// batch's first row.
fn parquet(path: &Path, columns: &[String], take: &mut dyn FnMut(&RecordBatch, u64)) -> Result<(), Problem> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Problem::input(format!("cannot read the file: {error}")).at(study::Place::Path(path.into()))
    };
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(&error))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().map(String::as_str));
    let reader = builder.with_projection(mask).with_batch_size(8192).build();
    let mut first = 1;
    for batch in reader.map_err(|error| unreadable(&error))? {
        let batch = batch.map_err(|error| unreadable(&error))?;
        let chosen: Option<Vec<(&String, ArrayRef)>> =
            columns.iter().map(|name| Some((name, plain(batch.column_by_name(name)?)?))).collect();
        let chosen = chosen.ok_or_else(|| unreadable(&"a column has gone"))?;
        let rows = RecordBatch::try_from_iter_with_nullable(
            chosen.into_iter().map(|(name, array)| (name, array, true)),
        );
        take(&rows.map_err(|error| unreadable(&error))?, first);
        first += batch.num_rows() as u64;
    }
    Ok(())
}

/// A column in the type in which the engine gives it.
fn plain(array: &ArrayRef) -> Option<ArrayRef> {
    let to = match Type::of(array.data_type()) {
        Type::Text => DataType::Utf8View,
        Type::Integer => DataType::Int64,
        Type::Number => DataType::Float64,
        Type::Flag => DataType::Boolean,
        Type::Date => DataType::Date32,
        Type::Moment | Type::Other => return Some(array.clone()),
    };
    cast(array, &to).ok()
}
