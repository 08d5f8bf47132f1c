//! The covariate patterns that drive a logistic model most.

use super::cells::Caveats;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Group, Quantity, Results};

pub(super) fn make(results: &Results, _style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::CooksDistance).next()?;
    let mut table = Table::with_columns(6);
    table.header = vec![vec![
        HeaderCell::new("Covariate pattern"),
        HeaderCell::new("n/N"),
        HeaderCell::new("Leverage"),
        HeaderCell::new("Standardized Pearson residual"),
        HeaderCell::new("Deviance residual"),
        HeaderCell::new("Cook’s distance"),
        HeaderCell::new("Largest change").detail("dfbetas"),
    ]];
    let firth = match results.options.get("penalty").and_then(serde_json::Value::as_str) {
        Some("firth") => " (Firth’s penalized likelihood)",
        _ => "",
    };
    let event = wording::event_inside(results).unwrap_or_else(|| "the outcome".into());
    let first = results.groups.iter().find(|group| group.level.is_some());
    let terms: Vec<String> = wording::rows(results, Quantity::PatternValue)
        .filter(|row| first.is_some_and(|first| row.group == first.level))
        .filter_map(|row| Some(wording::heading(results, row.term.as_deref()?)))
        .collect();
    let order = if terms.is_empty() { String::new() } else { format!(" Patterns: {}.", terms.join("; ")) };
    table.caption = Some(format!(
        "Most influential covariate patterns of the logistic model of {event}{firth}.{order} n: patients with the \
         outcome; N: patients with the pattern."
    ));
    for group in results.groups.iter().filter(|group| group.level.is_some()) {
        let of = |quantity| {
            wording::rows(results, quantity).find(|row| row.group == group.level).and_then(|row| row.value)
        };
        let number = |quantity, decimals| {
            of(quantity).map_or(style::ABSENT.into(), |value| style::number(value, decimals))
        };
        let largest = wording::rows(results, Quantity::DfBetas)
            .filter(|row| row.group == group.level)
            .filter_map(|row| Some((row, row.value?)))
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        table.push(
            RowKind::Heading,
            [
                format!("{}. {}", group.level.as_deref().unwrap_or_default(), shared(results, group)).into(),
                format!("{}/{}", style::count(group.events.unwrap_or(0)), style::count(group.n)).into(),
                number(Quantity::Leverage, 3).into(),
                number(Quantity::StandardizedResidual, 2).into(),
                number(Quantity::DevianceResidual, 2).into(),
                number(Quantity::CooksDistance, 3).into(),
            ],
        );
        if let Some((row, value)) = largest {
            let label = Cell::from(coefficient(results, row));
            let blank = std::iter::repeat_n(Cell::default(), 5);
            let change = Cell::from(style::number(value, 2));
            table.push(RowKind::Level, std::iter::once(label).chain(blank).chain([change]));
        }
    }
    table.remark(
        "Patterns: patients with the same values of all terms, numbered in the order of their values. Beneath each stands the \
         coefficient that would move most were the pattern left out, and its change in standard errors (one Newton step).",
    );
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// What the patients of a pattern share, in the order of the terms: `≥3 cm; 5`.
fn shared(results: &Results, group: &Group) -> String {
    let values = wording::rows(results, Quantity::PatternValue).filter(|row| row.group == group.level);
    let texts = values.map(|row| {
        let term = row.term.as_deref().unwrap_or_default();
        match (&row.level, row.value) {
            (Some(level), _) => results.level_label(term, level).to_string(),
            (None, Some(value)) => style::named_time(value),
            (None, None) => style::ABSENT.into(),
        }
    });
    texts.collect::<Vec<_>>().join("; ")
}

/// The coefficient that moves: `Size: <3 cm`.
fn coefficient(results: &Results, row: &Estimate) -> String {
    let term = row.term.as_deref().unwrap_or_default();
    let level =
        row.level.as_deref().map_or(String::new(), |l| format!(": {}", wording::column(results, term, l)));
    format!("{}{level}", wording::heading(results, term))
}
