//! The covariate patterns that drive a logistic model most.

use super::cells::Caveats;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, _style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::CooksDistance).next()?;
    let mut table = Table::with_columns(6);
    table.header = vec![vec![
        HeaderCell::new("Covariate pattern"),
        HeaderCell::new("n/N"),
        HeaderCell::new("Leverage"),
        HeaderCell::new("Standardized").detail("Pearson residual"),
        HeaderCell::new("Deviance").detail("residual"),
        HeaderCell::new("Cook’s").detail("distance"),
        HeaderCell::new("Largest change").detail("of a coefficient"),
    ]];
    let firth = match results.options.get("penalty").and_then(serde_json::Value::as_str) {
        Some("firth") => " (Firth’s penalized likelihood)",
        _ => "",
    };
    let event = wording::event_inside(results).unwrap_or_else(|| "the outcome".into());
    table.caption = Some(format!(
        "Most influential patterns of the logistic model of {event}{firth}. n: patients with the outcome; N: patients with \
         the pattern."
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
            RowKind::Single,
            [
                format!("{}. {}", group.level.as_deref().unwrap_or_default(), wording::group_label(group))
                    .into(),
                format!("{}/{}", style::count(group.events.unwrap_or(0)), style::count(group.n)).into(),
                number(Quantity::Leverage, 3).into(),
                number(Quantity::StandardizedResidual, 2).into(),
                number(Quantity::DevianceResidual, 2).into(),
                number(Quantity::CooksDistance, 3).into(),
                largest.map_or(Cell::default(), |(row, value)| change(results, row, value).into()),
            ],
        );
    }
    table.remark(
        "Patterns: patients with the same values of all terms, numbered in the order of the counts. Largest change: of the \
         coefficients, the one that moves most when the pattern is left out, in standard errors (one Newton step).",
    );
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// `+1.13, Endometrium height`.
fn change(results: &Results, row: &Estimate, value: f64) -> String {
    let term = row.term.as_deref().unwrap_or_default();
    let level = row.level.as_deref().map_or(String::new(), |l| format!(": {}", results.level_label(term, l)));
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}, {}{level}", style::number(value, 2), wording::heading(results, term))
}
