//! The options that logistic and Cox regression share.

use super::EntryRule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::nearest::suggest;
use study::{Analysis, ColumnRequest, Kind, Plan, Problem, Step};

/// What `multivariable` may say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "`multivariable` is true, false, { enter = \"univariable_p < 0.05\" } or { terms = [\"…\"] }"
)]
pub enum Multivariable {
    /// All terms together, or no multivariable model.
    Switch(bool),
    /// The terms that meet a rule.
    Enter(EnterRule),
    /// Other terms than those examined one by one.
    Terms(TermList),
}

/// A rule by which terms enter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterRule {
    /// `univariable_p < X` or `univariable_p <= X`: the Wald P value of the term alone, jointly over its levels.
    pub enter: String,
}

/// A list of terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermList {
    /// Variables.
    pub terms: Vec<String>,
}

impl Default for Multivariable {
    fn default() -> Self {
        Self::Switch(true)
    }
}

/// The shared options, wherever they are stored.
pub(in crate::methods) struct ModelOptions<'a> {
    pub(in crate::methods) terms: &'a [String],
    pub(in crate::methods) univariable: bool,
    pub(in crate::methods) multivariable: &'a Multivariable,
}

impl<'a> ModelOptions<'a> {
    /// Every term that is needed, each once: those of `terms`, then further ones of the multivariable model.
    pub(in crate::methods) fn all_terms(&self) -> Vec<(&'a str, Vec<Step>)> {
        let mut all: Vec<(&'a str, Vec<Step>)> = Vec::new();
        let further = match self.multivariable {
            Multivariable::Terms(list) => list.terms.as_slice(),
            _ => &[],
        };
        let own = self.terms.iter().enumerate().map(|(i, term)| (term, vec!["terms".into(), i.into()]));
        let more = further
            .iter()
            .enumerate()
            .map(|(i, term)| (term, vec!["multivariable".into(), "terms".into(), i.into()]));
        for (term, path) in own.chain(more) {
            if !all.iter().any(|(known, _)| *known == term.as_str()) {
                all.push((term, path));
            }
        }
        all
    }
}

/// Refuses lists of terms that make no sense, with their place.
pub(in crate::methods) fn check_terms(
    options: &ModelOptions<'_>,
    analysis: &Analysis,
    plan: &Plan,
    outcome: &str,
) -> Result<(), Problem> {
    let mut problems = Vec::new();
    let mut lists = vec![(vec![Step::from("terms")], options.terms)];
    if let Multivariable::Terms(list) = options.multivariable {
        lists.push((vec!["multivariable".into(), "terms".into()], &list.terms));
    }
    for (path, terms) in lists {
        if terms.is_empty() {
            problems.push(analysis.refuse(&path, "no term is named").help("name at least one variable"));
        }
        for (index, term) in terms.iter().enumerate() {
            let mut place = path.clone();
            place.push(index.into());
            if terms[..index].contains(term) {
                problems.push(
                    analysis.refuse(&place, format!("the term `{term}` stands twice")).help("remove one"),
                );
            }
            if term == outcome {
                let message = format!("`{term}` is the outcome and cannot be a term");
                problems.push(analysis.refuse(&place, message).help("remove it"));
            }
            if plan.variable(term).is_some_and(|variable| variable.kind == Some(Kind::Date)) {
                let message = format!("`{term}` is a date and cannot be a term");
                let help = "derive a category or a number of years from it";
                problems.push(analysis.refuse(&place, message).help(help));
            }
            let declared = plan.variables.iter().map(|variable| variable.name.as_str());
            if term.is_empty() {
                problems.push(analysis.refuse(&place, "a term has no name").help(suggest(term, declared)));
            }
        }
    }
    if let Multivariable::Enter(rule) = options.multivariable
        && let Err(message) = EntryRule::parse(&rule.enter)
    {
        let place = ["multivariable".into(), "enter".into()];
        problems.push(analysis.refuse(&place, message).help("write for example \"univariable_p < 0.05\""));
    }
    if !options.univariable && *options.multivariable == Multivariable::Switch(false) {
        let message = "neither univariable nor multivariable models are asked for";
        let help = "write `univariable = true`, or remove `multivariable = false`";
        problems.push(analysis.refuse(&["multivariable".into()], message).help(help));
    }
    Problem::collect(problems)
}

/// The columns of the terms.
pub(in crate::methods) fn term_requests(options: &ModelOptions<'_>) -> Vec<ColumnRequest> {
    options.all_terms().into_iter().map(|(term, path)| ColumnRequest::variable(term, path)).collect()
}
