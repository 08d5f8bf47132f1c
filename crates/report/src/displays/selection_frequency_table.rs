//! How often a selection chooses each term when the patients are drawn anew.

use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, _style: &Style, _id: &str) -> Option<Content> {
    let rows: Vec<&Estimate> = wording::rows(results, Quantity::SelectionFrequency).collect();
    let of = rows.first()?.of?;
    let share = |row: &Estimate| row.value.map_or(style::ABSENT.into(), style::percent);
    let mut table = Table::with_columns(2);
    let heads = ["Candidate", "In the model", "Bootstrap, %"];
    table.header = vec![heads.into_iter().map(HeaderCell::new).collect()];
    for row in rows.iter().filter(|row| row.term.is_some()) {
        let term = row.term.as_deref().unwrap_or_default();
        let chosen = if row.level.as_deref() == Some("chosen") { "yes" } else { style::ABSENT };
        let cells: [Cell; 3] = [wording::heading(results, term).into(), chosen.into(), share(row).into()];
        table.push(RowKind::Single, cells);
    }
    table.remark(format!(
        "Share of {} bootstrap replicates in which the whole selection, repeated, chose the candidate.",
        style::count(of)
    ));
    if let Some(same) = rows.iter().find(|row| row.term.is_none()) {
        table.remark(format!("Just the terms of the model shown were chosen in {}%.", share(same)));
    }
    Some(Content::Table(table.finish()))
}
