//! Concordance of a score with a time to an event.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let mut table = Table::with_columns(3);
    table.header = vec![vec![
        HeaderCell::new("Score"),
        HeaderCell::new("Events/patients"),
        HeaderCell::new(format!("Concordance ({})", style.interval_name())),
        HeaderCell::new("Standard error"),
    ]];
    let group = results.groups.first();
    let counts = group.map_or(String::new(), |group| {
        format!("{}/{}", style::count(group.events.unwrap_or(0)), style::count(group.n))
    });
    for row in wording::rows(results, Quantity::Concordance) {
        let score = row.term.as_deref().map_or(String::new(), |term| wording::heading(results, term));
        table.push(
            RowKind::Single,
            [
                Cell::from(score),
                counts.clone().into(),
                concordance(row).into(),
                row.std_error.map_or(style::ABSENT.into(), |error| style::number(error, 3)).into(),
            ],
        );
    }
    table.remark(
        "Share of comparable pairs in which the patient with the higher score has the event first; 0.5 is no agreement.",
    );
    design_remarks(&mut table, results);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// `0.664 (0.620–0.708)`.
pub(super) fn concordance(row: &Estimate) -> String {
    let figure = |value: f64| style::number(value, 3);
    let Some(value) = row.value else { return style::ABSENT.into() };
    match row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
        Some((lower, upper)) => format!("{} ({}–{})", figure(value), figure(lower), figure(upper)),
        None => figure(value),
    }
}
