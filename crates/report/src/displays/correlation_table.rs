//! Correlations of every two numbers.

use super::cells::Caveats;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::Correlation).next()?;
    let mut table = Table::with_columns(3);
    table.header = vec![vec![
        HeaderCell::new("Variables"),
        HeaderCell::new("Patients"),
        HeaderCell::new("Correlation").detail(style.interval_name()),
        HeaderCell::new("P value"),
    ]];
    for row in wording::rows(results, Quantity::Correlation) {
        let name = |name: &Option<String>| wording::heading(results, name.as_deref().unwrap_or_default());
        let value = |value: f64| style::number(value, 2);
        let figures = match (row.value, row.interval.and_then(|limits| limits.lower.zip(limits.upper))) {
            (Some(r), Some((lower, upper))) => {
                format!("{} ({})", value(r), style::range(&value(lower), &value(upper)))
            }
            (Some(r), None) => value(r),
            (None, _) => style::ABSENT.into(),
        };
        let mut p = Cell::from(style.p_value(row.test.as_ref().and_then(|test| test.p_value)));
        if let Some(reason) = row.test.as_ref().and_then(|test| test.reason.as_deref()) {
            p = p.note(Some(table.note(format!("{reason}."))));
        }
        table.push(
            RowKind::Single,
            [
                Cell::from(format!("{} and {}", name(&row.term), wording::inside(&name(&row.level)))),
                row.n.map_or(style::ABSENT.into(), style::count).into(),
                figures.into(),
                p,
            ],
        );
    }
    if let Some(test) = wording::rows(results, Quantity::Correlation).find_map(|row| row.test.as_ref()) {
        table.remark(format!("P values: {}.", test.name.text()));
    }
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}
