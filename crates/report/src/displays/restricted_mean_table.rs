//! Restricted means by group, and how much longer or shorter than in the reference.

use super::cells::{Caveats, test_sentence};
use super::design_remarks::design_remarks;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Group, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let horizon = wording::rows(results, Quantity::RestrictedMean).next()?.at?;
    let compared = wording::rows(results, Quantity::RestrictedMeanDifference).next().is_some();
    let mut table = Table::with_columns(if compared { 6 } else { 2 });
    header(&mut table, results, style, compared);
    table.caption = Some(format!(
        "Mean time without the event up to {}: {}.",
        wording::at_time(results, horizon),
        results.outcome.as_deref().map_or("survival".into(), |name| wording::heading(results, name))
    ));
    for group in &results.groups {
        let label: Cell = wording::group_label(group).into();
        let events = group.events.map_or(style::ABSENT.into(), style::count);
        let mut cells = vec![label, format!("{events}/{}", style::count(group.n)).into()];
        cells.push(mean(results, group).into());
        if compared {
            cells.extend(contrasts(results, style, group));
        }
        table.push(RowKind::Single, cells);
    }
    for test in wording::rows(results, Quantity::GlobalTest).filter_map(|row| row.test.as_ref()) {
        table.remark(format!("All groups together, {}", wording::inside(&test_sentence(test, style))));
    }
    table.remark("CI: confidence interval.");
    design_remarks(&mut table, results);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn header(table: &mut Table, results: &Results, style: &Style, compared: bool) {
    let by = results.by.as_deref().map_or("Group".into(), |by| wording::heading(results, by));
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    let interval = style.interval_name();
    let mut header = vec![
        HeaderCell::new(by),
        HeaderCell::new("Events/patients"),
        HeaderCell::new(format!("Mean{unit} ({interval})")),
    ];
    if compared {
        header.push(HeaderCell::new(format!("Difference{unit} ({interval})")));
        header.push(HeaderCell::new("P value"));
        header.push(HeaderCell::new(format!("Ratio ({interval})")));
        header.push(HeaderCell::new("P value"));
    }
    table.header = vec![header];
}

fn find<'a>(results: &'a Results, quantity: Quantity, group: &Group) -> Option<&'a Estimate> {
    wording::rows(results, quantity).find(|row| row.group == group.level)
}

/// Digits of a mean time: one more than that of a single patient, since it is better known.
fn time(value: f64) -> String {
    style::number(value, if value.abs() >= 1000.0 { 0 } else { 2 })
}

fn with_limits(row: &Estimate) -> String {
    let Some(value) = row.value else { return style::ABSENT.into() };
    match row.interval.as_ref().map(|interval| (interval.lower, interval.upper)) {
        Some((Some(lower), Some(upper))) => {
            format!("{} ({})", time(value), style::range(&time(lower), &time(upper)))
        }
        _ => time(value),
    }
}

fn mean(results: &Results, group: &Group) -> String {
    find(results, Quantity::RestrictedMean, group).map_or(style::ABSENT.into(), with_limits)
}

/// Difference and ratio with their P values; of the reference, that it is.
fn contrasts(results: &Results, style: &Style, group: &Group) -> [Cell; 4] {
    let difference = find(results, Quantity::RestrictedMeanDifference, group);
    let ratio = find(results, Quantity::RestrictedMeanRatio, group);
    let p = |row: &Estimate| Cell::from(style.p_value(row.test.as_ref().and_then(|test| test.p_value)));
    match (difference, ratio) {
        (Some(difference), Some(ratio)) => {
            let figures = ratio
                .value
                .map_or(style::ABSENT.into(), |value| style.ratio_interval(value, ratio.interval.as_ref()));
            [with_limits(difference).into(), p(difference), figures.into(), p(ratio)]
        }
        _ if group.level.is_none() => Default::default(),
        _ => ["0 (reference)".into(), Cell::default(), "1 (reference)".into(), Cell::default()],
    }
}
