//! Caveats of a result, typed. Each reaches the footnotes of its table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How separated a level is from the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeparationKind {
    /// The covariates tell the outcome of every patient.
    Complete,
    /// The covariates tell the outcome of some patients.
    Quasi,
}

/// A caveat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// Patients were left out of this analysis because a value is missing.
    MissingExcluded { variable: String, n: u64 },
    /// A cell of a table is expected to hold fewer than five patients.
    SparseCell { variable: String, least_expected: f64 },
    /// A level occurs with few events or few non-events, so that its ratio rests on them.
    FewOutcomes { term: String, level: String, least: u64 },
    /// An estimate is infinite: the term tells the outcome without exception.
    Separation { term: String, level: Option<String>, kind: SeparationKind },
    /// The iteration did not converge: its estimates are withheld.
    NotConverged { model: String, iterations: u32 },
    /// A term is a linear combination of others and was left out.
    Aliased { term: String, level: Option<String> },
    /// A variable has one level only: nothing to compare.
    SingleLevel { variable: String },
    /// All values of a variable are missing.
    AllMissing { variable: String },
    /// A group has a single patient: no spread can be estimated.
    SinglePatient { variable: String, group: String },
    /// Fewer events than ten for each parameter.
    EventsPerParameter { events: u64, parameters: u64 },
    /// An estimate was asked for after the last follow-up of the group: it is withheld.
    BeyondFollowUp { group: Option<String>, at: f64, last: f64 },
    /// Survival never falls to the quantile.
    QuantileNotReached { group: Option<String>, probability: f64 },
    /// A group has no event.
    NoEvents { group: Option<String> },
    /// Everybody has the event, or nobody.
    OneOutcome { outcome: String, level: String },
    /// Fewer than ten patients are at risk.
    FewAtRisk { group: Option<String>, at: f64, at_risk: u64 },
    /// The prespecified test was replaced.
    TestReplaced { variable: String, used: String, reason: String },
    /// No covariate met the entry rule of the multivariable model.
    NothingEntered { rule: String },
    /// Covariates of the multivariable model were chosen by their univariable P values.
    DataDrivenSelection { rule: String },
    /// One limit of a profile-likelihood interval does not exist.
    UnboundedInterval { term: String, level: Option<String> },
    /// A P value was simulated.
    MonteCarlo { variable: String, tables: u64, lower: f64, upper: f64 },
    /// Anything that has no code of its own.
    Other { message: String },
}

fn of(level: &Option<String>) -> String {
    level.as_ref().map_or(String::new(), |level| format!(": {level}"))
}

fn group(group: &Option<String>) -> String {
    group.as_ref().map_or(String::new(), |group| format!(" in the group “{group}”"))
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingExcluded { variable, n } => {
                write!(f, "{variable}: {n} left out for missing values.")
            }
            Self::SparseCell { variable, least_expected } => {
                write!(f, "{variable}: the smallest expected count is {least_expected:.1}, below 5.")
            }
            Self::FewOutcomes { term, level, least } => write!(
                f,
                "{term}, {level}: the ratio rests on {least} {}; its limits are unreliable.",
                if *least == 1 { "patient" } else { "patients" }
            ),
            Self::Separation { term, level, kind } => write!(
                f,
                "{term}{}: {} separation; the estimate is infinite and is not shown.",
                of(level),
                match kind {
                    SeparationKind::Complete => "complete",
                    SeparationKind::Quasi => "quasi-complete",
                }
            ),
            Self::NotConverged { model, iterations } => {
                write!(f, "{model}: no convergence after {iterations} iterations; estimates withheld.")
            }
            Self::Aliased { term, level } => {
                write!(f, "{term}{}: determined by other terms and left out.", of(level))
            }
            Self::SingleLevel { variable } => {
                write!(f, "{variable}: one level only, nothing to compare.")
            }
            Self::AllMissing { variable } => write!(f, "{variable}: all values are missing."),
            Self::SinglePatient { variable, group } => {
                write!(f, "{variable}: a single patient in the group “{group}”, no spread.")
            }
            Self::EventsPerParameter { events, parameters } => write!(
                f,
                "{events} events for {parameters} parameters ({:.1} each): estimates are likely too large.",
                *events as f64 / (*parameters).max(1) as f64
            ),
            Self::BeyondFollowUp { group: g, at, last } => {
                write!(f, "No estimate at {at}{}: follow-up ends at {last:.1}.", group(g))
            }
            Self::QuantileNotReached { group: g, probability } if *probability == 0.5 => {
                write!(f, "Median not reached{}.", group(g))
            }
            Self::QuantileNotReached { group: g, probability } => {
                write!(f, "Quantile {probability} not reached{}.", group(g))
            }
            Self::NoEvents { group: g } => write!(f, "No events{}.", group(g)),
            Self::OneOutcome { outcome, level } => {
                write!(f, "{outcome} is “{level}” in every patient: nothing to explain.")
            }
            Self::FewAtRisk { group: g, at, at_risk } => {
                write!(f, "Only {at_risk} at risk at {at}{}.", group(g))
            }
            Self::TestReplaced { variable, used, reason } => {
                write!(f, "{variable}: {used}, because {reason}.")
            }
            Self::NothingEntered { rule } => {
                write!(f, "No term met the entry rule ({rule}): there is no multivariable model.")
            }
            Self::DataDrivenSelection { rule } => write!(
                f,
                "Terms entered the multivariable model by {rule}; \
                 its P values and intervals do not allow for that choice."
            ),
            Self::UnboundedInterval { term, level } => {
                write!(f, "{term}{}: one limit of the interval does not exist.", of(level))
            }
            Self::MonteCarlo { variable, tables, lower, upper } => write!(
                f,
                "{variable}: P simulated with {tables} tables (99 % interval {lower:.5} to {upper:.5})."
            ),
            Self::Other { message } => f.write_str(message),
        }
    }
}
