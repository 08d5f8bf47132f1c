//! The courses of many patients, a bar each.

use serde::Serialize;

/// A stretch of lines of treatment within a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SwimmerTreatment {
    /// The line; absent where lines are not told apart.
    pub line: Option<i64>,
    /// The first day of the first cycle, from the zero.
    pub from: i32,
    /// The first day of the last cycle.
    pub until: i32,
}

/// A patient's bar; days are counted from the zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SwimmerBar {
    /// The patient, where patients are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// Where the bar begins: at the zero, or the first cycle before it.
    pub from: i32,
    /// Where it ends: at death or the last that is known.
    pub until: i32,
    /// Treatment.
    pub treatments: Vec<SwimmerTreatment>,
    /// Operations.
    pub operations: Vec<i32>,
    /// The first recurrence.
    pub recurrence: Option<i32>,
    /// Whether the patient died at the end.
    pub died: bool,
    /// The best overall response by RECIST 1.1, without confirmation; of several courses in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_response: Option<String>,
}

/// The bars of a swimmer plot, the longest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Swimmers {
    /// The day that is counted from, within a sentence.
    pub zero: String,
    /// The bars.
    pub bars: Vec<SwimmerBar>,
    /// Patients who were asked for.
    pub asked: u64,
    /// Of these, those without the day that is counted from.
    pub without_zero: u64,
    /// The seed by which the bars were drawn from all, where they are not all.
    pub seed: Option<u64>,
    /// What could not be given, and why.
    pub remarks: Vec<String>,
}
