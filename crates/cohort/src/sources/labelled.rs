//! Columns with labels, as the files of statistics programs have them.

use super::Grid;
use crate::dictionary::{Code, ColumnEntry, ColumnKind};
use std::collections::BTreeMap;

/// What a statistics program's file says of a column.
pub(crate) struct Described {
    pub(crate) label: Option<String>,
    /// Value and label.
    pub(crate) labels: Vec<(String, String)>,
    /// Values that mean "missing" and stand in the column.
    pub(crate) missing: Vec<String>,
    /// Whether it is a string, even where it holds digits.
    pub(crate) text: bool,
    /// Whether a number with labels for some of its values is a number.
    pub(crate) scale: bool,
}

impl Grid {
    /// Notes what the file says of a column.
    ///
    /// A column whose every value has a label is a category. Where some have none, a nominal or ordinal column is a
    /// category all the same, and the others are numbers with a few words for special values.
    pub(crate) fn describe(&mut self, position: usize, described: Described) {
        let Described { label, labels, missing, text, scale } = described;
        let name = self.names[position].clone();
        let is_missing = |value: &str| value.is_empty() || missing.iter().any(|one| one == value);
        let mut codes: Vec<Code> = Vec::new();
        let mut reasons = BTreeMap::new();
        for (value, label) in labels {
            if is_missing(&value) {
                reasons.insert(value, label);
            } else if codes.iter().all(|code| code.value != value) {
                codes.push(Code { value, label, ..Code::default() });
            }
        }
        let values = self.columns[position].texts.iter();
        let bare: Vec<String> = values
            .filter(|value| !is_missing(value.trim()) && codes.iter().all(|code| code.value != value.trim()))
            .map(|value| value.trim().to_string())
            .collect();
        if !codes.is_empty() && !bare.is_empty() {
            if scale {
                let what = "some values have labels and others not: read as numbers, without the labels";
                self.notes.push((Some(name.clone()), what.into(), self.rows as u64));
                codes.clear();
            } else {
                codes.extend(bare.into_iter().map(|value| Code { value, ..Code::default() }));
            }
        }
        let kind = match (codes.is_empty(), text) {
            (false, _) => Some(ColumnKind::Category),
            (true, true) => Some(ColumnKind::Text),
            (true, false) => None,
        };
        self.entries.insert(
            name,
            ColumnEntry { label, codes, missing, reasons, r#type: kind, ..ColumnEntry::default() },
        );
    }
}
