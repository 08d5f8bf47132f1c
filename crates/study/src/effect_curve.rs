//! How the ratio of a model follows a number.

use crate::{Model, Quantity};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The ratio of each value of a number against one of its values, with its pointwise interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EffectCurve {
    /// The model.
    pub model: Model,
    /// The number.
    pub term: String,
    /// Where the variables are held with which the number interacts in the model; empty where it does with none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Held>,
    /// Which ratio it is.
    pub quantity: Quantity,
    /// The value with which the others are compared: its ratio is 1.
    pub reference: f64,
    /// Where the pieces of the spline meet.
    pub knots: Vec<f64>,
    /// The values, ascending, from the first to the last percentile of the patients.
    pub x: Vec<f64>,
    /// The ratios; absent where one is beyond the range of numbers.
    pub ratio: Vec<Option<f64>>,
    /// Lower limits.
    pub lower: Vec<Option<f64>>,
    /// Upper limits.
    pub upper: Vec<Option<f64>>,
    /// The edges of bars over the same range, one more than there are bars.
    pub edges: Vec<f64>,
    /// Patients within each bar.
    pub patients: Vec<u64>,
}

/// A variable that is held at a level or a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Held {
    /// Its name.
    pub variable: String,
    /// The level; of a number the value.
    pub level: String,
}
