//! So many tests that some must come out small.

use crate::Rule;
use study::{Finding, Quantity, Severity, StudyResults};

/// Tests in one table from which chance alone is expected to give one below 0.05.
const MANY: usize = 20;

pub(super) const RULE: Rule = Rule {
    name: "many-tests",
    about: "A study makes twenty tests of association or more without saying which one answers its question.",
    source: "Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x",
    find,
};

fn find(rule: &Rule, study: &StudyResults) -> Vec<Finding> {
    let tests = study
        .analyses
        .iter()
        .flat_map(|results| &results.estimates)
        .filter(|estimate| matches!(estimate.quantity, Quantity::Association | Quantity::GlobalTest))
        .filter_map(|estimate| estimate.test.as_ref()?.p_value)
        .count();
    let primary = study.analyses.iter().any(|results| results.purpose == study::Purpose::Primary);
    if tests < MANY || primary {
        return Vec::new();
    }
    vec![Finding {
        rule: rule.name.into(),
        severity: Severity::Remark,
        analysis: None,
        message: format!(
            "{tests} tests were made and no analysis is called primary; by chance alone about {:.0} P values \
             would fall below 0.05.",
            tests as f64 * 0.05
        ),
        advice: "Name the primary analysis in the plan with `purpose = \"primary\"`.".into(),
    }]
}
