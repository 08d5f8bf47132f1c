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

/// Refuses a plan that demands a rule which does not exist.
///
/// # Errors
/// The first such name in `must_pass`, with its place and the nearest known one.
pub fn check_demands(plan: &Plan) -> Result<(), Problem> {
    let rules = rules::rules();
    let known = |name: &String| rules.iter().any(|rule| rule.name == name);
    let Some(index) = plan.study.must_pass.iter().position(|name| !known(name)) else { return Ok(()) };
    let name = &plan.study.must_pass[index];
    Err(Problem::input(format!("no review rule is called `{name}`"))
        .at(plan.place(&["study".into(), "must_pass".into(), index.into()]))
        .help(suggest(name, rules.iter().map(|rule| rule.name))))
}

/// The rules with findings that the plan says must pass.
pub fn failed(findings: &[Finding], plan: &Plan) -> Vec<String> {
    let demanded = plan.study.must_pass.iter();
    demanded.filter(|name| findings.iter().any(|finding| finding.rule == **name)).cloned().collect()
}
