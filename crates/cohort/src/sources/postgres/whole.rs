//! A relation that is read whole, because the dictionary has something to do with its values.

use super::Survey;
use crate::cleaning::TableReport;
use crate::dictionary::ColumnEntry;
use crate::sources::{Grid, TableFile};
use crate::typed;
use arrow::array::{Array, ArrayRef, AsArray};
use engine::postgres::{Database, ReadColumn, Relation};
use engine::{Engine, quoted};
use study::Problem;

/// Reads the columns in doubt as texts and the others as they are, and makes the rows a table of the engine.
///
/// Rows are numbered in the order of the key; of a table without one, as the server stores them.
pub(super) fn load(
    table: &TableFile<'_>,
    database: &Database,
    relation: &Relation,
    survey: &Survey<'_>,
    engine: &dyn Engine,
) -> Result<TableReport, Problem> {
    let names = survey.columns.iter().map(|column| column.server.name.clone()).collect();
    let mut grid = Grid::with_header(names);
    let sound: Vec<bool> = (0..survey.columns.len()).map(|index| survey.is_sound(index)).collect();
    let columns: Vec<ReadColumn> = survey
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| match sound[index] {
            true => column.in_place(survey.changes(index)),
            false => column.as_text(),
        })
        .collect();
    let mut ready: Vec<Vec<ArrayRef>> = vec![Vec::new(); columns.len()];
    let rest = relation.sql() + &order(table, relation);
    database
        .read(&columns, &rest, &mut |batch| {
            grid.rows += batch.num_rows();
            for (index, array) in batch.columns().iter().enumerate() {
                if sound[index] {
                    ready[index].push(array.clone());
                } else if let Some(texts) = array.as_string_opt::<i32>() {
                    let column = &mut grid.columns[index];
                    texts.iter().for_each(|text| column.push(text.unwrap_or_default()));
                }
            }
        })
        .map_err(|fault| super::refusal(fault, None))?;
    for (index, column) in survey.columns.iter().enumerate() {
        let name = column.server.name.clone();
        if sound[index] {
            grid.ready.insert(index, joined(&ready[index])?);
            grid.notes.extend(survey.notes(index).into_iter().map(|(what, n)| (Some(name.clone()), what, n)));
        }
        grid.entries.insert(name, ColumnEntry { r#type: column.kind, ..ColumnEntry::default() });
    }
    typed::load(grid, table, engine)
}

fn joined(pieces: &[ArrayRef]) -> Result<ArrayRef, Problem> {
    let pieces: Vec<&dyn Array> = pieces.iter().map(AsRef::as_ref).collect();
    arrow::compute::concat(&pieces)
        .map_err(|error| Problem::internal(format!("rows of a server do not go together: {error}")))
}

fn order(table: &TableFile<'_>, relation: &Relation) -> String {
    let key: Vec<String> =
        table.entry().map_or(Vec::new(), |entry| entry.key.iter().map(|column| quoted(column)).collect());
    match (key.is_empty(), relation.stored) {
        (false, _) => format!(" order by {}", key.join(", ")),
        (true, true) => " order by ctid".into(),
        (true, false) => String::new(),
    }
}
