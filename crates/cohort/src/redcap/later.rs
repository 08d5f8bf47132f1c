//! A later export or data dictionary of a project, beside the registry that was made of an earlier one.

use super::REDCAP_EXPORT;
use super::choices::checkbox;
use super::export::{EVENT, GROUP, INSTANCE, INSTRUMENT, SURVEY};
use super::fields::{self, Field, FieldKind};
use crate::cleaning::Cleaning;
use crate::dictionary::{Dictionary, TableEntry};
use crate::registry::Registry;
use crate::sources::Grid;
use std::path::{Path, PathBuf};
use study::Problem;

/// The data dictionary of a registry that was made of a project.
pub(crate) fn data_dictionary(dictionary: &Dictionary) -> Option<PathBuf> {
    let folder = dictionary.source.as_ref()?.path.parent()?;
    let is_of_project = dictionary.tables.values().any(|entry| entry.file.as_deref() == Some(REDCAP_EXPORT));
    let path = folder.join("redcap/dictionary.csv");
    (is_of_project && path.is_file()).then_some(path)
}

/// What an export and a data dictionary have that the registry does not know, and what to do about it. Columns that are
/// gone are told where the tables are read.
///
/// # Errors
/// The export or the data dictionary cannot be read.
pub(crate) fn news(registry: &Registry) -> Result<Vec<Cleaning>, Problem> {
    let Some(path) = data_dictionary(&registry.dictionary) else { return Ok(Vec::new()) };
    let fields = fields::read(&path)?;
    let tables: Vec<(&String, &TableEntry)> = registry
        .dictionary
        .tables
        .iter()
        .filter(|(name, entry)| {
            // The columns of an export of labels are known by their order, and their number is compared on reading.
            entry.file.as_deref() == Some(REDCAP_EXPORT)
                && entry.names.is_empty()
                && !entry.select.is_empty()
                && registry.tables.contains_key(*name)
        })
        .collect();
    let Some((name, _)) = tables.first() else { return Ok(Vec::new()) };
    let export = fields::grid(&registry.tables[*name], &Dictionary::default())?;
    let mut found = new_columns(&export, &fields, &tables);
    found.extend(tables.iter().flat_map(|(table, entry)| choices(&export, &fields, table, entry)));
    Ok(found)
}

/// Columns of the export that no table has.
fn new_columns(export: &Grid, fields: &[Field], tables: &[(&String, &TableEntry)]) -> Vec<Cleaning> {
    const ADDED: [&str; 5] = [EVENT, INSTRUMENT, INSTANCE, GROUP, SURVEY];
    let is_read = |name: &str| tables.iter().any(|(_, entry)| entry.select.iter().any(|one| one == name));
    let mut found = Vec::new();
    for (position, name) in export.names.iter().enumerate() {
        if ADDED.contains(&name.as_str()) || is_read(name) {
            continue;
        }
        let choice = fields.iter().filter(|field| field.kind == FieldKind::Checkbox).find_map(|field| {
            let choice = field.choices.iter().find(|(code, _)| checkbox(&field.name, code) == *name)?;
            Some((field, choice.1.as_str()))
        });
        let own = fields.iter().find(|field| field.name == *name);
        let form = own.or(choice.map(|(field, _)| field)).map(|field| field.form.as_str());
        let table = table_of(form, fields, tables);
        let what = match (choice, own) {
            (Some((field, label)), _) => format!("a choice of `{}` (“{label}”)", field.name),
            (None, Some(field)) => format!("a field (“{}”)", field.label),
            (None, None) => {
                "a column that redcap/dictionary.csv does not have (is it that of this export?)".into()
            }
        };
        let what = format!(
            "{what} of the export that no table has: add it to `select` of [tables.{table}] and describe it there, or \
             make the registry anew with `farr new … --from redcap`"
        );
        found.push(Cleaning {
            table: table.into(),
            column: Some(name.clone()),
            what,
            n: filled(export, position),
        });
    }
    found
}

/// The table with most fields of a form; the first where there is none.
fn table_of<'a>(form: Option<&str>, fields: &[Field], tables: &[(&'a String, &TableEntry)]) -> &'a str {
    let of_form = |entry: &TableEntry| {
        let is_of_form = |name: &&String| {
            let field = name.split("___").next().unwrap_or(name);
            fields.iter().skip(1).any(|known| known.name == field && Some(known.form.as_str()) == form)
        };
        entry.select.iter().filter(is_of_form).count()
    };
    let most = tables.iter().rev().max_by_key(|(_, entry)| of_form(entry));
    most.map_or("", |(name, _)| name.as_str())
}

/// Rows with a value.
fn filled(export: &Grid, position: usize) -> u64 {
    let column = &export.columns[position];
    column.codes.iter().filter(|code| !column.texts.text(**code).trim().is_empty()).count() as u64
}

/// Choices that the data dictionary has and the registry has not, or not with that meaning.
fn choices(export: &Grid, fields: &[Field], table: &str, entry: &TableEntry) -> Vec<Cleaning> {
    let mut found = Vec::new();
    for field in fields.iter().filter(|field| field.kind == FieldKind::Choice) {
        let Some(column) = entry.columns.get(&field.name).filter(|column| !column.codes.is_empty()) else {
            continue;
        };
        let Some(position) = export.names.iter().position(|name| *name == field.name) else { continue };
        for (code, label) in &field.choices {
            let what = match column.codes.iter().find(|known| known.value == *code) {
                None => format!(
                    "a choice of the data dictionary that registry.toml does not have: add {{ value = {code:?}, label = \
                     {label:?} }} to `codes` of [tables.{table}.columns.{}]",
                    field.name
                ),
                Some(known) if !known.label.is_empty() && known.label != *label => format!(
                    "the choice `{code}` is “{label}” in the data dictionary, and “{}” in registry.toml: was it given \
                     another meaning? Then the older rows have the older one",
                    known.label
                ),
                Some(_) => continue,
            };
            let n = with_value(export, position, code);
            found.push(Cleaning { table: table.into(), column: Some(field.name.clone()), what, n });
        }
    }
    found
}

/// Rows with this value.
fn with_value(export: &Grid, position: usize, value: &str) -> u64 {
    let column = &export.columns[position];
    column.codes.iter().filter(|code| column.texts.text(**code).trim() == value).count() as u64
}

/// What to do about a column that an export has no more, where the file is one.
pub(crate) fn gone(path: &Path, dictionary: &Dictionary) -> Option<&'static str> {
    let is_export = path.file_name().is_some_and(|name| name == REDCAP_EXPORT);
    (is_export && data_dictionary(dictionary).is_some()).then_some(
        "export all fields, or, where the project has it no more, take it and what is said of it out of registry.toml, \
         or make the registry anew with `farr new … --from redcap`",
    )
}
