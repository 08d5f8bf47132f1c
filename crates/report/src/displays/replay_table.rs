//! The printed figures of a paper beside the computed ones.

use crate::display::{Content, Display};
use crate::style;
use crate::table::{Align, Cell, HeaderCell, RowKind, Table};
use study::published::Verdict;
use study::{Comparison, Replay};

/// Id of the display of all printed figures.
pub const ID: &str = "replay";

pub(super) fn display(replay: &Replay) -> Display {
    Display {
        id: ID.into(),
        analysis: None,
        number: String::new(),
        title: "The printed figures computed anew".into(),
        content: Content::Table(table(replay.comparisons.iter())),
    }
}

/// A table of some comparisons.
pub(crate) fn table<'a>(comparisons: impl Iterator<Item = &'a Comparison>) -> Table {
    let mut table = Table::with_columns(3);
    table.columns[3] = Align::Left;
    table.header = vec![vec![
        HeaderCell::new("Figure"),
        HeaderCell::new("Printed"),
        HeaderCell::new("Computed"),
        HeaderCell::new("Verdict"),
    ]];
    for comparison in comparisons {
        let note = comparison.reason.as_ref().map(|reason| table.note(reason.as_str()));
        let computed = comparison.computed.map_or(style::ABSENT.into(), |value| {
            // One digit more than was printed shows how near a figure that differs came.
            let more = usize::from(comparison.verdict != Verdict::Reproduced);
            style::number(value, comparison.decimals + more)
        });
        table.push(
            RowKind::Single,
            [
                Cell::from(comparison.label.as_str()),
                comparison.printed.as_str().into(),
                computed.into(),
                Cell::from(word(comparison.verdict)).note(note),
            ],
        );
    }
    table.finish()
}

/// The verdict as a word.
pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reproduced => "reproduced",
        Verdict::Different => "different",
        Verdict::Impossible => "impossible",
        Verdict::NotFound => "not in the results",
    }
}
