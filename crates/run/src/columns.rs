//! The columns of one flat table: which is the identifier, and which describe patients.

use cohort::{Cohort, ColumnReport};
use study::Kind;

/// A column that describes patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// Its name.
    pub(crate) name: String,
    /// What the file calls it.
    pub(crate) label: Option<String>,
    /// What it holds.
    pub(crate) kind: Kind,
}

/// The column that identifies patients, by its usual names; it must be different in every row.
pub(crate) fn identifier(cohort: &Cohort) -> Option<String> {
    cohort.columns().into_iter().find(is_identifier).map(|column| column.column)
}

/// Every column that can stand in a table: neither identifiers, nor days, nor texts that differ in every row.
pub(crate) fn describable(cohort: &Cohort) -> Vec<Described> {
    let columns = cohort.columns().into_iter().filter(|column| !is_identifier(column));
    columns
        .filter_map(|column| {
            let kind = match column.kind.as_str() {
                "number" | "integer" => Kind::Number,
                "flag" => Kind::Flag,
                "date" => return None,
                _ if column.rows > 20 && column.distinct == Some(column.rows) => return None,
                _ => Kind::Category,
            };
            Some(Described { name: column.column, label: column.label, kind })
        })
        .collect()
}

fn is_identifier(column: &ColumnReport) -> bool {
    const USUAL: [&str; 8] =
        ["id", "patient", "patient_id", "patientid", "subject_id", "record_id", "usubjid", "case_id"];
    USUAL.contains(&column.column.to_lowercase().as_str())
        && column.distinct.is_none_or(|distinct| distinct == column.rows)
}
