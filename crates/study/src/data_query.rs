//! Questions to whoever keeps the data: a value that cannot be right, or hardly can.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How sure it is that something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// It cannot be true.
    #[default]
    Impossible,
    /// It can be true, but hardly ever is.
    Implausible,
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Impossible => "impossible",
            Self::Implausible => "implausible",
        })
    }
}

/// What the data manager says of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryVerdict {
    /// The value is right as it stands: nothing more is asked.
    Confirmed,
    /// The value was wrong and has been mended in the source; still found, it is asked again.
    Corrected,
    /// Nobody can tell any more: nothing more is asked.
    Unresolvable,
}

impl QueryVerdict {
    /// All of them, as they are offered.
    pub const ALL: [Self; 3] = [Self::Confirmed, Self::Corrected, Self::Unresolvable];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Corrected => "corrected",
            Self::Unresolvable => "unresolvable",
        }
    }

    /// Whether a query with it is closed although its value still stands there.
    pub fn closes(self) -> bool {
        self != Self::Corrected
    }
}

/// An answer to a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// What is said of it.
    pub verdict: QueryVerdict,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Who says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
}

/// A column and its value in the row of a query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct CellValue {
    /// The column.
    pub column: String,
    /// The value as text; none where it is missing.
    pub value: Option<String>,
}

/// What identifies the patient and repeats the data; told only where it is asked for by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
pub struct QueryRow {
    /// The key of the row.
    pub key: Vec<CellValue>,
    /// The values in question.
    pub values: Vec<CellValue>,
    /// What they contradict, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One question about one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DataQuery {
    /// The same as long as rule, row and value are the same, wherever the row stands.
    pub id: String,
    /// The rule that asks.
    pub rule: String,
    /// How sure it is that something is wrong.
    pub certainty: Certainty,
    /// The table.
    pub table: String,
    /// Rows of the table, from 1, the header not counted; several where they cannot be told apart, none where rows have
    /// no numbers.
    pub rows: Vec<u64>,
    /// The columns that cannot be right together.
    pub columns: Vec<String>,
    /// What is wrong, without values.
    pub message: String,
    /// Whether the patient is in the analysis set; none where there is no study, or nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub studied: Option<bool>,
    /// What has been answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The row itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<QueryRow>,
}

impl DataQuery {
    /// Whether it still waits for an answer.
    pub fn open(&self) -> bool {
        self.answer.as_ref().is_none_or(|answer| !answer.verdict.closes())
    }
}

/// What a study does with the columns that a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct QueryImpact {
    /// Whether they decide who is studied.
    pub eligibility: bool,
    /// The analyses that use them.
    pub analyses: Vec<String>,
}

/// A rule that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleOutcome {
    /// Its name.
    pub rule: String,
    /// The table whose rows it asks about.
    pub table: String,
    /// The columns that it doubts.
    pub columns: Vec<String>,
    /// How sure it is.
    pub certainty: Certainty,
    /// What is wrong where it finds something.
    pub message: String,
    /// How many rows it found, of which the first ten thousand are queries.
    pub found: u64,
    /// Patients of the queries; none where the table has no column with the patient.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patients: Option<u64>,
    /// Those of them in the analysis set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub studied: Option<u64>,
    /// What it would change in the study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<QueryImpact>,
}

/// What the rules found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct DataQueries {
    /// Every rule that was run, also those that found nothing.
    pub rules: Vec<RuleOutcome>,
    /// Rules that could not be run, and why.
    pub not_run: Vec<String>,
    /// The queries, by rule, table and row.
    pub queries: Vec<DataQuery>,
    /// Answers to queries that are found no longer.
    pub settled: u64,
}

impl DataQueries {
    /// Those that still wait for an answer.
    pub fn open(&self) -> impl Iterator<Item = &DataQuery> {
        self.queries.iter().filter(|query| query.open())
    }

    /// Takes everything out that identifies a patient or repeats a row.
    #[must_use]
    pub fn without_rows(mut self) -> Self {
        self.queries.iter_mut().for_each(|query| query.row = None);
        self
    }
}
