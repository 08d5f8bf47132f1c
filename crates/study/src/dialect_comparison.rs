//! What the results would be under the conventions of other programs: by how much they differ, and why.

use crate::{Convention, Dialect, Model, Quantity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which number of an estimate differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EstimateField {
    /// The estimate itself.
    Value,
    /// Its standard error.
    StdError,
    /// Lower limit of its interval.
    Lower,
    /// Upper limit of its interval.
    Upper,
    /// Statistic of its test.
    Statistic,
    /// P value of its test.
    PValue,
}

impl EstimateField {
    /// The word for a table.
    pub fn text(self) -> &'static str {
        match self {
            Self::Value => "estimate",
            Self::StdError => "standard error",
            Self::Lower => "lower limit",
            Self::Upper => "upper limit",
            Self::Statistic => "test statistic",
            Self::PValue => "P value",
        }
    }
}

/// One number that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureDifference {
    /// What it is of.
    pub quantity: Quantity,
    /// Its model.
    pub model: Option<Model>,
    /// Its variable.
    pub term: Option<String>,
    /// Its level.
    pub level: Option<String>,
    /// Its group.
    pub group: Option<String>,
    /// Its time or probability.
    pub at: Option<f64>,
    /// Which number of the estimate.
    pub field: EstimateField,
    /// Under the study's own conventions; absent where there is no such number.
    pub own: Option<f64>,
    /// Under the other one.
    pub other: Option<f64>,
}

impl FigureDifference {
    /// |other − own| over the larger of both; 1 where one of them does not exist.
    pub fn relative(&self) -> f64 {
        match (self.own, self.other) {
            (Some(own), Some(other)) if own == other => 0.0,
            (Some(own), Some(other)) => (own - other).abs() / own.abs().max(other.abs()),
            (None, None) => 0.0,
            _ => 1.0,
        }
    }
}

/// One analysis under one other choice of one convention, all else as in the study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DialectDifference {
    /// The analysis.
    pub analysis: String,
    /// The convention.
    pub convention: Convention,
    /// The question that it answers.
    pub question: String,
    /// What the study does.
    pub own: String,
    /// What these programs do instead.
    pub other: String,
    /// The programs.
    pub dialects: Vec<Dialect>,
    /// Numbers compared.
    pub compared: u64,
    /// Those that differ, the largest relative difference first.
    pub figures: Vec<FigureDifference>,
    /// Points of curves or of their limits that differ.
    pub curve_points: u64,
    /// Cells of its tables that would be printed otherwise, as `row: own → other`.
    pub printed: Vec<String>,
}

/// The comparison of a study with itself under every other convention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DialectComparison {
    /// What differs, in the order of the analyses.
    pub differences: Vec<DialectDifference>,
    /// Conventions that could have made a difference to an analysis of this study and made none.
    pub without_difference: Vec<Convention>,
}
