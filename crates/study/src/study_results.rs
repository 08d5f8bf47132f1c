//! The results of a whole study.

use crate::{
    Convention, Dialect, DialectComparison, Finding, ImputationRun, ParticipantFlow, Provenance, Results,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `results.json`: the whole study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StudyResults {
    /// Version of this shape.
    pub schema_version: u32,
    /// Title of the study.
    pub title: String,
    /// The sentence or two above the results.
    pub summary: Option<String>,
    /// The warning that every output carries.
    pub warning: Option<String>,
    /// Whose conventions were followed.
    pub dialect: Dialect,
    /// Single conventions of another dialect.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conventions: BTreeMap<Convention, Dialect>,
    /// Confidence level of every interval.
    pub confidence_level: f64,
    /// How the patients became the analysis set.
    pub flow: ParticipantFlow,
    /// In the order of the plan.
    pub analyses: Vec<Results>,
    /// How missing values were imputed, where they were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imputations: Vec<ImputationRun>,
    /// What a referee would say.
    pub findings: Vec<Finding>,
    /// The printed figures of a paper beside the computed ones, where the plan names such a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay: Option<crate::Replay>,
    /// What the conventions of other programs would change, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialects: Option<DialectComparison>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl StudyResults {
    /// Whose answer to a question was followed.
    pub fn convention(&self, convention: Convention) -> Dialect {
        self.conventions.get(&convention).copied().unwrap_or(self.dialect)
    }
}
