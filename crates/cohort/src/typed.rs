//! Texts to typed columns, as the dictionary says.

mod commas;
mod duplicates;
mod units;

use crate::cells::{DateFormat, Reader, Value, infer};
use crate::cleaning::{ColumnReport, Ledger, TableReport};
use crate::dictionary::{ColumnEntry, ColumnKind, Decimal, Role};
use crate::found_text::{self, FoundText};
use crate::quality::{ROW, numbered};
use crate::sources::{Grid, TableFile, TextColumn};
use crate::totals;
use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, RecordBatchOptions,
    StringViewArray, UInt32Array,
};
use arrow::compute::take;
use arrow::datatypes::{Field, Schema};
use commas::{decimal_comma, points_of_thousands};
use duplicates::without_duplicates;
use engine::{Engine, Type};
use std::collections::BTreeMap;
use std::sync::Arc;
use study::Problem;
use units::converted;

/// Makes a grid of texts a table of the engine.
pub(crate) fn load(grid: Grid, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
    let mut ledger = Ledger::new(table.name);
    ledger.change(None, "left out: every field is empty", grid.left_out());
    let mut grid = totals::left_out(grid.chosen(table)?, table, &mut ledger)?;
    Problem::collect(table.dictionary.against_header(table.name, &grid.names))?;
    let mut arrays: Vec<ArrayRef> = Vec::new();
    let mut columns = Vec::new();
    let mut entries = BTreeMap::new();
    let mut texts_found = BTreeMap::new();
    for position in 0..grid.names.len() {
        let name = grid.names[position].clone();
        let mut column_entry = entry(&grid, table, &name);
        if let Some(array) = grid.ready.remove(&position) {
            let kind =
                column_entry.r#type.map_or(Type::of(array.data_type()).word(), |kind| kind.name()).into();
            columns.push(ColumnReport {
                table: table.name.into(),
                column: name.clone(),
                label: column_entry.label.clone(),
                kind,
                declared: table.entry().is_some_and(|entry| entry.declares(&name)),
                rows: grid.rows as u64,
                missing: Some(array.null_count() as u64),
                distinct: None,
            });
            arrays.push(array);
            entries.insert(name, column_entry);
            continue;
        }
        if grid.dates.contains(&position) {
            write_dates(&mut grid.columns[position], &column_entry);
        }
        let texts = &grid.columns[position].texts;
        if grid.decimal_commas && column_entry.r#type.is_none() && column_entry.decimal.is_none() {
            column_entry.decimal = decimal_comma(&grid, position, &column_entry, &mut ledger);
        }
        let kind = column_entry.r#type.unwrap_or_else(|| infer(texts.iter(), &column_entry));
        if column_entry.r#type.is_none()
            && kind == ColumnKind::Text
            && !names_somebody(table, &grid, &name, &column_entry)
        {
            let found = FoundText::new(&grid, position, &column_entry);
            // Of commas that may be decimals it has been told.
            let commas = ColumnEntry { decimal: Some(Decimal::Comma), ..column_entry.clone() };
            let is_told = grid.decimal_commas
                && matches!(infer(texts.iter(), &commas), ColumnKind::Number | ColumnKind::Integer);
            if let Some(note) = found.note().filter(|_| !is_told) {
                ledger.change(Some(&name), note, found.n_others());
            }
            texts_found.insert(name.clone(), found);
        }
        if column_entry.r#type.is_none()
            && matches!(kind, ColumnKind::Integer | ColumnKind::Number)
            && !names_somebody(table, &grid, &name, &column_entry)
            && found_text::may_be_serial_dates(&name, texts.iter())
        {
            ledger.change(Some(&name), found_text::SERIAL_DATES, grid.rows as u64);
        }
        if kind == ColumnKind::Number && grid.decimal_commas && column_entry.decimal.is_none() {
            points_of_thousands(&grid, position, &mut ledger);
        }
        let told = Told {
            table: table.name,
            hides: names_somebody(table, &grid, &name, &column_entry),
            hides_units: column_entry
                .unit_column
                .as_ref()
                .is_some_and(|units| names_somebody(table, &grid, units, &entry(&grid, table, units))),
        };
        let array = column(&grid, position, kind, &column_entry, &told, &mut ledger);
        columns.push(ColumnReport {
            table: table.name.into(),
            column: name,
            label: column_entry.label.clone(),
            kind: kind.name().into(),
            declared: column_entry.r#type.is_some(),
            rows: grid.rows as u64,
            missing: Some(array.null_count() as u64),
            distinct: Some(texts.iter().filter(|text| !text.trim().is_empty()).count() as u64),
        });
        arrays.push(array);
        entries.insert(columns[position].column.clone(), column_entry);
    }
    for (row, position, message) in std::mem::take(&mut grid.refused) {
        ledger.refuse(grid.file_row(row), position, &grid.names[position], || message);
    }
    for (column, what, n) in std::mem::take(&mut grid.notes) {
        ledger.change(column.as_deref(), what, n);
    }
    // The texts are not needed any more, and may be many.
    grid.columns.clear();
    if table.numbered {
        let numbers = (0..grid.rows).map(|row| grid.file_row(row) as i64);
        arrays.push(Arc::new(Int64Array::from_iter_values(numbers)));
    }
    let batch = batch(&grid, arrays)?;
    let (batch, rows) = without_duplicates(batch, &grid, table, &mut ledger)?;
    add(batch, &grid, table, engine)?;
    let cleaning = ledger.close()?;
    columns.iter_mut().for_each(|column| column.rows = rows);
    Ok(TableReport { rows, columns, cleaning, entries, texts: texts_found })
}

/// Adds the table to the engine, and beside it the same rows with their numbers where these are wanted.
fn add(
    mut batch: RecordBatch,
    grid: &Grid,
    table: &TableFile<'_>,
    engine: &dyn Engine,
) -> Result<(), Problem> {
    let internal =
        |error: &dyn std::fmt::Display| Problem::internal(format!("table `{}`: {error}", table.name));
    if table.numbered {
        let own: Vec<usize> = (0..grid.names.len()).collect();
        let plain = batch.project(&own).map_err(|error| internal(&error))?;
        engine
            .add_rows(&numbered(table.name), batch.schema(), vec![batch])
            .map_err(|fault| internal(&fault))?;
        batch = plain;
    }
    engine.add_rows(table.name, batch.schema(), vec![batch]).map_err(|fault| internal(&fault))
}

/// What is known of a column: what registry.toml says, and where it is silent, the file.
pub(crate) fn entry(grid: &Grid, table: &TableFile<'_>, name: &str) -> ColumnEntry {
    let said = table.entry().and_then(|entry| entry.columns.get(name)).cloned().unwrap_or_default();
    let mut entry = match grid.entries.get(name) {
        Some(file) => said.completed(file),
        None => said,
    };
    entry.decimal = entry.decimal.or(table.entry().and_then(|entry| entry.decimal));
    table.dictionary.with_missing(table.name, entry)
}

/// Whether the values of a column may name a patient or have been typed, so that none of them is repeated.
fn names_somebody(table: &TableFile<'_>, grid: &Grid, name: &str, entry: &ColumnEntry) -> bool {
    let patient = table.dictionary.patient_column(table.name, None, &grid.names);
    let is_key = table.entry().is_some_and(|entry| entry.key.iter().any(|key| key == name));
    is_key || patient.as_deref() == Some(name) || entry.references.is_some() || entry.names_somebody()
}

/// Writes ISO dates as the column's `format` says, so that dates proper are read whatever it is.
fn write_dates(column: &mut TextColumn, entry: &ColumnEntry) {
    let Some(format) = entry.format.as_deref().and_then(DateFormat::parse) else { return };
    let texts: Vec<String> = column.texts.iter().map(|text| format.written(text)).collect();
    let codes = std::mem::take(column).codes;
    codes.iter().for_each(|code| column.push(&texts[*code as usize]));
}

/// What may be told of a column.
struct Told<'a> {
    table: &'a str,
    /// Whether its values may name a patient, or have been typed.
    hides: bool,
    /// Whether those of its column of units may.
    hides_units: bool,
}

/// Reads one column: each distinct text once, then each row takes the value of its text.
fn column(
    grid: &Grid,
    position: usize,
    kind: ColumnKind,
    entry: &ColumnEntry,
    told: &Told<'_>,
    ledger: &mut Ledger,
) -> ArrayRef {
    let name = &grid.names[position];
    let TextColumn { codes, texts } = &grid.columns[position];
    let reader = Reader::new(kind, entry);
    let mut n = vec![0u64; texts.len()];
    codes.iter().for_each(|code| n[*code as usize] += 1);
    let mut values: Vec<Option<Value>> = Vec::with_capacity(texts.len());
    let mut refused: Vec<Option<String>> = vec![None; texts.len()];
    let mut any_refused = false;
    for (code, text) in texts.iter().enumerate() {
        let cell = reader.read(text);
        for change in cell.changes {
            ledger.change(Some(name), change, n[code]);
        }
        let value = cell.value.unwrap_or_else(|message| {
            refused[code] = Some(match entry.role() {
                Some(Role::BirthDate) => {
                    "the value, which is not shown because of its role, is not a date as `format` says".into()
                }
                _ if told.hides => format!(
                    "the value, which is not shown because of the column's role, is no {}",
                    if entry.codes.is_empty() { kind.name() } else { "code" }
                ),
                _ => message,
            });
            None
        });
        if value.is_none() && refused[code].is_none() && entry.required {
            refused[code] = Some("the value is missing, and the column is required".into());
        }
        any_refused |= refused[code].is_some();
        values.push(value);
    }
    if any_refused {
        let texts = texts.iter().zip(&refused).filter(|(_, refused)| refused.is_some()).map(|(text, _)| text);
        if matches!(kind, ColumnKind::Number | ColumnKind::Integer)
            && !told.hides
            && let Some(help) = found_text::missing_help(texts.clone(), told.table, name)
        {
            ledger.help(help);
        }
        if kind == ColumnKind::Date
            && let Some(help) = found_text::serial_help(texts.clone(), entry, told.table, name)
        {
            ledger.help(help);
        }
        let is_written = texts.clone().any(|text| !text.trim().is_empty());
        if is_written && !entry.codes.is_empty() && entry.role() == Some(Role::Value) {
            ledger.help(found_text::codes_help(told.table, name));
        }
        for (row, code) in codes.iter().enumerate() {
            if let Some(message) = &refused[*code as usize] {
                ledger.refuse(grid.file_row(row), position, name, || message.clone());
            }
        }
    }
    let distinct = distinct(kind, &values);
    let rows = UInt32Array::from(codes.clone());
    let array = take(&distinct, &rows, None).unwrap_or(distinct);
    match &entry.unit_column {
        Some(units) if kind == ColumnKind::Number => {
            converted(&array, grid, position, units, (&reader, told), ledger).unwrap_or(array)
        }
        _ => array,
    }
}

fn distinct(kind: ColumnKind, values: &[Option<Value>]) -> ArrayRef {
    macro_rules! gather {
        ($array:ty, $variant:ident) => {
            Arc::new(
                values
                    .iter()
                    .map(|value| match value {
                        Some(Value::$variant(value)) => Some(value.clone()),
                        _ => None,
                    })
                    .collect::<$array>(),
            )
        };
    }
    match kind {
        ColumnKind::Text | ColumnKind::Category => gather!(StringViewArray, Text),
        ColumnKind::Number => gather!(Float64Array, Number),
        ColumnKind::Integer => gather!(Int64Array, Integer),
        ColumnKind::Date => gather!(Date32Array, Date),
        ColumnKind::Flag => gather!(BooleanArray, Flag),
    }
}

fn batch(grid: &Grid, arrays: Vec<ArrayRef>) -> Result<RecordBatch, Problem> {
    let fields: Vec<Field> = grid
        .names
        .iter()
        .map(String::as_str)
        .chain([ROW])
        .zip(&arrays)
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let options = RecordBatchOptions::new().with_row_count(Some(grid.rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Problem::internal(format!("a table cannot be built: {error}")))
}
