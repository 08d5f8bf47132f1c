//! How well a logistic model predicts: explained variation, discrimination, calibration, and its optimism.

use super::cells::{Caveats, test_sentence};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, IntervalMethod, Quantity, Results, TestName};

/// The figures in the order of the table, with their names.
const FIGURES: [(Quantity, &str); 11] = [
    (Quantity::NagelkerkeR2, "Nagelkerke’s R²"),
    (Quantity::CoxSnellR2, "Cox and Snell’s R²"),
    (Quantity::McFaddenR2, "McFadden’s R²"),
    (Quantity::Auc, "Area under the ROC curve (AUC)"),
    (Quantity::Brier, "Brier score"),
    (Quantity::CalibrationIntercept, "Calibration intercept"),
    (Quantity::CalibrationSlope, "Calibration slope"),
    (Quantity::CalibrationIndex, "Integrated calibration index (ICI)"),
    (Quantity::CalibrationE50, "Median calibration error (E50)"),
    (Quantity::CalibrationE90, "90th percentile of it (E90)"),
    (Quantity::CalibrationEmax, "Largest calibration error (Emax)"),
];

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    wording::rows(results, Quantity::Auc).next()?;
    let corrected = results.estimates.iter().any(|row| row.level.as_deref() == Some("corrected"));
    let mut table = Table::with_columns(if corrected { 3 } else { 1 });
    let mut header = vec![
        HeaderCell::new("Measure"),
        HeaderCell::new(if corrected { "Apparent" } else { "Value" }).detail(style.interval_name()),
    ];
    if corrected {
        header.extend([HeaderCell::new("Optimism"), HeaderCell::new("Corrected")]);
    }
    table.header = vec![header];
    table.caption = Some(caption(results));
    for (quantity, name) in FIGURES {
        let find = |level: Option<&str>| {
            wording::rows(results, quantity).find(|row| row.level.as_deref() == level && row.group.is_none())
        };
        let Some(apparent) = find(None) else { continue };
        let mut cells = vec![Cell::from(name), figures(apparent, style).into()];
        if corrected {
            cells.extend([Some("optimism"), Some("corrected")].map(|level| {
                Cell::from(find(level).map_or(style::ABSENT.into(), |row| figures(row, style)))
            }));
        }
        table.push(RowKind::Single, cells);
    }
    remarks(&mut table, results, style);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn caption(results: &Results) -> String {
    let firth = match results.options.get("penalty").and_then(serde_json::Value::as_str) {
        Some("firth") => ", fitted by Firth’s penalized likelihood",
        _ => "",
    };
    let event = wording::event_inside(results).unwrap_or_else(|| "the outcome".into());
    format!("Logistic model of {event} with {}{firth}.", terms(results))
}

/// The terms of a model, as its options name them.
pub(super) fn terms(results: &Results) -> String {
    let terms = results.options.get("terms").and_then(serde_json::Value::as_array);
    let named = terms.into_iter().flatten().filter_map(|term| term.as_str());
    named.map(|term| wording::heading(results, term)).collect::<Vec<_>>().join(", ")
}

/// A figure with its interval, where it has one: three decimals, as AUCs are printed.
pub(super) fn figures(row: &Estimate, style: &Style) -> String {
    let Some(value) = row.value else { return style::ABSENT.into() };
    let number = |value: f64| three_decimals(value, style);
    match row.interval.and_then(|limits| limits.lower.zip(limits.upper)) {
        Some((lower, upper)) => {
            format!("{} ({})", number(value), style::range(&number(lower), &number(upper)))
        }
        None => number(value),
    }
}

/// Rounding must not print a difference of nothing as a negative zero, nor one of something as nothing.
fn three_decimals(value: f64, _: &Style) -> String {
    style::number(if value.abs() < 5e-13 { 0.0 } else { value }, 3)
}

fn remarks(table: &mut Table, results: &Results, style: &Style) {
    let auc = wording::rows(results, Quantity::Auc).find(|row| row.level.is_none() && row.group.is_none());
    let logit =
        auc.and_then(|row| row.interval).is_some_and(|limits| limits.method == IntervalMethod::DeLongLogit);
    table.remark(format!(
        "CI: confidence interval, DeLong’s{}.",
        if logit { " on the logit scale" } else { "" }
    ));
    let people = &results.participants;
    if people.analysed < people.eligible {
        table.remark(format!(
            "{} of {} patients are in the analysis.",
            style::count(people.analysed),
            style::count(people.eligible)
        ));
    }
    let tests = wording::rows(results, Quantity::GlobalTest).filter_map(|row| row.test.as_ref());
    for test in tests.filter(|test| test.name == TestName::HosmerLemeshow) {
        let groups = wording::rows(results, Quantity::ObservedRisk).count();
        table.remark(format!(
            "{} ({groups} groups cut at quantiles of predicted risk, equal risks kept together).",
            test_sentence(test, style).trim_end_matches('.')
        ));
    }
    if let Some(replicates) = results.options.get("bootstrap").and_then(serde_json::Value::as_u64) {
        table.remark(format!(
            "Optimism: mean over {} bootstrap replicates; corrected: apparent less optimism.",
            style::count(replicates)
        ));
    }
}
