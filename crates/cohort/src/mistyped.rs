//! Text where a number or a date must be: which column of the registry it comes from, and what to declare.

use crate::dictionary::ColumnKind;
use crate::expressions::expressions;
use crate::found_text::FoundText;
use crate::model_types::text_instead;
use crate::sql_text::{enclosed, in_expression, offset};
use crate::study_folder::Study;
use crate::views::needs;
use engine::{A_TEXT, Engine, Fault, Mistyped, quoted};
use std::collections::BTreeSet;
use study::{Place, Plan, Problem, SourceText};

/// How many columns are told of.
const TOLD: usize = 3;

/// A column of text, what makes it so, and what to do.
struct TextColumn {
    table: String,
    column: String,
    what: String,
    help: String,
}

/// How a column is named in these messages.
pub(crate) fn of_table(table: &str, column: &str) -> String {
    format!("`{column}` of the table `{table}`")
}

/// The columns that a message of [`explained`] names.
pub(crate) fn told_of(message: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (at, middle) in message.match_indices("` of the table `") {
        let start = message[..at].rfind('`');
        let end = message[at + middle.len()..].find('`');
        found.extend(start.zip(end).map(|(start, end)| &message[start..=at + middle.len() + end]));
    }
    found
}

/// A fault of some SQL; where it is of types, with the columns that it comes from. Of SQL that comes with the program it
/// is told what the registry model has in its place.
pub(crate) fn explained(
    study: &Study,
    fault: Fault,
    source: &SourceText,
    is_own: bool,
    engine: &dyn Engine,
) -> Fault {
    let Some(text) = &fault.mistyped else { return fault };
    if !is_own && let Some((message, help)) = text_instead(&source.text, &study.reports) {
        return Fault { message, help: Some(help), ..Fault::default() };
    }
    let columns = columns(study, text, fault.line_column, source, engine);
    with_columns(fault, columns)
}

/// What explains the faults of the plan's expressions over a view or table.
#[derive(Clone, Copy)]
pub(crate) struct Explainer<'a> {
    pub(crate) study: &'a Study,
    pub(crate) engine: &'a dyn Engine,
    pub(crate) plan: &'a Plan,
    /// View or table.
    pub(crate) from: &'a str,
}

impl Explainer<'_> {
    /// A fault of one expression.
    pub(crate) fn problem(&self, fault: Fault, sql: &str, place: Option<Place>) -> Problem {
        in_expression(self.fault(fault, &[sql]), place)
    }

    /// A fault of a query that has several expressions of the plan.
    pub(crate) fn of_any(&self, fault: Fault, place: Option<Place>) -> Problem {
        let all: Vec<&str> = expressions(self.plan).into_iter().map(|(sql, _)| sql).collect();
        in_expression(self.fault(fault, &all), place)
    }

    fn fault(&self, fault: Fault, expressions: &[&str]) -> Fault {
        if fault.mistyped.is_none() {
            return fault;
        }
        let list: Vec<String> = expressions.iter().map(|sql| enclosed(sql)).collect();
        let sql = format!("select {} from {}", list.join(", "), quoted(self.from));
        let fault = Fault { line_column: None, ..fault };
        explained(self.study, fault, &SourceText::new("study.toml", sql), true, self.engine)
    }
}

/// The columns of text that a wrong stretch of a view is made of.
fn columns(
    study: &Study,
    text: &Mistyped,
    line_column: Option<(usize, usize)>,
    source: &SourceText,
    engine: &dyn Engine,
) -> Vec<TextColumn> {
    let sql = source.text.as_ref();
    let stretches: Vec<&str> = match (line_column, &text.function) {
        (Some((line, column)), _) => vec![until_it_ends(&sql[offset(sql, line, column)..])],
        (None, Some(function)) => arguments(sql, function),
        (None, None) => vec![sql],
    };
    let words: BTreeSet<&str> = stretches.iter().flat_map(|text| text.split(|c| !is_part(c))).collect();
    let mut found: BTreeSet<(String, String)> = reachable(study, sql, engine)
        .into_iter()
        .filter(|(name, ..)| words.contains(name.as_str()))
        .map(|(_, table, column)| (table, column))
        .collect();
    if let Some(value) = &text.value {
        let texts = |(table, column): &(String, String)| study.reports[table].texts.get(column);
        // Of values that stand behind the first only some are known.
        match found.iter().any(|column| texts(column).is_some_and(|texts| texts.has(value))) {
            true => found.retain(|column| texts(column).is_some_and(|texts| texts.has(value))),
            false => found.retain(|column| texts(column).is_some_and(FoundText::is_nearly_a_number)),
        }
    }
    let mut told: Vec<(bool, TextColumn)> =
        found.into_iter().filter_map(|(table, column)| of_text(study, table, column)).collect();
    // Those that are nearly numbers are most likely meant.
    told.sort_by_key(|(is_nearly, _)| !is_nearly);
    told.into_iter().map(|(_, column)| column).take(TOLD).collect()
}

/// The fault with the columns that it comes from.
fn with_columns(fault: Fault, columns: Vec<TextColumn>) -> Fault {
    if columns.is_empty() {
        let help = match fault.mistyped.as_ref().and_then(|text| text.value.as_ref()) {
            None => {
                "make it a number with cast(… as double), or a date with cast(… as date), or say its type in \
                 registry.toml"
            }
            // The value may be anybody's, and is not repeated.
            Some(_) => {
                "rows in which try_cast(… as double), or as date, has no value and the text has one are those"
            }
        };
        return Fault { help: fault.help.or(Some(help.into())), ..fault };
    }
    let value = fault.mistyped.as_ref().and_then(|text| text.value.as_ref());
    let shown = value.filter(|value| columns.iter().any(|found| found.what.contains(&format!("`{value}`"))));
    let message = match (shown, fault.message.strip_prefix(A_TEXT)) {
        (Some(value), Some(rest)) => format!("`{value}`{rest}"),
        _ => fault.message.clone(),
    };
    let what: Vec<String> = columns
        .iter()
        .map(|found| format!("{} is text: {}", of_table(&found.table, &found.column), found.what))
        .collect();
    let mut help: Vec<String> = columns.iter().map(|found| found.help.clone()).collect();
    help.dedup();
    Fault { message: format!("{message}; {}", what.join("; ")), help: Some(help.join("; ")), ..fault }
}

fn of_text(study: &Study, table: String, column: String) -> Option<(bool, TextColumn)> {
    let report = study.reports.get(&table)?;
    if let Some(texts) = report.texts.get(&column) {
        let (what, help) = texts.told(&table, &column);
        return Some((texts.is_nearly_a_number(), TextColumn { table, column, what, help }));
    }
    let entry = report.entries.get(&column)?;
    let kind = entry.r#type.filter(|kind| matches!(kind, ColumnKind::Text | ColumnKind::Category))?;
    let what = format!("its type is `{}`", kind.name());
    let help = "where all of its values are numbers, write cast(… as double) around it".into();
    Some((false, TextColumn { table, column, what, help }))
}

/// The columns that a view can name, with the table and column of which each has the values.
fn reachable(study: &Study, sql: &str, engine: &dyn Engine) -> Vec<(String, String, String)> {
    let Ok(used) = engine.references(sql) else { return Vec::new() };
    let mut found = Vec::new();
    for table in used.iter().filter(|name| study.reports.contains_key(*name)) {
        let columns = study.reports[table].entries.keys().chain(study.reports[table].texts.keys());
        found.extend(columns.map(|column| (column.clone(), table.clone(), column.clone())));
    }
    let tables = study.registry.tables.keys().cloned().collect();
    let views = needs(used.iter().map(String::as_str), &study.views, &tables, engine);
    let chain: Vec<(String, String)> = views
        .map(|needs| needs.views)
        .unwrap_or_default()
        .into_iter()
        .map(|view| (view.clone(), study.views[&view].text.to_string()))
        .collect();
    for (_, columns) in chain.iter().zip(engine.origins(&chain).unwrap_or_default()) {
        for origin in columns {
            let from = origin.from.into_iter().filter(|(table, _)| study.reports.contains_key(table));
            found.extend(from.map(|(table, column)| (origin.column.clone(), table, column)));
        }
    }
    found
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The expression with which a text begins: until the next comma, or the parenthesis that closes it, or its line of
/// `from`.
fn until_it_ends(text: &str) -> &str {
    let mut depth = 0i32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => return &text[..at],
            'f' | 'F' if depth == 0 && starts_with_word(text, at, "from") => return &text[..at],
            _ => {}
        }
        if depth < 0 {
            return &text[..at];
        }
    }
    text
}

fn starts_with_word(text: &str, at: usize, word: &str) -> bool {
    let Some(head) = text.get(at..at + word.len()) else { return false };
    head.eq_ignore_ascii_case(word)
        && !text[..at].ends_with(is_part)
        && !text[at + word.len()..].starts_with(is_part)
}

/// What stands in the parentheses behind a function, wherever it is called.
fn arguments<'a>(sql: &'a str, function: &str) -> Vec<&'a str> {
    let called = sql.char_indices().filter(|(at, _)| starts_with_word(sql, *at, function));
    let behind = called.filter_map(|(at, _)| sql[at + function.len()..].trim_start().strip_prefix('('));
    behind.map(until_closed).collect()
}

fn until_closed(text: &str) -> &str {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_that_a_message_names_are_found() {
        let message =
            format!("`*` is wrong; {} is text; {} is", of_table("labs", "value"), of_table("t", "b c"));
        let told = told_of(&message);
        assert_eq!(
            told.into_iter().collect::<Vec<_>>(),
            ["`b c` of the table `t`", "`value` of the table `labs`"]
        );
        assert!(told_of("no table or view is called `x`").is_empty());
    }

    #[test]
    fn the_stretch_that_is_wrong_is_found() {
        assert_eq!(until_it_ends("a * 2 as b, c from t"), "a * 2 as b");
        assert_eq!(until_it_ends("f(a, b) + from_day\nfrom t"), "f(a, b) + from_day\n");
        assert_eq!(until_it_ends("a + b) as c"), "a + b");
        assert_eq!(arguments("select sum (a * (b)), resum(c), SUM(d) from t", "sum"), ["a * (b)", "d"]);
    }
}
