//! Parquet files: registered as they are, and read only as queries need them.

use super::{Source, TableFile};
use crate::cleaning::{Cleaning, ColumnReport, TableReport};
use crate::dictionary::{ColumnEntry, ColumnKind, Duplicates};
use crate::eligibility::integer;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use engine::{Engine, Type, quoted};
use std::fs::File;
use study::Problem;

/// Apache Parquet. Its columns have types already, so that the dictionary can check values but not change them.
pub(super) struct Parquet;

impl Source for Parquet {
    fn endings(&self) -> &'static [&'static str] {
        &["parquet"]
    }

    fn typed(&self) -> bool {
        true
    }

    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
        let unreadable =
            |error: &dyn std::fmt::Display| table.problem(format!("cannot read the file: {error}"));
        let file = File::open(&table.path).map_err(|error| unreadable(&error))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(|_| {
            table.problem("this is not a Parquet file").help("is it damaged, or another format?")
        })?;
        let rows = u64::try_from(metadata.metadata().file_metadata().num_rows()).unwrap_or_default();
        let fields = engine.add_parquet(table.name, &table.path).map_err(|fault| unreadable(&fault))?;
        // As they stand in the file: of two columns of one name the engine has only one.
        let names: Vec<String> =
            metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let mut problems = table.dictionary.against_header(table.name, &names);
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                let message = format!("two columns are called `{name}`");
                problems.push(table.problem(message).help("give each column its own name"));
            }
        }
        let mut columns = Vec::new();
        for field in &fields {
            let entry = table.entry().and_then(|entry| entry.columns.get(&field.name));
            let kind = entry.and_then(|entry| entry.r#type);
            if let Some(entry) = entry
                && let Some((key, message)) = contradiction(entry, field.r#type)
            {
                let place = table.dictionary.column_place(table.name, &field.name, Some(key));
                let help = "Parquet columns are read as they are: do it in SQL, or remove the key";
                problems.push(Problem::input(message).at(place).help(help));
            }
            columns.push(ColumnReport {
                table: table.name.into(),
                column: field.name.clone(),
                label: entry.and_then(|entry| entry.label.clone()),
                kind: kind.map_or(field.r#type.word(), |kind| kind.name()).into(),
                declared: kind.is_some(),
                rows,
                missing: None,
                distinct: None,
            });
        }
        problems.extend(unsupported(table));
        Problem::collect(problems)?;
        promises(table, engine)?;
        let entries = table.entry().map(|entry| entry.columns.clone()).unwrap_or_default();
        let cleaning = not_applied(table, rows).into_iter().collect();
        Ok(TableReport { rows, columns, cleaning, entries, ..TableReport::default() })
    }
}

/// Values that mean "missing" in the whole registry may stand in a Parquet file too, which is never changed.
fn not_applied(table: &TableFile<'_>, rows: u64) -> Option<Cleaning> {
    let what = "`missing` of the registry is not applied to a Parquet file: where it has such a value, use nullif in SQL";
    let is_said = !table.dictionary.missing.is_empty() && rows > 0;
    is_said.then(|| Cleaning { table: table.name.into(), column: None, what: what.into(), n: rows })
}

/// What the dictionary says of the table that is done on reading a file, and Parquet files are read in place.
fn unsupported(table: &TableFile<'_>) -> Vec<Problem> {
    let Some(entry) = table.entry() else { return Vec::new() };
    let keys = [
        (
            "duplicates",
            entry.duplicates != Duplicates::Report,
            "remove it; `farr check` finds rows that stand twice",
        ),
        ("missing", !entry.missing.is_empty(), "remove it; a view can use nullif"),
        ("names", !entry.names.is_empty(), "remove it; a view can give columns other names"),
        ("select", !entry.select.is_empty(), "remove it; a view can choose columns"),
        ("rows", !entry.rows.is_empty(), "remove it; a view can choose rows"),
        ("filled", !entry.filled.is_empty(), "remove it; a view can choose rows"),
        ("total_row", entry.total_row.is_some(), "remove it; a view can choose rows"),
    ];
    let problem = |(key, _, help): &(&'static str, bool, &'static str)| {
        let place = table.dictionary.place(&["tables".into(), table.name.into(), (*key).into()]);
        Problem::input(format!("`{key}` is not supported for a Parquet file")).at(place).help(*help)
    };
    keys.iter().filter(|(_, is, _)| *is).map(problem).collect()
}

/// Checks by one scan that the values are what the dictionary says: in range, among the codes, not missing.
fn promises(table: &TableFile<'_>, engine: &dyn Engine) -> Result<(), Problem> {
    let Some(entry) = table.entry() else { return Ok(()) };
    let mut checks: Vec<(&str, &str, String)> = Vec::new();
    for (name, column) in &entry.columns {
        let sql = quoted(name);
        if column.required {
            checks.push((name, "missing, and the column is required", format!("{sql} is null")));
        }
        if let Some([least, greatest]) = column.range {
            let (least, greatest) = (least.max(f64::MIN), greatest.min(f64::MAX));
            let outside = format!("not ({sql} >= {least:e} and {sql} <= {greatest:e})");
            checks.push((name, "outside the range", outside));
        }
        if !column.codes.is_empty() {
            let values: Vec<String> =
                column.codes.iter().map(|code| format!("'{}'", code.value.replace('\'', "''"))).collect();
            let others = format!("cast({sql} as varchar) not in ({})", values.join(", "));
            checks.push((name, "not among the codes", others));
        }
    }
    if checks.is_empty() {
        return Ok(());
    }
    let counts: Vec<String> =
        checks.iter().map(|(_, _, fault)| format!("count(*) filter (where {fault})")).collect();
    let sql = format!("select {} from {}", counts.join(", "), quoted(table.name));
    let found = engine.query(&sql).map_err(|fault| table.problem(fault.message))?;
    let mut problems = Vec::new();
    for (index, (name, words, _)) in checks.iter().enumerate() {
        let n: i64 =
            found.iter().filter(|batch| batch.num_rows() > 0).map(|batch| integer(batch, index, 0)).sum();
        if n > 0 {
            problems.push(
                Problem::input(format!("{n} values are {words}"))
                    .at_cell(table.name, None, Some(name))
                    .help("mend the file, or the entry in registry.toml"),
            );
        }
    }
    Problem::collect(problems)
}

/// The key of an entry that the column cannot fulfil, and why.
fn contradiction(entry: &ColumnEntry, found: Type) -> Option<(&'static str, String)> {
    let fits = match entry.r#type {
        None => true,
        Some(ColumnKind::Text | ColumnKind::Category) => matches!(found, Type::Text | Type::Integer),
        Some(ColumnKind::Number) => matches!(found, Type::Number | Type::Integer),
        Some(ColumnKind::Integer) => found == Type::Integer,
        Some(ColumnKind::Date) => matches!(found, Type::Date | Type::Moment),
        Some(ColumnKind::Flag) => found == Type::Flag,
    };
    if let (false, Some(kind)) = (fits, entry.r#type) {
        return Some(("type", format!("declared as {}, the file has {found}", kind.name())));
    }
    let changing = [
        ("unit_column", entry.unit_column.is_some()),
        ("missing", !entry.missing.is_empty()),
        ("below_detection", entry.below_detection.is_some()),
        ("separator", entry.separator.is_some()),
        ("format", entry.format.is_some()),
        ("codes", entry.codes.iter().any(|code| !code.aliases.is_empty())),
    ];
    let (key, _) = changing.into_iter().find(|(_, is)| *is)?;
    Some((key, format!("`{key}` cannot be applied to a Parquet column")))
}
