//! The tests of proportional hazards, term by term.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use super::residual_plots::name;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let mut caveats = Caveats::new(results);
    let mut table = tests(results, style, "hazard", &mut caveats);
    design_remarks(&mut table, results);
    caveats.rest(&mut table);
    Some(Content::Table(table.finish()))
}

/// The same of a Fine–Gray model, where they were asked for; what is to be said of the model stands beside its ratios.
pub(super) fn subdistribution(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::ProportionalHazards).next()?;
    let table = tests(results, style, "subdistribution hazard", &mut Caveats::new(results));
    Some(Content::Table(table.finish()))
}

fn tests(results: &Results, style: &Style, ratio: &str, caveats: &mut Caveats<'_>) -> Table {
    let mut table = Table::with_columns(3);
    table.header = vec![["Term", "χ²", "df", "P value"].into_iter().map(HeaderCell::new).collect()];
    for row in wording::rows(results, Quantity::ProportionalHazards) {
        let (kind, label) = match (&row.term, &row.level) {
            (None, _) => (RowKind::Single, "All terms together".to_string()),
            (Some(term), None) => (RowKind::Single, name(results, term, None)),
            (Some(term), Some(level)) => (RowKind::Level, wording::column(results, term, level)),
        };
        let notes = match &row.term {
            Some(term) => caveats.of_row(&mut table, term, row.level.as_deref()),
            None => Vec::new(),
        };
        let [statistic, df, p] = figures(row, style);
        table.push(kind, [Cell { text: label, notes }, statistic.into(), df.into(), p.into()]);
    }
    table.caption = Some(format!(
        "Score test of a change of the {ratio} ratio with time; a small P value speaks against proportional {ratio}s."
    ));
    table
}

fn figures(row: &Estimate, style: &Style) -> [String; 3] {
    let absent = || style::ABSENT.to_string();
    let Some(test) = &row.test else { return [absent(), absent(), absent()] };
    [
        test.statistic.map_or_else(absent, |statistic| style::number(statistic, 2)),
        test.df.first().map_or_else(absent, |df| style::named_time(*df)),
        style.p_value(test.p_value),
    ]
}
