//! Tests of several terms together, of a model with interactions or several splines.

use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Model, Quantity, Results, Test, TestName};

/// What is tested of a variable, or of the whole model.
const TESTED: [Quantity; 4] = [
    Quantity::TotalEffect,
    Quantity::TotalInteraction,
    Quantity::TotalNonlinearity,
    Quantity::LinearAdditive,
];

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let rows: Vec<&Estimate> =
        results.estimates.iter().filter(|row| TESTED.contains(&row.quantity)).collect();
    rows.first()?;
    let mut table = Table::with_columns(4);
    let header = ["Tested together", "Degrees of freedom", "Statistic", "P value"];
    table.header = vec![header.into_iter().map(HeaderCell::new).collect()];
    let mut models: Vec<Option<Model>> = rows.iter().map(|row| row.model).collect();
    models.dedup();
    for model in &models {
        if models.len() > 1 {
            let name = model.map_or(String::new(), |model| wording::capitalised(model.text()));
            let empty = (0..3).map(|_| Cell::default());
            table.push(RowKind::Heading, std::iter::once(Cell::from(name)).chain(empty));
        }
        let mut shown: Vec<(Quantity, Option<&str>)> = Vec::new();
        for row in rows.iter().filter(|row| row.model == *model) {
            let what = (row.quantity, row.term.as_deref());
            if shown.contains(&what) {
                continue;
            }
            shown.push(what);
            let same =
                |other: &&&Estimate| other.model == *model && (other.quantity, other.term.as_deref()) == what;
            push(&mut table, results, style, what, reported(rows.iter().filter(same).copied()));
        }
    }
    if rows.iter().any(|row| row.quantity == Quantity::TotalEffect) {
        table.remark(
            "With its interactions: whether the outcome depends on the variable at all. The ratios of a part of an \
             interaction, and their P values, hold at one level or value of the other part only.",
        );
    }
    Some(Content::Table(table.finish()))
}

/// Of several tests the likelihood ratio is the one to report.
fn reported<'a>(rows: impl Iterator<Item = &'a Estimate>) -> Option<&'a Test> {
    let tests: Vec<&Test> = rows.filter_map(|row| row.test.as_ref()).collect();
    let ratio = |test: &&Test| test.name == TestName::LikelihoodRatio;
    tests.iter().copied().find(ratio).or_else(|| tests.first().copied())
}

fn push(
    table: &mut Table,
    results: &Results,
    style: &Style,
    (quantity, term): (Quantity, Option<&str>),
    test: Option<&Test>,
) {
    let label = term.map(|term| wording::heading(results, term));
    let text = match (quantity, label) {
        (Quantity::TotalEffect, Some(label)) if term.is_some_and(wording::is_interaction) => {
            format!("{label}, with larger interactions")
        }
        (Quantity::TotalEffect, Some(label)) => format!("{label}, with its interactions"),
        (Quantity::TotalInteraction, Some(label)) => format!("{label}, its interactions"),
        (Quantity::TotalNonlinearity, Some(label)) => {
            format!("{label}, non-linearity with that of its interactions")
        }
        (Quantity::TotalInteraction, None) => "All interactions".into(),
        (Quantity::TotalNonlinearity, None) => "All non-linearity".into(),
        _ => "All non-linearity and interactions".into(),
    };
    let figures = match test {
        Some(test) => {
            let note = table.note(format!("{}.", wording::capitalised(test.name.text())));
            let df: Vec<String> =
                test.df.iter().map(|df| style::named_time((10.0 * df).round() / 10.0)).collect();
            let letter = if test.df.len() == 2 { "F" } else { "χ²" };
            let statistic = test.statistic.map(|value| format!("{letter} = {}", style::number(value, 2)));
            [
                df.join(", ").into(),
                statistic.unwrap_or_else(|| style::ABSENT.into()).into(),
                Cell::from(style.p_value(test.p_value)).note(Some(note)),
            ]
        }
        None => [style::ABSENT.into(), style::ABSENT.into(), style::ABSENT.into()],
    };
    table.push(RowKind::Single, std::iter::once(Cell::from(text)).chain(figures));
}
