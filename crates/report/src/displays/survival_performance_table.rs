//! How well a Cox model predicts by stated times: discrimination, prediction error, and both over all times.

use super::cells::Caveats;
use super::design_remarks::design_remarks;
use super::performance_table::{figures, terms};
use crate::display::Content;
use crate::style::{self, Style};
use crate::table::{Cell, HeaderCell, RowKind, Table};
use crate::wording;
use study::{Estimate, Quantity, Results};

/// The level of what the model without terms gives.
const WITHOUT: &str = "without_terms";

/// The level of what is left when the optimism of the bootstrap is taken off.
const CORRECTED: &str = "corrected";

/// The figures in the order of the table: quantity, level, name.
const FIGURES: [(Quantity, Option<&str>, &str); 14] = [
    (Quantity::Auc, None, "Area under the ROC curve (AUC)"),
    (Quantity::Auc, Some(CORRECTED), "AUC less optimism"),
    (Quantity::Brier, None, "Brier score"),
    (Quantity::Brier, Some(CORRECTED), "Brier score less optimism"),
    (Quantity::Brier, Some(WITHOUT), "Brier score without terms"),
    (Quantity::PredictionAccuracy, None, "Prediction accuracy"),
    (Quantity::CalibrationIndex, None, "Integrated calibration index (ICI)"),
    (Quantity::CalibrationIndex, Some(CORRECTED), "ICI less optimism"),
    (Quantity::CalibrationE50, None, "Median calibration error (E50)"),
    (Quantity::CalibrationE50, Some(CORRECTED), "E50 less optimism"),
    (Quantity::CalibrationE90, None, "90th percentile of it (E90)"),
    (Quantity::CalibrationE90, Some(CORRECTED), "E90 less optimism"),
    (Quantity::CalibrationEmax, None, "Largest calibration error (Emax)"),
    (Quantity::CalibrationEmax, Some(CORRECTED), "Emax less optimism"),
];

pub(super) fn make(results: &Results, style: &Style, _id: &str) -> Option<Content> {
    let mut times: Vec<f64> = Vec::new();
    for at in wording::rows(results, Quantity::Brier).filter_map(|row| row.at) {
        if !times.contains(&at) {
            times.push(at);
        }
    }
    let mut table = Table::with_columns(times.len());
    let mut header = vec![HeaderCell::new("Measure")];
    header.extend(
        times.iter().map(|at| HeaderCell::new(wording::at_time(results, *at)).detail(style.interval_name())),
    );
    table.header = vec![header];
    let event = wording::event_inside(results).unwrap_or_else(|| "the endpoint".into());
    table.caption =
        Some(format!("Cox model of {event} with {}: predictions by stated times.", terms(results)));
    for (quantity, level, name) in FIGURES {
        if wording::rows(results, quantity).all(|row| row.level.as_deref() != level) {
            continue;
        }
        let find = |at: f64| {
            let same = |row: &&Estimate| row.level.as_deref() == level && row.at == Some(at);
            wording::rows(results, quantity).find(same)
        };
        let cells = times
            .iter()
            .map(|at| Cell::from(find(*at).map_or(style::ABSENT.into(), |row| figures(row, style))));
        table.push(RowKind::Single, std::iter::once(Cell::from(name)).chain(cells));
    }
    remarks(&mut table, results, style);
    design_remarks(&mut table, results);
    Caveats::new(results).rest(&mut table);
    Some(Content::Table(table.finish()))
}

fn remarks(table: &mut Table, results: &Results, style: &Style) {
    let find = |quantity, level: Option<&str>| {
        wording::rows(results, quantity).find(|row| row.level.as_deref() == level)
    };
    let until = |row: &Estimate| {
        row.at.map_or(String::new(), |at| format!(" until {}", wording::at_time(results, at)))
    };
    let mut whole = Vec::new();
    for (level, name) in [(None, "Harrell’s concordance"), (Some("uno"), "Uno’s concordance")] {
        whole.extend(
            find(Quantity::Concordance, level)
                .map(|row| format!("{name}{} {}", until(row), figures(row, style))),
        );
    }
    if let Some(row) = find(Quantity::IntegratedBrier, None) {
        let without = find(Quantity::IntegratedBrier, Some(WITHOUT));
        let without = without.map_or(String::new(), |row| format!(", without terms {}", figures(row, style)));
        whole.push(format!("integrated Brier score{} {}{without}", until(row), figures(row, style)));
    }
    if !whole.is_empty() {
        table.remark(format!("{}.", wording::capitalised(&whole.join("; "))));
    }
    table.remark(
        "Patients weigh by the inverse probability of not being censored. Prediction accuracy: 1 less the ratio of the \
         Brier score to that without terms; 0 is no better than Kaplan–Meier.",
    );
    match results.options.get("bootstrap").and_then(serde_json::Value::as_u64) {
        Some(replicates) => {
            let corrected = [(Quantity::Concordance, "concordance"), (Quantity::CalibrationSlope, "calibration slope")];
            let corrected = corrected.into_iter().filter_map(|(quantity, name)| {
                Some(format!("{name} {}", figures(find(quantity, Some(CORRECTED))?, style)))
            });
            table.remark(format!(
                "Less optimism (mean over {} bootstrap replicates): {}.",
                style::count(replicates),
                corrected.collect::<Vec<_>>().join(", ")
            ));
        }
        None => table.remark(
            "Apparent figures, of the patients that the model was made from: of others they would be less good.",
        ),
    }
    let people = &results.participants;
    if people.analysed < people.eligible {
        table.remark(format!(
            "{} of {} patients are in the analysis.",
            style::count(people.analysed),
            style::count(people.eligible)
        ));
    }
}
