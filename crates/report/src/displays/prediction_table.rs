//! What a law of time predicts for profiles of patients: quantiles of time, and survival; under a mixture cure model the
//! cured share too.

use super::cells::share_interval;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let kinds = [
        Quantity::CuredShare,
        Quantity::UncuredQuantile,
        Quantity::PredictedQuantile,
        Quantity::PredictedSurvival,
    ];
    let rows: Vec<&Estimate> = results.estimates.iter().filter(|row| kinds.contains(&row.quantity)).collect();
    let mut columns: Vec<(Quantity, Option<f64>)> = Vec::new();
    let mut profiles: Vec<(&str, &str)> = Vec::new();
    for row in &rows {
        let (Some(term), Some(level)) = (&row.term, &row.level) else { continue };
        if !columns.contains(&(row.quantity, row.at)) {
            columns.push((row.quantity, row.at));
        }
        if !profiles.contains(&(term.as_str(), level.as_str())) {
            profiles.push((term, level));
        }
    }
    let first = profiles.first()?.0;
    columns.sort_by(|a, b| kinds.iter().position(|k| *k == a.0).cmp(&kinds.iter().position(|k| *k == b.0)));
    let mut table = Table::with_columns(columns.len());
    let name = if first == "profile" { "Profile".into() } else { wording::heading(results, first) };
    let mut header = vec![HeaderCell::new(name)];
    header.extend(
        columns.iter().map(|(quantity, at)| HeaderCell::new(heading(results, style, *quantity, *at))),
    );
    table.header = vec![header];
    for (term, level) in profiles {
        let find = |quantity: Quantity, at: Option<f64>| {
            rows.iter().find(|row| {
                row.quantity == quantity
                    && row.at == at
                    && row.term.as_deref() == Some(term)
                    && row.level.as_deref() == Some(level)
            })
        };
        let figures = columns.iter().map(|(quantity, at)| {
            Cell::from(find(*quantity, *at).map_or(style::ABSENT.into(), |row| match quantity {
                Quantity::PredictedQuantile | Quantity::UncuredQuantile => time_interval(row),
                _ => share_interval(row),
            }))
        });
        let label = Cell::from(results.level_label(term, level));
        table.push(RowKind::Single, std::iter::once(label).chain(figures));
    }
    let extrapolated = |notice: &&study::Notice| matches!(notice, study::Notice::Extrapolated { .. });
    for notice in results.notices.iter().filter(extrapolated) {
        table.remark(wording::sentence(notice, results));
    }
    table.remark("CI: confidence interval.");
    Some(Content::Table(table.finish()))
}

fn heading(results: &Results, style: &Style, quantity: Quantity, at: Option<f64>) -> String {
    let interval = style.interval_name();
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    let Some(at) = at else { return format!("Cured share, % ({interval})") };
    let uncured = if quantity == Quantity::UncuredQuantile { " of those not cured" } else { "" };
    match quantity {
        Quantity::PredictedQuantile | Quantity::UncuredQuantile if at == 0.5 => {
            format!("Median{uncured}{unit} ({interval})")
        }
        Quantity::PredictedQuantile | Quantity::UncuredQuantile => {
            let share = style::percent(at);
            format!("Time to survival of {}%{uncured}{unit} ({interval})", share.trim_end_matches(".0"))
        }
        _ => format!("Survival at {}, % ({interval})", wording::at_time(results, at)),
    }
}

/// A time and its interval.
pub(super) fn time_interval(row: &Estimate) -> String {
    let Some(value) = row.value else { return style::ABSENT.into() };
    match row.interval.and_then(|interval| interval.lower.zip(interval.upper)) {
        Some((lower, upper)) => {
            format!("{} ({})", style::time(value), style::range(&style::time(lower), &style::time(upper)))
        }
        None => style::time(value),
    }
}
