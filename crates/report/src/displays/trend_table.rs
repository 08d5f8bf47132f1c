//! A risk over ordered levels, and the test for trend.

use super::cells::{Caveats, named_test, share_interval};
use super::two_by_two_table::counts;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let test = wording::rows(results, Quantity::Association).next()?;
    let exposure = test.term.as_deref()?;
    let mut table = Table::with_columns(3);
    table.header = vec![vec![
        HeaderCell::new(wording::with_unit(results, exposure)),
        HeaderCell::new("Score"),
        HeaderCell::new("Events/patients"),
        HeaderCell::new("Risk, %").detail(style.interval_name()),
    ]];
    table.caption = wording::event_inside(results).map(|event| format!("Risk of {event}."));
    for row in wording::rows(results, Quantity::Risk) {
        let level = row.level.as_deref().unwrap_or_default();
        table.push(
            RowKind::Single,
            [
                Cell::from(results.level_label(exposure, level)),
                row.at.map_or(style::ABSENT.into(), style::named_time).into(),
                counts(row).into(),
                share_interval(row).into(),
            ],
        );
    }
    if let Some(test) = &test.test {
        table.remark(named_test(test, style));
    }
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}
