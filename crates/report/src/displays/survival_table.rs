//! Survival in figures: at the times that were asked for, the median, the follow-up.

use super::cells::{group_size, test_sentence};
use super::design_remarks::design_remarks;
use super::predicted_table::difference;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Group, Notice, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    if results.groups.is_empty() {
        return None;
    }
    // Two columns a group: at risk, and the estimate with its interval.
    let mut table = Table::with_columns(2 * results.groups.len());
    header(&mut table, results, style);
    table.push(
        RowKind::Single,
        cells("Events", &results.groups, |group| {
            [Cell::default(), group.events.map_or(style::ABSENT.into(), style::count).into()]
        }),
    );
    quantiles(&mut table, results);
    survival(&mut table, results);
    conditional(&mut table, results);
    differences(&mut table, results, style, Quantity::SurvivalDifference, None);
    follow_up(&mut table, results);
    for test in wording::rows(results, Quantity::GlobalTest).filter_map(|row| row.test.as_ref()) {
        table.remark(test_sentence(test, style));
    }
    // Where a median does not exist the table says so itself.
    let notices =
        results.notices.iter().filter(|notice| !matches!(notice, Notice::QuantileNotReached { .. }));
    design_remarks(&mut table, results);
    wording::remarks(&mut table, results, notices);
    Some(Content::Table(table.finish()))
}

/// Two columns a group: at risk, and the estimate with its interval.
pub(super) fn header(table: &mut Table, results: &Results, style: &Style) {
    let mut top = vec![HeaderCell::new("")];
    let mut bottom = vec![HeaderCell::new("")];
    for group in &results.groups {
        top.push(HeaderCell::over(wording::group_label(group), 2).detail(group_size(group.n)));
        bottom.push(HeaderCell::new("At risk"));
        bottom.push(HeaderCell::new(format!("Estimate ({})", style.interval_name())));
    }
    table.header = vec![top, bottom];
}

/// A row: its name, and two cells a group.
pub(super) fn cells(
    name: impl Into<String>,
    groups: &[Group],
    pair: impl FnMut(&Group) -> [Cell; 2],
) -> Vec<Cell> {
    let name: String = name.into();
    std::iter::once(Cell::from(name)).chain(groups.iter().flat_map(pair)).collect()
}

fn find<'a>(
    results: &'a Results,
    quantity: Quantity,
    group: &Group,
    at: Option<f64>,
) -> Option<&'a Estimate> {
    wording::rows(results, quantity).find(|row| row.group == group.level && row.at == at)
}

/// The distinct `at` of a quantity, in the order of the rows.
pub(super) fn times(results: &Results, quantity: Quantity) -> Vec<f64> {
    let mut times = Vec::new();
    for at in wording::rows(results, quantity).filter_map(|row| row.at) {
        if !times.contains(&at) {
            times.push(at);
        }
    }
    times
}

/// What a quantile of survival is called: `Median, months`.
pub(super) fn quantile_name(results: &Results, at: f64) -> String {
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    if at == 0.5 {
        return format!("Median{unit}");
    }
    format!("Time to survival of {}%{unit}", style::percent(at).trim_end_matches(".0"))
}

fn quantiles(table: &mut Table, results: &Results) {
    for at in times(results, Quantity::SurvivalQuantile) {
        let mut unreached = false;
        let row = cells(quantile_name(results, at), &results.groups, |group| {
            let row = find(results, Quantity::SurvivalQuantile, group, Some(at));
            let text = row.map_or(style::ABSENT.into(), |row| time_interval(row, &mut unreached));
            [Cell::default(), text.into()]
        });
        table.push(RowKind::Single, row);
        if unreached {
            table.remark(UNREACHED);
        }
    }
}

/// What `NR` means.
pub(super) const UNREACHED: &str = "NR: not reached.";

/// A time and its interval: `44.3 (38.1–53.0)`, `NR (60.2–NR)`, `NR`.
pub(super) fn time_interval(row: &Estimate, unreached: &mut bool) -> String {
    let mut limit = |value: Option<f64>| {
        *unreached |= value.is_none();
        value.map_or("NR".to_string(), style::time)
    };
    let value = limit(row.value);
    match &row.interval {
        Some(interval) if interval.lower.is_some() || interval.upper.is_some() => {
            format!("{value} ({}–{})", limit(interval.lower), limit(interval.upper))
        }
        _ => value,
    }
}

fn survival(table: &mut Table, results: &Results) {
    let at = times(results, Quantity::Survival);
    if at.is_empty() {
        return;
    }
    let outcome =
        results.outcome.as_deref().map_or("Survival".into(), |name| wording::heading(results, name));
    table.push(RowKind::Heading, [Cell::from(format!("{outcome}, %"))]);
    for at in at {
        let row = cells(wording::at_time(results, at), &results.groups, |group| {
            let Some(row) = find(results, Quantity::Survival, group, Some(at)) else {
                return [style::ABSENT.into(), style::ABSENT.into()];
            };
            let at_risk = row.n.map_or(style::ABSENT.into(), style::count);
            [at_risk.into(), share_interval(row).into()]
        });
        table.push(RowKind::Level, row);
    }
}

/// Survival over a further time of those free of the event at a given one.
fn conditional(table: &mut Table, results: &Results) {
    let rows: Vec<&Estimate> = wording::rows(results, Quantity::ConditionalSurvival).collect();
    let mut given: Vec<&str> = Vec::new();
    for level in rows.iter().filter_map(|row| row.level.as_deref()) {
        if !given.contains(&level) {
            given.push(level);
        }
    }
    for level in given {
        let Ok(time) = level.parse() else { continue };
        let text = format!("For those free of the event at {}, %", wording::at_time(results, time));
        table.push(RowKind::Heading, [Cell::from(text)]);
        for at in times(results, Quantity::ConditionalSurvival) {
            let name = format!("a further {}", wording::at_time(results, at));
            let row = cells(name, &results.groups, |group| {
                let found = rows.iter().find(|row| {
                    row.level.as_deref() == Some(level) && row.group == group.level && row.at == Some(at)
                });
                let at_risk = found.and_then(|row| row.n).map_or(style::ABSENT.into(), style::count);
                let share = found.map_or(style::ABSENT.into(), |row| share_interval(row));
                [at_risk.into(), share.into()]
            });
            table.push(RowKind::Level, row);
        }
    }
}

/// A probability of each group less that of the reference, and the tests of all groups at one time; of one cause where there
/// are several.
pub(super) fn differences(
    table: &mut Table,
    results: &Results,
    style: &Style,
    quantity: Quantity,
    cause: Option<&str>,
) {
    let rows: Vec<&Estimate> =
        wording::rows(results, quantity).filter(|row| row.level.as_deref() == cause).collect();
    let Some((by, reference)) =
        results.by.as_deref().zip(rows.iter().find_map(|row| row.reference.as_deref()))
    else {
        return;
    };
    let text = format!("Difference from {}, percentage points", results.level_label(by, reference));
    table.push(RowKind::Heading, [Cell::from(text)]);
    for at in times(results, quantity) {
        let row = cells(wording::at_time(results, at), &results.groups, |group| {
            let row =
                rows.iter().find(|row| row.group.is_some() && row.group == group.level && row.at == Some(at));
            [Cell::default(), row.map_or(String::new(), |row| difference(row, style)).into()]
        });
        table.push(RowKind::Level, row);
    }
    for row in rows.iter().filter(|row| row.group.is_none()) {
        if let (Some(at), Some(test)) = (row.at, &row.test) {
            let sentence = wording::inside(&test_sentence(test, style));
            let of = cause.map_or("At".into(), |cause| format!("{}, at", wording::cause(results, cause)));
            table.remark(format!("{of} {}, all groups together, {sentence}", wording::at_time(results, at)));
        }
    }
}

/// A probability as a percentage with its interval.
pub(super) fn share_interval(row: &Estimate) -> String {
    let share = |value: f64| style::number(value * 100.0, 1);
    let Some(value) = row.value else { return style::ABSENT.into() };
    match row.interval.as_ref().map(|interval| (interval.lower, interval.upper)) {
        Some((Some(lower), Some(upper))) => format!("{} ({}–{})", share(value), share(lower), share(upper)),
        _ => share(value),
    }
}

fn follow_up(table: &mut Table, results: &Results) {
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    let kinds = [
        (Quantity::FollowUpMedian, "Median follow-up (reverse Kaplan–Meier)"),
        (Quantity::ObservedTimeMedian, "Median observed time"),
    ];
    for (quantity, name) in kinds {
        if wording::rows(results, quantity).next().is_none() {
            continue;
        }
        let mut unreached = false;
        let row = cells(format!("{name}{unit}"), &results.groups, |group| {
            let row = wording::rows(results, quantity).find(|row| row.group == group.level);
            let text = row.map_or(style::ABSENT.into(), |row| time_interval(row, &mut unreached));
            [Cell::default(), text.into()]
        });
        table.push(RowKind::Single, row);
        if unreached {
            table.remark("NR: not reached.");
        }
    }
}
