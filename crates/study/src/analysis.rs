//! One analysis of the plan, and the options of its method.

use crate::MissingValues;
use crate::problem::{Place, Problem};
use crate::source_text::{SourceText, Step};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// Why an analysis is made; decided before the data are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Answers the study's question.
    Primary,
    /// Answers a further prespecified question.
    #[default]
    Secondary,
    /// Asks whether an answer depends on a choice.
    Sensitivity,
    /// Looks for questions.
    Exploratory,
}

/// What every analysis has, whatever its method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heading {
    /// Name that stays: of its table, its figure and its entry in results.json; letters, digits, `-`, `_` and `.`.
    pub id: String,
    /// What the report prints above it; the name of the method where absent.
    pub title: Option<String>,
    /// Why the analysis is made; decided before the data are seen.
    #[serde(default)]
    pub purpose: Purpose,
    /// The name of the method.
    pub method: String,
    /// SQL condition over the population and the plan's variables that restricts the analysis to a subgroup.
    pub r#where: Option<String>,
    /// What is done about missing values.
    #[serde(default)]
    pub missing: MissingValues,
}

impl Heading {
    /// The keys that are not options of the method.
    pub const KEYS: [&'static str; 6] = ["id", "title", "purpose", "method", "where", "missing"];
}

/// Values of numbers by their names, each with how many patients have it.
pub type ObservedValues = BTreeMap<String, Vec<(f64, u64)>>;

/// One analysis. The options stay in the text of the plan until their method reads them.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What every analysis has.
    pub heading: Heading,
    /// Position in `[[analyses]]`, from 0.
    pub index: usize,
    /// The plan's text.
    pub source: SourceText,
    /// Where missing values are imputed, the observed values of numbers whose splines must be the same in every completed
    /// data set: these say where knots stand, and what is compared.
    pub observed: ObservedValues,
}

impl Analysis {
    /// Its stable name.
    pub fn id(&self) -> &str {
        &self.heading.id
    }

    /// Reads the options of the method, each unknown, misspelt or mistyped one refused with its place.
    pub fn options<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut table = analysis_tables(&self.source)?
            .into_iter()
            .nth(self.index)
            .ok_or_else(|| Problem::internal("an analysis is not in its own plan"))?;
        for key in Heading::KEYS {
            table.get_mut().remove(key);
        }
        let span = table.span();
        T::deserialize(Deserializer::from(table)).map_err(|error| {
            self.source.toml_problem(&error).at(self.source.place(span)).also_method(&self.heading)
        })
    }

    /// The same analysis with another value of one of its options. The places of the text are no longer those of the
    /// file: everything that can be wrong with the options must have been refused before.
    pub fn with_option(&self, key: &str, value: &impl Serialize) -> Result<Self, Problem> {
        let unreadable = |error: &dyn std::fmt::Display| {
            Problem::internal(format!("a plan cannot be read again: {error}"))
        };
        let value = toml::Value::try_from(value).map_err(|error| unreadable(&error))?;
        let mut document: toml::Table = self.source.text.parse().map_err(|error| unreadable(&error))?;
        let analyses = document.get_mut("analyses").and_then(toml::Value::as_array_mut);
        let own =
            analyses.and_then(|analyses| analyses.get_mut(self.index)).and_then(toml::Value::as_table_mut);
        own.ok_or_else(|| Problem::internal("an analysis is not in its own plan"))?.insert(key.into(), value);
        let text = toml::to_string(&document).map_err(|error| unreadable(&error))?;
        Ok(Self { source: SourceText::new(self.source.path.to_path_buf(), text), ..self.clone() })
    }

    /// The place of one of its keys in the plan, for example `terms.2`.
    pub fn place(&self, path: &[Step]) -> Option<Place> {
        let mut whole = vec![Step::from("analyses"), Step::from(self.index)];
        whole.extend_from_slice(path);
        self.source.locate(&whole)
    }

    /// A problem with one of its options.
    pub fn refuse(&self, path: &[Step], message: impl Into<String>) -> Problem {
        Problem::input(message).at(self.place(path))
    }
}

impl Problem {
    fn also_method(mut self, heading: &Heading) -> Self {
        self.message = format!("{} (analysis `{}`, method `{}`)", self.message, heading.id, heading.method);
        self
    }
}

/// The tables of `[[analyses]]`, each with its place.
pub(crate) fn analysis_tables(source: &SourceText) -> Result<Vec<Spanned<DeTable<'_>>>, Problem> {
    let mut document =
        DeTable::parse(&source.text).map_err(|error| source.toml_problem(&error))?.into_inner();
    let Some(analyses) = document.remove("analyses") else { return Ok(Vec::new()) };
    let span = analyses.span();
    let DeValue::Array(array) = analyses.into_inner() else {
        return Err(Problem::input("`analyses` must be an array of tables")
            .at(source.place(span))
            .help("write `[[analyses]]` above each analysis"));
    };
    array
        .into_iter()
        .map(|value| {
            let span = value.span();
            match value.into_inner() {
                DeValue::Table(table) => Ok(Spanned::new(span, table)),
                _ => Err(Problem::input("an analysis must be a table").at(source.place(span))),
            }
        })
        .collect()
}
