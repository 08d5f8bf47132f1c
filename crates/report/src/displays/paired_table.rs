//! Two values of the same patients, and how they differ.

use super::cells::{Caveats, effect, named_test, share_interval};
use super::two_by_two_table::counts;
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let test = wording::rows(results, Quantity::Association).next()?;
    let mut table = if wording::rows(results, Quantity::Risk).next().is_some() {
        levels(results, style)
    } else {
        numbers(results, style)
    };
    if let Some(test) = &test.test {
        table.remark(named_test(test, style));
    }
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn levels(results: &Results, style: &Style) -> Table {
    let mut table = Table::with_columns(2);
    table.header = vec![vec![
        HeaderCell::new(""),
        HeaderCell::new("Patients"),
        HeaderCell::new("Estimate").detail(style.interval_name()),
    ]];
    for row in wording::rows(results, Quantity::Risk) {
        let (term, level) =
            (row.term.as_deref().unwrap_or_default(), row.level.as_deref().unwrap_or_default());
        let name = format!("{}: {}, %", wording::heading(results, term), results.level_label(term, level));
        table.push(RowKind::Single, [name.into(), counts(row).into(), Cell::from(share_interval(row))]);
    }
    for (quantity, name) in
        [(Quantity::RiskDifference, "Difference, %"), (Quantity::OddsRatio, "Odds ratio of a change")]
    {
        let Some(row) = wording::rows(results, quantity).next() else { continue };
        table.push(RowKind::Single, [name.into(), counts(row).into(), effect(style, Some(row)).into()]);
    }
    table.remark("Patients of a difference are those whose values differ, of all.");
    table
}

fn numbers(results: &Results, style: &Style) -> Table {
    let mut table = Table::with_columns(4);
    table.header = vec![vec![
        HeaderCell::new(""),
        HeaderCell::new("Patients"),
        HeaderCell::new("Mean (SD)"),
        HeaderCell::new("Median"),
        HeaderCell::new("Difference").detail(style.interval_name()),
    ]];
    let find =
        |quantity, term: &str| wording::rows(results, quantity).find(|row| row.term.as_deref() == Some(term));
    let spread = wording::rows(results, Quantity::StandardDeviation)
        .filter_map(|row| row.value)
        .fold(f64::INFINITY, f64::min);
    let decimals = if spread.is_finite() { style::spread_decimals(spread) } else { 2 };
    let print = |row: Option<&Estimate>| {
        row.and_then(|row| row.value).map_or(style::ABSENT.into(), |value| style::number(value, decimals))
    };
    for mean in wording::rows(results, Quantity::Mean) {
        let term = mean.term.as_deref().unwrap_or_default();
        table.push(
            RowKind::Single,
            [
                Cell::from(wording::with_unit(results, term)),
                mean.n.map_or(style::ABSENT.into(), style::count).into(),
                format!("{} ({})", print(Some(mean)), print(find(Quantity::StandardDeviation, term))).into(),
                print(find(Quantity::Quantile, term)).into(),
            ],
        );
    }
    let Some(row) = wording::rows(results, Quantity::MeanDifference).next() else { return table };
    let median = wording::rows(results, Quantity::MedianDifference).next();
    let with_limits = |row: &Estimate| {
        let limits = row.interval.and_then(|limits| limits.lower.zip(limits.upper));
        // Two values of a patient are alike: their difference spreads less than they do, and needs more decimals.
        let decimals = style::limit_decimals(limits, decimals);
        let figure = |value: f64| style::number(value, decimals);
        let limits =
            limits.map(|(lower, upper)| format!(" ({})", style::range(&figure(lower), &figure(upper))));
        format!("{}{}", row.value.map_or(style::ABSENT.into(), figure), limits.unwrap_or_default())
    };
    table.push(
        RowKind::Single,
        [
            Cell::from("Mean difference"),
            row.n.map_or(style::ABSENT.into(), style::count).into(),
            Cell::default(),
            print(median).into(),
            with_limits(row).into(),
        ],
    );
    if let Some(row) = wording::rows(results, Quantity::LocationShift).next() {
        table.push(
            RowKind::Single,
            [
                Cell::from("Centre of the differences (Hodges–Lehmann)"),
                row.n.map_or(style::ABSENT.into(), style::count).into(),
                Cell::default(),
                Cell::default(),
                with_limits(row).into(),
            ],
        );
        table.remark(format!(
            "Differences are {} less {}; their centre is the median of the mean of two of them.",
            wording::heading(results, row.term.as_deref().unwrap_or_default()),
            wording::heading(results, row.reference.as_deref().unwrap_or_default())
        ));
    }
    table
}
