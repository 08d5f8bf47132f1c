//! What a statistical referee would say of a result.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Remark,
    /// A referee would ask about it.
    Caution,
    /// The number should not be used as it stands.
    Serious,
}

/// One finding of the review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule's stable name, in kebab case.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// The analysis it is about; absent for the study as a whole.
    pub analysis: Option<String>,
    /// What was found, with the numbers.
    pub message: String,
    /// What would mend it.
    pub advice: String,
}
