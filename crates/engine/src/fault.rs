//! What the engine refuses, in plain words.

mod mistyped;
mod unquoted;

pub use mistyped::{A_TEXT, Mistyped};

pub(crate) use unquoted::without_values;

use crate::local::VOLATILE;
use datafusion::common::{DataFusionError, Diagnostic, SchemaError};
use datafusion::sql::sqlparser::parser::ParserError;
use std::fmt;

/// A refusal of the engine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fault {
    /// One sentence.
    pub message: String,
    /// The name that is not known, where that is the fault.
    pub name: Option<String>,
    /// The names that are known in its place, so that the nearest can be offered.
    pub known: Vec<String>,
    /// Line and column in the SQL text, from 1, where known.
    pub line_column: Option<(usize, usize)>,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// What is known of a text that stands where something else must, where that is the fault.
    pub mistyped: Option<Mistyped>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// A fault with nothing but its sentence.
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Says what to do.
    pub(crate) fn helped(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The engine died on the way.
    pub(crate) fn broken() -> Self {
        Self::plain("the query engine broke off").helped(
            "it may have met a damaged Parquet file: write or copy those of the registry again; else tell it to the \
             makers of farr",
        )
    }

    /// A Parquet file that is not whole.
    fn damaged(message: &str) -> Self {
        let message = first_line(message);
        let message = message.rsplit_once("error: ").map_or(message.as_str(), |(_, message)| message);
        Self::plain(format!("a Parquet file is damaged: {message}")).helped("write or copy it again")
    }

    /// Translates the engine's error; `tables` are those there are.
    pub(crate) fn translate(error: &DataFusionError, tables: &[String]) -> Self {
        match error {
            DataFusionError::Diagnostic(diagnostic, inner) => {
                let fault = Self::translate(inner, tables);
                Self { line_column: fault.line_column.or_else(|| position(diagnostic)), ..fault }
            }
            DataFusionError::Context(_, inner) => Self::translate(inner, tables),
            DataFusionError::Shared(inner) => Self::translate(inner, tables),
            DataFusionError::Collection(errors) if !errors.is_empty() => Self::translate(&errors[0], tables),
            DataFusionError::SchemaError(inner, _) => schema_fault(inner),
            DataFusionError::SQL(inner, _) => parser_fault(inner),
            DataFusionError::External(external) => Self::external(external.as_ref(), tables),
            DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
                arrow::error::ArrowError::ExternalError(external) => {
                    Self::external(external.as_ref(), tables)
                }
                arrow::error::ArrowError::DivideByZero => Self::plain("division by zero"),
                // The words of the engine quote the values of a row.
                arrow::error::ArrowError::ArithmeticOverflow(_) => {
                    Self::plain("a whole number becomes too large").helped(
                        "compute with decimals: `cast(x as double)`; of two numbers of 32 bits, `cast(x as bigint)`",
                    )
                }
                arrow::error::ArrowError::ParquetError(message) => Self::damaged(message),
                other => of_values(&first_line(&other.to_string()), tables),
            },
            DataFusionError::Execution(message) => of_values(&first_line(message), tables),
            DataFusionError::ParquetError(inner) => Self::damaged(&inner.to_string()),
            DataFusionError::ExecutionJoin(_) => Self::broken(),
            DataFusionError::ResourcesExhausted(_) => Self::plain(
                "the query needs more memory than it may have, and cannot go on with the disk alone",
            ),
            other => sentence(&first_line(&other.message()), tables),
        }
    }

    /// An error that was handed through the engine.
    fn external(error: &(dyn std::error::Error + 'static), tables: &[String]) -> Self {
        if let Some(inner) = error.downcast_ref::<DataFusionError>() {
            return Self::translate(inner, tables);
        }
        match error.downcast_ref::<Self>() {
            Some(fault) => fault.clone(),
            None if tells_of_panic(&error.to_string()) => Self::broken(),
            None => Self::plain(error.to_string()),
        }
    }
}

/// Whether a thread of the engine died: the error of it comes in several wrappings, with the same words.
fn tells_of_panic(message: &str) -> bool {
    message.contains(" panicked with message ")
}

fn schema_fault(error: &SchemaError) -> Fault {
    match error {
        // Some of them are written without parentheses, like a column.
        SchemaError::FieldNotFound { field, .. }
            if VOLATILE.contains(&field.name.to_lowercase().as_str()) && field.relation.is_none() =>
        {
            Fault { line_column: field.spans().first().map(|span| place(&span)), ..volatile(&field.name) }
        }
        SchemaError::FieldNotFound { field, valid_fields } => {
            let of = |name: &datafusion::common::Column| match &field.relation {
                Some(relation) => name.relation.as_ref() == Some(relation),
                None => true,
            };
            let near: Vec<String> = valid_fields.iter().filter(|f| of(f)).map(|f| f.name.clone()).collect();
            let (name, mut known) = match &field.relation {
                // Where the table itself is unknown, the whole names are what can be meant.
                Some(relation) if near.is_empty() => (
                    format!("{}.{}", relation.table(), field.name),
                    valid_fields.iter().map(|field| field.flat_name()).collect(),
                ),
                _ => (field.name.clone(), near),
            };
            known.sort();
            known.dedup();
            Fault {
                message: format!("no column is called `{name}`"),
                name: Some(name),
                known,
                line_column: field.spans().first().map(|span| place(&span)),
                ..Fault::default()
            }
        }
        SchemaError::AmbiguousReference { field } => Fault {
            message: format!("`{}` is a column of more than one table: say of which", field.name),
            line_column: field.spans().first().map(|span| place(&span)),
            ..Fault::default()
        },
        SchemaError::DuplicateQualifiedField { name, .. }
        | SchemaError::DuplicateUnqualifiedField { name } => {
            Fault::plain(format!("two columns are called `{name}`: rename one with `as`"))
        }
    }
}

fn parser_fault(error: &ParserError) -> Fault {
    let text = match error {
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.clone(),
        ParserError::RecursionLimitExceeded => "the SQL is nested too deeply".into(),
    };
    let text = text.replace("found: EOF", "found: the end");
    let Some((message, place)) = text.split_once(" at Line: ") else {
        return Fault::plain(format!("not SQL: {}", lower_first(&text)));
    };
    let mut numbers = place.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let line_column = numbers.next().zip(numbers.next());
    Fault { message: format!("not SQL: {}", lower_first(message)), line_column, ..Fault::default() }
}

/// Errors of a query that was running, whose sentences may quote values of rows; these are nobody's business.
fn of_values(message: &str, tables: &[String]) -> Fault {
    let fault = sentence(message, tables);
    let is_plain = fault.name.is_none() && fault.mistyped.is_none();
    Fault { message: if is_plain { without_values(&fault.message) } else { fault.message }, ..fault }
}

/// Errors that carry nothing but a sentence.
fn sentence(message: &str, tables: &[String]) -> Fault {
    if tells_of_panic(message) {
        return Fault::broken();
    }
    if let Some(name) = between(message, "table '", "' not found") {
        let name = name.rsplit('.').next().unwrap_or(name).to_string();
        return Fault {
            message: format!("no table or view is called `{name}`"),
            name: Some(name),
            known: tables.to_vec(),
            ..Fault::default()
        };
    }
    if let Some(name) = between(message, "Invalid function '", "'") {
        if VOLATILE.contains(&name) {
            return volatile(name);
        }
        return Fault {
            message: format!("no function is called `{name}`"),
            name: Some(name.to_string()),
            ..Fault::default()
        };
    }
    if message.contains("require unique expression names") {
        let name = between(message, "the expression \"", "\" at position").unwrap_or_default();
        return Fault::plain(format!("two columns are called `{name}`: rename one with `as`"));
    }
    mistyped::mistyped(message).unwrap_or_else(|| Fault::plain(lower_first(strip(message))))
}

fn volatile(name: &str) -> Fault {
    Fault::plain(format!(
        "`{name}` differs from run to run, and a study may not: write the value, for example a date"
    ))
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim_end_matches('.').to_string()
}

/// Without the engine's own headings.
fn strip(message: &str) -> &str {
    const HEADINGS: [&str; 8] = [
        "Error during planning: ",
        "Execution error: ",
        "Arrow error: ",
        "Cast error: ",
        "Compute error: ",
        "Invalid argument error: ",
        "Parser error: ",
        "This feature is not implemented: ",
    ];
    let rest = HEADINGS.iter().find_map(|heading| message.strip_prefix(heading));
    rest.map_or(message, strip)
}

/// Sentences here go on behind a place, so that they start small; names of types keep their capitals.
fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(chars).collect(),
        _ => message.to_string(),
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(name, _)| name)
}

fn position(diagnostic: &Diagnostic) -> Option<(usize, usize)> {
    diagnostic.span.as_ref().map(place)
}

fn place(span: &datafusion::common::Span) -> (usize, usize) {
    (span.start.line as usize, span.start.column as usize)
}
