//! Pairs of groups compared each by itself.

use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let by = results.by.as_deref()?;
    let label =
        |level: &Option<String>| results.level_label(by, level.as_deref().unwrap_or_default()).to_string();
    let is_adjusted = wording::rows(results, Quantity::AdjustedP).next().is_some();
    wording::rows(results, Quantity::PairwiseComparison).next()?;
    let mut table = Table::with_columns(if is_adjusted { 3 } else { 2 });
    let mut header = vec![
        HeaderCell::new(wording::heading(results, by)),
        HeaderCell::new("χ²"),
        HeaderCell::new("P value"),
    ];
    if is_adjusted {
        header.push(HeaderCell::new("Adjusted P value"));
    }
    table.header = vec![header];
    let mut name = None;
    for row in wording::rows(results, Quantity::PairwiseComparison) {
        let test = row.test.as_ref();
        name = name.or(test.map(|test| test.name));
        let statistic = test.and_then(|test| test.statistic);
        let mut cells = vec![
            Cell::from(format!("{} – {}", label(&row.group), label(&row.reference))),
            statistic.map_or(style::ABSENT.into(), |value| style::number(value, 2)).into(),
            style.p_value(test.and_then(|test| test.p_value)).into(),
        ];
        if is_adjusted {
            let adjusted = wording::rows(results, Quantity::AdjustedP)
                .find(|adjusted| adjusted.group == row.group && adjusted.reference == row.reference);
            cells.push(style.p_value(adjusted.and_then(|row| row.value)).into());
        }
        table.push(RowKind::Single, cells);
    }
    if let Some(name) = name {
        table.remark(format!("{} of each pair, one degree of freedom.", wording::capitalised(name.text())));
    }
    Some(Content::Table(table.finish()))
}
