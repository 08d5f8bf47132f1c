//! Cumulative incidence in figures: of both causes at the times that were asked for, with Gray's tests.

use super::cells::test_sentence;
use super::design_remarks::design_remarks;
use super::survival_table::{cells, differences, header, share_interval, times};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

const CAUSES: [&str; 2] = ["event", "competing"];

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    if results.groups.is_empty() || results.curves.is_empty() {
        return None;
    }
    let mut table = Table::with_columns(2 * results.groups.len());
    header(&mut table, results, style);
    for cause in CAUSES {
        table.push(RowKind::Heading, [Cell::from(format!("{}, %", wording::cause(results, cause)))]);
        table.push(
            RowKind::Level,
            cells("Events", &results.groups, |group| {
                let of = |curve: &&study::Curve| {
                    curve.group == group.level && curve.cause.as_deref() == Some(cause)
                };
                let events = results.curves.iter().find(of).map(|curve| curve.events.iter().sum());
                [Cell::default(), events.map_or(style::ABSENT.into(), style::count).into()]
            }),
        );
        for at in times(results, Quantity::CumulativeIncidence) {
            let row = cells(wording::at_time(results, at), &results.groups, |group| {
                let found = wording::rows(results, Quantity::CumulativeIncidence).find(|row| {
                    row.group == group.level && row.at == Some(at) && row.level.as_deref() == Some(cause)
                });
                let Some(row) = found else { return [style::ABSENT.into(), style::ABSENT.into()] };
                [row.n.map_or(style::ABSENT.into(), style::count).into(), share_interval(row).into()]
            });
            table.push(RowKind::Level, row);
        }
        differences(&mut table, results, style, Quantity::IncidenceDifference, Some(cause));
    }
    for row in wording::rows(results, Quantity::GlobalTest) {
        if let (Some(test), Some(cause)) = (&row.test, &row.level) {
            let sentence = test_sentence(test, style);
            table.remark(format!("{}: {sentence}", wording::cause(results, cause)));
        }
    }
    design_remarks(&mut table, results);
    wording::remarks(&mut table, results, results.notices.iter());
    Some(Content::Table(table.finish()))
}
