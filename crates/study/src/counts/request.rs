//! What a method asks to have counted.

use crate::source_text::Step;

/// Where the values of a column come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnSource {
    /// A variable: declared in the plan, or a column of the population.
    Variable(String),
    /// The follow-up time of an endpoint.
    Time(String),
    /// The time at which observation begins, of an endpoint with delayed entry.
    Entry(String),
    /// Whose interval a row is, of an endpoint with several rows a patient: numbers without meaning.
    Patient(String),
    /// The event of an endpoint: level `no` or `yes`.
    Event(String),
    /// Whether an event that competes with it ended follow-up: level `no` or `yes`.
    Competing(String),
}

impl ColumnSource {
    /// Name of the column in the count table.
    pub fn column(&self) -> String {
        match self {
            Self::Variable(name) => name.clone(),
            Self::Time(endpoint) => format!("{endpoint}.time"),
            Self::Entry(endpoint) => format!("{endpoint}.entry"),
            Self::Patient(endpoint) => format!("{endpoint}.patient"),
            Self::Event(endpoint) => format!("{endpoint}.event"),
            Self::Competing(endpoint) => format!("{endpoint}.competing"),
        }
    }
}

/// One column of a request, and the option that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRequest {
    /// Where its values come from.
    pub source: ColumnSource,
    /// The option's place within the analysis, for example `terms`, 2.
    pub path: Vec<Step>,
}

impl ColumnRequest {
    /// A variable named by an option.
    pub fn variable(name: &str, path: impl IntoIterator<Item = Step>) -> Self {
        Self { source: ColumnSource::Variable(name.into()), path: path.into_iter().collect() }
    }

    /// Time and event of an endpoint named by an option.
    pub fn endpoint(name: &str, path: impl IntoIterator<Item = Step>) -> [Self; 2] {
        let path: Vec<Step> = path.into_iter().collect();
        [
            Self { source: ColumnSource::Time(name.into()), path: path.clone() },
            Self { source: ColumnSource::Event(name.into()), path },
        ]
    }

    /// The time of entry of an endpoint named by an option.
    pub fn entry(name: &str, path: impl IntoIterator<Item = Step>) -> Self {
        Self { source: ColumnSource::Entry(name.into()), path: path.into_iter().collect() }
    }

    /// The patients of an endpoint, named by an option, that has several rows for each.
    pub fn patient(name: &str, path: impl IntoIterator<Item = Step>) -> Self {
        Self { source: ColumnSource::Patient(name.into()), path: path.into_iter().collect() }
    }

    /// The competing event of an endpoint named by an option.
    pub fn competing(name: &str, path: impl IntoIterator<Item = Step>) -> Self {
        Self { source: ColumnSource::Competing(name.into()), path: path.into_iter().collect() }
    }
}

/// One count table that a method needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountRequest {
    /// Its columns, in order.
    pub columns: Vec<ColumnRequest>,
}
