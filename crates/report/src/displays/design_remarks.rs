//! How the patients entered the computation, below its table: strata and weights.

use crate::table::Table;
use crate::wording;
use serde_json::Value;
use study::Results;

/// Adds the remarks.
pub(super) fn design_remarks(table: &mut Table, results: &Results) {
    let option = |key: &str| results.options.get(key);
    let name = |name: &str| wording::inside(&wording::heading(results, name));
    // One name, or several.
    let one = option("strata").filter(|strata| strata.is_string());
    let several = option("strata").and_then(Value::as_array).into_iter().flatten();
    let strata: Vec<String> = one.into_iter().chain(several).filter_map(Value::as_str).map(name).collect();
    if !strata.is_empty() {
        table.remark(format!("Stratified by {}.", strata.join(", ")));
    }
    if let Some(weights) = option("weights").and_then(Value::as_str) {
        let kind = match option("weight_kind").and_then(Value::as_str) {
            Some("frequency") => "each row counts as many patients as it says",
            _ => "sampling weights",
        };
        table.remark(format!("Weighted by {}: {kind}.", name(weights)));
    }
}
