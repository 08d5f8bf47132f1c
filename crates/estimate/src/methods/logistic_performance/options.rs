//! What may be asked of the performance of a model.

use crate::design::term::{Term, WrittenTerm, term_list, term_lists};
use crate::methods::Multivariable;
use crate::methods::logistic::Penalty;
use crate::methods::models::{ModelOptions, check_list, check_terms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Plan, Problem, Step};

/// Options of [`super::LogisticPerformance`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogisticPerformanceOptions {
    /// The outcome, a variable of two levels.
    pub outcome: String,
    /// The level whose probability is predicted: `yes`, `true` or `1` where absent.
    pub event: Option<String>,
    /// The variables, interactions and splines of the model.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// What is added to the likelihood; nothing where absent.
    pub penalty: Option<Penalty>,
    /// How many groups of predicted risk are made, 3 to 100.
    #[serde(default = "ten")]
    pub groups: u64,
    /// How the interval of the AUC is made.
    #[serde(default)]
    pub auc_interval: AucInterval,
    /// Other lists of terms, the AUC of each of which is compared with that of `terms`.
    #[serde(default, deserialize_with = "term_lists")]
    #[schemars(with = "Vec<Vec<WrittenTerm>>")]
    pub compare: Vec<Vec<String>>,
    /// Bootstrap replicates for the optimism and the errors of calibration, 50 to 100,000; none where absent.
    pub bootstrap: Option<u64>,
}

/// How the interval of the AUC is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AucInterval {
    /// AUC ± z × DeLong's standard error, within 0 and 1.
    #[default]
    Delong,
    /// The same on the logit scale.
    Logit,
}

fn ten() -> u64 {
    10
}

/// Fewer replicates say nothing, more only cost time.
pub(in crate::methods) const REPLICATES: std::ops::RangeInclusive<u64> = 50..=100_000;

/// Refuses a number of replicates that makes no sense.
pub(in crate::methods) fn check_replicates(
    bootstrap: Option<u64>,
    analysis: &Analysis,
) -> Result<(), Problem> {
    match bootstrap {
        Some(replicates) if !REPLICATES.contains(&replicates) => {
            let message = format!("{replicates} bootstrap replicates are not between 50 and 100000");
            Err(analysis.refuse(&["bootstrap".into()], message).help("write for example `bootstrap = 1000`"))
        }
        _ => Ok(()),
    }
}

impl LogisticPerformanceOptions {
    /// Every term that is needed, each once.
    pub(super) fn all_terms(&self) -> Vec<(&str, Vec<Step>)> {
        let own = self.terms.iter().enumerate().map(|(i, term)| (term, vec!["terms".into(), i.into()]));
        let compared = self.compare.iter().enumerate().flat_map(|(list, terms)| {
            let place = move |i: usize| vec!["compare".into(), list.into(), i.into()];
            terms.iter().enumerate().map(move |(i, term)| (term, place(i)))
        });
        let mut all: Vec<(&str, Vec<Step>)> = Vec::new();
        for (term, path) in own.chain(compared) {
            if !all.iter().any(|(known, _)| *known == term.as_str()) {
                all.push((term, path));
            }
        }
        all
    }

    /// Refuses what makes no sense, with its place.
    pub(super) fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let own = ModelOptions {
            terms: &self.terms,
            univariable: true,
            multivariable: &Multivariable::Switch(true),
        };
        check_terms(&own, analysis, plan, &self.outcome)?;
        for (index, terms) in self.compare.iter().enumerate() {
            let place = [Step::from("compare"), index.into()];
            Problem::collect(check_list(&place, terms, analysis, plan, &self.outcome))?;
            for (at, term) in terms.iter().enumerate() {
                let same = |known: &&String| known != &term && Term::of(known).is_same(&Term::of(term));
                if let Some(known) = self.terms.iter().find(same) {
                    let place = [Step::from("compare"), index.into(), at.into()];
                    let message = format!("`{term}` is `{known}` in the model itself");
                    return Err(analysis
                        .refuse(&place, message)
                        .help("compare models of the same form of it"));
                }
            }
            let same =
                |list: &[String]| list.len() == terms.len() && list.iter().all(|term| terms.contains(term));
            if same(&self.terms) {
                let message = "this list has the terms of the model itself";
                return Err(analysis.refuse(&place, message).help("leave one out, or name others"));
            }
        }
        if !(3..=100).contains(&self.groups) {
            let message = format!("{} groups of predicted risk are not between 3 and 100", self.groups);
            return Err(analysis.refuse(&["groups".into()], message).help("write for example `groups = 10`"));
        }
        check_replicates(self.bootstrap, analysis)
    }
}
