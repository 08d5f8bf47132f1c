//! Parameters of the clinical views, as `[clinical.VIEW]` sets them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ParameterValue {
    /// Yes or no.
    Flag(bool),
    /// A number, for example of days.
    Number(f64),
    /// A text, for example a code of the registry.
    Text(String),
}
