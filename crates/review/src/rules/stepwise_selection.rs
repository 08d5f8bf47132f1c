//! A model that a stepwise rule has chosen.

use crate::Rule;
use study::{Estimate, Finding, Notice, Quantity, Results, Severity, StudyResults};

/// Share of replicates below which a chosen term is one of several that could have been chosen.
const UNSTABLE: f64 = 0.5;

pub(super) const RULE: Rule = Rule {
    name: "stepwise-selection",
    about: "The terms of a model were chosen step by step by the data that then estimate them.",
    source: "Harrell 2015, doi:10.1007/978-3-319-19425-7, section 4.3; Heinze, Wallisch & Dunkler 2018, \
             doi:10.1002/bimj.201700067",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        for notice in &results.notices {
            let Notice::StepwiseSelection { rule: used } = notice else { continue };
            let unstable: Vec<String> = unstable(results).collect();
            let severity = if unstable.is_empty() { Severity::Caution } else { Severity::Serious };
            let mut message = format!(
                "Terms were chosen by {used} on the same patients: P values come out too small and intervals too narrow."
            );
            if !unstable.is_empty() {
                message.push_str(&format!(
                    " Chosen in fewer than half of the bootstrap replicates: {}.",
                    unstable.join(", ")
                ));
            }
            findings.push(rule.finding(
                severity,
                results,
                message,
                "Report the model of all prespecified terms, or a penalized one (`elastic_net`), and call this one exploratory.",
            ));
        }
    }
    findings
}

/// Chosen terms that most replicates do not choose.
fn unstable(results: &Results) -> impl Iterator<Item = String> + '_ {
    let rare = |row: &&Estimate| {
        row.quantity == Quantity::SelectionFrequency
            && row.level.as_deref() == Some("chosen")
            && row.value.is_some_and(|share| share < UNSTABLE)
    };
    let rows = results.estimates.iter().filter(rare);
    rows.filter_map(|row| row.term.as_deref()).map(|term| results.label(term).to_string())
}
