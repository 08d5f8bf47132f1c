//! A model that silently became a model of the complete.

use crate::Rule;
use study::{Finding, Notice, Severity, StudyResults};

/// Share of patients left out from which a complete-case analysis needs a defence.
const TOLERABLE: f64 = 0.05;

pub(super) const RULE: Rule = Rule {
    name: "missing-values",
    about: "More than five in a hundred patients were left out of an analysis for missing values.",
    source: "Sterne et al. 2009, doi:10.1136/bmj.b2393",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let mut findings = Vec::new();
    for results in &study.analyses {
        let (eligible, analysed) = (results.participants.eligible, results.participants.analysed);
        // Who was never under observation lacks no value.
        let never = results.notices.iter().map(|notice| match notice {
            Notice::NeverAtRisk { n, .. } => *n,
            _ => 0,
        });
        // Patients of weight 0 are left out too, who lack nothing.
        let lacking: u64 = results.participants.missing.iter().map(|missing| missing.n).sum();
        let left_out = eligible.saturating_sub(analysed).saturating_sub(never.sum()).min(lacking);
        if eligible == 0 || left_out as f64 <= TOLERABLE * eligible as f64 {
            continue;
        }
        let mut missing: Vec<_> = results.participants.missing.iter().filter(|m| m.n > 0).collect();
        missing.sort_by_key(|missing| std::cmp::Reverse(missing.n));
        let named: Vec<String> =
            missing.iter().take(5).map(|m| format!("{} {}", results.label(&m.variable), m.n)).collect();
        findings.push(rule.finding(
            Severity::Caution,
            results,
            format!(
                "{left_out} of {eligible} patients were left out for missing values ({}).",
                named.join(", ")
            ),
            "Say why values are missing, compare the patients left out, and consider multiple imputation.",
        ));
    }
    findings
}
