//! The files of a registry. A new format is one file and one line in the list.

mod binary;
mod charset;
mod csv;
mod dta;
mod expansion;
mod labelled;
mod moment;
mod parquet;
pub(crate) mod postgres;
mod sav;
mod selection;
pub(crate) mod spreadsheet;

use crate::cleaning::TableReport;
use crate::dictionary::{ColumnEntry, Dictionary, TableEntry};
use crate::interner::Interner;
use arrow::array::ArrayRef;
use engine::Engine;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use study::{Place, Problem};

/// A file format.
pub(crate) trait Source: Sync {
    /// How its files end, without the dot, in lower case.
    fn endings(&self) -> &'static [&'static str];

    /// Whether its columns have types of their own, so that the dictionary can only ask about their values.
    fn typed(&self) -> bool {
        false
    }

    /// The sheets of a workbook with a value, in its order; `None` where a file is one table.
    fn sheets(&self, _path: &Path) -> Result<Option<Vec<String>>, Problem> {
        Ok(None)
    }

    /// Makes the file a table of the engine. A table with cells that cannot be read is made too, where it can be, with
    /// these missing: whoever may not go on with it has the problem.
    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem>;
}

/// Reads a text file as it is.
pub(crate) use csv::read as read_text;

/// Every file format.
pub(crate) const SOURCES: &[&dyn Source] =
    &[&csv::Csv, &parquet::Parquet, &sav::Sav, &dta::Dta, &spreadsheet::Spreadsheet];

/// The format of a file, by its ending; a workbook that is called a text file is a workbook.
pub(crate) fn source_of(path: &Path) -> Option<&'static dyn Source> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    if csv::Csv.endings().contains(&ending.as_str()) && spreadsheet::is_signed(path) {
        return Some(&spreadsheet::Spreadsheet);
    }
    SOURCES.iter().copied().find(|source| source.endings().contains(&ending.as_str()))
}

/// A table, its file and what the dictionary says of it.
pub(crate) struct TableFile<'a> {
    /// Name of the table.
    pub(crate) name: &'a str,
    /// Its file; of a table of a database, the dictionary that declares it.
    pub(crate) path: PathBuf,
    /// Its sheet, where one of a workbook is said.
    pub(crate) sheet: Option<&'a str>,
    /// The dictionary.
    pub(crate) dictionary: &'a Dictionary,
    /// Whether the engine also gets the table with the numbers of its rows, for those who must name a row.
    pub(crate) numbered: bool,
}

/// A heading without surrounding blanks; on one line, where a cell had several.
fn one_line(name: &str) -> String {
    let name = name.trim();
    match name.contains(['\n', '\r', '\t']) {
        true => name.split_whitespace().collect::<Vec<_>>().join(" "),
        false => name.into(),
    }
}

impl TableFile<'_> {
    /// What the dictionary says of the table.
    pub(crate) fn entry(&self) -> Option<&TableEntry> {
        self.dictionary.tables.get(self.name)
    }

    /// A problem with the file as a whole.
    pub(crate) fn problem(&self, message: impl Into<String>) -> Problem {
        Problem::input(message).at(Place::Path(self.path.clone()))
    }
}

/// A table of texts, before the dictionary has been applied.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// The header.
    pub(crate) names: Vec<String>,
    /// One a name.
    pub(crate) columns: Vec<TextColumn>,
    /// Number of rows.
    pub(crate) rows: usize,
    /// Number in the file, from 1, of the first row behind each gap of left-out rows, and the size of all gaps so
    /// far.
    pub(crate) gaps: Vec<(usize, u64)>,
    /// What the file itself says of its columns: labels, codes, missing values.
    pub(crate) entries: BTreeMap<String, ColumnEntry>,
    /// What was done on reading that is told of the table, how often, and in which column where in one.
    pub(crate) notes: Vec<(Option<String>, String, u64)>,
    /// Columns, by position, that a database gave in their types, with nothing wrong in them; their texts are not here.
    pub(crate) ready: BTreeMap<usize, ArrayRef>,
    /// Cells that cannot be read, by row from 0 and position of the column, and why.
    pub(crate) refused: Vec<(usize, usize, String)>,
    /// Positions of columns of dates proper, whose texts are ISO dates whatever `format` says.
    pub(crate) dates: BTreeSet<usize>,
    /// Whether a comma in a number may be the decimal separator: it is not the delimiter of the file.
    pub(crate) decimal_commas: bool,
}

/// Texts of a column: distinct ones, and which of them each row has.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    /// One a row.
    pub(crate) codes: Vec<u32>,
    /// The distinct texts.
    pub(crate) texts: Interner,
}

impl TextColumn {
    /// Adds a row.
    pub(crate) fn push(&mut self, text: &str) {
        let same = self.codes.last().copied().filter(|last| self.texts.is(*last, text));
        let code = same.unwrap_or_else(|| self.texts.code(text));
        self.codes.push(code);
    }
}

impl Grid {
    /// A grid without rows.
    pub(crate) fn with_header(names: Vec<String>) -> Self {
        let mut columns = Vec::new();
        columns.resize_with(names.len(), TextColumn::default);
        Self { names, columns, ..Self::default() }
    }

    /// The number of a row in the file, from 1, the header not counted.
    pub(crate) fn file_row(&self, row: usize) -> u64 {
        let gap = self.gaps.partition_point(|(from, _)| *from <= row);
        row as u64 + 1 + if gap == 0 { 0 } else { self.gaps[gap - 1].1 }
    }

    /// Tells that so many empty rows have been left out so far.
    pub(crate) fn leave_out(&mut self, n: u64) {
        if n > self.left_out() {
            self.gaps.push((self.rows, n));
        }
    }

    /// How many empty rows were left out.
    pub(crate) fn left_out(&self) -> u64 {
        self.gaps.last().map_or(0, |gap| gap.1)
    }
}
