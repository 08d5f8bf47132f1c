//! Cured shares under a mixture cure model, beside what is left of the Kaplan–Meier curve at the end of follow-up.

use super::cells::{Caveats, share_interval, test_sentence};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let shares = || wording::rows(results, Quantity::CuredShare).filter(|row| row.term.is_none());
    if shares().next().is_none() && results.notices.is_empty() {
        return None;
    }
    let mut table = Table::with_columns(3);
    let by = results.by.as_deref().map_or("Group".into(), |by| wording::heading(results, by));
    let interval = style.interval_name();
    table.header = vec![vec![
        HeaderCell::new(by),
        HeaderCell::new("Events/patients"),
        HeaderCell::new(format!("Cured share, % ({interval})")),
        HeaderCell::new(format!("Kaplan–Meier at the end, % ({interval})")),
    ]];
    table.caption = Some(format!(
        "Share of patients who will never have the event under a mixture cure model: {}.",
        results.outcome.as_deref().map_or("survival".into(), |name| wording::heading(results, name))
    ));
    for group in &results.groups {
        let share = |row: Option<&Estimate>| row.map_or(style::ABSENT.into(), share_interval);
        let events = group.events.map_or(style::ABSENT.into(), style::count);
        let plateau = wording::rows(results, Quantity::Survival).find(|row| row.group == group.level);
        let cells = [
            wording::group_label(group).into(),
            format!("{events}/{}", style::count(group.n)),
            share(shares().find(|row| row.group == group.level)),
            share(plateau),
        ];
        table.push(RowKind::Single, cells.map(Cell::from));
    }
    if let Some(test) = shares().find_map(|row| row.test.as_ref()) {
        table.remark(format!("That nobody is cured, {}", wording::inside(&test_sentence(test, style))));
    }
    table.remark("CI: confidence interval.");
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}
