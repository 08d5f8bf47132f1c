//! SQL in the user's files: faults of the engine become problems with a place.

use arrow::array::{Array, ArrayRef, AsArray};
use engine::{Engine, Fault, Field};
use study::nearest::suggest;
use study::{Place, Problem, SourceText};

/// The name of a column that is planned only to learn its type.
const VALUE: &str = "farr:value";

/// An expression in parentheses. It stands on lines of its own, since it may end in a comment.
pub(crate) fn enclosed(expression: &str) -> String {
    format!("(\n{expression}\n)")
}

/// A text as SQL.
pub(crate) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// The rows of a SELECT whose columns are all texts.
pub(crate) fn texts(engine: &dyn Engine, sql: &str) -> Result<Vec<Vec<Option<String>>>, Fault> {
    let mut rows = Vec::new();
    for batch in engine.query(sql)? {
        for row in 0..batch.num_rows() {
            let cell = |column: &ArrayRef| {
                let texts = column.as_string_view_opt()?;
                (!texts.is_null(row)).then(|| texts.value(row).to_string())
            };
            rows.push(batch.columns().iter().map(cell).collect());
        }
    }
    Ok(rows)
}

/// The type that an expression over a table has.
pub(crate) fn expression(engine: &dyn Engine, expression: &str, table: &str) -> Result<Field, Fault> {
    // The columns stand beside it, so that an aggregate, which has no value for a single patient, is refused.
    let sql = format!("select *, {} as \"{VALUE}\" from {table}", enclosed(expression));
    let last = engine.columns(&sql)?.into_iter().last();
    last.ok_or_else(|| Fault { message: "an expression has no type".into(), ..Fault::default() })
}

/// A fault in an expression of the plan.
pub(crate) fn in_expression(fault: Fault, place: Option<Place>) -> Problem {
    let place = place.map(|place| narrowed(place, fault.name.as_deref()));
    named(fault).at(place)
}

/// A fault in a file of SQL.
pub(crate) fn in_file(fault: Fault, source: &SourceText) -> Problem {
    let place = match fault.line_column {
        Some((line, column)) => {
            let start = offset(&source.text, line, column);
            let length = fault.name.as_ref().map_or(1, String::len);
            source.place(start..start + length)
        }
        None => Place::Path(source.path.to_path_buf()),
    };
    named(fault).at(place)
}

/// The place of a name in a file of SQL: where it first stands as a word.
pub(crate) fn word(source: &SourceText, name: &str) -> Place {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let found = source.text.match_indices(name).find(|(at, _)| {
        !source.text[..*at].ends_with(part) && !source.text[at + name.len()..].starts_with(part)
    });
    match found {
        Some((at, _)) => source.place(at..at + name.len()),
        None => Place::Path(source.path.to_path_buf()),
    }
}

fn named(fault: Fault) -> Problem {
    let problem = Problem::input(fault.message);
    match &fault.name {
        Some(name) if !fault.known.is_empty() => {
            let known = fault.known.iter().map(String::as_str).filter(|name| !name.starts_with("farr:"));
            problem.help(suggest(name, known))
        }
        _ => match fault.help {
            Some(help) => problem.help(help),
            None if fault.mistyped.is_some() => problem.help(
                "`farr check` tells which values make a column text; or cast it, for example to double",
            ),
            None => problem,
        },
    }
}

/// The name within the shown line, where it stands there as it is.
fn narrowed(place: Place, name: Option<&str>) -> Place {
    let (Place::Text { path, line, column, text, length }, Some(name)) = (place.clone(), name) else {
        return place;
    };
    let Some((start, _)) = text.char_indices().nth(column - 1) else { return place };
    match text[start..].find(name) {
        Some(at) => Place::Text {
            column: column + text[start..start + at].chars().count(),
            length: name.chars().count(),
            path,
            line,
            text,
        },
        None => Place::Text { path, line, column, text, length },
    }
}

/// The byte at which a line and column, in characters from 1, begin.
pub(crate) fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        Some(newlines) => text.match_indices('\n').nth(newlines).map_or(text.len(), |(at, _)| at + 1),
        None => 0,
    };
    let mut characters = text[start..].char_indices();
    characters.nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
}
