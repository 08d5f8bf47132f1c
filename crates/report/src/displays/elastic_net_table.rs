//! An elastic net: ratios under the two penalties that cross-validation chose.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use super::model_rows::ModelRows;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Group, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let rows = ModelRows::of(results)?;
    let rules: Vec<(&Group, &Estimate)> = results
        .groups
        .iter()
        .filter_map(|group| {
            let chosen = wording::rows(results, Quantity::Penalty).find(|row| row.group == group.level);
            Some((group, chosen.filter(|_| group.level.is_some())?))
        })
        .collect();
    if rules.is_empty() {
        return None;
    }
    let mut table = Table::with_columns(1 + rules.len());
    table.header = vec![header(results, &rows, &rules)];
    table.caption = Some(format!(
        "Penalized {}s{}.",
        rows.ratio_name(),
        wording::event_inside(results).map_or(String::new(), |event| format!(" for {event}"))
    ));
    let mut caveats = Caveats::new(results);
    for term in &rows.terms {
        let notes = caveats.of_row(&mut table, &term.name, None);
        let line = |level: Option<&str>| -> Vec<Cell> {
            let of = |group: &Group| {
                wording::rows(results, rows.quantity).find(|row| {
                    row.group == group.level
                        && row.term.as_deref() == Some(&term.name)
                        && row.level.as_deref() == level
                })
            };
            let counts = rules.first().and_then(|(group, _)| of(group)).map_or(String::new(), counts);
            let ratios = rules.iter().map(|(group, _)| ratio(of(group), style));
            std::iter::once(counts).chain(ratios).map(Cell::from).collect()
        };
        if term.levels.is_empty() {
            let label = Cell { text: rows.number_heading(&term.name), notes };
            table.push(RowKind::Single, std::iter::once(label).chain(line(None)));
            continue;
        }
        let label = Cell { text: rows.heading_of(&term.name), notes };
        table
            .push(RowKind::Heading, std::iter::once(label).chain((0..=rules.len()).map(|_| Cell::default())));
        for level in &term.levels {
            let notes = caveats.of_row(&mut table, &term.name, Some(level));
            let label = Cell { text: rows.level_text(&term.name, level), notes };
            table.push(RowKind::Level, std::iter::once(label).chain(line(Some(level))));
        }
    }
    remarks(&mut table, results, &rows, &rules);
    design_remarks(&mut table, results);
    caveats.rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn header(results: &Results, rows: &ModelRows<'_>, rules: &[(&Group, &Estimate)]) -> Vec<HeaderCell> {
    let counts = if rows.of_times() {
        HeaderCell::new("Events/patients")
    } else {
        let event = wording::event(results).unwrap_or_else(|| "Outcome".into());
        HeaderCell::new(event).detail("n/N")
    };
    let rule = |(group, chosen): &(&Group, &Estimate)| {
        let lambda = chosen.value.map_or(style::ABSENT.into(), penalty);
        HeaderCell::new(format!("{}, {}", rows.abbreviation(), wording::inside(wording::group_label(group))))
            .detail(format!("λ = {lambda}"))
    };
    [HeaderCell::new("Characteristic"), counts].into_iter().chain(rules.iter().map(rule)).collect()
}

/// A penalty with three significant digits.
pub(super) fn penalty(value: f64) -> String {
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 12.0);
    style::number(value, decimals as usize)
}

fn counts(row: &Estimate) -> String {
    match (row.n, row.of) {
        (Some(n), Some(of)) => format!("{}/{}", style::count(n), style::count(of)),
        _ => String::new(),
    }
}

fn ratio(row: Option<&Estimate>, style: &Style) -> String {
    let Some(row) = row else { return style::ABSENT.into() };
    match row.value {
        _ if row.level.is_some() && row.level == row.reference => "1 (reference)".into(),
        // Exactly 1: the penalty has left nothing of it.
        Some(1.0) | None => style::ABSENT.into(),
        Some(value) => style.ratio(value),
    }
}

fn remarks(table: &mut Table, results: &Results, rows: &ModelRows<'_>, rules: &[(&Group, &Estimate)]) {
    table.remark(format!(
        "{}: {} shrunken by the penalty λ; —: shrunken to 1, that is, left out.",
        rows.abbreviation(),
        rows.ratio_name()
    ));
    let kept = rules.iter().filter_map(|(group, chosen)| {
        let label = wording::inside(wording::group_label(group));
        Some(format!("{label} {} of {}", style::count(chosen.n?), style::count(chosen.of?)))
    });
    table.remark(format!("Coefficients that are not 0: {}.", kept.collect::<Vec<_>>().join("; ")));
    let people = &results.participants;
    if people.analysed < people.eligible {
        table.remark(format!(
            "{} of {} patients are in the analysis.",
            style::count(people.analysed),
            style::count(people.eligible)
        ));
    }
}
