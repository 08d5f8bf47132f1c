//! A number in two groups: each group, the difference of the means, the shift.

use super::cells::{Caveats, named_test};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let variable = wording::rows(results, Quantity::Mean).next()?.term.as_deref()?;
    let by = results.by.as_deref().unwrap_or_default();
    let mut table = Table::with_columns(5);
    table.header = vec![vec![
        HeaderCell::new(wording::with_unit(results, variable)),
        HeaderCell::new("Patients"),
        HeaderCell::new("Mean (SD)"),
        HeaderCell::new("Median (IQR)"),
        HeaderCell::new("Estimate").detail(style.interval_name()),
        HeaderCell::new("P value"),
    ]];
    let spread = wording::rows(results, Quantity::StandardDeviation)
        .filter_map(|row| row.value)
        .fold(f64::INFINITY, f64::min);
    let decimals = if spread.is_finite() { style::spread_decimals(spread) } else { 2 };
    let figure = |value: f64| style::number(value, decimals);
    let print = |value: Option<f64>| value.map_or(style::ABSENT.into(), figure);
    for mean in wording::rows(results, Quantity::Mean) {
        let find = |quantity, at: Option<f64>| {
            wording::rows(results, quantity)
                .find(|row| row.group == mean.group && row.at == at)
                .and_then(|row| row.value)
        };
        let quartile = |p: f64| find(Quantity::Quantile, Some(p));
        let ends = quartile(0.25).zip(quartile(0.75));
        let ends = ends.map(|(low, high)| format!(" ({})", style::range(&figure(low), &figure(high))));
        table.push(
            RowKind::Single,
            [
                Cell::from(results.level_label(by, mean.group.as_deref().unwrap_or_default())),
                mean.n.map_or(style::ABSENT.into(), style::count).into(),
                format!("{} ({})", print(mean.value), print(find(Quantity::StandardDeviation, None))).into(),
                format!("{}{}", print(quartile(0.5)), ends.unwrap_or_default()).into(),
                Cell::default(),
                Cell::default(),
            ],
        );
    }
    let estimate = |row: &Estimate| {
        let limits = row.interval.and_then(|limits| limits.lower.zip(limits.upper));
        let decimals = style::limit_decimals(limits, decimals);
        let figure = |value: f64| style::number(value, decimals);
        let limits =
            limits.map(|(lower, upper)| format!(" ({})", style::range(&figure(lower), &figure(upper))));
        format!("{}{}", row.value.map_or(style::ABSENT.into(), figure), limits.unwrap_or_default())
    };
    let differences = [
        (Quantity::MeanDifference, "Difference of means"),
        (Quantity::LocationShift, "Shift (Hodges–Lehmann)"),
    ];
    let mut of = None;
    for (quantity, name) in differences {
        let Some(row) = wording::rows(results, quantity).next() else { continue };
        let p = row.test.as_ref().map_or(style::ABSENT.into(), |test| style.p_value(test.p_value));
        table.push(
            RowKind::Single,
            [
                Cell::from(name),
                row.n.map_or(style::ABSENT.into(), style::count).into(),
                Cell::default(),
                Cell::default(),
                estimate(row).into(),
                p.into(),
            ],
        );
        if let Some(test) = &row.test {
            table.remark(named_test(test, style));
        }
        of = row.level.as_deref().zip(row.reference.as_deref());
    }
    if let Some((level, reference)) = of {
        table.remark(format!(
            "Differences are {} less {}; the shift is the median of the difference between a patient of one and a \
             patient of the other.",
            results.level_label(by, level),
            results.level_label(by, reference)
        ));
    }
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}
