//! What the dictionary says of columns, as rules.
//!
//! A table of texts is held to its types, ranges and codes while it is read, and what it breaks is refused there. Files
//! that have types already (Parquet) are read as they are, so that their values are asked for here.

use super::Table;
use super::rule::Rule;
use crate::dictionary::ColumnEntry;
use crate::sources::source_of;
use crate::study_folder::Study;
use engine::quoted;
use std::collections::BTreeMap;

/// The rules of every table that is there.
pub(super) fn rules(study: &Study, tables: &BTreeMap<String, Table>) -> Vec<Rule> {
    let mut found = Vec::new();
    for (name, entry) in &study.registry.dictionary.tables {
        let Some(table) = tables.get(name) else { continue };
        let Some(path) = study.registry.tables.get(name) else { continue };
        let typed = source_of(path).is_some_and(|source| source.typed());
        for (column, entry) in &entry.columns {
            if !table.columns.contains(column) {
                continue;
            }
            if typed {
                found.extend(values(name, column, entry));
            }
            if let Some((other, key)) = entry.referenced()
                && tables.get(other).is_some_and(|other| other.columns.iter().any(|known| known == key))
            {
                found.push(Rule::of_reference(name, column, other, key));
            }
        }
    }
    found
}

/// The rules of one column of a file with types.
fn values(table: &str, column: &str, entry: &ColumnEntry) -> Vec<Rule> {
    let sql = quoted(column);
    let mut found = Vec::new();
    let mut rule = |name: &str, message: String, condition| {
        found.push(Rule::of_column(name, table, column, message, condition))
    };
    if entry.required {
        rule(
            "dictionary-required",
            "the value is missing, and the column is required".into(),
            format!("{sql} is null"),
        );
    }
    if let Some([least, greatest]) = entry.range {
        let (lower, upper) = (least.max(f64::MIN), greatest.min(f64::MAX));
        let condition = format!("not ({sql} >= {lower:e} and {sql} <= {upper:e})");
        rule(
            "dictionary-range",
            format!("the value lies outside the range {least} to {greatest}"),
            condition,
        );
    }
    if !entry.codes.is_empty() {
        let values: Vec<String> =
            entry.codes.iter().map(|code| format!("'{}'", code.value.replace('\'', "''"))).collect();
        let condition = format!("cast({sql} as varchar) not in ({})", values.join(", "));
        rule("dictionary-code", "the value is not among the codes".into(), condition);
    }
    found
}
