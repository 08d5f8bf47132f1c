//! Predicted survival, or cumulative incidence, at the times that were asked for.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use super::survival_table::{UNREACHED, quantile_name, share_interval, time_interval, times};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

/// The levels that have an adjusted curve.
pub(super) fn adjusted_levels(results: &Results) -> Vec<String> {
    let known = results.by.as_deref().and_then(|by| wording::known(results, by));
    known.map_or(Vec::new(), |label| label.levels.iter().map(|level| level.value.clone()).collect())
}

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    predicted(results, style, Quantity::Survival, "Survival, %")
}

/// Cumulative incidence of profiles.
pub(super) fn incidence(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    predicted(results, style, Quantity::CumulativeIncidence, "Cumulative incidence, %")
}

fn predicted(results: &Results, style: &Style, quantity: Quantity, heading: &str) -> Option<Content> {
    let times = times(results, quantity);
    let quantiles = self::times(results, Quantity::SurvivalQuantile);
    if times.is_empty() && quantiles.is_empty() && !results.curves.is_empty() && results.notices.is_empty() {
        return None;
    }
    let mut table = Table::with_columns(times.len() + quantiles.len());
    let mut header = vec![HeaderCell::new(heading)];
    header.extend(
        times.iter().map(|at| HeaderCell::new(wording::at_time(results, *at)).detail(style.interval_name())),
    );
    let named = |at: &f64| HeaderCell::new(quantile_name(results, *at)).detail(style.interval_name());
    header.extend(quantiles.iter().map(named));
    table.header = vec![header];
    let mut unreached = false;
    let levels = adjusted_levels(results);
    let is_adjusted = |group: &study::Group| group.level.as_ref().is_some_and(|level| levels.contains(level));
    let find = |group: &study::Group, at: f64| {
        wording::rows(results, quantity).find(|row| row.group == group.level && row.at == Some(at))
    };
    let groups = || results.groups.iter().filter(|group| group.level.is_some());
    for group in groups().filter(|group| !is_adjusted(group)) {
        let mut cells = vec![Cell::from(wording::group_label(group))];
        cells.extend(times.iter().map(|at| share(find(group, *at))));
        for at in &quantiles {
            let own = |row: &&Estimate| row.group == group.level && row.at == Some(*at);
            let row = wording::rows(results, Quantity::SurvivalQuantile).find(own);
            cells.push(row.map_or(style::ABSENT.into(), |row| time_interval(row, &mut unreached)).into());
        }
        table.push(RowKind::Single, cells);
    }
    if unreached {
        table.remark(UNREACHED);
    }
    if let Some(by) = results.by.as_deref().filter(|_| groups().any(is_adjusted)) {
        let heading = wording::heading(results, by);
        table.push(RowKind::Heading, [Cell::from(format!("{heading}, adjusted"))]);
        for group in groups().filter(|group| is_adjusted(group)) {
            let cells = times.iter().map(|at| share(find(group, *at)));
            table.push(RowKind::Level, std::iter::once(Cell::from(wording::group_label(group))).chain(cells));
        }
        differences(&mut table, results, style, by, &times);
        table.remark(
            "Adjusted: mean over all patients of the survival predicted with each at that level; other terms as they are.",
        );
    }
    design_remarks(&mut table, results);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn share(row: Option<&Estimate>) -> Cell {
    row.map_or(style::ABSENT.into(), share_interval).into()
}

fn differences(table: &mut Table, results: &Results, style: &Style, by: &str, times: &[f64]) {
    let rows: Vec<&Estimate> = wording::rows(results, Quantity::SurvivalDifference).collect();
    let Some(reference) = rows.first().and_then(|row| row.reference.as_deref()) else { return };
    let text = format!("Difference from {}, percentage points", results.level_label(by, reference));
    table.push(RowKind::Heading, [Cell::from(text)]);
    let mut levels: Vec<&str> = Vec::new();
    for level in rows.iter().filter_map(|row| row.level.as_deref()) {
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    for level in levels {
        let cells = times.iter().map(|at| {
            let row = rows.iter().find(|row| row.level.as_deref() == Some(level) && row.at == Some(*at));
            row.map_or(style::ABSENT.into(), |row| difference(row, style)).into()
        });
        let label = Cell::from(results.level_label(by, level));
        table.push(RowKind::Level, std::iter::once(label).chain(cells));
    }
}

/// A difference of probabilities in percentage points, with its interval and P value.
pub(super) fn difference(row: &Estimate, style: &Style) -> String {
    let points = |value: f64| style::number(100.0 * value, 1);
    let Some(value) = row.value else { return style::ABSENT.into() };
    let p = row.test.as_ref().map_or(String::new(), |test| format!("; {}", style.p_sentence(test.p_value)));
    match row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
        Some((lower, upper)) => {
            format!("{} ({}){p}", points(value), style::range(&points(lower), &points(upper)))
        }
        None => points(value),
    }
}
