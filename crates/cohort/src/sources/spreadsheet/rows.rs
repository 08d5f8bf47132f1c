//! Cells to rows: the first row with a value is the header, the others have values only under its names.

use super::cell::address;
use super::clocks::Clocks;
use crate::cells::DateFormat;
use crate::sources::{Grid, TableFile, one_line};
use calamine::Dimensions;
use std::collections::{BTreeMap, BTreeSet};
use study::Problem;

/// A cell that is not empty.
pub(super) struct Content {
    /// Its text, or why it cannot be read.
    pub(super) text: Result<String, String>,
    /// Whether it is a date proper, whose text is an ISO date.
    pub(super) is_date: bool,
}

/// So many cells beside the header are told one by one.
const SHOWN: usize = 100;

/// The rows so far.
pub(super) struct Rows<'a> {
    table: &'a TableFile<'a>,
    /// The row that is being read, and its cells by column.
    row: u32,
    cells: BTreeMap<u32, Content>,
    /// Row and first column of the header, once it has been read, and the table below.
    header: Option<(u32, u32)>,
    grid: Grid,
    /// How the dictionary says that the dates of each column are written.
    formats: Vec<Option<DateFormat>>,
    outside: Vec<Problem>,
    n_outside: u64,
    clocks: Clocks,
    /// The rows that the sheet hides, and how many of those read are among them.
    hidden: BTreeSet<u32>,
    n_hidden: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(table: &'a TableFile<'a>, hidden: BTreeSet<u32>) -> Self {
        Self {
            table,
            row: 0,
            cells: BTreeMap::new(),
            header: None,
            grid: Grid::default(),
            formats: Vec::new(),
            outside: Vec::new(),
            n_outside: 0,
            clocks: Clocks::default(),
            hidden,
            n_hidden: 0,
        }
    }

    /// Adds a cell that is not empty.
    pub(super) fn add(&mut self, row: u32, column: u32, content: Content) -> Result<(), Problem> {
        if row < self.row || (row == self.row && self.cells.contains_key(&column)) {
            let message = format!("the cell {} stands twice or out of its order", address(row, column));
            return Err(self.table.problem(message).help("open the workbook in Excel and save it again"));
        }
        if row > self.row {
            self.finish()?;
            self.row = row;
        }
        self.cells.insert(column, content);
        Ok(())
    }

    /// Ends the row.
    fn finish(&mut self) -> Result<(), Problem> {
        let mut cells = std::mem::take(&mut self.cells);
        if cells.is_empty() {
            return Ok(());
        }
        let Some((header, first)) = self.header else {
            return self.begin(cells);
        };
        self.grid.leave_out(u64::from(self.row - header - 1) - self.grid.rows as u64);
        for (position, column) in self.grid.columns.iter_mut().enumerate() {
            let at = first + position as u32;
            let Some(Content { text, is_date }) = cells.remove(&at) else {
                column.push("");
                continue;
            };
            if let (Ok(text), true) = (&text, is_date) {
                self.clocks.note(position, text, self.grid.rows, self.row);
            }
            match (text, &self.formats[position]) {
                (Ok(text), Some(format)) if is_date => column.push(&format.written(&text)),
                (Ok(text), _) => column.push(&text),
                (Err(message), _) => {
                    column.push("");
                    let message = format!("the cell {} {message}", address(self.row, at));
                    self.grid.refused.push((self.grid.rows, position, message));
                }
            }
        }
        for column in cells.into_keys() {
            self.n_outside += 1;
            if self.outside.len() < SHOWN {
                let cell = address(self.row, column);
                let message = format!("the cell {cell} has a value, and the header has no name above it");
                self.outside.push(self.table.problem(message));
            }
        }
        self.n_hidden += u64::from(self.hidden.contains(&self.row));
        self.grid.rows += 1;
        Ok(())
    }

    /// Reads the header.
    fn begin(&mut self, cells: BTreeMap<u32, Content>) -> Result<(), Problem> {
        let first = cells.keys().next().copied().unwrap_or_default();
        let mut names: Vec<String> = Vec::new();
        for (column, content) in cells {
            let place = address(self.row, column);
            let next = first + names.len() as u32;
            if column != next {
                let empty = address(self.row, next);
                return Err(self.table.problem(format!("the cell {empty} of the header is empty")).help(
                    "the first row that is not empty must name every column: remove a title above it, and empty columns",
                ));
            }
            let name = content
                .text
                .map_err(|message| self.table.problem(format!("the cell {place} of the header {message}")))?;
            let name = one_line(&name);
            // Names that are said take the place of these, which may then be the same.
            let is_renamed = self.table.entry().is_some_and(|entry| !entry.names.is_empty());
            if let Some(earlier) = names.iter().position(|earlier| *earlier == name)
                && !is_renamed
            {
                let earlier = address(self.row, first + earlier as u32);
                let message = format!("the columns of {earlier} and {place} are both called `{name}`");
                return Err(self.table.problem(message).help("give each column its own name"));
            }
            names.push(name);
        }
        self.formats = self.formats_of(&names);
        self.grid = Grid::with_header(names);
        self.header = Some((self.row, first));
        Ok(())
    }

    fn formats_of(&self, names: &[String]) -> Vec<Option<DateFormat>> {
        let Some(entry) = self.table.entry() else { return names.iter().map(|_| None).collect() };
        let names =
            names.iter().enumerate().map(|(position, name)| entry.names.get(position).unwrap_or(name));
        names.map(|name| entry.columns.get(name)?.format.as_deref().and_then(DateFormat::parse)).collect()
    }

    /// The problem that ended the reading, or the merged cells that explain it: those of a header make empty ones.
    pub(super) fn explained(&self, problem: Problem, merged: &[Dimensions]) -> Problem {
        Problem::collect(self.merged(merged)).err().unwrap_or(problem)
    }

    /// The merged cells of the rows so far.
    fn merged(&self, merged: &[Dimensions]) -> Vec<Problem> {
        let (header, first) = self.header.unwrap_or((self.row, 0));
        let last = match self.header {
            Some(_) => first + (self.grid.names.len() as u32).max(1) - 1,
            None => u32::MAX,
        };
        let mut problems = Vec::new();
        for Dimensions { start, end } in merged {
            if end.0 < header || start.0 > self.row || end.1 < first || start.1 > last {
                continue;
            }
            let what = if start.0 <= header { "of the header are" } else { "are" };
            let (from, to) = (address(start.0, start.1), address(end.0, end.1));
            problems.push(self.table.problem(format!("the cells {from}:{to} {what} merged")).help(
                "split them and fill each: a table has one row of names, and one value in each cell below",
            ));
        }
        problems
    }

    /// The table, unless cells are merged in it or stand beside it.
    pub(super) fn close(mut self, sheet: &str, merged: &[Dimensions]) -> Result<Grid, Problem> {
        self.finish().map_err(|problem| self.explained(problem, merged))?;
        let Some((header, first)) = self.header else {
            return Err(self
                .table
                .problem(format!("the sheet `{sheet}` is empty"))
                .help("a table needs a row with the names of its columns"));
        };
        Problem::collect(self.merged(merged))?;
        if self.n_outside > self.outside.len() as u64 {
            let more = self.n_outside - self.outside.len() as u64;
            self.outside.push(self.table.problem(format!("and {more} more cells beside the columns")));
        }
        if let Some(problem) = self.outside.first_mut() {
            let help = match self.grid.names.len() {
                1 => format!(
                    "row {} was taken for the names of the columns: if it is a title, remove it and all above the names",
                    header + 1
                ),
                _ => "name its column, or remove what stands beside the table".into(),
            };
            problem.help = Some(help);
        }
        Problem::collect(self.outside)?;
        self.clocks.refuse(&mut self.grid, first);
        if self.n_hidden > 0 {
            let what = "hidden in the sheet, by a filter or by hand, and read like the others";
            self.grid.notes.push((None, what.into(), self.n_hidden));
        }
        Ok(self.grid)
    }
}
