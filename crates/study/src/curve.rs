//! Curves: of survival, of cumulative incidence, of hazards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurveMeasure {
    /// A probability: survival or, of a cause, cumulative incidence.
    #[default]
    Probability,
    /// A cumulative hazard: steps from 0 upwards, without a bound.
    CumulativeHazard,
    /// A hazard per unit of time: joined points, not steps.
    Hazard,
}

impl CurveMeasure {
    fn is_probability(&self) -> bool {
        *self == Self::Probability
    }
}

/// A curve: a step at each distinct time, the first at time 0 or, where all enter later, at the first entry.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Curve {
    /// The group; absent for all patients together.
    pub group: Option<String>,
    /// The cause whose cumulative incidence it is; absent for survival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The law whose fitted curve it is, with times and estimates only; absent for what was observed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fitted: Option<String>,
    /// What it is of.
    #[serde(default, skip_serializing_if = "CurveMeasure::is_probability")]
    pub measure: CurveMeasure,
    /// Times in the endpoint's unit.
    pub time: Vec<f64>,
    /// Patients at risk just before each time.
    pub at_risk: Vec<u64>,
    /// Sums of the sampling weights of those at risk; empty where patients have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weighted_at_risk: Vec<f64>,
    /// Events at each time.
    pub events: Vec<u64>,
    /// Censored at each time.
    pub censored: Vec<u64>,
    /// Survival probability, cumulative incidence or cumulative hazard after each time; the hazard at it.
    pub estimate: Vec<f64>,
    /// The standard error of the estimate; absent where it has none, as where survival is 0.
    pub std_error: Vec<Option<f64>>,
    /// Lower limits of the pointwise interval.
    pub lower: Vec<Option<f64>>,
    /// Upper limits of the pointwise interval.
    pub upper: Vec<Option<f64>>,
}
