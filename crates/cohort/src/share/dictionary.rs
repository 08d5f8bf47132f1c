//! The dictionary of a shared copy, written anew: what describes the values, and nothing that was needed to read the
//! original or that could quote it.

use super::roles::{TableRoles, Treatment};
use super::schedule;
use crate::cohort::Study;
use crate::dictionary::{Code, ColumnEntry, ColumnKind, Dictionary, TableEntry};
use std::collections::BTreeMap;
use std::path::Path;
use study::{Place, Problem};
use toml::Value;

/// Writes `registry.toml`.
pub(super) fn write(
    study: &Study,
    roles: &BTreeMap<String, TableRoles>,
    target: &Path,
) -> Result<(), Problem> {
    let original = &study.registry.dictionary;
    let mut shared = Dictionary {
        patient: original.patient.clone(),
        follow_up: schedule::shared(original, roles),
        ..Dictionary::default()
    };
    for (name, roles) in roles {
        let Some(entry) = original.tables.get(name) else { continue };
        let kept: Vec<&str> = roles.kept().map(|(name, _)| name.as_str()).collect();
        let whole = entry.key.iter().all(|column| kept.contains(&column.as_str()));
        let mut columns = BTreeMap::new();
        for (column, treatment) in roles.kept() {
            if let Some(entry) = entry.columns.get(column) {
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
        .map_err(|error| Problem::output(format!("cannot write: {error}")).at(Place::Path(path)))
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
