//! What may be asked of an elastic net.

use crate::design::Term;
use crate::methods::modelled::{Modelled, options_of_choice, with_columns};
use crate::methods::models::{WeightKind, check_weights, requests_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, ColumnRequest, Plan, Problem, Step};

options_of_choice! {
    /// What may be asked.
    pub struct ElasticNetOptions {
        /// Share of the lasso in the penalty: 1 is the lasso, 0 the ridge.
        #[serde(default = "one")]
        pub alpha: f64,
        /// Whether each column is penalized per standard deviation, so that units do not matter.
        #[serde(default = "yes")]
        pub standardise: bool,
        /// How many penalties λ are examined, 5 to 1000.
        #[serde(default = "hundred")]
        pub lambdas: u64,
        /// The smallest penalty as a share of the largest; 0.0001 where absent, 0.01 with fewer patients than
        /// columns.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub lambda_ratio: Option<f64>,
        /// How many folds cross-validation deals the patients into, 3 to 100; 10 where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub folds: Option<u64>,
        /// A variable whose levels, for example hospitals, are the folds.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub folds_by: Option<String>,
        /// How often the patients are dealt anew, up to 200 times; once where absent. The results are averaged.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub repeats: Option<u64>,
        /// By what cross-validation judges.
        #[serde(default)]
        pub measure: Measure,
        /// A variable that says how much each patient counts.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub weights: Option<String>,
        /// What the weights stand for; needed beside `weights`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub weight_kind: Option<WeightKind>,
    }
}

/// By what cross-validation judges a penalty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The deviance of patients who were held out: the smaller the better.
    #[default]
    Deviance,
    /// The area under the ROC curve (AUC) among them; of binary outcomes only.
    Auc,
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

fn hundred() -> u64 {
    100
}

impl ElasticNetOptions {
    /// Refuses what cannot be meant, with its place.
    pub(super) fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let outcome = self.outcome.as_deref().unwrap_or_default();
        let mut problems = self.question().check_terms("penalized", analysis, plan);
        problems.extend(self.question().check_missing("an elastic net", analysis));
        let mut refuse = |path: &[Step], message: String, help: &str| {
            problems.push(analysis.refuse(path, message).help(help));
        };
        if !(0.0..=1.0).contains(&self.alpha) {
            let message = format!("the share {} of the lasso is not between 0 and 1", self.alpha);
            refuse(
                &["alpha".into()],
                message,
                "write 1 for the lasso, 0 for the ridge, 0.5 for half of each",
            );
        }
        if !(5..=1000).contains(&self.lambdas) {
            let message = format!("{} penalties are not between 5 and 1000", self.lambdas);
            refuse(&["lambdas".into()], message, "write `lambdas = 100`");
        }
        if let Some(ratio) = self.lambda_ratio.filter(|ratio| !(*ratio >= 1e-8 && *ratio < 1.0)) {
            let message = format!("the smallest penalty cannot be {ratio} of the largest");
            refuse(&["lambda_ratio".into()], message, "write for example `lambda_ratio = 0.001`");
        }
        if let Some(folds) = self.folds.filter(|folds| !(3..=100).contains(folds)) {
            let message = format!("{folds} parts are not between 3 and 100");
            refuse(&["folds".into()], message, "write `folds = 10`");
        }
        if self.folds.is_some() && self.folds_by.is_some() {
            let message = "the parts are counted and named by a variable too".to_string();
            refuse(&["folds".into()], message, "remove `folds` or `folds_by`");
        }
        if let Some(repeats) = self.repeats.filter(|repeats| !(1..=200).contains(repeats)) {
            let message = format!("the patients cannot be dealt {repeats} times, but 1 to 200 times");
            refuse(&["repeats".into()], message, "write `repeats = 10`");
        }
        if self.repeats.is_some() && self.folds_by.is_some() {
            let message = "the parts that a variable names are always the same".to_string();
            refuse(&["repeats".into()], message, "remove `repeats` or `folds_by`");
        }
        if let Some(weights) = &self.weights
            && (outcome == weights
                || [&self.folds_by].into_iter().flatten().chain(&self.strata).any(|name| name == weights)
                || self.terms.iter().any(|term| Term::of(term).variables().contains(&weights.as_str())))
        {
            let message =
                format!("`{weights}` has another part in this analysis, and cannot be `weights` too");
            refuse(&["weights".into()], message, "name another variable");
        }
        if let Some(by) = &self.folds_by
            && (outcome == by
                || self.terms.iter().any(|term| Term::of(term).variables().contains(&by.as_str())))
        {
            let message = format!("`{by}` is the outcome or a term, and cannot tell the parts apart too");
            refuse(&["folds_by".into()], message, "name another variable, for example the hospital");
        }
        if self.measure == Measure::Auc && self.outcome.is_none() {
            let message = "the area under the ROC curve is that of a binary outcome".to_string();
            refuse(&["measure".into()], message, "remove `measure`, or name an `outcome`");
        }
        Problem::collect(problems)?;
        check_weights(analysis, self.weights.as_deref(), self.weight_kind)?;
        self.question().check_strata(analysis)
    }

    /// The columns to be counted.
    pub(super) fn columns(&self, modelled: &Modelled<'_>) -> Vec<ColumnRequest> {
        let further = [(&self.folds_by, "folds_by"), (&self.weights, "weights")];
        let further = further
            .into_iter()
            .filter_map(|(name, key)| Some(ColumnRequest::variable(name.as_ref()?, [key.into()])));
        with_columns(modelled.columns(), requests_of(&self.question().placed()).into_iter().chain(further))
    }
}
