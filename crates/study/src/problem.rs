//! The one error type: what is wrong, where, and what to do about it.

use std::fmt;
use std::path::PathBuf;

/// Whose fault it is, which decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The plan, the data or the command line is wrong (exit code 2).
    Input,
    /// The result cannot be written: a full disk, a missing right (exit code 2).
    Output,
    /// farr itself is at fault (exit code 3).
    Internal,
}

/// Where it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A stretch of a text file. Lines and columns count from 1, columns in characters.
    Text {
        /// The file as the user named it.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// The whole line, to be shown.
        text: String,
        /// How many characters to underline, at least 1.
        length: usize,
    },
    /// A line of a file that is not shown, since it is somebody's row.
    Line {
        /// The file as the user named it.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
    },
    /// A cell of a table. Rows count from 1, the header not counted.
    Cell {
        /// Table name.
        table: String,
        /// Data row, from 1.
        row: Option<u64>,
        /// Column name.
        column: Option<String>,
    },
    /// A file or folder as a whole.
    Path(PathBuf),
}

/// A refusal. Caveats that leave a result usable are [`crate::Notice`]s instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whose fault it is.
    pub kind: ProblemKind,
    /// What is wrong, one sentence without the place.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// What to do.
    pub help: Option<String>,
    /// The first patients it is about. No text of the problem has them: they are told only to whoever asks by name.
    pub patients: Vec<String>,
    /// Further problems found in the same pass, so that all can be mended at once.
    pub also: Vec<Problem>,
}

impl Problem {
    /// A problem of the plan, the data or the command line.
    pub fn input(message: impl Into<String>) -> Self {
        Self::of(ProblemKind::Input, message)
    }

    /// A result that cannot be written.
    pub fn output(message: impl Into<String>) -> Self {
        Self::of(ProblemKind::Output, message)
    }

    /// A fault of farr.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::of(ProblemKind::Internal, message)
    }

    fn of(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            help: None,
            patients: Vec::new(),
            also: Vec::new(),
        }
    }

    /// Says where, unless a nearer place is already known.
    #[must_use]
    pub fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = self.place.or_else(|| place.into());
        self
    }

    /// Says where in a table.
    #[must_use]
    pub fn at_cell(self, table: &str, row: Option<u64>, column: Option<&str>) -> Self {
        self.at(Place::Cell { table: table.into(), row, column: column.map(Into::into) })
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says which patients it is about.
    #[must_use]
    pub fn patients(mut self, patients: Vec<String>) -> Self {
        self.patients = patients;
        self
    }

    /// Makes one problem of many, the first in front; `Ok` when there are none.
    pub fn collect(problems: Vec<Problem>) -> Result<(), Problem> {
        let mut problems = problems.into_iter();
        let Some(mut first) = problems.next() else { return Ok(()) };
        for problem in problems {
            first.push(problem);
        }
        Err(first)
    }

    /// Adds a further problem behind this one.
    pub fn push(&mut self, mut problem: Problem) {
        let also = std::mem::take(&mut problem.also);
        self.also.push(problem);
        self.also.extend(also);
    }

    /// This problem and the further ones, in order.
    pub fn all(&self) -> impl Iterator<Item = &Problem> {
        std::iter::once(self).chain(&self.also)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { path, line, column, .. } => {
                write!(f, "{}:{line}:{column}", path.display())
            }
            Self::Cell { table, row, column } => {
                write!(f, "table {table}")?;
                if let Some(row) = row {
                    write!(f, ", row {row}")?;
                }
                match column {
                    Some(column) => write!(f, ", column {column}"),
                    None => Ok(()),
                }
            }
            Self::Line { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Path(path) => write!(f, "{}", path.display()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.all().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if let Some(place) = &problem.place {
                write!(f, "{place}: ")?;
            }
            write!(f, "{}", problem.message)?;
            if let Some(help) = &problem.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
