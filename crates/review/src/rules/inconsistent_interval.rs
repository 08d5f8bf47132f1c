//! An interval and a P value that contradict each other.

use super::number;
use crate::Rule;
use study::{Finding, IntervalMethod, Severity, StudyResults, TestName};

pub(super) const RULE: Rule = Rule {
    name: "inconsistent-interval",
    about: "A Wald interval excludes 1 while its P value says otherwise, or the reverse; or lower > value > upper.",
    source: "Georgescu & Wren 2018, doi:10.1093/bioinformatics/btx811",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    let alpha = 1.0 - study.confidence_level;
    for results in &study.analyses {
        for estimate in &results.estimates {
            let ratio = estimate.quantity.is_ratio();
            let (Some(interval), Some(value)) = (estimate.interval, estimate.value) else { continue };
            let (Some(lower), Some(upper)) = (interval.lower, interval.upper) else { continue };
            // The middle of what was drawn may be far from what was estimated, and limits by percentiles with it.
            let drawn =
                matches!(interval.method, IntervalMethod::BootstrapPercentile | IntervalMethod::BootstrapBca);
            let outside = !drawn && (value < lower || value > upper);
            let test = estimate.test.as_ref().filter(|test| test.name == TestName::Wald);
            let p_value = test.and_then(|test| test.p_value);
            let wald = ratio && interval.method == IntervalMethod::Wald;
            let contradicts = wald
                && p_value
                    .is_some_and(|p| (p < alpha) != (lower > 1.0 || upper < 1.0) && (p - alpha).abs() > 1e-9);
            if outside || contradicts {
                let term = estimate.term.as_deref().unwrap_or("estimate");
                findings.push(rule.finding(
                    Severity::Serious,
                    results,
                    format!(
                        "{}: {} with limits {} to {} does not agree with itself.",
                        results.label(term),
                        number(value),
                        number(lower),
                        number(upper)
                    ),
                    "This is a fault of farr: please report it.",
                ));
            }
        }
    }
    findings
}
