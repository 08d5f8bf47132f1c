//! Delimited text: CSV with commas, semicolons, tabs or bars, in the encodings of [`encoding`].

mod encoding;
mod guard;
mod header;
mod quotes;
mod wrong_rows;

use super::{Grid, Source, TableFile};
use crate::cleaning::TableReport;
use crate::dictionary::TableEntry;
use crate::typed;
use ::csv::{ByteRecord, ReaderBuilder};
use encoding::Decoded;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use engine::Engine;
use guard::Guard;
use header::{Header, header};
use quotes::{QuoteFault, Quotes};
use std::fs::File;
use std::io::{BufRead, BufReader};
use study::{Place, Problem};
use wrong_rows::WrongRows;

/// Comma-separated values (RFC 4180); the delimiter is said by the dictionary or by a first line `sep=;`, else the one
/// of comma, semicolon, tab, bar and caret that the header has most.
pub(super) struct Csv;

/// A record may have so many bytes: more is a missing closing quote, or no table at all.
const RECORD: u64 = 16 << 20;

impl Source for Csv {
    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv"]
    }

    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
        typed::load(read(table)?, table, engine)
    }
}

/// Why a file was not read.
enum Fault {
    /// It is not UTF-8, and nothing says what else it is.
    NotUtf8(Problem),
    Other(Problem),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

/// Reads the file into texts.
pub(crate) fn read(table: &TableFile<'_>) -> Result<Grid, Problem> {
    let unreadable = |error: std::io::Error| table.problem(format!("cannot read the file: {error}"));
    let open = || Ok(BufReader::with_capacity(1 << 16, File::open(&table.path).map_err(unreadable)?));
    let stated = table.entry().and_then(TableEntry::encoding);
    let encoding = encoding::of_start(open()?.fill_buf().map_err(unreadable)?, stated);
    match read_as(table, open()?, encoding) {
        Ok(grid) => Ok(grid),
        Err(Fault::NotUtf8(_))
            if stated.is_none() && encoding::is_western(open()?).map_err(unreadable)? =>
        {
            let mut grid = read_as(table, open()?, WINDOWS_1252).map_err(|fault| match fault {
                Fault::NotUtf8(problem) | Fault::Other(problem) => problem,
            })?;
            let note =
                "not UTF-8: read as Windows-1252 (Latin-1); `encoding` in registry.toml says otherwise";
            grid.notes.push((None, note.into(), grid.rows as u64));
            Ok(grid)
        }
        Err(Fault::NotUtf8(problem) | Fault::Other(problem)) => Err(problem),
    }
}

fn read_as(table: &TableFile<'_>, file: BufReader<File>, encoding: &'static Encoding) -> Result<Grid, Fault> {
    if encoding == UTF_8 {
        return read_utf8(table, file);
    }
    read_utf8(table, BufReader::with_capacity(1 << 16, Decoded::new(file, encoding)))
}

fn read_utf8(table: &TableFile<'_>, mut file: impl BufRead) -> Result<Grid, Fault> {
    let unreadable = |error: std::io::Error| table.problem(format!("cannot read the file: {error}"));
    let start = file.fill_buf().map_err(unreadable)?;
    let said = said_delimiter(start);
    let delimiter = match (table.entry().and_then(|entry| entry.delimiter), said) {
        (Some(stated), _) => stated as u8,
        (None, Some(said)) => said,
        (None, None) => delimiter(start),
    };
    let (guard, quotes) = (Guard::new(RECORD), Quotes::new(delimiter));
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(guard.watch(file, &quotes));

    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| -> Result<bool, Problem> {
        let more = reader.read_byte_record(record).map_err(|error| match guard.exceeded() {
            true => {
                let line = record.position().map_or(1, |position| position.line());
                table
                    .problem(format!("the row that begins in line {line} has more than {} MB", RECORD >> 20))
                    .help("is a closing quote missing, or is this no table?")
            }
            false => table.problem(format!("cannot read the file: {error}")),
        })?;
        guard.reset();
        Ok(more)
    };
    let mut more = next(&mut record)?;
    if said.is_some() {
        more = next(&mut record)?;
    }
    if !more {
        return Err(Fault::Other(
            table.problem("the file is empty").help("a table needs a row with the names of its columns"),
        ));
    }
    let Header { names, width } = header(&record, table)?;
    let mut grid = Grid::with_header(names);
    grid.decimal_commas = delimiter != b',';
    let (mut nameless, mut ragged) = (WrongRows::default(), WrongRows::default());
    let mut empty = 0;
    while next(&mut record)? {
        if record.len() != width {
            let message = format!("the row has {} fields, the header has {width}", record.len());
            ragged.add(&message, row_place(&record, table));
            continue;
        }
        if record.iter().all(<[u8]>::is_empty) {
            empty += 1;
            continue;
        }
        grid.leave_out(empty);
        if record.iter().skip(grid.names.len()).any(|field| !field.trim_ascii().is_empty()) {
            nameless.add("the row has a value in a column that has no name", row_place(&record, table));
            continue;
        }
        for (index, field) in record.iter().take(grid.names.len()).enumerate() {
            let text = text(field).map_err(|wrong| {
                wrong.at(&format!("column `{}`", grid.names[index]), row_place(&record, table))
            })?;
            grid.columns[index].push(text);
        }
        grid.rows += 1;
    }
    grid.leave_out(empty);
    let wrong_quote = quotes.fault().map(|fault| match fault {
        QuoteFault::Unclosed(line) => table
            .problem(format!("the field that begins in line {line} with a quotation mark has no closing one"))
            .help("close it, or leave the mark out: all that follows would be one value"),
        QuoteFault::Stray(line) => table
            .problem(format!("in line {line}, text follows the closing quotation mark of a field"))
            .help("a quotation mark within a quoted field is written twice (\"\")"),
    });
    // Rows of a wrong length, and values in wrong columns, are what a wrong quotation mark makes.
    Problem::collect(wrong_quote.into_iter().collect())?;
    let help = "name the column in the first row, or remove what stands there";
    nameless.close(table, "a value in a column that has no name", help)?;
    if width > grid.names.len() {
        let note = format!("left out: {} columns without name and values", width - grid.names.len());
        grid.notes.push((None, note, grid.rows as u64));
    }
    let help = "a field that contains the delimiter must stand in double quotes";
    ragged.close(table, "a wrong number of fields", help)?;
    Ok(grid)
}

/// The delimiter of a first line `sep=;`, which Excel writes and reads.
fn said_delimiter(start: &[u8]) -> Option<u8> {
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    match start.strip_prefix(b"sep=")? {
        [delimiter, b'\r' | b'\n', ..] if delimiter.is_ascii() && *delimiter != b'"' => Some(*delimiter),
        _ => None,
    }
}

/// The delimiter that the first line has most of, outside quotes.
fn delimiter(start: &[u8]) -> u8 {
    let mut n = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0), (b'^', 0)];
    let mut quoted = false;
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if !quoted => {
                n.iter_mut().filter(|(delimiter, _)| delimiter == byte).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    // The last of equals wins, so that the order is turned round to prefer the comma.
    n.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

/// What is wrong with a field.
enum Wrong {
    NotUtf8,
    Zero,
}

impl Wrong {
    fn at(self, what: &str, place: Place) -> Fault {
        match self {
            Self::NotUtf8 => Fault::NotUtf8(Problem::input(format!("{what} is not UTF-8 text")).at(place).help(
                "save the file as UTF-8 (“CSV UTF-8” in Excel), or say `encoding` in registry.toml under [tables.NAME]",
            )),
            Self::Zero => Fault::Other(
                Problem::input(format!("{what} contains a zero byte"))
                    .at(place)
                    .help("the file is damaged or not text: export it again"),
            ),
        }
    }
}

/// The text of a field.
fn text(field: &[u8]) -> Result<&str, Wrong> {
    let text = std::str::from_utf8(field).map_err(|_| Wrong::NotUtf8)?;
    if text.contains('\0') { Err(Wrong::Zero) } else { Ok(text) }
}

/// The line on which a row starts. What stands in it is nobody's business.
fn row_place(record: &ByteRecord, table: &TableFile<'_>) -> Place {
    Place::Line { path: table.path.clone(), line: line(record) }
}

/// The line on which a record starts.
fn line(record: &ByteRecord) -> usize {
    record.position().map_or(1, |position| position.line() as usize)
}
