//! What a statistical referee would ask of a result: one rule a file, each a pure function of the results.

pub mod replay;
pub mod rules;

use study::nearest::suggest;
use study::{Finding, Plan, Problem, StudyResults};

/// One rule of the review.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Stable name in kebab case.
    pub name: &'static str,
    /// One sentence: what it looks for.
    pub about: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What it finds.
    pub find: fn(&Rule, &StudyResults) -> Vec<Finding>,
}

/// Applies every rule; the gravest findings come first, otherwise the order of rules and analyses is kept.
pub fn review(results: &StudyResults) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        rules::rules().iter().flat_map(|rule| (rule.find)(rule, results)).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// The rules with findings that the plan says must pass.
///
/// # Errors
/// `must_pass` names a rule that does not exist.
pub fn failed(findings: &[Finding], plan: &Plan) -> Result<Vec<String>, Problem> {
    let rules = rules::rules();
    for (index, name) in plan.study.must_pass.iter().enumerate() {
        if !rules.iter().any(|rule| rule.name == name) {
            let place = plan.place(&["study".into(), "must_pass".into(), index.into()]);
            return Err(Problem::input(format!("no review rule is called `{name}`"))
                .at(place)
                .help(suggest(name, rules.iter().map(|rule| rule.name))));
        }
    }
    let wanted = plan.study.must_pass.iter();
    Ok(wanted.filter(|name| findings.iter().any(|f| &f.rule == *name)).cloned().collect())
}
