//! A figure beyond what anybody was followed for.

use super::number;
use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "extrapolation",
    about: "A model predicts survival at a time after the last follow-up.",
    source: "Latimer 2013, doi:10.1177/0272989X12472398",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        for notice in &results.notices {
            let Notice::Extrapolated { at, last, .. } = notice else { continue };
            let unit = results.time_unit.as_deref().unwrap_or_default();
            findings.push(rule.finding(
                Severity::Serious,
                results,
                format!(
                    "A figure is predicted at {} {unit}, and nobody was followed beyond {}.",
                    number(*at),
                    number(*last)
                ),
                "Quote predictions within follow-up; where they must go beyond it, show several laws and outside evidence.",
            ));
        }
    }
    findings
}
