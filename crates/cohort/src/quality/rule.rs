//! A rule, built in or declared, as one SELECT.

use crate::dictionary::RuleEntry;
use engine::quoted;
use study::{Certainty, Place};

/// The rows about which a rule asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rows {
    /// Those of the table that fulfil a condition.
    Where(&'static str),
    /// Those of a SELECT, which has the columns of the table, and `detail` where `detail` says so.
    Select(&'static str),
}

/// A rule for the documented registry model. It is run where its tables and columns are there.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    pub(crate) name: &'static str,
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// Other columns that it needs, as TABLE.COLUMN.
    pub(crate) needs: &'static [&'static str],
    pub(crate) certainty: Certainty,
    pub(crate) message: &'static str,
    pub(crate) rows: Rows,
    pub(crate) detail: &'static str,
}

/// A rule that can be run.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
    pub(crate) certainty: Certainty,
    pub(crate) message: String,
    /// FROM what, as SQL.
    from: String,
    /// And under which condition.
    condition: Option<String>,
    detail: Option<String>,
    /// Where it is declared.
    pub(crate) place: Option<Place>,
}

/// Name of the column with the words about a row.
const DETAIL: &str = "farr:detail";

impl Rule {
    pub(crate) fn built_in(rule: &BuiltIn) -> Self {
        let (from, condition) = match rule.rows {
            Rows::Where(condition) => (quoted(rule.table), Some(condition.to_string())),
            Rows::Select(sql) => (format!("(\n{sql}\n) as {}", quoted(rule.table)), None),
        };
        Self {
            name: rule.name.into(),
            table: rule.table.into(),
            columns: rule.columns.iter().map(|column| (*column).to_string()).collect(),
            certainty: rule.certainty,
            message: rule.message.into(),
            from,
            condition,
            detail: (!rule.detail.is_empty()).then(|| rule.detail.to_string()),
            place: None,
        }
    }

    pub(crate) fn declared(rule: &RuleEntry, place: Option<Place>) -> Self {
        let from = match &rule.sql {
            Some(sql) => format!("(\n{sql}\n) as {}", quoted(&rule.table)),
            None => quoted(&rule.table),
        };
        Self {
            name: rule.name.clone(),
            table: rule.table.clone(),
            columns: rule.columns.clone(),
            certainty: rule.certainty,
            message: rule.message.clone(),
            from,
            condition: rule.r#where.clone(),
            detail: rule.detail.clone(),
            place,
        }
    }

    /// A rule of the dictionary about one column: a condition over its table.
    pub(crate) fn of_column(
        name: &str,
        table: &str,
        column: &str,
        message: String,
        condition: String,
    ) -> Self {
        Self {
            name: name.into(),
            table: table.into(),
            columns: vec![column.into()],
            certainty: Certainty::Impossible,
            message,
            from: quoted(table),
            condition: Some(condition),
            detail: None,
            place: None,
        }
    }

    /// A rule of the dictionary about values that must stand in another table.
    pub(crate) fn of_reference(table: &str, column: &str, other: &str, key: &str) -> Self {
        let from = format!(
            "(select a.* from {1} b right anti join {0} a on a.{2} = b.{3} where a.{2} is not null) as {0}",
            quoted(table),
            quoted(other),
            quoted(column),
            quoted(key)
        );
        Self {
            from,
            condition: None,
            ..Self::of_column(
                "dictionary-reference",
                table,
                column,
                format!("no row of `{other}` has this {key}"),
                String::new(),
            )
        }
    }

    /// The SELECT: some columns, then the words.
    pub(crate) fn select(&self, columns: &[String]) -> String {
        let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
        let detail = self.detail.as_deref().unwrap_or("null");
        let mut sql = format!(
            "select {}, cast(({detail}\n) as varchar) as \"{DETAIL}\" from {}",
            list.join(", "),
            self.from
        );
        if let Some(condition) = &self.condition {
            sql.push_str(&format!(" where (\n{condition}\n)"));
        }
        sql
    }
}
