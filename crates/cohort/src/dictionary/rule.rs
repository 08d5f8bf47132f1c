//! A rule of the registry's own: SQL for the rows that cannot be right, and words for what is wrong with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::Certainty;

/// `[[rules]]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// Its name: letters, digits and `-`.
    pub name: String,
    /// The table whose rows it asks about.
    pub table: String,
    /// The columns that cannot be right together.
    pub columns: Vec<String>,
    /// What is wrong, without values.
    pub message: String,
    /// SQL condition over the table's columns that holds where something is wrong.
    pub r#where: Option<String>,
    /// Or, where other tables are needed, a SELECT of the wrong rows, with the table's key and the columns.
    pub sql: Option<String>,
    /// SQL text of what the values contradict, over the same rows; shown only where rows are asked for.
    pub detail: Option<String>,
    /// How sure it is that something is wrong.
    #[serde(default)]
    pub certainty: Certainty,
}

impl RuleEntry {
    /// Key, message and help of everything that contradicts itself, or a rule before it.
    pub(super) fn contradictions(&self, earlier: &[Self]) -> Vec<(&'static str, String, &'static str)> {
        let mut found = Vec::new();
        let mut refuse = |key, message: String, help| found.push((key, message, help));
        let letters = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if self.name.is_empty() || !self.name.chars().all(letters) {
            refuse("name", format!("`{}` cannot name a rule", self.name), "use letters, digits and `-`");
        }
        if earlier.iter().any(|rule| rule.name == self.name) {
            refuse("name", format!("two rules are called `{}`", self.name), "give each its own name");
        }
        if self.columns.is_empty() {
            refuse("columns", "the rule names no column".into(), "name the columns that cannot be right");
        }
        if self.message.trim().is_empty() {
            refuse("message", "the rule has no words".into(), "say what is wrong where it holds");
        }
        if self.r#where.is_some() == self.sql.is_some() {
            refuse("where", "a rule needs either `where` or `sql`".into(), "`where` suffices for one table");
        }
        found
    }
}
