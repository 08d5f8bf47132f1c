//! The schedule of visits in a shared copy.

use super::roles::TableRoles;
use crate::dictionary::{Dictionary, FollowUpEntry, TableEntry};
use std::collections::BTreeMap;

/// The schedule, where the copy has its columns and its conditions quote nothing but codes of the dictionary. Without its
/// conditions it would count the dead as missing, so that it is copied whole or not at all.
pub(super) fn shared(original: &Dictionary, roles: &BTreeMap<String, TableRoles>) -> Option<FollowUpEntry> {
    let entry = original.follow_up.as_ref()?;
    for place in [&entry.start, &entry.visits] {
        let (table, column) = FollowUpEntry::column(place)?;
        kept(roles, table).find(|kept| *kept == column)?;
    }
    let (table, _) = FollowUpEntry::column(&entry.visits)?;
    let nothing = TableEntry::default();
    let described = original.tables.get(table).unwrap_or(&nothing);
    let columns: Vec<&str> = kept(roles, table).collect();
    let mut conditions = entry.death.iter().chain(&entry.ends);
    conditions.all(|sql| quotes_codes_only(sql, &columns, described)).then(|| entry.clone())
}

fn kept<'a>(roles: &'a BTreeMap<String, TableRoles>, table: &str) -> impl Iterator<Item = &'a str> {
    roles.get(table).into_iter().flat_map(TableRoles::kept).map(|(name, _)| name.as_str())
}

/// Words that a condition may have beside columns and codes.
const WORDS: [&str; 10] = ["and", "or", "not", "in", "is", "null", "true", "false", "lower", "trim"];

/// Whether a condition consists of columns, codes and plain comparisons.
fn quotes_codes_only(condition: &str, columns: &[&str], table: &TableEntry) -> bool {
    let codes = || {
        let described = table.columns.iter().filter(|(name, _)| columns.contains(&name.as_str()));
        described.flat_map(|(_, entry)| &entry.codes).map(|code| code.value.as_str())
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let plain = |sql: &str| {
        let mut words = sql.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
        sql.chars().all(|c| is_word(c) || c.is_whitespace() || "=<>!(),\"".contains(c))
            && words.all(|word| columns.contains(&word) || WORDS.contains(&word.to_lowercase().as_str()))
    };
    condition.split('\'').enumerate().all(|(n, part)| match n % 2 {
        0 => plain(part),
        _ => codes().any(|code| code == part),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dictionary::{Code, ColumnEntry};

    #[test]
    fn a_condition_may_quote_nothing_but_codes() {
        let code = |value: &str| Code { value: value.into(), ..Code::default() };
        let status = ColumnEntry { codes: vec![code("dead"), code("alive")], ..ColumnEntry::default() };
        let table =
            TableEntry { columns: BTreeMap::from([("status".to_string(), status)]), ..TableEntry::default() };
        let may = |sql: &str| quotes_codes_only(sql, &["status", "visit_date", "died"], &table);
        for sql in
            ["status = 'dead'", "died", "\"status\" in ('dead', 'alive') and not died", "visit_date is null"]
        {
            assert!(may(sql), "{sql}");
        }
        for sql in [
            "status = 'dead' or patient_id = 'P0042'",
            "status = 'P0042'",
            "status = 'dead' -- Mr Meyer",
            "patient_id = 17",
            "status = 'dead' and visit_date > '2010-03-04'",
            "status = 'it''s'",
            "died or 17 = 17",
        ] {
            assert!(!may(sql), "{sql}");
        }
    }
}
