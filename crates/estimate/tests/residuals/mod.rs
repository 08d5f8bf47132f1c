//! Residuals of a Cox model against the frozen summaries of R's.

use crate::oracle::Comparison;
use serde_json::Value;
use study::Residuals;

/// A list of numbers.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// Sums and order statistics of residuals whose order R does not share. Compared on the scale of the largest: a residual
/// of nearly 0 is a difference that has no more decimals than its parts.
pub(crate) fn compare_residuals(
    comparison: &mut Comparison,
    what: &str,
    found: &Residuals,
    column: &[Option<f64>],
    theirs: &Value,
) {
    let mut sorted: Vec<f64> = Vec::new();
    let (mut absolute, mut squares, mut by_time) = (0.0, 0.0, 0.0);
    for (index, value) in column.iter().enumerate() {
        let (value, n) = (value.unwrap(), found.n[index]);
        sorted.extend(std::iter::repeat_n(value, n as usize));
        absolute += n as f64 * value.abs();
        squares += n as f64 * value * value;
        by_time += n as f64 * value.abs() * found.time[index];
    }
    sorted.sort_by(f64::total_cmp);
    let largest = sorted.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    comparison.figure(&format!("{what} Σ|r|"), absolute, theirs["absolute"].as_f64().unwrap());
    comparison.figure(&format!("{what} Σr²"), squares, theirs["squares"].as_f64().unwrap());
    comparison.figure(&format!("{what} Σ|r|t"), by_time, theirs["by_time"].as_f64().unwrap());
    let theirs = numbers(&theirs["sorted"]);
    for (k, theirs) in theirs.iter().enumerate() {
        // R rounds halves to even.
        let place = 1.0 + k as f64 * (sorted.len() - 1) as f64 / 14.0;
        let at = place.round_ties_even() as usize - 1;
        comparison.figure(&format!("{what} {k}"), sorted[at] + 2.0 * largest, theirs + 2.0 * largest);
    }
}
