//! Part of a file as a table: other names, some columns, some rows.

use super::{Grid, TableFile, TextColumn};
use crate::redcap::gone;
use arrow::array::UInt64Array;
use arrow::compute::take;
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{Problem, Step};

impl Grid {
    /// The columns and rows that the dictionary chooses, under the names that it gives them. Rows keep their number in
    /// the file.
    ///
    /// # Errors
    /// A name that is not there; another number of names than of columns.
    pub(crate) fn chosen(mut self, table: &TableFile<'_>) -> Result<Self, Problem> {
        let Some(entry) = table.entry() else { return Ok(self) };
        if !entry.names.is_empty() {
            self.rename(table, &entry.names)?;
        }
        if entry.select.is_empty() && entry.rows.is_empty() && entry.filled.is_empty() {
            return Ok(self);
        }
        let mut problems = Vec::new();
        let mut positions = |key: &'static str, names: Vec<&String>| -> Vec<usize> {
            let mut found = Vec::new();
            for name in names {
                match self.names.iter().position(|known| known == name) {
                    Some(position) => found.push(position),
                    None => problems.push(
                        Problem::input(format!("the file has no column `{name}`"))
                            .at(place(table, key))
                            .help(match gone(&table.path, table.dictionary) {
                                Some(help) => help.into(),
                                None => suggest(name, self.names.iter().map(String::as_str)),
                            }),
                    ),
                }
            }
            found
        };
        let filled = positions("filled", entry.filled.iter().collect());
        let conditions = positions("rows", entry.rows.keys().collect());
        let selected = positions("select", entry.select.iter().collect());
        Problem::collect(problems)?;
        if let Some(position) =
            filled.iter().chain(&conditions).find(|position| self.ready.contains_key(position))
        {
            return Err(Problem::input(format!(
                "rows of a database's table cannot be chosen here by `{}`",
                self.names[*position]
            ))
            .at(place(table, "rows"))
            .help("choose them in a view of the study, with `where`"));
        }
        let conditions: Vec<_> = conditions.into_iter().zip(entry.rows.values()).collect();
        let is_wanted = |row: &usize| {
            let text = |position: &usize| {
                let column = &self.columns[*position];
                column.texts.text(column.codes[*row]).trim()
            };
            conditions
                .iter()
                .all(|(position, values)| values.iter().any(|value| value.trim() == text(position)))
                && (filled.is_empty() || filled.iter().any(|position| !text(position).is_empty()))
        };
        let rows: Vec<usize> = (0..self.rows).filter(is_wanted).collect();
        let selected = if entry.select.is_empty() { (0..self.names.len()).collect() } else { selected };
        self.part(&selected, &rows)
    }

    fn rename(&mut self, table: &TableFile<'_>, names: &[String]) -> Result<(), Problem> {
        if names.len() != self.names.len() {
            let (given, found) = (names.len(), self.names.len());
            return Err(Problem::input(format!("{given} names are given, and the file has {found} columns"))
                .at(place(table, "names"))
                .help(
                    gone(&table.path, table.dictionary)
                        .unwrap_or("name every column of the file, in its order"),
                ));
        }
        let old = std::mem::replace(&mut self.names, names.to_vec());
        let new =
            |name: &String| old.iter().position(|old| old == name).map(|position| names[position].clone());
        let entries = std::mem::take(&mut self.entries);
        self.entries = entries.into_iter().filter_map(|(name, entry)| Some((new(&name)?, entry))).collect();
        for (column, _, _) in &mut self.notes {
            *column = column.as_ref().and_then(new);
        }
        Ok(())
    }

    /// Some columns and rows, by their positions.
    pub(crate) fn part(&self, columns: &[usize], rows: &[usize]) -> Result<Self, Problem> {
        let names: Vec<String> = columns.iter().map(|position| self.names[*position].clone()).collect();
        let column = |position: &usize| {
            let (mut column, old) = (TextColumn::default(), &self.columns[*position]);
            if self.ready.contains_key(position) {
                return column;
            }
            rows.iter().for_each(|row| column.push(old.texts.text(old.codes[*row])));
            column
        };
        let mut gaps: Vec<(usize, u64)> = Vec::new();
        for (row, old) in rows.iter().enumerate() {
            let gap = self.file_row(*old) - row as u64 - 1;
            if gap > gaps.last().map_or(0, |gap| gap.1) {
                gaps.push((row, gap));
            }
        }
        let refused = self.refused.iter().filter_map(|(row, position, message)| {
            let row = rows.binary_search(row).ok()?;
            Some((row, columns.iter().position(|one| one == position)?, message.clone()))
        });
        let dates = columns.iter().enumerate().filter(|(_, position)| self.dates.contains(position));
        let notes = self.notes.iter().filter(|(column, _, _)| match column {
            Some(column) => names.contains(column),
            None => true,
        });
        let indices = UInt64Array::from_iter_values(rows.iter().map(|row| *row as u64));
        let mut ready = BTreeMap::new();
        for (new, position) in columns.iter().enumerate() {
            if let Some(array) = self.ready.get(position) {
                let array = take(array, &indices, None);
                let array =
                    array.map_err(|error| Problem::internal(format!("rows cannot be chosen: {error}")))?;
                ready.insert(new, array);
            }
        }
        Ok(Self {
            columns: columns.iter().map(column).collect(),
            ready,
            rows: rows.len(),
            gaps,
            entries: self.entries.clone(),
            notes: notes.cloned().collect(),
            refused: refused.collect(),
            dates: dates.map(|(new, _)| new).collect(),
            decimal_commas: self.decimal_commas,
            names,
        })
    }
}

fn place(table: &TableFile<'_>, key: &'static str) -> Option<study::Place> {
    table.dictionary.place(&["tables".into(), table.name.into(), Step::from(key)])
}
