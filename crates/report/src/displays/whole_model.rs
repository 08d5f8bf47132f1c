//! What is said of a whole multivariable model below its table: tests, likelihood, and how well it predicts.

use super::cells::test_sentence;
use super::concordance_table::concordance;
use super::model_rows::ModelRows;
use crate::style::{self, Style};
use crate::table::Table;
use crate::wording;
use study::{Estimate, Model, Quantity, Results, Test, TestName};

/// Adds the remarks.
pub(super) fn remarks(table: &mut Table, results: &Results, style: &Style, rows: &ModelRows<'_>) {
    for part in [Model::Incidence, Model::Latency] {
        if let Some(test) = rows.global_test(part, None).filter(|_| rows.models.contains(&part)) {
            table.remark(format!("All terms together, {}", sentence(test, style)));
        }
    }
    let Some(test) = rows.global_test(Model::Multivariable, None) else { return };
    let mut sentences = vec![sentence(test, style)];
    if results.method != "cox" {
        table.remark(format!("Whole multivariable model, {}", sentences.remove(0)));
        if results.method == "logistic" {
            likelihood(table, results, "Log-likelihood");
            intercept(table, results, style);
        }
        return;
    }
    let others = of_model(results, Quantity::GlobalTest).filter_map(|row| row.test.as_ref());
    sentences.extend(others.filter(|other| other.name != test.name).map(|other| sentence(other, style)));
    let sentences: Vec<&str> = sentences.iter().map(|sentence| sentence.trim_end_matches('.')).collect();
    table.remark(format!("Whole multivariable model, {}.", sentences.join("; ")));
    changes(table, results, style);
    likelihood(table, results, "Partial log-likelihood");
    prediction(table, results);
}

/// Whether the ratios that were let change with time do.
fn changes(table: &mut Table, results: &Results, style: &Style) {
    for row in wording::rows(results, Quantity::ProportionalHazards) {
        let (Some(term), Some(test)) = (&row.term, &row.test) else { continue };
        table.remark(format!(
            "Change of the ratio of {} with time, {}",
            wording::inside(results.label(term)),
            sentence(test, style)
        ));
    }
}

/// The rows of a quantity that stand for the whole multivariable model.
fn of_model(results: &Results, quantity: Quantity) -> impl Iterator<Item = &Estimate> {
    wording::rows(results, quantity)
        .filter(|row| row.model == Some(Model::Multivariable) && row.term.is_none())
}

/// A name keeps its capital.
fn sentence(test: &Test, style: &Style) -> String {
    let sentence = test_sentence(test, style);
    if matches!(test.name, TestName::Wald) { sentence } else { wording::inside(&sentence) }
}

fn likelihood(table: &mut Table, results: &Results, name: &str) {
    let value = |quantity| of_model(results, quantity).find_map(|row| row.value);
    let figure = |value: f64| style::number(value, 2);
    let (Some(full), Some(null)) = (value(Quantity::LogLikelihood), value(Quantity::NullLogLikelihood))
    else {
        return;
    };
    let mut text = format!("{name} {}, without terms {}", figure(full), figure(null));
    if let Some(akaike) = value(Quantity::Aic) {
        text += &format!("; AIC {}", figure(akaike));
    }
    if let Some(schwarz) = value(Quantity::Bic) {
        text += &format!(", BIC {} (n: the events)", figure(schwarz));
    }
    table.remark(format!("{text}."));
}

/// The intercept, without which nobody can compute a risk from the ratios.
fn intercept(table: &mut Table, results: &Results, style: &Style) {
    let Some(row) = of_model(results, Quantity::Intercept).next() else { return };
    let Some(value) = row.value else { return };
    let digits = |value: f64| style::number(value, 3);
    let limits = row.interval.as_ref().and_then(|limits| limits.lower.zip(limits.upper));
    let interval = limits.map_or(String::new(), |(lower, upper)| {
        format!(" ({} {})", style.interval_name(), style::range(&digits(lower), &digits(upper)))
    });
    table.remark(format!("Intercept, on the log-odds scale: {}{interval}.", digits(value)));
}

fn prediction(table: &mut Table, results: &Results) {
    let mut parts = Vec::new();
    if let Some(row) = of_model(results, Quantity::Concordance).next() {
        let error = row
            .std_error
            .map_or(String::new(), |error| format!(", standard error {}", style::number(error, 3)));
        parts.push(format!("Harrell’s concordance {}{error}", concordance(row)));
    }
    for (quantity, name) in
        [(Quantity::NagelkerkeR2, "Nagelkerke’s R²"), (Quantity::CoxSnellR2, "Cox and Snell’s R²")]
    {
        let value = of_model(results, quantity).find_map(|row| row.value);
        parts.extend(value.map(|value| format!("{name} {}", style::number(value, 3))));
    }
    if !parts.is_empty() {
        table.remark(format!("{}.", parts.join("; ")));
    }
}
