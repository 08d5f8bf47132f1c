//! Patients observed and expected with the outcome, by group of predicted risk.

use super::cells::share_interval;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{HeaderCell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::ObservedRisk).next()?;
    let mut table = Table::with_columns(5);
    table.header = vec![vec![
        HeaderCell::new("Group of risk"),
        HeaderCell::new("Patients"),
        HeaderCell::new("Expected").detail("n"),
        HeaderCell::new("Observed").detail("n"),
        HeaderCell::new("Predicted").detail("%"),
        HeaderCell::new("Observed, %").detail(style.interval_name()),
    ]];
    for row in wording::rows(results, Quantity::ObservedRisk) {
        let (Some(at), Some(n), Some(of)) = (row.at, row.n, row.of) else { continue };
        table.push(
            RowKind::Single,
            [
                row.level.clone().unwrap_or_default().into(),
                style::count(of).into(),
                style::number(at * of as f64, 1).into(),
                style::count(n).into(),
                style::percent(at).into(),
                share_interval(row).into(),
            ],
        );
    }
    table.remark("Groups are cut at quantiles of predicted risk; patients of equal risk stay together. Intervals: Wilson’s.");
    Some(Content::Table(table.finish()))
}

/// Of a time to an event, by each time.
pub(super) fn by_times(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::ObservedRisk).next()?;
    let mut table = Table::with_columns(4);
    table.header = vec![vec![
        HeaderCell::new("Group of risk"),
        HeaderCell::new("Patients"),
        HeaderCell::new("Events by then"),
        HeaderCell::new("Predicted").detail("%"),
        HeaderCell::new("Observed, %").detail(style.interval_name()),
    ]];
    for group in results.groups.iter().filter(|group| group.level.is_some()) {
        table.push(RowKind::Heading, [format!("By {}", wording::group_label(group)).into()]);
        let of_group = |row: &&study::Estimate| row.group == group.level;
        for row in wording::rows(results, Quantity::ObservedRisk).filter(of_group) {
            let (Some(at), Some(n), Some(of)) = (row.at, row.n, row.of) else { continue };
            table.push(
                RowKind::Level,
                [
                    row.level.clone().unwrap_or_default().into(),
                    style::count(of).into(),
                    style::count(n).into(),
                    style::percent(at).into(),
                    share_interval(row).into(),
                ],
            );
        }
    }
    table.remark(
        "Groups are cut at quantiles of predicted risk; patients of equal risk stay together. Observed: 1 less the \
         Kaplan–Meier estimate of the group; —: nobody of the group was followed so long.",
    );
    Some(Content::Table(table.finish()))
}
