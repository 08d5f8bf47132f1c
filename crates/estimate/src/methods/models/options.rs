//! The options that logistic and Cox regression share.

use super::EntryRule;
use crate::design::Term;
use crate::design::term::{WrittenTerm, term_list};
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
    /// A rule, `univariable_p < X` or `univariable_p <= X`: the Wald P value of the term alone, jointly over its
    /// levels.
    pub enter: String,
}

/// A list of terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermList {
    /// Variables, interactions and splines: other ones than those that are examined one by one.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
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
    for (path, terms) in &lists {
        problems.extend(check_list(path, terms, analysis, plan, outcome));
    }
    if let [(_, own), (path, others)] = lists.as_slice() {
        for (index, term) in others.iter().enumerate() {
            let same = |known: &&String| known != &term && Term::of(known).is_same(&Term::of(term));
            if let Some(known) = own.iter().find(same) {
                let mut place = path.clone();
                place.push(index.into());
                let message = format!("`{term}` is `{known}` in the models of single terms");
                problems.push(analysis.refuse(&place, message).help("write it the same way in both lists"));
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

/// Refuses a list of terms that makes no sense. Every variable of an interaction, and every smaller interaction
/// within it, must be a term of the list too: without them its ratios would mean something else.
pub(in crate::methods) fn check_list(
    path: &[Step],
    terms: &[String],
    analysis: &Analysis,
    plan: &Plan,
    outcome: &str,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if terms.is_empty() {
        problems.push(analysis.refuse(path, "no term is named").help("name at least one variable"));
    }
    let read: Vec<Term> = terms.iter().map(|term| Term::of(term)).collect();
    for (index, (text, term)) in terms.iter().zip(&read).enumerate() {
        let mut place = path.to_vec();
        place.push(index.into());
        let mut refuse = |message: String, help: &str| {
            problems.push(analysis.refuse(&place, message).help(help));
        };
        if let Err(wrong) = Term::parse(text) {
            refuse(wrong, "write for example \"age:sex\", or { spline = \"age\", knots = 4 }");
            continue;
        }
        if terms[..index].contains(text) {
            refuse(format!("the term `{text}` stands twice"), "remove one");
        } else if let Some(same) = read[..index].iter().find(|earlier| earlier.is_same(term)) {
            refuse(format!("`{text}` and `{same}` are terms of the same variables"), "remove one");
        }
        for name in term.variables() {
            if name == outcome {
                refuse(format!("`{name}` is the outcome and cannot be a term"), "remove it");
            }
            if plan.variable(name).is_some_and(|variable| variable.kind == Some(Kind::Date)) {
                let help = "derive a category or a number of years from it";
                refuse(format!("`{name}` is a date and cannot be a term"), help);
            }
            if name.is_empty() {
                let declared = plan.variables.iter().map(|variable| variable.name.as_str());
                refuse("a term has no name".into(), &suggest(name, declared));
            }
        }
        let Term::Interaction(all) = term else { continue };
        for within in 1..(1usize << all.len().min(16)) - 1 {
            let chosen = |at: &usize| within >> at & 1 == 1;
            let parts: Vec<Term> = (0..all.len()).filter(chosen).map(|at| all[at].clone()).collect();
            let part = match parts.as_slice() {
                [one] => one.clone(),
                _ => Term::Interaction(parts),
            };
            match read.iter().find(|known| known.is_same(&part)) {
                None => {
                    let message = format!("`{text}` is an interaction without the term `{part}`");
                    refuse(message, &format!("name `{part}` among the terms too"));
                }
                Some(known) if !part.has_columns_of(known) => {
                    let message = format!("`{text}` has `{part}`, whose own term is `{known}`");
                    let help = format!("write `{known}` in both, or `{part}`");
                    refuse(message, &help);
                }
                Some(_) => {}
            }
        }
    }
    problems
}

/// The columns of the terms: each variable once.
pub(in crate::methods) fn term_requests(options: &ModelOptions<'_>) -> Vec<ColumnRequest> {
    requests_of(&options.all_terms())
}

/// The columns of some terms: each variable once.
pub(in crate::methods) fn requests_of(terms: &[(&str, Vec<Step>)]) -> Vec<ColumnRequest> {
    let mut requests: Vec<ColumnRequest> = Vec::new();
    for (text, path) in terms {
        for name in Term::of(text).variables() {
            let request = ColumnRequest::variable(name, path.iter().cloned());
            if !requests.iter().any(|known| known.source == request.source) {
                requests.push(request);
            }
        }
    }
    requests
}

/// The variables of some terms, each once.
pub(in crate::methods) fn variables_of(terms: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in terms
        .iter()
        .flat_map(|term| Term::of(term).variables().into_iter().map(String::from).collect::<Vec<_>>())
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
