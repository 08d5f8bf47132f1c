//! What the columns of the registry model hold, for whoever has text in them instead.

use crate::cleaning::TableReport;
use crate::mistyped::of_table;
use std::collections::BTreeMap;

/// Columns that clinical views and built-in rules reckon with.
const NUMBERS: [(&str, &str); 9] = [
    ("measurements", "diameter_mm"),
    ("pathology", "residual_percent"),
    ("pathology", "size_mm"),
    ("pathology", "trg"),
    ("labs", "value"),
    ("treatments", "cycle"),
    ("treatments", "line"),
    ("follow_up", "cea"),
    ("scores", "score"),
];
const DAYS: [(&str, &str); 10] = [
    ("patients", "birth_date"),
    ("patients", "primary_diagnosis_date"),
    ("patients", "liver_metastasis_date"),
    ("lesions", "first_seen"),
    ("measurements", "exam_date"),
    ("treatments", "start_date"),
    ("operations", "operation_date"),
    ("pathology", "operation_date"),
    ("labs", "sample_date"),
    ("follow_up", "visit_date"),
];

/// Message and help in the place of an engine's words about types, where some SQL uses a column that holds text and
/// should hold something else.
pub(crate) fn text_instead(sql: &str, reports: &BTreeMap<String, TableReport>) -> Option<(String, String)> {
    let is_text = |table: &str, column: &str| {
        let mut columns = reports.get(table).into_iter().flat_map(|report| &report.columns);
        columns.any(|report| report.column == column && report.kind == "text")
    };
    let found = |columns: &'static [(&str, &str)], what: &'static str| {
        let found = columns.iter().find(|(table, column)| sql.contains(column) && is_text(table, column));
        found.map(|(table, column)| (table, column, what))
    };
    let (table, column, what) = found(&NUMBERS, "number").or_else(|| found(&DAYS, "date"))?;
    Some((
        format!("the column {} holds text, where a {what} is needed", of_table(table, column)),
        format!(
            "declare it in registry.toml, under [tables.{table}.columns.{column}]: type = \"{what}\", and what stands \
             for a missing value, such as missing = [\"NA\"]"
        ),
    ))
}
