//! The list of rules. A new one is one file and one line.

mod collinear_terms;
mod data_driven_selection;
mod events_per_parameter;
mod extrapolation;
mod fragile_ratio;
mod inconsistent_interval;
mod insufficient_follow_up;
mod many_tests;
mod missing_values;
mod sparse_table;
mod stepwise_selection;
mod thin_tail;
mod unusable_estimate;

use crate::Rule;
use study::{Finding, Results, Severity};

/// Every rule.
pub fn rules() -> Vec<Rule> {
    vec![
        unusable_estimate::RULE,
        inconsistent_interval::RULE,
        fragile_ratio::RULE,
        extrapolation::RULE,
        events_per_parameter::RULE,
        collinear_terms::RULE,
        data_driven_selection::RULE,
        stepwise_selection::RULE,
        sparse_table::RULE,
        thin_tail::RULE,
        insufficient_follow_up::RULE,
        missing_values::RULE,
        many_tests::RULE,
    ]
}

impl Rule {
    /// A finding of this rule about one analysis.
    fn finding(&self, severity: Severity, results: &Results, message: String, advice: &str) -> Finding {
        Finding {
            rule: self.name.into(),
            severity,
            analysis: Some(results.analysis.clone()),
            message,
            advice: advice.into(),
        }
    }
}

/// A number for a sentence: at most three significant decimals.
fn number(value: f64) -> String {
    let decimals = if value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests;
