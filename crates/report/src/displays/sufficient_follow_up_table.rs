//! Whether follow-up was long enough to call those who are free of the event cured.

use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Group, Notice, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::SufficientFollowUp).next()?;
    let mut table = Table::with_columns(5);
    let by = results.by.as_deref().map_or("Group".into(), |by| wording::heading(results, by));
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    table.header = vec![vec![
        HeaderCell::new(by),
        HeaderCell::new(format!("Last event{unit}")),
        HeaderCell::new(format!("Longest follow-up{unit}")),
        HeaderCell::new("Late events").detail("n/N"),
        HeaderCell::new("α"),
        HeaderCell::new("Not cured, % of survival"),
    ]];
    for group in &results.groups {
        table.push(RowKind::Single, cells(results, style, group));
    }
    table.remark(
        "Late events: as long before the last event as follow-up went on after it. α: Maller and Zhou’s test; below 0.05 it \
         speaks for sufficient follow-up.",
    );
    table.remark(
        "Not cured: survival of those who are not cured as a share of that of all, at the end of follow-up; from 5% on \
         follow-up does not suffice (Selukar and Othus).",
    );
    let own = |notice: &&Notice| {
        matches!(
            notice,
            Notice::NoPlateau { .. }
                | Notice::InsufficientFollowUp { .. }
                | Notice::NoFollowUpTest { .. }
                | Notice::UncuredRemain { .. }
        )
    };
    for notice in results.notices.iter().filter(own) {
        table.remark(wording::sentence(notice, results));
    }
    Some(Content::Table(table.finish()))
}

fn cells(results: &Results, style: &Style, group: &Group) -> [Cell; 6] {
    let row = |quantity| wording::rows(results, quantity).find(|row| row.group == group.level);
    let value = |quantity| row(quantity).and_then(|row| row.value);
    let time = |quantity| value(quantity).map_or(style::ABSENT.into(), style::time);
    let late = row(Quantity::SufficientFollowUp);
    let counts = late.and_then(|row| row.n.zip(row.of));
    let alpha = late.and_then(|row| row.test.as_ref()).and_then(|test| test.p_value);
    [
        wording::group_label(group).into(),
        time(Quantity::LastEvent),
        time(Quantity::LongestFollowUp),
        counts.map_or(style::ABSENT.into(), |(n, of)| format!("{}/{}", style::count(n), style::count(of))),
        style.p_value(alpha),
        value(Quantity::UncuredRatio).map_or(style::ABSENT.into(), style::percent),
    ]
    .map(Cell::from)
}
