//! Delimited text: CSV with commas, semicolons or tabs, UTF-8 with or without a byte order mark.

mod guard;

use super::{Grid, Source, TableFile, TextColumn};
use crate::cleaning::TableReport;
use crate::typed;
use ::csv::{ByteRecord, ReaderBuilder};
use engine::Engine;
use guard::Guard;
use std::fs::File;
use std::io::{BufRead, BufReader};
use study::{Place, Problem};

/// Comma-separated values (RFC 4180); the delimiter is the one of comma, semicolon and tab that the header has most.
pub(super) struct Csv;

/// A record may have so many bytes: more is a missing closing quote, or no table at all.
const RECORD: u64 = 16 << 20;

/// So many ragged rows are shown.
const SHOWN: usize = 100;

impl Source for Csv {
    fn endings(&self) -> &'static [&'static str] {
        &["csv", "tsv"]
    }

    fn load(&self, table: &TableFile<'_>, engine: &dyn Engine) -> Result<TableReport, Problem> {
        typed::load(read(table)?, table, engine)
    }
}

/// Reads the file into texts.
fn read(table: &TableFile<'_>) -> Result<Grid, Problem> {
    let unreadable = |error: std::io::Error| table.problem(format!("cannot read the file: {error}"));
    let mut file = BufReader::with_capacity(1 << 16, File::open(&table.path).map_err(unreadable)?);
    let start = file.fill_buf().map_err(unreadable)?;
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(table.problem("the file is UTF-16 text").help("save it as UTF-8 (“CSV UTF-8” in Excel)"));
    }
    let delimiter = delimiter(start);
    let guard = Guard::new(RECORD);
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(guard.watch(file));

    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| -> Result<bool, Problem> {
        let more = reader.read_byte_record(record).map_err(|error| {
            let line = record.position().map_or(1, |position| position.line());
            match guard.exceeded() {
                true => table
                    .problem(format!("the row after line {line} has more than {} MB", RECORD >> 20))
                    .help("is a closing quote missing, or is this no table?"),
                false => table.problem(format!("cannot read the file: {error}")),
            }
        })?;
        guard.reset();
        Ok(more)
    };
    if !next(&mut record)? {
        return Err(table
            .problem("the file is empty")
            .help("a table needs a row with the names of its columns"));
    }
    let mut grid = Grid { names: header(&record, table)?, ..Grid::default() };
    grid.columns.resize_with(grid.names.len(), TextColumn::default);
    let mut ragged: Vec<Problem> = Vec::new();
    let (mut n_ragged, mut gap) = (0u64, 0u64);
    while next(&mut record)? {
        if record.len() != grid.names.len() {
            n_ragged += 1;
            if ragged.len() < SHOWN {
                let (have, want) = (record.len(), grid.names.len());
                let message = format!("the row has {have} fields, the header has {want}");
                ragged.push(Problem::input(message).at(line_place(&record, table, delimiter)));
            }
            continue;
        }
        if record.iter().all(<[u8]>::is_empty) {
            gap += 1;
            continue;
        }
        if gap > grid.left_out() {
            grid.gaps.push((grid.rows, gap));
        }
        for (index, field) in record.iter().enumerate() {
            let text = text(field).map_err(|fault| {
                Problem::input(format!("column `{}` {}", grid.names[index], fault.0))
                    .at(line_place(&record, table, delimiter))
                    .help(fault.1)
            })?;
            let column = &mut grid.columns[index];
            let same = column.codes.last().copied().filter(|last| column.texts.is(*last, text));
            let code = same.unwrap_or_else(|| column.texts.code(text));
            column.codes.push(code);
        }
        grid.rows += 1;
    }
    if gap > grid.left_out() {
        grid.gaps.push((grid.rows, gap));
    }
    if n_ragged > ragged.len() as u64 {
        let more = n_ragged - ragged.len() as u64;
        ragged.push(table.problem(format!("and {more} more rows with a wrong number of fields")));
    }
    if let Some(first) = ragged.first_mut() {
        first.help = Some("a field that contains the delimiter must stand in double quotes".into());
    }
    Problem::collect(ragged)?;
    Ok(grid)
}

/// The delimiter that the first line has most of, outside quotes.
fn delimiter(start: &[u8]) -> u8 {
    let mut n = [(b',', 0), (b';', 0), (b'\t', 0)];
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

/// The names of the columns.
fn header(record: &ByteRecord, table: &TableFile<'_>) -> Result<Vec<String>, Problem> {
    let mut names: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for (index, field) in record.iter().enumerate() {
        let place = || line_place(record, table, b',');
        let name = match text(field) {
            Ok(name) => name.trim().trim_start_matches('\u{feff}').trim_matches('"'),
            Err((message, help)) => {
                return Err(Problem::input(format!("the header {message}")).at(place()).help(help));
            }
        };
        if name.is_empty() {
            problems.push(
                Problem::input(format!("column {} has no name", index + 1))
                    .at(place())
                    .help("the first row must name every column"),
            );
        } else if let Some(earlier) = names.iter().position(|earlier| earlier == name) {
            problems.push(
                Problem::input(format!("columns {} and {} are both called `{name}`", earlier + 1, index + 1))
                    .at(place())
                    .help("give each column its own name"),
            );
        }
        names.push(name.into());
    }
    Problem::collect(problems)?;
    Ok(names)
}

/// The text of a field, or what is wrong with it and what to do.
fn text(field: &[u8]) -> Result<&str, (String, &'static str)> {
    let text = std::str::from_utf8(field)
        .map_err(|_| ("is not UTF-8 text".to_string(), "save the file as UTF-8 (“CSV UTF-8” in Excel)"))?;
    if text.contains('\0') {
        return Err(("contains a zero byte".into(), "the file is damaged or not text: export it again"));
    }
    Ok(text)
}

/// The line on which a record starts, and what of it can be shown.
fn line_place(record: &ByteRecord, table: &TableFile<'_>, delimiter: u8) -> Place {
    let mut shown = String::new();
    for (index, field) in record.iter().enumerate() {
        if shown.len() > 200 {
            break;
        }
        if index > 0 {
            shown.push(char::from(delimiter));
        }
        let field = &field[..field.len().min(200)];
        shown.push_str(&String::from_utf8_lossy(field).replace(['\n', '\r', '\0'], " "));
    }
    Place::Text {
        path: table.path.clone(),
        line: record.position().map_or(1, |position| position.line() as usize),
        column: 1,
        length: shown.chars().count().max(1),
        text: shown,
    }
}
