//! Columns that a view reads where they are there, and does without where they are not.
//!
//! A view says so in its header, a line a column: `-- Optional TABLE.COLUMN = TYPE: what follows where there is none`.
//! Where the table has no such column, the view reads the table with one that has no value in any row.

use engine::{Engine, quoted};

/// The head of a declaration, and what takes its place where the column is not there.
const OPTIONAL: &str = "-- Optional ";
const WITHOUT: &str = "-- Without ";

/// The types that a column can be declared to have.
const TYPES: [&str; 5] = ["text", "double", "bigint", "boolean", "date"];

/// A column that may be missing.
struct Column<'a> {
    table: &'a str,
    name: &'a str,
    r#type: &'a str,
}

/// The text of a view on tables with the columns that `columns` tells of; nothing where it can stay as it is.
pub(crate) fn completed(sql: &str, columns: &dyn Fn(&str) -> Option<Vec<String>>) -> Option<String> {
    let mut tables: Vec<(&str, Vec<String>, Vec<Column<'_>>)> = Vec::new();
    for column in declared(sql) {
        let at = match tables.iter().position(|(table, ..)| *table == column.table) {
            Some(at) => at,
            None => {
                tables.push((column.table, columns(column.table)?, Vec::new()));
                tables.len() - 1
            }
        };
        if !tables[at].1.iter().any(|known| known == column.name) {
            tables[at].2.push(column);
        }
    }
    tables.retain(|(_, _, absent)| !absent.is_empty());
    if tables.is_empty() {
        return None;
    }
    let completed: Vec<String> = tables.iter().map(|(table, _, absent)| with_absent(table, absent)).collect();
    let start = code(sql);
    let (header, body) = sql.split_at(start);
    let mut header = header.to_string();
    for column in tables.iter().flat_map(|(_, _, absent)| absent) {
        let name = format!("{}.{} = ", column.table, column.name);
        header = header.replace(&format!("{OPTIONAL}{name}"), &format!("{WITHOUT}{name}"));
    }
    // It stands in the first line of the SQL, so that all others keep their numbers.
    Some(match body.get(..4).filter(|word| word.eq_ignore_ascii_case("with")) {
        Some(with) => format!("{header}{with} {},{}", completed.join(", "), &body[4..]),
        None => format!("{header}with {} {body}", completed.join(", ")),
    })
}

/// The columns of a table, or of a view among those that will be run before.
pub(crate) fn columns(table: &str, before: &[(String, String)], engine: &dyn Engine) -> Option<Vec<String>> {
    match before.iter().position(|(name, _)| name == table) {
        Some(at) => {
            let last = engine.origins(&before[..=at]).ok()?.pop()?;
            Some(last.into_iter().map(|origin| origin.column).collect())
        }
        None => {
            let fields = engine.columns(&format!("select * from {}", quoted(table))).ok()?;
            Some(fields.into_iter().map(|field| field.name).collect())
        }
    }
}

fn declared(sql: &str) -> impl Iterator<Item = Column<'_>> {
    let header = sql.lines().take_while(|line| line.starts_with("--"));
    header.filter_map(|line| {
        let (column, rest) = line.strip_prefix(OPTIONAL)?.split_once(" = ")?;
        let (table, name) = column.split_once('.')?;
        let (r#type, _) = rest.split_once(':')?;
        TYPES.contains(&r#type).then_some(Column { table, name, r#type })
    })
}

/// A table under its own name, with columns that it has not.
fn with_absent(table: &str, absent: &[Column<'_>]) -> String {
    let absent: Vec<String> = absent
        .iter()
        .map(|column| format!("cast(null as {}) as {}", column.r#type, quoted(column.name)))
        .collect();
    format!("{0} as (select *, {1} from {0})", quoted(table), absent.join(", "))
}

/// Where the SQL begins behind its comments.
fn code(sql: &str) -> usize {
    let mut rest = sql;
    loop {
        rest = rest.trim_start();
        rest = match (rest.starts_with("--"), rest.starts_with("/*")) {
            (true, _) => rest.split_once('\n').map_or("", |(_, behind)| behind),
            (_, true) => rest.split_once("*/").map_or("", |(_, behind)| behind),
            _ => return sql.len() - rest.len(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_read_without_values() {
        let dm = |table: &str| (table == "dm").then(|| vec!["ID".to_string(), "SEX".to_string()]);
        let sql = "-- One row a subject.\n-- Optional dm.SEX = text: unknown\n-- Optional dm.AGE = double: unknown\n\
                   select ID, SEX, AGE from dm";
        let text = completed(sql, &dm).unwrap();
        assert_eq!(
            text,
            "-- One row a subject.\n-- Optional dm.SEX = text: unknown\n-- Without dm.AGE = double: unknown\n\
             with \"dm\" as (select *, cast(null as double) as \"AGE\" from \"dm\") select ID, SEX, AGE from dm"
        );
        assert_eq!(completed(&text, &dm), None, "done once");
        let behind_with =
            completed("-- Optional dm.AGE = double: x\n/* y */ WITH a as (select 1) select 2", &dm);
        assert_eq!(
            behind_with.unwrap().lines().last().unwrap(),
            "/* y */ WITH \"dm\" as (select *, cast(null as double) as \"AGE\" from \"dm\"), a as (select 1) select 2"
        );
        assert_eq!(completed("-- Optional dm.SEX = text: unknown\nselect 1", &dm), None);
        assert_eq!(completed("-- Optional lb.UNIT = text: unknown\nselect 1", &dm), None, "an unknown table");
    }
}
