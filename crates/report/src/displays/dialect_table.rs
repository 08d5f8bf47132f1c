//! What the conventions of other programs would change: one row for each analysis and other choice.

use crate::display::{Content, Display};
use crate::style;
use crate::table::{Align, Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::dialect_comparison::FigureDifference;
use study::{Dialect, DialectComparison, DialectDifference, Results, StudyResults};

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
    let mut table = Table::with_columns(6);
    table.columns = vec![Align::Left; 7];
    table.columns[4] = Align::Right;
    table.header = vec![
        ["Question", "Here", "Instead", "By", "Figures changed", "Largest change", "Printed otherwise"]
            .map(HeaderCell::new)
            .to_vec(),
    ];
    for results in &study.analyses {
        let own = comparison.differences.iter().filter(|found| found.analysis == results.analysis);
        for (index, found) in own.enumerate() {
            if index == 0 {
                let mut cells = vec![Cell::from(results.title.as_str())];
                cells.resize(7, Cell::default());
                table.rows.push(crate::table::Row { kind: RowKind::Heading, cells });
            }
            table.push(
                RowKind::Level,
                [
                    Cell::from(found.question.as_str()),
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

fn programs(dialects: &[Dialect]) -> String {
    dialects.iter().map(|dialect| dialect.name()).collect::<Vec<_>>().join(", ")
}

fn changed(found: &DialectDifference) -> String {
    if found.figures.is_empty() && found.curve_points == 0 {
        return "none".into();
    }
    let mut text =
        format!("{} of {}", style::count(found.figures.len() as u64), style::count(found.compared));
    if found.curve_points > 0 {
        text.push_str(&format!("; {} points of curves", style::count(found.curve_points)));
    }
    text
}

fn largest(results: &Results, found: &DialectDifference) -> String {
    let both = found.figures.iter().find(|figure| figure.own.is_some() && figure.other.is_some());
    let Some(figure) = both.or(found.figures.first()) else { return style::ABSENT.into() };
    let number = |value: Option<f64>| value.map_or(style::ABSENT.into(), significant);
    let change = match (figure.own, figure.other) {
        (Some(_), Some(_)) => format!(" ({}%)", style::percent(figure.relative())),
        _ => String::new(),
    };
    format!(
        "{}, {}: {} → {}{change}",
        name(results, figure),
        figure.field.text(),
        number(figure.own),
        number(figure.other)
    )
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
        s if s == 0.0 => 0,
        _ => return format!("{value:.2e}").replace('-', "−"),
    };
    style::number(value, decimals)
}

fn name(results: &Results, figure: &FigureDifference) -> String {
    let mut parts = Vec::new();
    if let Some(term) = &figure.term {
        parts.push(wording::heading(results, term));
        parts.extend(figure.level.as_ref().map(|level| results.level_label(term, level).to_string()));
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
