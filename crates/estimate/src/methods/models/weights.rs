//! Weights of patients.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use study::{Analysis, CountTable, MissingCount, Notice, Plan, Problem};

/// What the weight of a row stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightKind {
    /// Each row stands for so many patients, a whole number: it is as if they were listed one by one.
    Frequency,
    /// Each patient counts so much, for example the inverse of the probability of being sampled or treated; variances
    /// are then robust.
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

/// A count table whose rows stand for as many patients as the weights say, where those are frequencies.
pub(in crate::methods) struct Multiplied<'a> {
    pub(in crate::methods) table: Cow<'a, CountTable>,
    /// The table as it was counted, with the column of the weights.
    pub(in crate::methods) counted: &'a CountTable,
    /// Patients without a weight.
    pub(in crate::methods) lacking: Vec<MissingCount>,
    /// Who else was left out.
    pub(in crate::methods) notices: Vec<Notice>,
}

/// The table as the weights have it.
pub(in crate::methods) fn multiplied<'a>(
    weights: Option<&str>,
    kind: Option<WeightKind>,
    analysis: &Analysis,
    table: &'a CountTable,
) -> Result<Multiplied<'a>, Problem> {
    let (Some(weights), Some(WeightKind::Frequency)) = (weights, kind) else {
        return Ok(Multiplied {
            table: Cow::Borrowed(table),
            counted: table,
            lacking: Vec::new(),
            notices: Vec::new(),
        });
    };
    let place = |problem: Problem| problem.at(analysis.place(&["weights".into()]));
    let (whole, n) = frequencies(table, weights).map_err(place)?;
    let lacking = vec![MissingCount { variable: weights.into(), n }];
    Ok(Multiplied { table: Cow::Owned(whole), counted: table, lacking, notices: Vec::new() })
}

/// The sampling weights of each row, where there are any.
pub(in crate::methods) fn sampled<'a>(
    weights: Option<&'a str>,
    kind: Option<WeightKind>,
    analysis: &Analysis,
    table: &CountTable,
) -> Result<Option<(&'a str, Vec<f64>)>, Problem> {
    let (Some(weights), Some(WeightKind::Sampling)) = (weights, kind) else { return Ok(None) };
    let place = |problem: Problem| problem.at(analysis.place(&["weights".into()]));
    Ok(Some((weights, sampling_weights(table, weights).map_err(place)?)))
}

/// What is said of weights in a model.
pub(in crate::methods) fn weights_text(
    weights: Option<&String>,
    kind: Option<WeightKind>,
    plan: &Plan,
) -> Option<String> {
    let label = |name: &String| plan.variable(name).map_or(name.as_str(), |own| own.text()).to_lowercase();
    Some(match (weights?, kind?) {
        (name, WeightKind::Frequency) => {
            format!("Each row stands for as many patients as {} says.", label(name))
        }
        (name, WeightKind::Sampling) => format!("Patients were weighted by {}.", label(name)),
    })
}

/// The table with its frequencies multiplied by a column of whole numbers, which is left out; and how many patients
/// have no weight.
fn frequencies(table: &CountTable, weights: &str) -> Result<(CountTable, u64), Problem> {
    let values = checked_frequencies(table, weights)?;
    let missing = (0..values.len()).filter(|row| values[*row].is_nan()).map(|row| table.n()[row]).sum();
    let n = table.n().iter().zip(values).map(|(n, value)| n * *value as u64).collect();
    let others = table.columns().iter().filter(|column| column.name != weights).cloned().collect();
    Ok((CountTable::new(others, n)?, missing))
}

/// The frequencies of a column, NaN where missing: each a whole number of patients, and all
/// together no more than there can be.
pub(crate) fn checked_frequencies<'a>(table: &'a CountTable, weights: &str) -> Result<&'a [f64], Problem> {
    let values = table.column(weights)?.numbers()?;
    let help = "frequencies are whole numbers from 0 on; other weights are weight_kind = \"sampling\"";
    if values.iter().any(|value| *value < 0.0 || value.fract() > 0.0 || *value > LARGEST_WEIGHT) {
        return Err(
            Problem::input(format!("`{weights}` has values that are no number of patients")).help(help)
        );
    }
    let patients: f64 =
        table.n().iter().zip(values).filter(|(_, v)| !v.is_nan()).map(|(n, v)| *n as f64 * v).sum();
    if patients > MOST_PATIENTS {
        return Err(Problem::input(format!("`{weights}` makes more patients than can be counted")).help(help));
    }
    Ok(values)
}

/// More than there are people. Ties are counted out one by one, so that no number of patients may be without a bound.
const MOST_PATIENTS: f64 = 1e10;

/// No weight may be larger.
pub(crate) const LARGEST_WEIGHT: f64 = 1e15;

/// The weights of a column, NaN where missing. Each must be above 0.
fn sampling_weights(table: &CountTable, weights: &str) -> Result<Vec<f64>, Problem> {
    let values = table.column(weights)?.numbers()?;
    let patients = |which: &dyn Fn(f64) -> bool| -> u64 {
        (0..values.len()).filter(|row| which(values[*row])).map(|row| table.n()[row]).sum()
    };
    let wrong = |n: u64, what: &str, help: &str| {
        let patients = if n == 1 { "patient has" } else { "patients have" };
        Err(Problem::input(format!("{n} {patients} a weight in `{weights}` that is {what}")).help(help))
    };
    let beyond = |value: f64| value > LARGEST_WEIGHT || (value > 0.0 && value < 1.0 / LARGEST_WEIGHT);
    match (patients(&|value| value <= 0.0), patients(&beyond)) {
        (0, 0) => Ok(values.to_vec()),
        (0, n) => {
            let help = "divide all weights by the same number, such as their mean";
            wrong(n, "above 10¹⁵ or below 10⁻¹⁵", help)
        }
        (n, _) => wrong(n, "not above 0", "leave patients without a usable weight out with a criterion"),
    }
}
