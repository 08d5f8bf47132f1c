//! A REDCap project as a registry: the export as it came, and a dictionary made from the project's own.
//!
//! A project of one row a record is the table `records`. Repeating instruments, and all instruments of a longitudinal
//! project, are tables of their own over the same file, so that a later export takes the place of the earlier one
//! without being edited.

mod bounds;
mod choices;
mod column;
mod export;
mod fields;
mod later;
mod registry_file;
mod tables;
mod view;

use crate::dictionary::{ColumnKind, Role};
pub(crate) use later::{gone, news};

use export::Export;
use std::path::Path;
use study::Problem;

/// What a project is made of.
#[derive(Debug, Clone, Copy)]
pub struct RedcapProject<'a> {
    /// The export of the records (CSV), or a folder with it and the data dictionary.
    pub data: &'a Path,
    /// The data dictionary (CSV), where the data are not a folder.
    pub dictionary: Option<&'a Path>,
    /// The project's missing data codes as REDCap writes them: `UNK, Unknown | NASK, Not asked`.
    pub missing: Option<&'a str>,
}

/// A variable of the patients.
#[derive(Debug, Clone, PartialEq)]
pub struct RedcapVariable {
    /// The column.
    pub name: String,
    /// What the report prints.
    pub label: Option<String>,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// What it holds.
    pub kind: ColumnKind,
    /// Values and labels.
    pub levels: Vec<(String, String)>,
}

/// The registry.
#[derive(Debug, Clone, PartialEq)]
pub struct RedcapRegistry {
    /// The name of the export, under which it stands in the registry.
    pub data: std::path::PathBuf,
    /// The data dictionary.
    pub dictionary: std::path::PathBuf,
    /// The text of `registry.toml`.
    pub registry_toml: String,
    /// The view of the patients, where they are not a table.
    pub view: Option<String>,
    /// The column that names a record.
    pub id: String,
    /// What can stand in a table of the patients.
    pub variables: Vec<RedcapVariable>,
    /// What whoever starts the study should know.
    pub notes: Vec<String>,
}

/// The file of the registry in which the export stands.
pub const REDCAP_EXPORT: &str = "export.csv";
/// The table with one row a record.
pub const REDCAP_RECORDS: &str = "records";

/// Reads the export and the dictionary of a project.
///
/// # Errors
/// A file that cannot be read, that is no data dictionary, or that is of another project.
pub fn redcap(project: RedcapProject<'_>) -> Result<RedcapRegistry, Problem> {
    let (data, dictionary) = export::files(project)?;
    let fields = fields::read(&dictionary)?;
    let missing = choices::choices(project.missing.unwrap_or_default());
    let export = Export::read(&data, &fields, &missing)?;
    let tables = tables::tables(&export, &fields, &missing);
    let view = export.has_events().then(|| view::text(&export, &tables));
    let patients =
        if view.is_some() { view::columns(&export, &tables) } else { tables[0].columns.iter().collect() };
    let variables = patients.into_iter().filter(|column| column.describes).filter_map(|column| {
        let entry = &column.entry;
        let kind = entry.r#type?;
        let told =
            !matches!(entry.role, Some(Role::Identifier | Role::FreeText | Role::Date | Role::BirthDate));
        (told && !matches!(kind, ColumnKind::Date | ColumnKind::Text)).then(|| RedcapVariable {
            name: column.name.clone(),
            label: entry.label.clone(),
            unit: entry.unit.clone(),
            kind,
            levels: entry.codes.iter().map(|code| (code.value.clone(), code.label.clone())).collect(),
        })
    });
    let mut variables: Vec<RedcapVariable> = variables.collect();
    if view.is_some() && view::arms(&export).len() > 1 {
        let (name, label) = ("arm".into(), Some("Arm".into()));
        let kind = ColumnKind::Category;
        variables.insert(0, RedcapVariable { name, label, unit: None, kind, levels: Vec::new() });
    }
    Ok(RedcapRegistry {
        variables,
        registry_toml: registry_file::text(&export, &tables),
        view,
        id: export.id().into(),
        notes: notes(&export, &tables),
        data,
        dictionary,
    })
}

fn notes(export: &Export, tables: &[tables::Table]) -> Vec<String> {
    let mut notes = Vec::new();
    if !export.unknown.is_empty() {
        let names = export.unknown.join(", ");
        notes.push(format!(
            "the export has columns that are not in the data dictionary, and are in no table: {names}"
        ));
    }
    if !export.absent.is_empty() {
        notes.push(format!("the export lacks fields of the data dictionary: {}", export.absent.join(", ")));
    }
    for column in tables.iter().flat_map(|table| &table.columns) {
        notes.extend(column.doubt.iter().map(|doubt| format!("`{}`: {doubt}", column.name)));
    }
    notes
}
