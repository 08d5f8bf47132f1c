//! What the conventions of other programs would change: one row for each analysis and other choice.

use super::within;
use crate::display::{Content, Display};
use crate::style;
use crate::table::{Align, Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::dialect_comparison::{EstimateField, FigureDifference};
use study::{Dialect, DialectComparison, DialectDifference, Quantity, Results, StudyResults};

/// Id of the display.
pub const ID: &str = "dialects";

pub(super) fn display(study: &StudyResults, comparison: &DialectComparison) -> Display {
    Display {
        id: ID.into(),
        analysis: None,
        number: String::new(),
        title: "What other programs’ conventions would change".into(),
        content: Content::Table(table(study, comparison)),
    }
}

fn table(study: &StudyResults, comparison: &DialectComparison) -> Table {
    let mut table = Table::with_columns(7);
    table.columns = vec![Align::Left; 8];
    table.header = vec![
        [
            "Analysis",
            "Question",
            "Here",
            "Instead",
            "By",
            "Figures changed",
            "Largest change",
            "Printed otherwise",
        ]
        .map(HeaderCell::new)
        .to_vec(),
    ];
    for results in &study.analyses {
        let own = comparison.differences.iter().filter(|found| found.analysis == results.analysis);
        for found in own {
            table.push(
                RowKind::Single,
                [
                    Cell::from(results.title.as_str()),
                    found.question.as_str().into(),
                    found.own.as_str().into(),
                    found.other.as_str().into(),
                    programs(&found.dialects).into(),
                    changed(found).into(),
                    largest(results, found).into(),
                    printed(found).into(),
                ],
            );
        }
    }
    table.caption = Some(
        "One convention at a time is exchanged, all else as in the study. A change is |other − own| over the larger \
         of both."
            .into(),
    );
    table.finish()
}

/// What an exchange changes, in one sentence after the question.
pub fn sentence(results: &Results, found: &DialectDifference) -> String {
    let mut text = format!("Here: {}. {}: {}.", found.own, programs(&found.dialects), found.other);
    if !found.figures.is_empty() {
        text.push_str(&format!(
            " {} of {} figures change; most: {}.",
            style::count(own_figures(found)),
            style::count(found.compared),
            largest(results, found)
        ));
    }
    if found.curve_points > 0 {
        text.push_str(&format!(" {} points of curves change.", style::count(found.curve_points)));
    }
    if !found.printed.is_empty() {
        text.push_str(&format!(" Printed otherwise: {}.", printed(found)));
    }
    text
}

fn programs(dialects: &[Dialect]) -> String {
    let names: Vec<&str> = dialects.iter().map(|dialect| dialect.name()).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_string(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// How many of the study's own figures change; those that only the other convention has are not among them.
fn own_figures(found: &DialectDifference) -> u64 {
    found.figures.iter().filter(|figure| figure.own.is_some()).count() as u64
}

fn changed(found: &DialectDifference) -> String {
    if found.figures.is_empty() && found.curve_points == 0 {
        return "none".into();
    }
    let mut text = format!("{} of {}", style::count(own_figures(found)), style::count(found.compared));
    if found.curve_points > 0 {
        text.push_str(&format!("; {} points of curves", style::count(found.curve_points)));
    }
    text
}

fn largest(results: &Results, found: &DialectDifference) -> String {
    // A change of the estimate itself says more than the larger one of its P value.
    let rank = |figure: &FigureDifference| {
        let absent = figure.own.is_none() || figure.other.is_none();
        let test = matches!(figure.field, EstimateField::Statistic | EstimateField::PValue);
        (absent, test)
    };
    let least = found.figures.iter().map(rank).min();
    let figure = found.figures.iter().find(|figure| Some(rank(figure)) == least);
    let Some(figure) = figure else { return style::ABSENT.into() };
    let number = |value: Option<f64>| value.map_or(style::ABSENT.into(), significant);
    let change = match (figure.own, figure.other) {
        (Some(_), Some(_)) => format!(" ({}%)", style::percent(figure.relative())),
        _ => String::new(),
    };
    format!(
        "{}, {}: {} → {}{change}",
        name(results, figure),
        field(figure),
        number(figure.own),
        number(figure.other)
    )
}

/// Which number of a row it is.
fn field(figure: &FigureDifference) -> &'static str {
    match (figure.quantity, figure.field) {
        (Quantity::AdjustedP, EstimateField::Value) => "adjusted P value",
        (_, field) => field.text(),
    }
}

/// Four digits.
fn significant(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        s if s >= 1000.0 => 0,
        s if s >= 100.0 => 1,
        s if s >= 10.0 => 2,
        s if s >= 1.0 => 3,
        s if s >= 1e-4 => 5,
        0.0 => 0,
        _ => return format!("{value:.2e}").replace('-', "−"),
    };
    style::number(value, decimals)
}

fn name(results: &Results, figure: &FigureDifference) -> String {
    let mut parts = Vec::new();
    parts.extend((figure.quantity == Quantity::Intercept).then(|| "Intercept".to_string()));
    if let Some(term) = &figure.term {
        parts.push(wording::heading(results, term));
        let level = |level: &String| {
            let within = within::level_text(results, term, level);
            within.unwrap_or_else(|| results.level_label(term, level).into())
        };
        parts.extend(figure.level.as_ref().map(level));
    }
    let by = results.by.as_deref().unwrap_or_default();
    parts.extend(figure.group.as_ref().map(|group| results.level_label(by, group).to_string()));
    parts.extend(figure.model.map(|model| model.text().to_string()));
    parts.extend(figure.at.map(|at| format!("at {}", style::named_time(at))));
    if parts.is_empty() { "All patients".into() } else { parts.join(", ") }
}

fn printed(found: &DialectDifference) -> String {
    match found.printed.as_slice() {
        [] => "nothing".into(),
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first}, and {} more", style::count(rest.len() as u64)),
    }
}
