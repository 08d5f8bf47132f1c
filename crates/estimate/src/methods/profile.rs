//! Patients for whom a model predicts: a label, and the value of every term.

mod rows;

pub(in crate::methods) use rows::Columns;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{Analysis, Problem, Step};

/// A patient: a label, and the value of every term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// What the report prints.
    pub label: String,
    /// For each term of the model a level or a number.
    #[serde(flatten)]
    pub values: BTreeMap<String, ProfileValue>,
}

/// The value of a term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a value of a profile is a level, a number, true or false")]
pub enum ProfileValue {
    /// Whether a yes-or-no term holds.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A level.
    Level(String),
}

impl ProfileValue {
    /// The value as the level of a factor.
    pub(in crate::methods) fn level(&self) -> String {
        match self {
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.into(),
            Self::Number(number) => number.to_string(),
            Self::Level(level) => level.clone(),
        }
    }
}

/// The place of a value of a profile.
pub(in crate::methods) fn place(index: usize, key: &str) -> [Step; 3] {
    ["profiles".into(), index.into(), key.into()]
}

/// Refuses profiles that lack a term, name what is neither a term nor one of the `further` variables, or share a label.
pub(in crate::methods) fn check(
    profiles: &[Profile],
    terms: &[&str],
    further: &[String],
    analysis: &Analysis,
) -> Result<(), Problem> {
    let mut problems = Vec::new();
    for (index, profile) in profiles.iter().enumerate() {
        if profile.label.trim().is_empty() {
            problems.push(analysis.refuse(&place(index, "label"), "a profile has no label").help("name it"));
        }
        if profiles[..index].iter().any(|earlier| earlier.label == profile.label) {
            let message = format!("two profiles are called “{}”", profile.label);
            problems.push(analysis.refuse(&place(index, "label"), message).help("give each its own label"));
        }
        let unknown = |name: &&String| !terms.contains(&name.as_str()) && !further.contains(name);
        for name in profile.values.keys().filter(unknown) {
            let message = format!("`{name}` is no term of the model");
            let help = suggest(name, terms.iter().copied());
            problems.push(analysis.refuse(&place(index, name), message).help(help));
        }
        let lacking: Vec<&str> =
            terms.iter().filter(|term| !profile.values.contains_key(**term)).copied().collect();
        if !lacking.is_empty() {
            let message = format!("the profile “{}” does not say: {}", profile.label, lacking.join(", "));
            let whole = ["profiles".into(), index.into()];
            problems.push(analysis.refuse(&whole, message).help("give it a value of every term"));
        }
    }
    Problem::collect(problems)
}
