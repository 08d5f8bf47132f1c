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

impl SeparationKind {
    fn text(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Quasi => "quasi-complete",
        }
    }
}

/// A caveat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Notice {
    /// Patients were left out of this analysis because a value is missing.
    MissingExcluded {
        /// The variable.
        variable: String,
        /// Patients.
        n: u64,
    },
    /// A cell of a table is expected to hold fewer than five patients.
    SparseCell {
        /// The variable.
        variable: String,
        /// The smallest expected count.
        least_expected: f64,
    },
    /// A level occurs with few events or few non-events, so that its ratio rests on them.
    FewOutcomes {
        /// The term.
        term: String,
        /// The level.
        level: String,
        /// The smaller of patients with and without the outcome.
        least: u64,
    },
    /// An estimate is infinite: the term tells the outcome without exception.
    Separation {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
        /// How far.
        kind: SeparationKind,
    },
    /// The term tells the outcome without exception; its estimate is finite because the likelihood is penalized.
    PenalizedSeparation {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
        /// How far.
        kind: SeparationKind,
    },
    /// The iteration did not converge: its estimates are withheld.
    NotConverged {
        /// The model.
        model: String,
        /// Iterations made.
        iterations: u32,
    },
    /// A term is a linear combination of others and was left out.
    Aliased {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// Patients were left out because they were never under observation: they entered when their follow-up had ended.
    NeverAtRisk {
        /// The endpoint.
        endpoint: String,
        /// Patients.
        n: u64,
    },
    /// A term does not vary among patients who are compared with each other, and was left out.
    ConstantWithinStrata {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// A robust variance rests on few clusters and is likely too small.
    FewClusters {
        /// The variable that tells them apart.
        variable: String,
        /// How many there are.
        clusters: u64,
    },
    /// A variable has one level only: nothing to compare.
    SingleLevel {
        /// The variable.
        variable: String,
    },
    /// All values of a variable are missing.
    AllMissing {
        /// The variable.
        variable: String,
    },
    /// A group has a single patient: no spread can be estimated.
    SinglePatient {
        /// The variable.
        variable: String,
        /// The group; absent for all patients together.
        group: String,
    },
    /// Fewer events than ten for each parameter.
    EventsPerParameter {
        /// Events.
        events: u64,
        /// Parameters.
        parameters: u64,
    },
    /// An estimate was asked for after the last follow-up of the group: it is withheld.
    BeyondFollowUp {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The time.
        at: f64,
        /// Last follow-up.
        last: f64,
    },
    /// Survival never falls to the quantile.
    QuantileNotReached {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The probability.
        probability: f64,
    },
    /// A group has no event.
    NoEvents {
        /// The group; absent for all patients together.
        group: Option<String>,
    },
    /// Everybody has the event, or nobody.
    OneOutcome {
        /// The outcome.
        outcome: String,
        /// The level.
        level: String,
    },
    /// Fewer than ten patients are at risk.
    FewAtRisk {
        /// The group; absent for all patients together.
        group: Option<String>,
        /// The time.
        at: f64,
        /// Patients at risk.
        at_risk: u64,
    },
    /// The prespecified test was replaced.
    TestReplaced {
        /// The variable.
        variable: String,
        /// The test that was used.
        used: String,
        /// Why.
        reason: String,
    },
    /// No covariate met the entry rule of the multivariable model.
    NothingEntered {
        /// The rule as the plan states it.
        rule: String,
    },
    /// Covariates of the multivariable model were chosen by their univariable P values.
    DataDrivenSelection {
        /// The rule as the plan states it.
        rule: String,
    },
    /// One limit of a profile-likelihood interval does not exist.
    UnboundedInterval {
        /// The term.
        term: String,
        /// The level.
        level: Option<String>,
    },
    /// A P value was simulated.
    MonteCarlo {
        /// The variable.
        variable: String,
        /// Tables drawn.
        tables: u64,
        /// Lower limit of P.
        lower: f64,
        /// Upper limit of P.
        upper: f64,
    },
    /// A cell of a table of two by two holds nobody: a ratio is 0, infinite or undefined, and has no limit there.
    EmptyCell {
        /// The variable.
        variable: String,
        /// The stratum; absent for all patients together.
        group: Option<String>,
    },
    /// Bootstrap replicates that gave no estimate were left out.
    ReplicatesLost {
        /// The model.
        model: String,
        /// How many.
        lost: u64,
        /// Of how many.
        of: u64,
    },
    /// Fewer imputed data sets than the fraction of missing information asks for.
    TooFewSets {
        /// Imputed data sets.
        sets: u32,
        /// As many as would do.
        needed: u32,
    },
    /// More than half of the values of an imputed variable are missing.
    MostlyMissing {
        /// The variable.
        variable: String,
        /// Patients without a value.
        n: u64,
        /// Of how many.
        of: u64,
    },
    /// The chains of an imputed variable did not mix.
    ChainsNotMixed {
        /// The variable.
        variable: String,
        /// Gelman and Rubin's ratio.
        r_hat: f64,
    },
    /// The imputation model of a variable was separated, and a few weighted observations were added to it.
    ImputationAugmented {
        /// The variable.
        variable: String,
        /// Fits that were augmented.
        fits: u32,
        /// Of how many.
        of: u32,
    },
    /// A predictor of an imputed variable is determined by others and was left out of its model.
    ImputationCollinear {
        /// The variable.
        variable: String,
        /// The predictor.
        predictor: String,
    },
    /// A row could not be estimated in every imputed data set and is withheld.
    PartlyEstimable {
        /// The term; absent for a row of the whole analysis.
        term: Option<String>,
        /// The level.
        level: Option<String>,
        /// Data sets in which it could.
        sets: u32,
        /// Of how many.
        of: u32,
    },
    /// Anything that has no code of its own.
    Other {
        /// The caveat.
        message: String,
    },
}

fn of(level: &Option<String>) -> String {
    level.as_ref().map_or(String::new(), |level| format!(": {level}"))
}

fn group(group: &Option<String>) -> String {
    group.as_ref().map_or(String::new(), |group| format!(" in the group “{group}”"))
}

impl Notice {
    /// The same caveat with labels for names: `variable` gives a variable's label, `level` that of a value of a
    /// variable (of the grouping variable where the name is empty).
    #[must_use]
    pub fn relabelled(&self, label: &dyn Fn(&str) -> String, value: &dyn Fn(&str, &str) -> String) -> Self {
        let mut notice = self.clone();
        match &mut notice {
            Self::MissingExcluded { variable, .. }
            | Self::SparseCell { variable, .. }
            | Self::NeverAtRisk { endpoint: variable, .. }
            | Self::FewClusters { variable, .. }
            | Self::SingleLevel { variable }
            | Self::AllMissing { variable }
            | Self::TestReplaced { variable, .. }
            | Self::MostlyMissing { variable, .. }
            | Self::ChainsNotMixed { variable, .. }
            | Self::ImputationAugmented { variable, .. }
            | Self::MonteCarlo { variable, .. } => *variable = label(variable),
            Self::FewOutcomes { term, level, .. } => {
                *level = value(term, level);
                *term = label(term);
            }
            Self::Separation { term, level, .. }
            | Self::PenalizedSeparation { term, level, .. }
            | Self::Aliased { term, level }
            | Self::ConstantWithinStrata { term, level }
            | Self::UnboundedInterval { term, level } => {
                *level = level.as_deref().map(|level| value(term, level));
                *term = label(term);
            }
            Self::ImputationCollinear { variable, predictor } => {
                *variable = label(variable);
                *predictor = label(predictor);
            }
            Self::PartlyEstimable { term, level, .. } => {
                let variable = term.clone().unwrap_or_default();
                *level = level.as_deref().map(|level| value(&variable, level));
                *term = term.as_deref().map(label);
            }
            Self::SinglePatient { variable, group } => {
                *group = value("", group);
                *variable = label(variable);
            }
            Self::EmptyCell { variable, group } => {
                *group = group.as_deref().map(|group| value("", group));
                *variable = label(variable);
            }
            Self::BeyondFollowUp { group, .. }
            | Self::QuantileNotReached { group, .. }
            | Self::NoEvents { group }
            | Self::FewAtRisk { group, .. } => *group = group.as_deref().map(|group| value("", group)),
            Self::OneOutcome { outcome, level } => {
                *level = value(outcome, level);
                *outcome = label(outcome);
            }
            Self::NotConverged { .. }
            | Self::ReplicatesLost { .. }
            | Self::TooFewSets { .. }
            | Self::EventsPerParameter { .. }
            | Self::NothingEntered { .. }
            | Self::DataDrivenSelection { .. }
            | Self::Other { .. } => {}
        }
        notice
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingExcluded { variable, n } => {
                write!(f, "{variable}: {n} left out for missing values.")
            }
            Self::NeverAtRisk { endpoint, n } => write!(
                f,
                "{endpoint}: {n} left out, because observation of them began when their follow-up had ended."
            ),
            Self::ConstantWithinStrata { term, level } => write!(
                f,
                "{term}{}: does not vary among patients of one stratum who are at risk together; no estimate.",
                of(level)
            ),
            Self::FewClusters { variable, clusters } => write!(
                f,
                "The robust standard errors rest on {clusters} clusters ({variable}), and are likely too small."
            ),
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
                kind.text()
            ),
            Self::PenalizedSeparation { term, level, kind } => write!(
                f,
                "{term}{}: {} separation; the maximum-likelihood estimate is infinite, Firth’s is finite.",
                of(level),
                kind.text()
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
            Self::EmptyCell { variable, group: g } => write!(
                f,
                "{variable}: a cell of the table is empty{}; figures and limits that do not exist are not shown.",
                group(g)
            ),
            Self::ReplicatesLost { model, lost, of } => write!(
                f,
                "{model}: {lost} of {of} bootstrap replicates gave no finite estimate and were left out."
            ),
            Self::TooFewSets { sets, needed } => write!(
                f,
                "{sets} imputed data sets are few for the information that is missing: {needed} would do (100 times the \
                 largest fraction of missing information)."
            ),
            Self::MostlyMissing { variable, n, of } => write!(
                f,
                "{variable}: {n} of {of} values are missing and imputed; its results rest on the imputation model."
            ),
            Self::ChainsNotMixed { variable, r_hat } => write!(
                f,
                "{variable}: the chains of the imputation did not mix (R-hat {r_hat:.2}); more iterations are needed."
            ),
            Self::ImputationAugmented { variable, fits, of } => write!(
                f,
                "{variable}: its imputation model was separated in {fits} of {of} fits and was augmented by a few \
                 weighted observations."
            ),
            Self::ImputationCollinear { variable, predictor } => {
                write!(
                    f,
                    "{variable}: {predictor} is determined by other predictors and left out of its imputation model."
                )
            }
            Self::PartlyEstimable { term, level, sets, of: all } => write!(
                f,
                "{}{}: estimated in {sets} of {all} imputed data sets only, and withheld.",
                term.as_deref().unwrap_or("A figure"),
                of(level)
            ),
            Self::Other { message } => f.write_str(message),
        }
    }
}
