//! Residuals of a model by counted row or by event, and smooth lines through them. No patient is named.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one entry of a set of residuals stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResidualUnit {
    /// Patients with equal time, event and values: each of the `n` has this residual.
    CountedRow,
    /// Patients with the event at one time and equal values.
    Event,
    /// Counted rows in descending order of their influence; where patients have several rows, patients; with `cluster`,
    /// clusters.
    MostInfluential,
}

/// What a column of residuals holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResidualKind {
    /// The value of a term; of a factor the position of its level.
    Value,
    /// Linear predictor, 0 at the mean of the covariates.
    LinearPredictor,
    /// The function of time with which a coefficient may change.
    TransformedTime,
    /// Martingale residual of the model without terms.
    NullMartingale,
    /// Events less those expected by the model.
    Martingale,
    /// Martingale residual made symmetric.
    Deviance,
    /// Share of the score of a coefficient.
    Score,
    /// Value less its mean over the risk set of the event.
    Schoenfeld,
    /// Schoenfeld residual on the scale of the coefficient: an estimate of the coefficient at that time.
    ScaledSchoenfeld,
    /// Change of a coefficient when the patient is left out, to first order.
    Dfbeta,
    /// The same in standard errors of the coefficient.
    Dfbetas,
    /// Likelihood displacement: squared change of all coefficients in their own covariance.
    Displacement,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ResidualColumn {
    /// What it holds.
    pub kind: ResidualKind,
    /// The term, where it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The level of a factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// One value an entry.
    pub values: Vec<Option<f64>>,
}

/// Residuals of one model, column by column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Residuals {
    /// What an entry stands for.
    pub unit: ResidualUnit,
    /// Time of each entry, in the endpoint's unit.
    pub time: Vec<f64>,
    /// Whether it ended with the event.
    pub event: Vec<bool>,
    /// Patients of each entry.
    pub n: Vec<u64>,
    /// The values.
    pub columns: Vec<ResidualColumn>,
}

impl Residuals {
    /// A column.
    pub fn column(
        &self,
        kind: ResidualKind,
        term: Option<&str>,
        level: Option<&str>,
    ) -> Option<&[Option<f64>]> {
        let same = |column: &&ResidualColumn| {
            column.kind == kind && column.term.as_deref() == term && column.level.as_deref() == level
        };
        self.columns.iter().find(same).map(|column| column.values.as_slice())
    }

    /// Columns of one kind.
    pub fn of_kind(&self, kind: ResidualKind) -> impl Iterator<Item = &ResidualColumn> {
        self.columns.iter().filter(move |column| column.kind == kind)
    }
}

/// A smooth line through residuals, with its pointwise interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Smooth {
    /// The residuals through which it runs.
    pub of: ResidualKind,
    /// Against what.
    pub against: ResidualKind,
    /// The term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The level of a factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Where it is evaluated, ascending.
    pub x: Vec<f64>,
    /// Its height.
    pub estimate: Vec<f64>,
    /// Lower limits.
    pub lower: Vec<f64>,
    /// Upper limits.
    pub upper: Vec<f64>,
}
