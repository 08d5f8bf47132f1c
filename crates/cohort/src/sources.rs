//! The files of a registry. A new format is one file and one line in the list.

mod csv;
mod parquet;

use crate::cleaning::TableReport;
use crate::dictionary::{Dictionary, TableEntry};
use crate::interner::Interner;
use engine::Engine;
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

    /// Makes the file a table of the engine. A table with cells that cannot be read is made too, where it can be, with
    /// these missing: whoever may not go on with it has the problem.
    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem>;
}

/// Every file format.
pub(crate) const SOURCES: &[&dyn Source] = &[&csv::Csv, &parquet::Parquet];

/// The format of a file, by its ending.
pub(crate) fn source_of(path: &Path) -> Option<&'static dyn Source> {
    let ending = path.extension()?.to_str()?.to_lowercase();
    SOURCES.iter().copied().find(|source| source.endings().contains(&ending.as_str()))
}

/// A table, its file and what the dictionary says of it.
pub(crate) struct TableFile<'a> {
    /// Name of the table.
    pub(crate) name: &'a str,
    /// Its file.
    pub(crate) path: PathBuf,
    /// The dictionary.
    pub(crate) dictionary: &'a Dictionary,
    /// Whether the engine also gets the table with the numbers of its rows, for those who must name a row.
    pub(crate) numbered: bool,
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
}

/// Texts of a column: distinct ones, and which of them each row has.
#[derive(Debug, Default)]
pub(crate) struct TextColumn {
    /// One a row.
    pub(crate) codes: Vec<u32>,
    /// The distinct texts.
    pub(crate) texts: Interner,
}

impl Grid {
    /// The number of a row in the file, from 1, the header not counted.
    pub(crate) fn file_row(&self, row: usize) -> u64 {
        let gap = self.gaps.partition_point(|(from, _)| *from <= row);
        row as u64 + 1 + if gap == 0 { 0 } else { self.gaps[gap - 1].1 }
    }

    /// How many empty rows were left out.
    pub(crate) fn left_out(&self) -> u64 {
        self.gaps.last().map_or(0, |gap| gap.1)
    }
}
