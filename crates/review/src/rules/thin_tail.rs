//! Survival quoted where hardly anybody is left.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "thin-tail",
    about: "A survival probability is quoted at a time when fewer than ten patients are at risk.",
    source: "Pocock, Clayton & Altman 2002, doi:10.1016/S0140-6736(02)08594-X",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        let by = results.by.as_deref().unwrap_or_default();
        let thin: Vec<String> = results
            .notices
            .iter()
            .filter_map(|notice| match notice {
                Notice::FewAtRisk { group, at, at_risk } => {
                    let group = group.as_deref().map_or("all", |value| results.level_label(by, value));
                    Some(format!("{at_risk} at {at} ({group})"))
                }
                _ => None,
            })
            .collect();
        if !thin.is_empty() {
            findings.push(rule.finding(
                Severity::Caution,
                results,
                format!("Few patients are still at risk: {}.", thin.join("; ")),
                "Quote the interval and the number at risk with these rates, or stop the curve earlier.",
            ));
        }
    }
    findings
}
