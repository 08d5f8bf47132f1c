//! What may be asked of the influence on a model.

use crate::design::term::{WrittenTerm, term_list};
use crate::methods::Multivariable;
use crate::methods::logistic::Penalty;
use crate::methods::models::{ModelOptions, check_terms};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Plan, Problem, Step};

/// Options of [`super::LogisticInfluence`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogisticInfluenceOptions {
    /// The outcome, a variable of two levels.
    pub outcome: String,
    /// The level whose odds are modelled: `yes`, `true` or `1` where absent.
    pub event: Option<String>,
    /// The variables, interactions and splines of the model.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// What is added to the likelihood; nothing where absent.
    pub penalty: Option<Penalty>,
    /// How many patterns are listed, 1 to 100.
    #[serde(default = "ten")]
    pub show: u64,
}

fn ten() -> u64 {
    10
}

impl LogisticInfluenceOptions {
    /// The terms with their places.
    pub(super) fn placed_terms(&self) -> Vec<(&str, Vec<Step>)> {
        let terms = self.terms.iter().enumerate();
        terms.map(|(i, term)| (term.as_str(), vec!["terms".into(), i.into()])).collect()
    }

    /// Refuses what makes no sense, with its place.
    pub(super) fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let together = Multivariable::Switch(true);
        let own = ModelOptions { terms: &self.terms, univariable: false, multivariable: &together };
        check_terms(&own, analysis, plan, &self.outcome)?;
        if !(1..=100).contains(&self.show) {
            let message = format!("{} patterns to be listed are not between 1 and 100", self.show);
            return Err(analysis.refuse(&["show".into()], message).help("write for example `show = 10`"));
        }
        Ok(())
    }
}
