//! Patients called cured who have not been followed for long enough.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

pub(super) const RULE: Rule = Rule {
    name: "insufficient-follow-up",
    about: "A cured share is estimated, and follow-up does not suffice to tell who is cured from who has not had the event \
            yet.",
    source: "Maller & Zhou 1994, doi:10.1080/01621459.1994.10476889; Selukar & Othus 2023, doi:10.1002/sim.9610",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        let doubt = |notice: &&Notice| {
            matches!(
                notice,
                Notice::NoPlateau { .. }
                    | Notice::InsufficientFollowUp { .. }
                    | Notice::UncuredRemain { .. }
                    | Notice::EverybodyCured { .. }
            )
        };
        let doubts: Vec<String> =
            results.notices.iter().filter(doubt).map(|notice| results.notice_text(notice)).collect();
        if !doubts.is_empty() {
            findings.push(rule.finding(
                Severity::Serious,
                results,
                doubts.join(" "),
                "Do not call patients cured: follow them for longer, or report survival at times within follow-up.",
            ));
        }
    }
    findings
}
