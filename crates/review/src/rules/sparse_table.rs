//! A chi-squared test where the approximation does not hold.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "sparse-table",
    about: "A chi-squared test was made on a table with an expected count below 5.",
    source: "Cochran 1954, doi:10.2307/3001616",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        let sparse: Vec<String> = results
            .notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::SparseCell { variable, least_expected } => {
                    Some(format!("{} (least expected count {least_expected:.1})", results.label(variable)))
                }
                _ => None,
            })
            .collect();
        if !sparse.is_empty() {
            findings.push(rule.finding(
                Severity::Caution,
                results,
                format!("The chi-squared approximation is poor for {}.", sparse.join(", ")),
                "Use Fisher’s exact test for these variables.",
            ));
        }
    }
    findings
}
