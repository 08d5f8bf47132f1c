//! Terms chosen by the data that then test them.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "data-driven-selection",
    about: "Terms entered a multivariable model because of their univariable P values.",
    source: "Sun, Shook & Kay 1996, doi:10.1016/0895-4356(96)00025-X; Heinze & Dunkler 2017, doi:10.1111/tri.12895",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        for notice in &results.notices {
            let Notice::DataDrivenSelection { rule: entry } = notice else { continue };
            findings.push(rule.finding(
                Severity::Caution,
                results,
                format!("Terms were chosen by “{entry}” on the same patients: P values come out too small."),
                "Choose terms from knowledge of the disease before looking, and keep them all in the model.",
            ));
        }
    }
    findings
}
