//! What the columns of the analysis set mean: what the dictionary and the files say of the columns of tables goes with
//! their values through the study's views.
//!
//! A column of a view whose values are those of a column of a table, merely chosen, has its label, unit and codes. Where
//! its values are of several columns it has what these agree on; a value that is one of some column's codes must mean
//! the same in all of them.

use crate::dictionary::{Code, ColumnEntry};
use engine::Origin;
use std::collections::BTreeMap;

/// What is said of columns, by table.
pub(crate) type Entries<'a> = BTreeMap<&'a str, &'a BTreeMap<String, ColumnEntry>>;

/// Whether anything is said that a report could print, or may not.
pub(crate) fn is_said(entries: &Entries<'_>) -> bool {
    let said = |entry: &ColumnEntry| {
        entry.label.is_some() || entry.unit.is_some() || !entry.codes.is_empty() || entry.names_somebody()
    };
    entries.values().flat_map(|columns| columns.values()).any(said)
}

/// What is known of the columns of a SELECT.
pub(crate) fn meanings(columns: &[Origin], entries: &Entries<'_>) -> BTreeMap<String, ColumnEntry> {
    let mut found: BTreeMap<String, ColumnEntry> = BTreeMap::new();
    for origin in columns {
        let of = |(table, column): &(String, String)| entries.get(table.as_str())?.get(column);
        let sources: Option<Vec<&ColumnEntry>> = origin.from.iter().map(of).collect();
        if let Some(entry) = sources.and_then(|sources| agreed(&sources)) {
            found.insert(origin.column.clone(), entry);
        }
    }
    tell_apart(columns, &mut found);
    found
}

/// What several columns say alike.
fn agreed(sources: &[&ColumnEntry]) -> Option<ColumnEntry> {
    let (first, others) = sources.split_first()?;
    let alike = |part: fn(&ColumnEntry) -> &Option<String>| {
        part(first).clone().filter(|_| others.iter().all(|other| part(other) == part(first)))
    };
    Some(ColumnEntry {
        label: alike(|entry| &entry.label),
        unit: alike(|entry| &entry.unit),
        separator: alike(|entry| &entry.separator),
        codes: common_codes(sources).unwrap_or_default(),
        // Where one of them may name somebody, so may the value.
        role: sources.iter().find(|source| source.names_somebody()).and_then(|source| source.role()),
        ..ColumnEntry::default()
    })
}

/// The codes of all, where none means two things and no column is without.
fn common_codes(sources: &[&ColumnEntry]) -> Option<Vec<Code>> {
    let mut codes: Vec<Code> = Vec::new();
    for entry in sources {
        if entry.codes.is_empty() || entry.separator != sources[0].separator {
            return None;
        }
        for code in &entry.codes {
            match codes.iter().find(|known| known.value == code.value) {
                Some(known) if known.label != code.label => return None,
                Some(_) => {}
                None => codes.push(code.clone()),
            }
        }
    }
    Some(codes)
}

/// Columns that would have the label of another, for example the least and the greatest value of one, have none: only one
/// that is still called like its source keeps it.
fn tell_apart(columns: &[Origin], found: &mut BTreeMap<String, ColumnEntry>) {
    let mut n: BTreeMap<String, usize> = BTreeMap::new();
    for label in found.values().filter_map(|entry| entry.label.clone()) {
        *n.entry(label).or_default() += 1;
    }
    for origin in columns.iter().filter(|origin| origin.from.iter().all(|(_, name)| *name != origin.column)) {
        let Some(entry) = found.get_mut(&origin.column) else { continue };
        if entry.label.as_ref().and_then(|label| n.get(label)).is_some_and(|n| *n > 1) {
            entry.label = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(codes: &[(&str, &str)]) -> Vec<Code> {
        let code = |(value, label): &(&str, &str)| Code {
            value: (*value).into(),
            label: (*label).into(),
            ..Code::default()
        };
        codes.iter().map(code).collect()
    }

    fn column(label: &str, known: &[(&str, &str)]) -> ColumnEntry {
        ColumnEntry { label: Some(label.into()), codes: codes(known), ..ColumnEntry::default() }
    }

    fn origin(column: &str, from: &[&str]) -> Origin {
        Origin {
            column: column.into(),
            from: from.iter().map(|name| ("t".to_string(), (*name).to_string())).collect(),
        }
    }

    #[test]
    fn values_of_several_columns_have_what_these_agree_on() {
        let table = BTreeMap::from([
            ("kras".to_string(), column("KRAS", &[("0", "wild"), ("1", "mutated")])),
            ("nras".to_string(), column("NRAS", &[("0", "wild"), ("2", "unknown")])),
            ("sex".to_string(), column("Sex", &[("0", "male")])),
            ("age".to_string(), column("Age", &[])),
        ]);
        let entries: Entries<'_> = BTreeMap::from([("t", &table)]);
        let columns = [
            origin("ras", &["kras", "nras"]),
            origin("mixed", &["kras", "sex"]),
            origin("partly", &["age", "kras"]),
            origin("unknown", &["kras", "none"]),
            origin("made", &[]),
        ];
        let found = meanings(&columns, &entries);
        assert_eq!(found["ras"].codes, codes(&[("0", "wild"), ("1", "mutated"), ("2", "unknown")]));
        assert_eq!(found["ras"].label, None);
        assert!(found["mixed"].codes.is_empty() && found["partly"].codes.is_empty());
        assert_eq!(found.keys().collect::<Vec<_>>(), ["mixed", "partly", "ras"]);
    }

    #[test]
    fn no_two_columns_take_one_label_under_other_names() {
        let table = BTreeMap::from([("size".to_string(), column("Size", &[]))]);
        let entries: Entries<'_> = BTreeMap::from([("t", &table)]);
        let label = |columns: &[Origin], name: &str| meanings(columns, &entries)[name].label.clone();
        let both = [origin("least", &["size"]), origin("greatest", &["size"])];
        assert_eq!((label(&both, "least"), label(&both, "greatest")), (None, None));
        let beside = [origin("size", &["size"]), origin("greatest", &["size"])];
        assert_eq!((label(&beside, "size"), label(&beside, "greatest")), (Some("Size".into()), None));
        assert_eq!(label(&both[..1], "least"), Some("Size".into()));
    }
}
