//! What was changed on reading, and what was found: never silent.

use crate::dictionary::ColumnEntry;
use crate::found_text::FoundText;
use std::collections::BTreeMap;
use std::fmt;
use study::Problem;

/// Values that the dictionary changed, or rows that stand more than once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cleaning {
    /// The table.
    pub table: String,
    /// The column, or none where it is about whole rows.
    pub column: Option<String>,
    /// What was done, for example "`M` read as `male`".
    pub what: String,
    /// How many values or rows.
    pub n: u64,
}

impl fmt::Display for Cleaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let things = if self.column.is_some() { "value" } else { "row" };
        let plural = if self.n == 1 { "" } else { "s" };
        f.write_str(&self.table)?;
        if let Some(column) = &self.column {
            write!(f, ".{column}")?;
        }
        write!(f, ": {} ({} {things}{plural})", self.what, self.n)
    }
}

/// A column as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnReport {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// What registry.toml or the file itself calls it.
    pub label: Option<String>,
    /// What it holds, as the dictionary would write it.
    pub kind: String,
    /// Whether the dictionary says so; otherwise it was inferred.
    pub declared: bool,
    /// Rows of the table.
    pub rows: u64,
    /// Missing values; unknown for files that are not read whole.
    pub missing: Option<u64>,
    /// Distinct values as the file writes them; unknown for files that are not read whole.
    pub distinct: Option<u64>,
}

/// A table as it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TableReport {
    /// Rows of the table.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnReport>,
    /// What was changed on reading.
    pub cleaning: Vec<Cleaning>,
    /// What registry.toml and the file itself say of its columns.
    pub entries: BTreeMap<String, ColumnEntry>,
    /// Columns that were found to be text, and the values that make them so.
    pub(crate) texts: BTreeMap<String, FoundText>,
}

/// How many problems of one table are told one by one.
const SHOWN: usize = 10_000;

/// For so many columns it is told what to do about their cells.
const HELPED: usize = 3;

/// Counts changes, and collects refused cells, of one table.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    table: String,
    changes: BTreeMap<(Option<String>, String), u64>,
    refused: Vec<Refused>,
    /// What to do about the refused, where that is known.
    help: Vec<String>,
    /// The last of those that are kept for sure, once there are enough.
    last: Option<(u64, usize)>,
    n: u64,
}

#[derive(Debug)]
struct Refused {
    row: u64,
    position: usize,
    column: String,
    message: String,
}

impl Ledger {
    /// A ledger of a table.
    pub(crate) fn new(table: &str) -> Self {
        Self { table: table.into(), ..Self::default() }
    }

    /// Notes that so many values were changed.
    pub(crate) fn change(&mut self, column: Option<&str>, what: impl Into<String>, n: u64) {
        if n > 0 {
            *self.changes.entry((column.map(Into::into), what.into())).or_default() += n;
        }
    }

    /// Notes a cell that cannot be read, by its row from 1 and the position of its column.
    pub(crate) fn refuse(
        &mut self,
        row: u64,
        position: usize,
        column: &str,
        message: impl FnOnce() -> String,
    ) {
        self.n += 1;
        if self.refused.len() >= 2 * SHOWN {
            self.keep_first();
        }
        if self.last.is_none_or(|last| (row, position) <= last) {
            self.refused.push(Refused { row, position, column: column.into(), message: message() });
        }
    }

    /// Says what to do about refused cells.
    pub(crate) fn help(&mut self, help: String) {
        self.help.push(help);
    }

    fn keep_first(&mut self) {
        self.refused.sort_by_key(|refused| (refused.row, refused.position));
        self.refused.truncate(SHOWN);
        if self.refused.len() == SHOWN {
            self.last = self.refused.last().map(|refused| (refused.row, refused.position));
        }
    }

    /// The notes, or the problems in the order of rows.
    pub(crate) fn close(mut self) -> Result<Vec<Cleaning>, Problem> {
        self.keep_first();
        let mut problems: Vec<Problem> = self
            .refused
            .iter()
            .map(|refused| {
                let column = (!refused.column.is_empty()).then_some(refused.column.as_str());
                Problem::input(refused.message.clone()).at_cell(&self.table, Some(refused.row), column)
            })
            .collect();
        if self.n > problems.len() as u64 {
            let more = self.n - problems.len() as u64;
            problems.push(Problem::input(format!("and {more} more")).at_cell(&self.table, None, None));
        }
        if let Some(first) = problems.first_mut() {
            let general = "mend the file, or say in registry.toml how to read it (codes, missing, range, units, format, …)";
            let help = if self.help.is_empty() {
                general.into()
            } else {
                self.help[..self.help.len().min(HELPED)].join("; ")
            };
            first.help = Some(help);
        }
        Problem::collect(problems)?;
        let table = self.table;
        Ok(self
            .changes
            .into_iter()
            .map(|((column, what), n)| Cleaning { table: table.clone(), column, what, n })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_refused_cells_are_told_and_all_are_counted() {
        let mut ledger = Ledger::new("labs");
        for row in (1..=50_000).rev() {
            ledger.refuse(row, 0, "value", || format!("row {row}"));
        }
        let problem = ledger.close().unwrap_err();
        let all: Vec<&Problem> = problem.all().collect();
        let told = (all.len(), all[0].message.as_str(), all[9_999].message.as_str());
        assert_eq!(told, (10_001, "row 1", "row 10000"));
        assert_eq!(all[10_000].message, "and 40000 more");
    }
}
