//! Missing values: what the plan asks of their imputation, and what the results say of it.

use crate::VariableLabel;
use crate::source_text::Step;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an analysis does about missing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingValues {
    /// Patients without a value that is needed are left out.
    #[default]
    CompleteCases,
    /// Values are imputed several times as `[imputation]` says, and the results pooled.
    Impute,
}

/// The model by which the values of one variable are imputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImputationMethod {
    /// Predictive mean matching: an observed value of a patient with a similar predicted mean.
    Pmm,
    /// Logistic regression, for two levels.
    Logistic,
    /// Proportional odds regression, for levels in ascending order.
    Ordinal,
    /// Polytomous logistic regression, for levels without order.
    Polytomous,
}

impl ImputationMethod {
    /// Its name in the plan.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pmm => "pmm",
            Self::Logistic => "logistic",
            Self::Ordinal => "ordinal",
            Self::Polytomous => "polytomous",
        }
    }

    /// Its name for tables and sentences.
    pub fn text(self) -> &'static str {
        match self {
            Self::Pmm => "predictive mean matching",
            Self::Logistic => "logistic regression",
            Self::Ordinal => "proportional odds regression",
            Self::Polytomous => "polytomous logistic regression",
        }
    }
}

/// `[imputation]`: multiple imputation by chained equations, for the analyses with `missing = "impute"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Imputation {
    /// How many completed data sets are made, 2 to 1000.
    pub sets: u32,
    /// Rounds through all variables before a data set is taken, 1 to 1000.
    pub iterations: u32,
    /// How many donors predictive mean matching draws from, 1 to 100.
    pub donors: u32,
    /// Variables whose missing values are imputed: all covariates of the analyses that ask for it where absent. Outcomes,
    /// weights and clusters are imputed only where they are named here; endpoints never are.
    pub variables: Option<Vec<String>>,
    /// Further variables that help to predict what is missing.
    pub auxiliary: Vec<String>,
    /// The models of single variables; where absent `pmm` for numbers, and for levels the regression of their kind.
    pub methods: BTreeMap<String, ImputationMethod>,
    /// A departure from missing at random, by variable: added to imputed numbers, or to the log-odds of the second of two
    /// levels.
    pub delta: BTreeMap<String, f64>,
}

impl Default for Imputation {
    fn default() -> Self {
        Self {
            sets: 20,
            iterations: 10,
            donors: 5,
            variables: None,
            auxiliary: Vec::new(),
            methods: BTreeMap::new(),
            delta: BTreeMap::new(),
        }
    }
}

impl Imputation {
    /// What is wrong with it in itself: place, message, help.
    pub(crate) fn contradictions(&self) -> Vec<(Vec<Step>, String, &'static str)> {
        let mut found = Vec::new();
        let mut refuse = |path: &[Step], message: String, help: &'static str| {
            found.push((
                std::iter::once("imputation".into()).chain(path.iter().cloned()).collect(),
                message,
                help,
            ));
        };
        let ranges = [
            ("sets", self.sets, 2, 1000),
            ("iterations", self.iterations, 1, 1000),
            ("donors", self.donors, 1, 100),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                let message = format!("`{key}` is {value}, and must lie between {least} and {most}");
                refuse(&[key.into()], message, "20 sets, 10 iterations and 5 donors are usual");
            }
        }
        let named = self.variables.as_deref().unwrap_or_default();
        for (key, names) in [("variables", named), ("auxiliary", self.auxiliary.as_slice())] {
            for (index, name) in names.iter().enumerate() {
                if names[..index].contains(name) {
                    refuse(&[key.into(), index.into()], format!("`{name}` stands twice"), "remove one");
                }
            }
        }
        for (name, delta) in &self.delta {
            if !delta.is_finite() {
                refuse(
                    &["delta".into(), name.as_str().into()],
                    format!("`delta` of `{name}` is no number"),
                    "give a number",
                );
            }
        }
        found
    }
}

/// How an estimate was pooled over imputed data sets, on the scale on which it was pooled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Pooled {
    /// Mean of the variances within the data sets.
    pub within: f64,
    /// Variance of the estimates between them.
    pub between: f64,
    /// Degrees of freedom of the pooled estimate (Barnard and Rubin); absent where they are infinite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Fraction of missing information.
    pub fraction_missing: f64,
    /// Efficiency relative to infinitely many data sets.
    pub relative_efficiency: f64,
    /// Standard error of the pooled estimate that comes from having so few data sets.
    pub monte_carlo_error: f64,
}

/// One imputed variable of an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImputedVariable {
    /// The variable.
    pub variable: String,
    /// Patients whose value was imputed.
    pub n: u64,
    /// By which model.
    pub method: ImputationMethod,
}

/// What an analysis of imputed data says of the imputation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Imputed {
    /// Completed data sets over which it is pooled.
    pub sets: u32,
    /// The variables of the analysis that had missing values.
    pub variables: Vec<ImputedVariable>,
}

/// The course of one variable through the iterations: an array a data set, a number an iteration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    /// What the report needs to know of the variable.
    pub variable: VariableLabel,
    /// By which model it was imputed.
    pub method: ImputationMethod,
    /// Patients whose value was imputed.
    pub n: u64,
    /// Of how many.
    pub of: u64,
    /// Gelman and Rubin's ratio of the spread over all chains to that within one; absent where nothing varies.
    pub r_hat: Option<f64>,
    /// Mean of the imputed values; of their positions, from 0, for levels.
    pub mean: Vec<Vec<f64>>,
    /// Their standard deviation.
    pub standard_deviation: Vec<Vec<f64>>,
}

/// One imputation: the analyses of the same patients share it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImputationRun {
    /// The analyses.
    pub analyses: Vec<String>,
    /// The condition of the subgroup, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#where: Option<String>,
    /// Completed data sets.
    pub sets: u32,
    /// Iterations before each was taken.
    pub iterations: u32,
    /// Donors of predictive mean matching.
    pub donors: u32,
    /// Everything that predicts what is missing, the imputed variables among it.
    pub predictors: Vec<String>,
    /// The imputed variables, in the order of imputation.
    pub chains: Vec<Chain>,
    /// The caveats.
    pub notices: Vec<crate::Notice>,
}
