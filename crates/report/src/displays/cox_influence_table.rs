//! The counted rows that move a Cox model most.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use super::residual_plots::name;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Align, Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{ResidualColumn, ResidualKind, ResidualUnit, Residuals, Results};

pub(super) fn make(results: &Results, _style: &Style, _id: &str) -> Option<Content> {
    let cluster = results.options.get("cluster").and_then(serde_json::Value::as_str);
    let mut table = Table::with_columns(5);
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(", {unit}"));
    table.columns[5] = Align::Left;
    table.header = vec![vec![
        HeaderCell::new(cluster.map_or("Patient".into(), |name| wording::heading(results, name))),
        HeaderCell::new("Patients"),
        HeaderCell::new(format!("Time{unit}")),
        HeaderCell::new("Deviance residual"),
        HeaderCell::new("Displacement"),
        HeaderCell::new("Largest change").detail("standard errors"),
    ]];
    let rows = results.residuals.iter().find(|residuals| residuals.unit == ResidualUnit::MostInfluential);
    if let Some(rows) = rows {
        for entry in 0..rows.time.len() {
            let figure = |kind| {
                let value = rows.column(kind, None, None).and_then(|column| column[entry]);
                value.map_or(style::ABSENT.into(), |value| style::number(value, 2))
            };
            let event = if rows.event[entry] { "" } else { "+" };
            table.push(
                RowKind::Single,
                [
                    Cell::from(pattern(results, rows, entry)),
                    style::count(rows.n[entry]).into(),
                    match cluster {
                        // Whose members leave at different times.
                        Some(_) => style::ABSENT.into(),
                        None => format!("{}{event}", style::time(rows.time[entry])).into(),
                    },
                    figure(ResidualKind::Deviance).into(),
                    figure(ResidualKind::Displacement).into(),
                    largest(results, rows, entry).into(),
                ],
            );
        }
        if cluster.is_none() {
            table.remark("+: followed without the event.");
        }
        table.remark("Displacement: squared change of all coefficients together, in their own covariance.");
    }
    let unit = cluster.map_or("Counted rows", |_| "Clusters");
    table.caption = Some(format!("{unit} in descending order of their influence on the Cox model."));
    design_remarks(&mut table, results);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// `Female; Age 71`.
fn pattern(results: &Results, rows: &Residuals, entry: usize) -> String {
    let value = |column: &ResidualColumn| {
        let (term, value) = (column.term.as_deref()?, column.values[entry]?);
        let label = wording::known(results, term);
        let heading = wording::heading(results, term);
        match label.and_then(|label| label.levels.get(value as usize)) {
            Some(level) => Some(format!("{heading} {}", level.text())),
            None => Some(format!("{heading} {}", style::named_time(value))),
        }
    };
    rows.of_kind(ResidualKind::Value).filter_map(value).collect::<Vec<_>>().join("; ")
}

fn largest(results: &Results, rows: &Residuals, entry: usize) -> String {
    let columns =
        rows.of_kind(ResidualKind::Dfbetas).filter_map(|column| Some((column, column.values[entry]?)));
    let found = columns.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    found.map_or(style::ABSENT.into(), |(column, change)| {
        let term = name(results, column.term.as_deref().unwrap_or_default(), column.level.as_deref());
        let sign = if change > 0.0 { "+" } else { "" };
        format!("{sign}{} ({term})", style::number(change, 2))
    })
}
