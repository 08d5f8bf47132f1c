//! What may be asked of stepwise selection.

use crate::interval::IntervalChoice;
use crate::methods::logistic_performance::check_replicates;
use crate::methods::modelled::{Modelled, options_of_choice, with_columns};
use crate::methods::models::requests_of;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, ColumnRequest, Plan, Problem, Step};

options_of_choice! {
    /// What may be asked.
    pub struct StepwiseOptions {
        /// Whether terms leave, enter, or both.
        #[serde(default)]
        pub direction: Direction,
        /// By what terms enter and leave.
        #[serde(default)]
        pub criterion: Criterion,
        /// The first model of `direction = "both"`; `none` where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub start: Option<Start>,
        /// P value below which a term enters; 0.05 where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub enter: Option<f64>,
        /// P value above which a term leaves; 0.1 where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub stay: Option<f64>,
        /// The test by which terms enter; `score` where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub entry_test: Option<EntryTest>,
        /// The test by which terms leave; `likelihood_ratio` where absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub removal_test: Option<RemovalTest>,
        /// How the intervals of the last model are made; of an outcome by dialect as in `logistic` where absent, of
        /// times Wald's.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub interval: Option<IntervalChoice>,
        /// Bootstrap replicates for the stability of the selection, 50 to 100,000, or 0 for none; 200 where absent,
        /// none with more than 20,000 counted rows.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub bootstrap: Option<u64>,
    }
}

/// Which way terms go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// All candidates are in the first model; terms leave.
    #[default]
    Backward,
    /// Only the kept terms are in the first model; terms enter.
    Forward,
    /// Terms enter, and those that have entered may leave again.
    Both,
}

/// By what terms enter and leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Akaike's information criterion.
    #[default]
    Aic,
    /// Schwarz' (Bayesian) information criterion.
    Bic,
    /// P values of single terms.
    PValue,
}

/// The first model of a selection in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The kept terms only.
    None,
    /// All candidates.
    All,
}

/// The tests by which terms enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryTest {
    /// The score test of the term beside the model.
    Score,
    /// The likelihood ratio of the models with and without it.
    LikelihoodRatio,
    /// Wald's test of the term in the model with it.
    Wald,
}

/// The tests by which terms leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemovalTest {
    /// The likelihood ratio of the models with and without the term.
    LikelihoodRatio,
    /// Wald's test of the term in the model.
    Wald,
}

/// Replicates where the plan does not say.
const REPLICATES: u64 = 200;
/// Counted rows up to which they cost little.
const AFFORDABLE: usize = 20_000;

impl StepwiseOptions {
    pub(super) fn enters(&self) -> f64 {
        self.enter.unwrap_or(0.05)
    }

    pub(super) fn stays(&self) -> f64 {
        self.stay.unwrap_or(0.1)
    }

    pub(super) fn forward(&self) -> bool {
        self.direction != Direction::Backward
    }

    pub(super) fn backward(&self) -> bool {
        self.direction != Direction::Forward
    }

    /// Replicates for so many counted rows.
    pub(super) fn replicates(&self, rows: usize) -> u64 {
        self.bootstrap.unwrap_or(if rows <= AFFORDABLE { REPLICATES } else { 0 })
    }

    /// The options with the defaults that matter to them.
    pub(super) fn applied(&self) -> Self {
        let p = self.criterion == Criterion::PValue;
        Self {
            start: (self.direction == Direction::Both).then_some(self.start.unwrap_or(Start::None)),
            enter: (p && self.forward()).then_some(self.enters()),
            stay: (p && self.backward()).then_some(self.stays()),
            entry_test: (p && self.forward()).then_some(self.entry_test.unwrap_or(EntryTest::Score)),
            removal_test: (p && self.backward())
                .then_some(self.removal_test.unwrap_or(RemovalTest::LikelihoodRatio)),
            ..self.clone()
        }
    }

    /// The rule in words.
    pub(super) fn rule(&self) -> String {
        let way = match self.direction {
            Direction::Backward => "backward elimination",
            Direction::Forward => "forward selection",
            Direction::Both => "stepwise selection in both directions",
        };
        let by = match self.criterion {
            Criterion::Aic => "Akaike’s criterion".to_string(),
            Criterion::Bic => "Schwarz’ (Bayesian) criterion".to_string(),
            Criterion::PValue => {
                let enter = self.forward().then(|| format!("P < {} to enter", self.enters()));
                let leave = self.backward().then(|| format!("P > {} to leave", self.stays()));
                enter.into_iter().chain(leave).collect::<Vec<_>>().join(", ")
            }
        };
        format!("{way} ({by})")
    }

    /// Refuses what cannot be meant, with its place.
    pub(super) fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let mut problems = self.question().check_terms("chosen", analysis, plan);
        problems.extend(self.question().check_missing("a selection", analysis));
        let mut refuse = |path: &[Step], message: String, help: &str| {
            problems.push(analysis.refuse(path, message).help(help));
        };
        if self.terms.len() > 60 {
            let message = format!("{} candidates are more than 60", self.terms.len());
            refuse(&["terms".into()], message, "use `elastic_net`, which is made for many terms");
        }
        if self.start.is_some() && self.direction != Direction::Both {
            let message = "the direction says with which model the selection starts".to_string();
            refuse(&["start".into()], message, "remove `start`, or write direction = \"both\"");
        }
        let p = self.criterion == Criterion::PValue;
        for (key, asked, used) in [
            ("enter", self.enter.is_some(), self.forward()),
            ("entry_test", self.entry_test.is_some(), self.forward()),
            ("stay", self.stay.is_some(), self.backward()),
            ("removal_test", self.removal_test.is_some(), self.backward()),
        ] {
            if asked && !(p && used) {
                let message = format!("`{key}` has no use in this selection");
                let help = if p {
                    "remove it, or change `direction`"
                } else {
                    "remove it, or write criterion = \"p_value\""
                };
                refuse(&[key.into()], message, help);
            }
        }
        for (key, limit) in [("enter", self.enter), ("stay", self.stay)] {
            if let Some(limit) = limit.filter(|limit| !(*limit > 0.0 && *limit < 1.0)) {
                let message = format!("{limit} is not a P value between 0 and 1");
                refuse(&[key.into()], message, "write for example 0.05");
            }
        }
        if p && self.direction == Direction::Both && self.enters() > self.stays() {
            let message = "a term could enter and leave for ever: `enter` is larger than `stay`".to_string();
            refuse(&["enter".into()], message, "write for example enter = 0.05 and stay = 0.1");
        }
        Problem::collect(problems)?;
        check_replicates(self.bootstrap.filter(|replicates| *replicates > 0), analysis)?;
        self.question().check_strata(analysis)
    }

    /// The columns to be counted.
    pub(super) fn columns(&self, modelled: &Modelled<'_>) -> Vec<ColumnRequest> {
        with_columns(modelled.columns(), requests_of(&self.question().placed()))
    }
}
