//! The steps of a selection of terms.

use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let rows: Vec<&Estimate> = wording::rows(results, Quantity::SelectionStep).collect();
    rows.first()?;
    let bic = results.options.get("criterion").and_then(serde_json::Value::as_str) == Some("bic");
    let mut table = Table::with_columns(5);
    let heads = ["Step", "Terms in the model", "χ²", "df", "P value", if bic { "BIC" } else { "AIC" }];
    table.header = vec![heads.into_iter().map(HeaderCell::new).collect()];
    for row in rows {
        let step = row.at.map_or(String::new(), style::named_time);
        let term = row.term.as_deref().map(|term| wording::heading(results, term)).unwrap_or_default();
        let what = match row.level.as_deref() {
            Some("entered") => format!("{step}. {term} entered"),
            Some("removed") => format!("{step}. {term} removed"),
            _ => "First model".into(),
        };
        let test = row.test.as_ref();
        let name = test.map(|test| format!("{}.", wording::capitalised(test.name.text())));
        let mark = name.map(|name| table.note(name));
        let figure = |value: Option<f64>, decimals| {
            value.map_or(style::ABSENT.into(), |value| style::number(value, decimals))
        };
        let absent = || String::from(style::ABSENT);
        let cells: [Cell; 6] = [
            what.into(),
            row.n.map_or_else(absent, style::count).into(),
            Cell::from(figure(test.and_then(|test| test.statistic), 2)).note(mark),
            test.map_or_else(absent, |test| test.df.first().map_or_else(absent, |df| style::named_time(*df)))
                .into(),
            test.map_or_else(absent, |test| style.p_value(test.p_value)).into(),
            figure(row.value, 1).into(),
        ];
        table.push(RowKind::Single, cells);
    }
    table.remark(match bic {
        true => "BIC: Schwarz’ (Bayesian) information criterion after the step; the lower, the better.",
        false => "AIC: Akaike’s information criterion after the step; the lower, the better.",
    });
    table
        .remark("P values of steps are those of the smallest or largest of many tests, and are no evidence.");
    Some(Content::Table(table.finish()))
}
