//! What may be asked of exact logistic regression.

use super::conditional::{Extreme, Tail};
use crate::design::Term;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, IntervalMethod, Kind, Plan, Problem, TestName};

/// Options of `method = "exact_logistic"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExactLogisticOptions {
    /// The outcome, a variable of two levels.
    pub outcome: String,
    /// The level whose odds are modelled: `yes`, `true` or `1` where absent.
    pub event: Option<String>,
    /// Variables, in the order of the table.
    pub terms: Vec<String>,
    /// The variable within whose levels patients are compared: matched sets, centres.
    pub strata: Option<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Whether all terms are examined together, each given the others.
    #[serde(default = "yes")]
    pub multivariable: bool,
    /// How limits are made.
    #[serde(default)]
    pub interval: ExactInterval,
    /// How the P value of a ratio is made.
    #[serde(default)]
    pub p_value: ExactP,
    /// How a term of several levels is tested.
    #[serde(default)]
    pub test: TermTest,
    /// How many values the statistics may take together before a ratio is withheld.
    #[serde(default = "states")]
    pub states: usize,
}

fn yes() -> bool {
    true
}

/// Two million sums take some hundred megabytes and half a minute at the most.
fn states() -> usize {
    2_000_000
}

/// How limits are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExactInterval {
    /// What was observed counts as extreme in full: coverage is at least the confidence level.
    #[default]
    Exact,
    /// It counts by half, in limits and P values: coverage is near the confidence level on average.
    MidP,
}

/// How the P value of a ratio is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExactP {
    /// Twice the smaller tail; it is below 0.05 exactly where the 95% limits exclude 1.
    #[default]
    TwiceSmallerTail,
    /// The probability of values at least as far from what is expected without an effect.
    Score,
    /// The probability of values that are no more probable than the observed one.
    Probability,
}

/// How a term of several levels is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermTest {
    /// By the exact distribution of the conditional score statistic.
    #[default]
    Score,
    /// By the probability of the values that are no more probable than those observed.
    Probability,
}

impl ExactInterval {
    /// How the observed outcome is counted.
    pub(super) fn tail(self) -> Tail {
        match self {
            Self::Exact => Tail::Whole,
            Self::MidP => Tail::Half,
        }
    }
}

impl From<ExactInterval> for IntervalMethod {
    fn from(choice: ExactInterval) -> Self {
        match choice {
            ExactInterval::Exact => Self::Exact,
            ExactInterval::MidP => Self::MidP,
        }
    }
}

impl ExactP {
    /// Which outcomes are as extreme.
    pub(super) fn extreme(self) -> Extreme {
        match self {
            Self::TwiceSmallerTail => Extreme::SmallerTail,
            Self::Score => Extreme::Score,
            Self::Probability => Extreme::Probability,
        }
    }

    /// The name of the test.
    pub(super) fn name(self) -> TestName {
        match self {
            Self::TwiceSmallerTail => TestName::ExactConditional,
            Self::Score => TestName::ExactScore,
            Self::Probability => TestName::ExactProbability,
        }
    }

    /// For the methods paragraph.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::TwiceSmallerTail => "twice the smaller exact tail",
            Self::Score => "those of the exact conditional score test",
            Self::Probability => "those of the exact probability test",
        }
    }
}

impl ExactLogisticOptions {
    /// Refuses what cannot be meant, as far as the plan alone shows it.
    pub(super) fn check(&self, analysis: &Analysis, plan: &Plan) -> Result<(), Problem> {
        let mut problems = Vec::new();
        if self.terms.is_empty() {
            problems.push(
                analysis.refuse(&["terms".into()], "no term is named").help("name at least one variable"),
            );
        }
        for (index, term) in self.terms.iter().enumerate() {
            let place = ["terms".into(), index.into()];
            if self.terms[..index].contains(term) {
                let problem = analysis.refuse(&place, format!("the term `{term}` stands twice"));
                problems.push(problem.help("remove one"));
            }
            if !matches!(Term::of(term), Term::Variable(_)) {
                let message =
                    format!("`{term}` is not one variable: exact tests are of levels and of numbers");
                problems.push(analysis.refuse(&place, message).help("derive a variable of the combinations"));
            }
            if *term == self.outcome || Some(term) == self.strata.as_ref() {
                let message = format!("`{term}` is the outcome or the strata and cannot be a term");
                problems.push(analysis.refuse(&place, message).help("remove it"));
            }
            if plan.variable(term).is_some_and(|variable| variable.kind == Some(Kind::Date)) {
                let message = format!("`{term}` is a date and cannot be a term");
                let help = "derive a category or a number of years from it";
                problems.push(analysis.refuse(&place, message).help(help));
            }
        }
        if self.strata.as_ref() == Some(&self.outcome) {
            let message = format!("`{}` is the outcome and cannot be stratified by", self.outcome);
            problems.push(analysis.refuse(&["strata".into()], message).help("name another variable"));
        }
        if !self.univariable && !self.multivariable {
            let message = "neither univariable nor multivariable models are asked for";
            let help = "write `univariable = true`, or remove `multivariable = false`";
            problems.push(analysis.refuse(&["multivariable".into()], message).help(help));
        }
        if self.states == 0 || self.states > 100_000_000 {
            let message = format!("{} is no number of states that can be computed with", self.states);
            let help = "name a number up to 100000000; each takes about a hundred bytes";
            problems.push(analysis.refuse(&["states".into()], message).help(help));
        }
        Problem::collect(problems)
    }
}
