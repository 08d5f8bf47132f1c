//! Weights of patients.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, CountTable, Problem};

/// What the weight of a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightKind {
    /// Each row stands for so many patients, a whole number: it is as if they were listed one by one.
    Frequency,
    /// Each patient counts so much, for example the inverse of the probability of being sampled or treated; the
    /// variance is robust.
    Sampling,
}

/// Refuses weights without a kind and a kind without weights.
pub(in crate::methods) fn check_weights(
    analysis: &Analysis,
    weights: Option<&str>,
    kind: Option<WeightKind>,
) -> Result<(), Problem> {
    match (weights, kind) {
        (Some(_), None) => {
            Err(analysis.refuse(&["weights".into()], "what the weights stand for is not said").help(
                "write weight_kind = \"frequency\" where a row stands for so many patients, or \"sampling\" for \
                 inverse probabilities",
            ))
        }
        (None, Some(_)) => Err(analysis
            .refuse(&["weight_kind".into()], "`weight_kind` has no weights to describe")
            .help("name the variable in `weights`, or remove it")),
        _ => Ok(()),
    }
}

/// The table with its frequencies multiplied by a column of whole numbers, which is left out; and how many patients
/// have no weight.
pub(in crate::methods) fn frequencies(
    table: &CountTable,
    weights: &str,
) -> Result<(CountTable, u64), Problem> {
    let values = table.column(weights)?.numbers()?;
    if values.iter().any(|value| *value < 0.0 || value.fract() > 0.0 || *value > 1e12) {
        let message = format!("`{weights}` has values that are no number of patients");
        return Err(Problem::input(message)
            .help("frequencies are whole numbers from 0 on; other weights are weight_kind = \"sampling\""));
    }
    let missing = (0..values.len()).filter(|row| values[*row].is_nan()).map(|row| table.n()[row]).sum();
    let n = table.n().iter().zip(values).map(|(n, value)| n * *value as u64).collect();
    let others = table.columns().iter().filter(|column| column.name != weights).cloned().collect();
    Ok((CountTable::new(others, n)?, missing))
}

/// The weights of a column, NaN where missing. Each must be above 0.
pub(in crate::methods) fn sampling_weights(table: &CountTable, weights: &str) -> Result<Vec<f64>, Problem> {
    let values = table.column(weights)?.numbers()?;
    let wrong = |value: f64| value <= 0.0 || value > 1e12;
    let n: u64 = (0..values.len()).filter(|row| wrong(values[*row])).map(|row| table.n()[row]).sum();
    if n > 0 {
        let message = format!("{n} patients have a weight in `{weights}` that is not above 0");
        return Err(Problem::input(message).help("leave patients without weight out with a criterion"));
    }
    Ok(values.to_vec())
}
