//! Figures that a paper printed, and what became of each when they were computed anew.

use crate::{Model, Problem, Quantity, SourceText};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which number of an estimate is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublishedField {
    /// The estimate itself.
    #[default]
    Value,
    /// The count behind it.
    N,
    /// Of how many.
    Of,
    /// Lower limit of the interval.
    Lower,
    /// Upper limit of the interval.
    Upper,
    /// P value of the test.
    PValue,
    /// Patients of the group in the analysis.
    GroupSize,
    /// Events of the group in the analysis.
    GroupEvents,
}

/// One printed figure and where it stands in the results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedFigure {
    /// Stable name.
    pub id: String,
    /// What the report prints.
    pub label: String,
    /// As printed: `0.040`, `<0.001`, `218.39`.
    pub printed: String,
    /// The analysis that gives it.
    pub analysis: String,
    /// What it is an estimate of; absent for sizes of groups.
    pub quantity: Option<Quantity>,
    /// Univariable or multivariable.
    pub model: Option<Model>,
    /// The variable.
    pub term: Option<String>,
    /// The level.
    pub level: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// Time or probability.
    pub at: Option<f64>,
    /// Which number of the estimate.
    #[serde(default)]
    pub field: PublishedField,
    /// Printed = computed × scale, for example 100 for percentages.
    #[serde(default = "one")]
    pub scale: f64,
}

fn one() -> f64 {
    1.0
}

/// `published.toml`: what a paper printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The paper, for the report.
    pub source: String,
    /// Its figures.
    #[serde(default)]
    pub figures: Vec<PublishedFigure>,
}

impl Published {
    /// Reads the file; every fault has its place.
    pub fn parse(source: &SourceText) -> Result<Self, Problem> {
        toml::from_str(&source.text).map_err(|error| source.toml_problem(&error))
    }
}

/// What became of a printed figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The data give it, to the last printed digit.
    Reproduced,
    /// The data give another, and nothing that was printed decides between them.
    Different,
    /// It cannot be right: other figures of the same paper, which the data reproduce, contradict it.
    Impossible,
    /// The results do not hold such a number.
    NotFound,
}

/// A printed figure beside the computed one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Stable name.
    pub id: String,
    /// What the report prints.
    pub label: String,
    /// As printed.
    pub printed: String,
    /// Computed and scaled, in full precision.
    pub computed: Option<f64>,
    /// Digits after the point that were printed.
    pub decimals: usize,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
}

/// All printed figures beside the computed ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Replay {
    /// The paper.
    pub source: String,
    /// In the order of the file.
    pub comparisons: Vec<Comparison>,
}
