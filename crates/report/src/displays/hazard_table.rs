//! Hazards in figures, cumulative or smooth: at the times that were asked for.

use super::cells::test_sentence;
use super::design_remarks::design_remarks;
use super::survival_curve::subject::{PATIENT_TIME, per_patient_time};
use super::survival_table::{cells, header, times};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn cumulative(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    make(results, style, Quantity::CumulativeHazard, 1.0, "Cumulative hazard".into())
}

pub(super) fn smooth(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let heading = format!("Hazard, {}", per_patient_time(results));
    make(results, style, Quantity::Hazard, PATIENT_TIME, heading)
}

/// Values are multiplied by `factor`.
fn make(
    results: &Results,
    style: &Style,
    quantity: Quantity,
    factor: f64,
    heading: String,
) -> Option<Content> {
    if results.groups.is_empty() {
        return None;
    }
    let mut table = Table::with_columns(2 * results.groups.len());
    header(&mut table, results, style);
    let events = cells("Events", &results.groups, |group| {
        [Cell::default(), group.events.map_or(style::ABSENT.into(), style::count).into()]
    });
    table.push(RowKind::Single, events);
    if wording::rows(results, Quantity::Bandwidth).next().is_some() {
        let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
        let bandwidths = cells(format!("Bandwidth{unit}"), &results.groups, |group| {
            let found = wording::rows(results, Quantity::Bandwidth).find(|row| row.group == group.level);
            let value = found.and_then(|row| row.value);
            [Cell::default(), value.map_or(style::ABSENT.into(), style::time).into()]
        });
        table.push(RowKind::Single, bandwidths);
    }
    let values = wording::rows(results, quantity).filter_map(|row| row.value);
    let decimals = decimals(factor * values.fold(0.0, f64::max));
    let at = times(results, quantity);
    if !at.is_empty() {
        table.push(RowKind::Heading, [Cell::from(heading)]);
    }
    for at in at {
        let row = cells(wording::at_time(results, at), &results.groups, |group| {
            let found =
                wording::rows(results, quantity).find(|row| row.group == group.level && row.at == Some(at));
            let Some(row) = found else { return [style::ABSENT.into(), style::ABSENT.into()] };
            let at_risk = row.n.map_or(style::ABSENT.into(), style::count);
            [at_risk.into(), with_limits(row, factor, decimals).into()]
        });
        table.push(RowKind::Level, row);
    }
    for test in wording::rows(results, Quantity::GlobalTest).filter_map(|row| row.test.as_ref()) {
        table.remark(test_sentence(test, style));
    }
    design_remarks(&mut table, results);
    wording::remarks(&mut table, results, results.notices.iter());
    Some(Content::Table(table.finish()))
}

/// As many decimals as leave the largest value three digits.
fn decimals(largest: f64) -> usize {
    match largest {
        x if x >= 100.0 => 0,
        x if x >= 10.0 => 1,
        x if x >= 1.0 || x == 0.0 => 2,
        x if x >= 0.1 => 3,
        x if x >= 0.01 => 4,
        _ => 5,
    }
}

fn with_limits(row: &Estimate, factor: f64, decimals: usize) -> String {
    let shown = |value: f64| style::number(factor * value, decimals);
    let Some(value) = row.value else { return style::ABSENT.into() };
    match row.interval.map(|limits| (limits.lower, limits.upper)) {
        Some((Some(lower), Some(upper))) => {
            format!("{} ({})", shown(value), style::range(&shown(lower), &shown(upper)))
        }
        // Of a lower limit alone the upper one is infinite.
        Some((Some(lower), None)) => format!("{} ({})", shown(value), style::range(&shown(lower), "∞")),
        _ => shown(value),
    }
}
