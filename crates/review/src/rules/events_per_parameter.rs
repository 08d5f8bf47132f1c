//! A model with too few events for its parameters.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "events-per-parameter",
    about: "A model has fewer than ten events for each parameter.",
    source: "Peduzzi et al. 1996, doi:10.1016/S0895-4356(96)00236-3; Riley et al. 2020, doi:10.1136/bmj.m441",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        for notice in &results.notices {
            let Notice::EventsPerParameter { events, parameters } = notice else { continue };
            let each = *events as f64 / (*parameters).max(1) as f64;
            let severity = if each < 5.0 { Severity::Serious } else { Severity::Caution };
            findings.push(rule.finding(
                severity,
                results,
                format!(
                    "{events} event{} for {parameters} parameter{}: {each:.1} events each.",
                    if *events == 1 { "" } else { "s" },
                    if *parameters == 1 { "" } else { "s" },
                ),
                "Use fewer prespecified terms or a penalized model, and show its optimism by resampling.",
            ));
        }
    }
    findings
}
