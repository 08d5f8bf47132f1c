//! Terms that tell nearly the same.

use super::number;
use crate::Rule;
use serde_json::Value;
use std::collections::BTreeSet;
use study::{Finding, Quantity, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "collinear-terms",
    about: "The squared inflation of a term’s standard errors by the other terms exceeds 5.",
    source: "Fox & Monette 1992, doi:10.1080/01621459.1992.10475190; Vatcheva et al. 2016, doi:10.4172/2161-1165.1000227",
    find,
};

/// The limits of the variance inflation factor that textbooks name.
const CAUTION: f64 = 5.0;
const SERIOUS: f64 = 10.0;

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        let rows = || results.estimates.iter().filter(|row| row.quantity == Quantity::ErrorInflation);
        // An interaction and its parts are collinear by construction: that is no fault.
        let crossed = rows().filter_map(|row| row.term.as_deref()).filter(|term| term.contains(':'));
        let parts: BTreeSet<&str> = crossed.flat_map(|term| term.split(':').chain([term])).collect();
        // So are a term and its product with time.
        let changes = results.options.get("time_dependent").and_then(Value::as_array);
        let changing: Vec<&str> =
            changes.into_iter().flatten().filter_map(|change| change["term"].as_str()).collect();
        let of_time = |term: &str| {
            let product = |rest: &str| rest.is_empty() || rest.starts_with(" × ");
            changing.iter().any(|own| term.strip_prefix(own).is_some_and(product))
        };
        let found: Vec<(&str, f64)> = rows()
            .filter_map(|row| Some((row.term.as_deref()?, row.value? * row.value?)))
            .filter(|(term, square)| *square > CAUTION && !parts.contains(term) && !of_time(term))
            .collect();
        let Some(worst) = found.iter().map(|(_, square)| *square).max_by(f64::total_cmp) else { continue };
        let named: Vec<String> = found
            .iter()
            .map(|(term, square)| format!("{} {}", results.label(term), number(*square)))
            .collect();
        findings.push(rule.finding(
            if worst > SERIOUS { Severity::Serious } else { Severity::Caution },
            results,
            format!("Terms tell nearly the same (squared inflation of standard errors): {}.", named.join(", ")),
            "Keep one of them, combine them beforehand, or say that their single ratios cannot be told apart.",
        ));
    }
    findings
}
