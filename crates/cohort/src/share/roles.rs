//! What each column is, and so what becomes of it.

use crate::dictionary::Role;
use crate::quality::Table;
use crate::study_folder::Study;
use std::collections::BTreeMap;
use study::Problem;

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Treatment {
    /// The patient's pseudonym.
    Patient,
    /// Another pseudonym, of values of this domain.
    Pseudonym(String),
    /// Days are moved.
    Shift,
    /// The day of birth is moved likewise, or further.
    Birth,
    /// 90 where it is more.
    Age,
    /// It is left out.
    Drop,
    /// It is kept and listed.
    Quasi,
    /// It is kept.
    Keep,
}

/// The columns of a table in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TableRoles(pub(super) Vec<(String, Treatment)>);

impl TableRoles {
    fn with(&self, treatment: Treatment) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, own)| *own == treatment).map(|(name, _)| name.as_str())
    }

    /// Days of birth.
    pub(super) fn births(&self) -> impl Iterator<Item = &str> {
        self.with(Treatment::Birth)
    }

    /// Other days.
    pub(super) fn dates(&self) -> impl Iterator<Item = &str> {
        self.with(Treatment::Shift)
    }

    /// The columns that get a treatment, by name.
    pub(super) fn names(&self, treatments: &[Treatment]) -> Vec<String> {
        self.0.iter().filter(|(_, own)| treatments.contains(own)).map(|(name, _)| name.clone()).collect()
    }

    /// What is left of the table.
    pub(super) fn kept(&self) -> impl Iterator<Item = &(String, Treatment)> {
        self.0.iter().filter(|(_, treatment)| *treatment != Treatment::Drop)
    }
}

/// The treatment of every column.
///
/// # Errors
/// All columns whose role is unknown, at once; days in a table that names no patient.
pub(super) fn roles(
    study: &Study,
    tables: &BTreeMap<String, Table>,
) -> Result<BTreeMap<String, TableRoles>, Problem> {
    let dictionary = &study.registry.dictionary;
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, table) in tables {
        let entry = dictionary.tables.get(name);
        let mut own = Vec::new();
        for column in &table.columns {
            let declared = entry.and_then(|entry| entry.columns.get(column));
            let Some(role) = declared.and_then(|declared| declared.role()) else {
                problems.push(
                    Problem::input("the role of the column is unknown, and so whether it may be shared")
                        .at_cell(name, None, Some(column))
                        .help(format!(
                            "write in registry.toml, under [tables.{name}.columns.{column}], role = \"identifier\", \
                             \"free_text\", \"quasi\", \"age\" or \"value\"; dates, flags and closed lists of codes need \
                             none"
                        )),
                );
                continue;
            };
            let is_patient = table.patient.as_ref() == Some(column);
            if is_patient && role != Role::Identifier {
                problems.push(
                    Problem::input("the column names patients, and its role is another")
                        .at(dictionary.column_place(name, column, Some("role")))
                        .help("write role = \"identifier\""),
                );
                continue;
            }
            let dated = matches!(role, Role::Date | Role::BirthDate);
            if dated && table.patient.is_none() {
                problems.push(
                    Problem::input("nobody can tell by how much to move the days of a table that names no patient")
                        .at_cell(name, None, Some(column))
                        .help("say with `references` which column names the patient, or role = \"free_text\" to leave it out"),
                );
            }
            own.push((
                column.clone(),
                match role {
                    Role::Identifier if is_patient => Treatment::Patient,
                    Role::Identifier => {
                        let referenced = declared.and_then(|declared| declared.references.clone());
                        Treatment::Pseudonym(referenced.unwrap_or_else(|| format!("{name}.{column}")))
                    }
                    Role::Date => Treatment::Shift,
                    Role::BirthDate => Treatment::Birth,
                    Role::Age => Treatment::Age,
                    Role::FreeText => Treatment::Drop,
                    Role::Quasi => Treatment::Quasi,
                    Role::Value => Treatment::Keep,
                },
            ));
        }
        found.insert(name.clone(), TableRoles(own));
    }
    Problem::collect(problems)?;
    Ok(found)
}
