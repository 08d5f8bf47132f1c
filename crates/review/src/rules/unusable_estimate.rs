//! Estimates that were withheld.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "unusable-estimate",
    about: "An estimate is infinite or did not converge and was withheld.",
    source: "Heinze & Schemper 2002, doi:10.1002/sim.1047",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        for notice in &results.notices {
            if matches!(notice, Notice::Separation { .. } | Notice::NotConverged { .. }) {
                findings.push(rule.finding(
                    Severity::Serious,
                    results,
                    results.notice_text(notice),
                    "Show the counts, and use a penalized (`penalty = \"firth\"`) or exact estimate.",
                ));
            }
        }
    }
    findings
}
