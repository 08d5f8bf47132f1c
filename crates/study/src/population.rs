//! Who is studied, and how everybody else left.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The table or view with one row a patient, and the criteria that take patients out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Population {
    /// A view in `sql/` with one row a patient. Either this or `table` is needed.
    pub view: Option<String>,
    /// A table of the registry, where no view is needed.
    pub table: Option<String>,
    /// The column that identifies a patient. Without it each row counts as one patient.
    pub id: Option<String>,
    /// What the patients are called in the flow diagram, for example `Patients with hepatectomy`.
    #[serde(default = "patients")]
    pub label: String,
    /// Exclusion criteria, applied in this order: a patient leaves by the first that holds.
    #[serde(default)]
    pub exclude: Vec<Criterion>,
}

fn patients() -> String {
    "Patients".into()
}

/// One reason to leave the study.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// What the flow diagram prints.
    pub label: String,
    /// SQL condition over the population under which a patient leaves; null counts as not fulfilled.
    pub r#where: String,
}

/// How the patients of the population became the analysis set: every patient leaves at most once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ParticipantFlow {
    /// What one row is.
    pub label: String,
    /// Patients before any exclusion.
    pub assessed: u64,
    /// The criteria in the order of the plan.
    pub steps: Vec<FlowStep>,
    /// Patients in the analysis set.
    pub included: u64,
}

/// One step of the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FlowStep {
    /// The criterion.
    pub label: String,
    /// Patients who left by it.
    pub excluded: u64,
    /// Patients who remained after it.
    pub remaining: u64,
}

impl ParticipantFlow {
    /// Builds the flow from the counts of those who left; the totals reconcile by construction, and
    /// `None` says that more would leave than there are.
    pub fn reconcile(
        label: &str,
        assessed: u64,
        excluded: impl IntoIterator<Item = (String, u64)>,
    ) -> Option<Self> {
        let mut included = assessed;
        let mut steps = Vec::new();
        for (label, excluded) in excluded {
            included = included.checked_sub(excluded)?;
            steps.push(FlowStep { label, excluded, remaining: included });
        }
        Some(Self { label: label.into(), assessed, steps, included })
    }
}
