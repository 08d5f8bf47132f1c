//! One analysis of one flat file, without a study folder.

use crate::assemble::{ExplainDialects, StudyRun, assemble};
use crate::columns;
use crate::progress::Progress;
use crate::study_folder::parent;
use cohort::{Cohort, SingleTable, single_table};
use std::path::PathBuf;
use study::{Plan, Problem, SourceText};
use toml::{Table, Value};

/// What a one-shot command asks: a method and its options on a file.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatQuestion {
    /// A data file of any format with one row a patient, or `FILE.xlsx#SHEET`.
    pub data: PathBuf,
    /// Method of the analysis.
    pub method: &'static str,
    /// Name of the analysis in the output.
    pub id: &'static str,
    /// The endpoint `time_to_event`, where the method needs one.
    pub endpoint: Option<Table>,
    /// Options of the method.
    pub options: Table,
    /// Option that lists all columns of the file where the user named none.
    pub all_columns: Option<&'static str>,
    /// Columns whose numbers are codes of levels.
    pub categories: Vec<String>,
    /// Whose conventions are followed.
    pub dialect: Option<String>,
    /// Confidence level of the intervals.
    pub confidence_level: Option<f64>,
    /// SQL condition for a subgroup.
    pub filter: Option<String>,
}

/// Answers it.
pub fn answer(question: &FlatQuestion, progress: &dyn Progress) -> Result<StudyRun, Problem> {
    let table = single_table(&question.data)?;
    let folder = parent(&table.file);
    let mut options = question.options.clone();
    if let Some(key) = question.all_columns
        && !options.contains_key(key)
    {
        let plan = plan(question, &table, None)?;
        let cohort = Cohort::open(folder, &plan, &|name| progress.stage(name))?;
        let taken: Vec<&str> = options.values().filter_map(Value::as_str).collect();
        let names = columns::describable(&cohort).into_iter().map(|column| column.name);
        let names = names.filter(|name| !taken.contains(&name.as_str()));
        options.insert(key.into(), Value::Array(names.map(Value::String).collect()));
    }
    assemble(folder, &plan(question, &table, Some(options))?, ExplainDialects::No, progress)
}

/// The plan that the command line amounts to. It is read as if it stood in a file, so that one grammar rules both.
fn plan(question: &FlatQuestion, table: &SingleTable, options: Option<Table>) -> Result<Plan, Problem> {
    let text = |value: &str| Value::String(value.into());
    let file = question.data.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut study = Table::new();
    study.insert("title".into(), text(&file.clone().unwrap_or_default()));
    if let Some(dialect) = &question.dialect {
        study.insert("dialect".into(), text(dialect));
    }
    if let Some(level) = question.confidence_level {
        study.insert("confidence_level".into(), Value::Float(level));
    }
    let mut document = Table::new();
    document.insert("study".into(), Value::Table(study));
    let registry = Table::from_iter([("path".to_string(), text(&file.unwrap_or_default()))]);
    document.insert("registry".into(), Value::Table(registry));
    let population = Table::from_iter([("table".to_string(), text(&table.name))]);
    document.insert("population".into(), Value::Table(population));
    let category = || Table::from_iter([("kind".to_string(), text("category"))]);
    let variables = question.categories.iter().map(|name| (name.clone(), Value::Table(category())));
    document.insert("variables".into(), Value::Table(variables.collect()));
    if let Some(endpoint) = &question.endpoint {
        let endpoints = Table::from_iter([("time_to_event".to_string(), Value::Table(endpoint.clone()))]);
        document.insert("endpoints".into(), Value::Table(endpoints));
    }
    if let Some(mut analysis) = options {
        analysis.insert("id".into(), text(question.id));
        analysis.insert("method".into(), text(question.method));
        if let Some(filter) = &question.filter {
            analysis.insert("where".into(), text(filter));
        }
        document.insert("analyses".into(), Value::Array(vec![Value::Table(analysis)]));
    }
    let text = toml::to_string(&document)
        .map_err(|error| Problem::internal(format!("the command cannot be made a plan: {error}")))?;
    Plan::parse(SourceText::new("command line", text))
}
