//! How much the terms of a model tell of each other.

use super::model_rows::is_collinear;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Quantity, Results};

/// The table of every model that has the figures.
pub(super) fn make(results: &Results, _style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::VarianceInflation).next()?;
    let mut table = Table::with_columns(4);
    table.header = vec![vec![
        HeaderCell::new("Term"),
        HeaderCell::new("Parameters"),
        HeaderCell::new("GVIF"),
        HeaderCell::new("Standard errors longer by"),
    ]];
    table.caption = Some("Variance inflation of the model with all terms.".into());
    for row in wording::rows(results, Quantity::VarianceInflation) {
        let term = row.term.as_deref().unwrap_or_default();
        let root = wording::rows(results, Quantity::ErrorInflation)
            .find(|other| other.term.as_deref() == Some(term));
        let figure = |value: Option<f64>| value.map_or(style::ABSENT.into(), |value| style::number(value, 2));
        let label = Cell::from(wording::heading(results, term));
        let cells = [
            label,
            row.n.map_or(String::new(), style::count).into(),
            figure(row.value).into(),
            format!("×{}", figure(root.and_then(|root| root.value))).into(),
        ];
        table.push(RowKind::Single, cells);
    }
    table.remark(
        "GVIF: generalised variance inflation factor (Fox and Monette), of a term of one parameter the usual VIF; its \
         root of twice the parameters is the factor by which the other terms make standard errors longer.",
    );
    if wording::rows(results, Quantity::VarianceInflation)
        .any(|row| row.term.as_deref().is_some_and(wording::is_interaction))
    {
        table.remark("An interaction and its parts inflate each other by construction.");
    }
    Some(Content::Table(table.finish()))
}

/// The same, only where a factor is so large that a reader must know.
pub(super) fn where_large(results: &Results, style: &Style, id: &str) -> Option<Content> {
    let large = wording::rows(results, Quantity::ErrorInflation).any(is_collinear);
    if large { make(results, style, id) } else { None }
}
