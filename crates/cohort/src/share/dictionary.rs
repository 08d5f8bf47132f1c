//! The dictionary of a shared copy, written anew: what describes the values, and nothing that was needed to read the
//! original or that could quote it.

use super::roles::{TableRoles, Treatment};
use super::schedule;
use crate::dictionary::{Code, ColumnEntry, ColumnKind, Dictionary, TableEntry};
use crate::study_folder::Study;
use std::collections::BTreeMap;
use std::path::Path;
use study::{Place, Problem};
use toml::Value;

/// Writes `registry.toml`; gives what of the original is not in it and would be missed.
pub(super) fn write(
    study: &Study,
    roles: &BTreeMap<String, TableRoles>,
    target: &Path,
) -> Result<Vec<String>, Problem> {
    let original = &study.registry.dictionary;
    let follow_up = schedule::shared(original, roles);
    let mut left_out = Vec::new();
    if original.follow_up.is_some() && follow_up.is_none() {
        left_out
            .push("[follow_up]: it uses columns that are not shared as they are, or may quote data".into());
    }
    if !original.rules.is_empty() {
        left_out.push("[[rules]]: they may quote data".into());
    }
    let mut shared = Dictionary { patient: original.patient.clone(), follow_up, ..Dictionary::default() };
    for (name, roles) in roles {
        let Some(entry) = original.tables.get(name) else { continue };
        let kept: Vec<&str> = roles.kept().map(|(name, _)| name.as_str()).collect();
        let whole = entry.key.iter().all(|column| kept.contains(&column.as_str()));
        let mut columns = BTreeMap::new();
        for (column, treatment) in roles.kept() {
            // What the file itself says of a column, such as its labels, is in no file of the copy.
            let read = study.reports.get(name).and_then(|report| report.entries.get(column));
            if let Some(entry) = read.or_else(|| entry.columns.get(column)) {
                columns.insert(column.clone(), column_entry(entry, treatment));
            }
        }
        shared.tables.insert(
            name.clone(),
            TableEntry {
                label: entry.label.clone(),
                key: if whole { entry.key.clone() } else { Vec::new() },
                columns,
                ..TableEntry::default()
            },
        );
    }
    let path = target.join("registry.toml");
    let internal = |error: &dyn std::fmt::Display| Problem::internal(error.to_string());
    let mut value = Value::try_from(&shared).map_err(|error| internal(&error))?;
    without_defaults(&mut value);
    let text = toml::to_string(&value).map_err(|error| internal(&error))?;
    let head = "# The dictionary of a shared copy: pseudonyms for identifiers, moved days, no free text.\n\n";
    std::fs::write(&path, format!("{head}{text}"))
        .map_err(|error| Problem::output(format!("cannot write: {error}")).at(Place::Path(path)))?;
    Ok(left_out)
}

/// Takes out what a dictionary means anyway.
fn without_defaults(value: &mut Value) {
    match value {
        Value::Table(table) => {
            table.iter_mut().for_each(|(_, value)| without_defaults(value));
            table.retain(|key: &str, value| match (key, value) {
                (_, Value::Table(table)) => !table.is_empty(),
                (_, Value::Array(array)) => !array.is_empty(),
                ("required", Value::Boolean(false)) | ("ignore_case", Value::Boolean(true)) => false,
                ("decimal" | "duplicates", Value::String(text)) => text != "point" && text != "report",
                _ => true,
            });
        }
        Value::Array(array) => array.iter_mut().for_each(without_defaults),
        _ => {}
    }
}

/// What describes the values as they are now: converted, spelt as their code, missing where they were.
fn column_entry(entry: &ColumnEntry, treatment: &Treatment) -> ColumnEntry {
    let named = matches!(treatment, Treatment::Patient | Treatment::Pseudonym(_));
    let codes = entry.codes.iter().map(|code| Code { aliases: Vec::new(), ..code.clone() });
    ColumnEntry {
        r#type: if named { Some(ColumnKind::Text) } else { entry.r#type },
        range: if named { None } else { entry.range },
        unit_column: None,
        units: BTreeMap::new(),
        missing: Vec::new(),
        decimal: Default::default(),
        below_detection: None,
        format: None,
        codes: if named { Vec::new() } else { codes.collect() },
        ..entry.clone()
    }
}
