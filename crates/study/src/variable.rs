//! A variable of the study: one value a patient.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of value a variable has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One of a set of levels.
    Category,
    /// A quantity on a scale.
    Number,
    /// Yes or no.
    Flag,
    /// A calendar day.
    Date,
}

/// One level of a categorical variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a level, for example { value = \"m\", label = \"Male\" }")]
pub struct Level {
    /// The value as the data have it.
    pub value: String,
    /// What the report prints; the value itself where empty.
    #[serde(default)]
    pub label: String,
}

impl Level {
    /// A level whose label is its value.
    pub fn plain(value: impl Into<String>) -> Self {
        let value = value.into();
        Self { label: value.clone(), value }
    }

    /// What the report prints.
    pub fn text(&self) -> &str {
        if self.label.is_empty() { &self.value } else { &self.label }
    }
}

/// A variable as the plan declares it. A column of the population that the plan does not declare is a variable
/// of that name all the same; its kind and levels then come from the data.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its name: the key in `[variables]`.
    #[serde(skip)]
    pub name: String,
    /// What the report prints; the name where absent.
    pub label: Option<String>,
    /// The kind of value; from the data where absent.
    pub kind: Option<Kind>,
    /// The levels in the order of the report; from the data, sorted, where absent.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Whether the levels are in ascending order, as stages are.
    #[serde(default)]
    pub ordered: bool,
    /// The level with which a model compares the others; the first where absent, the last that occurs in the dialects of SPSS
    /// and SAS.
    pub reference: Option<String>,
    /// Unit of measurement, for example `ng/mL`.
    pub unit: Option<String>,
    /// Values that mean "missing", beside empty ones.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The `view` of an endpoint, where the value is one of each interval of follow-up and not of the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view: Option<String>,
    /// An SQL expression over the population, or over `view`; the column of the same name where absent.
    pub sql: Option<String>,
}

impl Variable {
    /// A variable that is a column of the population, as the data have it.
    pub fn column(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// What the report prints.
    pub fn text(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.name)
    }
}
