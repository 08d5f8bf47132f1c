//! The first row: the names of the columns.

use super::{Fault, line, text};
use crate::sources::{TableFile, one_line};
use csv::ByteRecord;
use study::{Place, Problem};

/// The columns.
pub(super) struct Header {
    /// Their names.
    pub(super) names: Vec<String>,
    /// How many fields a row has; those behind the last name are empty.
    pub(super) width: usize,
}

/// Reads it. Spreadsheets write columns that are empty from top to bottom behind the others: these have no name.
pub(super) fn header(record: &ByteRecord, table: &TableFile<'_>) -> Result<Header, Fault> {
    // Names that are said take the place of these, which may then be anything.
    let is_renamed = table.entry().is_some_and(|entry| !entry.names.is_empty());
    let width = record.len();
    let mut names: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for (index, field) in record.iter().enumerate() {
        let place = || header_place(record, table);
        let name = text(field).map_err(|wrong| wrong.at("the header", place()))?;
        // Behind a second byte order mark the quotes of a name are no quotes to the reader.
        let name = match name.strip_prefix('\u{feff}') {
            Some(name) => one_line(name.trim_start_matches('\u{feff}').trim_matches('"')),
            None => one_line(name),
        };
        if is_renamed {
            names.push(name);
            continue;
        }
        if name.is_empty() {
            let rows = if index == 0 {
                "; where these are the numbers of the rows, export without them (row.names = FALSE in R, index=False in pandas)"
            } else {
                ""
            };
            problems.push((
                index,
                Problem::input(format!("column {} has no name", index + 1))
                    .at(place())
                    .help(format!("the first row must name every column{rows}")),
            ));
        } else if let Some(earlier) = names.iter().position(|earlier| *earlier == name) {
            let message = format!("columns {} and {} are both called `{name}`", earlier + 1, index + 1);
            problems.push((index, Problem::input(message).at(place()).help("give each column its own name")));
        }
        names.push(name);
    }
    if !is_renamed {
        let named = names.iter().rposition(|name| !name.is_empty()).map_or(width, |last| last + 1);
        names.truncate(named);
        problems.retain(|(index, _)| *index < named);
    }
    Problem::collect(problems.into_iter().map(|(_, problem)| problem).collect())?;
    Ok(Header { names, width })
}

/// The line of the header, and what of it can be shown.
fn header_place(record: &ByteRecord, table: &TableFile<'_>) -> Place {
    let mut shown = String::new();
    for (index, field) in record.iter().enumerate() {
        if shown.len() > 200 {
            break;
        }
        if index > 0 {
            shown.push(',');
        }
        let field = &field[..field.len().min(200)];
        shown.push_str(&String::from_utf8_lossy(field).replace(['\n', '\r', '\0'], " "));
    }
    let length = shown.chars().count().max(1);
    Place::Text { path: table.path.clone(), line: line(record), column: 1, length, text: shown }
}
