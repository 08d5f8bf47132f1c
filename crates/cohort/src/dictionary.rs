//! The dictionary `registry.toml`: what each column of the registry means.

mod column;
mod database;
mod rule;
mod schedule;

pub use column::{BelowDetection, Code, ColumnEntry, ColumnKind, Decimal, Role};
pub use database::{DatabaseEntry, SslMode};
pub use rule::RuleEntry;
pub use schedule::{FollowUpEntry, ScheduleStretch};

pub(crate) use database::relation_parts;

use encoding_rs::Encoding;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use study::nearest::suggest;
use study::{Place, Problem, SourceText, Step};

/// What is done with rows that equal another in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// They are kept, and reported.
    #[default]
    Report,
    /// One of them is kept; the others are reported.
    Drop,
    /// They are a problem.
    Refuse,
}

/// What is done with a row below the table that is a sum of it (`Total`, `Summe`, …).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TotalRow {
    /// It is left out, and reported.
    Drop,
    /// It is a row like the others.
    Keep,
}

/// `[tables.NAME]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// The file in the registry's folder; the one called NAME where absent. `FILE.xlsx#SHEET` names a sheet.
    pub file: Option<String>,
    /// In place of a file: the database, of `[databases]`, in which the table is read where it is.
    pub database: Option<String>,
    /// The table or view of the database, as NAME or SCHEMA.NAME; the one called like the table where absent.
    pub relation: Option<String>,
    /// How the text of the file is encoded, for example "windows-1252"; found out where absent.
    pub encoding: Option<String>,
    /// The character between the fields of a text file; found out where absent.
    pub delimiter: Option<char>,
    /// What separates the decimals in columns that do not say.
    pub decimal: Option<Decimal>,
    /// Values that mean "missing" in every column, beside those of the registry; a column's own `codes` go before.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The names of the columns, in place of those that the file gives them.
    #[serde(default)]
    pub names: Vec<String>,
    /// Only these columns of the file, where any are said.
    #[serde(default)]
    pub select: Vec<String>,
    /// Only the rows of the file in which each of these columns has one of these values; `""` for an empty cell.
    #[serde(default)]
    pub rows: BTreeMap<String, Vec<String>>,
    /// Only the rows of the file in which one of these columns has a value, where any are said.
    #[serde(default)]
    pub filled: Vec<String>,
    /// What the table holds.
    pub label: Option<String>,
    /// The columns that tell a row from every other; rows that share a key are reported.
    #[serde(default)]
    pub key: Vec<String>,
    /// What is done with rows that equal another in every column.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// What is done with a row below the table that calls itself a sum of it; refused where absent.
    pub total_row: Option<TotalRow>,
    /// The columns; one that is not here is read with its type inferred.
    #[serde(default)]
    pub columns: BTreeMap<String, ColumnEntry>,
}

impl TableEntry {
    /// The encoding that is said.
    pub(crate) fn encoding(&self) -> Option<&'static Encoding> {
        Encoding::for_label(self.encoding.as_ref()?.as_bytes())
    }

    /// Whether it says what a column holds.
    pub(crate) fn declares(&self, column: &str) -> bool {
        self.columns.get(column).is_some_and(|column| column.r#type.is_some())
    }

    /// Key, message and help of everything that cannot be.
    fn contradictions(&self) -> Vec<(&'static str, String, &'static str)> {
        let mut found = Vec::new();
        if let Some(name) = &self.encoding
            && self.encoding().is_none()
        {
            let help =
                "for example \"utf-8\", \"windows-1252\", \"iso-8859-2\", \"macintosh\" or \"utf-16le\"";
            found.push(("encoding", format!("`{name}` is no known encoding"), help));
        }
        if let Some(delimiter) = self.delimiter
            && (!delimiter.is_ascii() || ['"', '\n', '\r', '\0'].contains(&delimiter))
        {
            let help = "it is one ASCII character, for example \";\" or \"\\t\"";
            found.push(("delimiter", format!("{delimiter:?} cannot stand between fields"), help));
        }
        for (index, name) in self.names.iter().enumerate() {
            if name.trim().is_empty() || self.names[..index].contains(name) {
                found.push((
                    "names",
                    format!("the name `{name}` is empty or stands twice"),
                    "name every column",
                ));
            }
        }
        let of_files = [
            ("file", self.file.is_some()),
            ("encoding", self.encoding.is_some()),
            ("delimiter", self.delimiter.is_some()),
            ("names", !self.names.is_empty()),
            ("select", !self.select.is_empty()),
            ("rows", !self.rows.is_empty()),
            ("filled", !self.filled.is_empty()),
            ("total_row", self.total_row.is_some()),
        ];
        for (key, _) in of_files.iter().filter(|(_, said)| *said && self.database.is_some()) {
            found.push((key, format!("a table of a database has no `{key}`"), "remove it, or `database`"));
        }
        match &self.relation {
            Some(_) if self.database.is_none() => {
                let help = "say in which of [databases] it is with `database`";
                found.push(("relation", "the database is not said".into(), help));
            }
            Some(relation) if relation_parts(relation).is_none() => {
                let help = "write NAME or SCHEMA.NAME; a name with a dot or a quote in double quotes";
                found.push(("relation", format!("`{relation}` is no name of a table"), help));
            }
            _ => {}
        }
        found
    }
}

/// `registry.toml`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    /// The tables; a file that is not here is read with its types inferred.
    #[serde(default)]
    pub tables: BTreeMap<String, TableEntry>,
    /// The databases in which tables are read where they are.
    #[serde(default)]
    pub databases: BTreeMap<String, DatabaseEntry>,
    /// Values that mean "missing" in every column of every table; a column's own `codes` go before.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The column that names patients, as COLUMN or TABLE.COLUMN; the population's `id`, or `patient_id`, where absent.
    pub patient: Option<String>,
    /// What else must hold; `farr check` asks about the rows where it does not.
    #[serde(default)]
    pub rules: Vec<RuleEntry>,
    /// When patients are to be seen after treatment, for `farr follow-up`.
    pub follow_up: Option<FollowUpEntry>,
    /// The text, for places.
    #[serde(skip)]
    #[schemars(skip)]
    pub source: Option<SourceText>,
}

impl Dictionary {
    /// Reads the dictionary, or gives an empty one where there is no such file.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        if path.exists() { Self::parse(SourceText::read(path)?) } else { Ok(Self::default()) }
    }

    /// Reads a dictionary. Everything wrong with it that can be known without the data is refused with its place.
    pub fn parse(source: SourceText) -> Result<Self, Problem> {
        let mut dictionary: Self =
            toml::from_str(&source.text).map_err(|error| source.toml_problem(&error))?;
        dictionary.source = Some(source);
        Problem::collect(dictionary.contradictions())?;
        Ok(dictionary)
    }

    /// The place of a value in the dictionary.
    pub fn place(&self, path: &[Step]) -> Option<Place> {
        self.source.as_ref()?.locate(path)
    }

    /// The place of a key of a column.
    pub fn column_place(&self, table: &str, column: &str, key: Option<&str>) -> Option<Place> {
        let mut path: Vec<Step> = vec!["tables".into(), table.into(), "columns".into(), column.into()];
        path.extend(key.map(Step::from));
        self.place(&path)
    }

    fn contradictions(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (index, value) in self.missing.iter().enumerate().filter(|(_, value)| value.trim().is_empty()) {
            let place = self.place(&["missing".into(), index.into()]);
            problems.push(
                Problem::input(format!("{value:?} is empty, and an empty cell is missing anyway"))
                    .at(place)
                    .help("remove it"),
            );
        }
        for (table, entry) in &self.tables {
            for (key, message, help) in entry.contradictions() {
                let place = self.place(&["tables".into(), table.as_str().into(), key.into()]);
                problems.push(Problem::input(message).at(place).help(help));
            }
            if let Some(database) = &entry.database
                && !self.databases.contains_key(database)
            {
                let place = self.place(&["tables".into(), table.as_str().into(), "database".into()]);
                problems.push(
                    Problem::input(format!("there is no [databases.{database}]"))
                        .at(place)
                        .help(suggest(database, self.databases.keys().map(String::as_str))),
                );
            }
            for (name, column) in &entry.columns {
                for (key, message, help) in column.contradictions() {
                    let place = self.column_place(table, name, Some(key));
                    problems.push(Problem::input(message).at(place).help(help));
                }
            }
        }
        for (index, rule) in self.rules.iter().enumerate() {
            for (key, message, help) in rule.contradictions(&self.rules[..index]) {
                let place = self.place(&["rules".into(), index.into(), key.into()]);
                let place = place.or_else(|| self.place(&["rules".into(), index.into()]));
                problems.push(Problem::input(message).at(place).help(help));
            }
        }
        for (path, message, help) in self.follow_up.iter().flat_map(FollowUpEntry::contradictions) {
            let path: Vec<Step> = std::iter::once("follow_up".into()).chain(path).collect();
            let place = self.place(&path).or_else(|| self.place(&["follow_up".into()]));
            problems.push(Problem::input(message).at(place).help(help));
        }
        problems
    }

    /// The entry of a column with the values that mean "missing" in every column of its table.
    pub(crate) fn with_missing(&self, table: &str, mut entry: ColumnEntry) -> ColumnEntry {
        let of_table = self.tables.get(table).map_or(&[] as &[String], |table| &table.missing);
        for value in self.missing.iter().chain(of_table) {
            let is_code = entry.codes.iter().any(|code| {
                std::iter::once(&code.value)
                    .chain(&code.aliases)
                    .any(|text| entry.folded(text) == entry.folded(value))
            });
            if !is_code && !entry.missing.contains(value) {
                entry.missing.push(value.clone());
            }
        }
        entry
    }

    /// The column of a table that names the patient: one that refers to it, the one of its name, or the one that a common
    /// data model has for it.
    pub fn patient_column(&self, table: &str, id: Option<&str>, columns: &[String]) -> Option<String> {
        let stated = self.patient.as_deref().or(id).unwrap_or("patient_id");
        let name = stated.rsplit('.').next().unwrap_or(stated);
        let refers = |column: &&String| {
            let entry = self.tables.get(table).and_then(|entry| entry.columns.get(*column));
            entry.and_then(ColumnEntry::referenced).is_some_and(|(_, key)| key == name)
        };
        let known = [name, "person_id", "USUBJID"];
        let named = || known.iter().find_map(|name| columns.iter().find(|column| column == name));
        columns.iter().find(refers).or_else(named).cloned()
    }

    /// Problems of an entry that need the header of the file: names that are not there.
    pub(crate) fn against_header(&self, table: &str, header: &[String]) -> Vec<Problem> {
        let Some(entry) = self.tables.get(table) else { return Vec::new() };
        let mut problems = Vec::new();
        let mut check = |name: &str, place: Option<Place>| {
            if !header.iter().any(|known| known == name) {
                let help = suggest(name, header.iter().map(String::as_str));
                let message = format!("the table `{table}` has no column `{name}`");
                problems.push(Problem::input(message).at(place).help(help));
            }
        };
        for (name, column) in &entry.columns {
            check(name, self.column_place(table, name, None));
            if let Some(unit_column) = &column.unit_column {
                check(unit_column, self.column_place(table, name, Some("unit_column")));
            }
        }
        for (index, name) in entry.key.iter().enumerate() {
            check(name, self.place(&["tables".into(), table.into(), "key".into(), index.into()]));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> Problem {
        Dictionary::parse(SourceText::new("registry.toml", text)).unwrap_err()
    }

    #[test]
    fn a_misspelt_key_is_refused_with_its_place() {
        let problem = refusal("[tables.labs.columns.value]\nrannge = [0, 1]\n");
        assert_eq!(problem.help.as_deref(), Some("did you mean `range`?"));
        assert!(matches!(problem.place, Some(Place::Text { line: 2, column: 1, .. })), "{problem}");
    }

    #[test]
    fn values_that_are_missing_everywhere_are_added_unless_they_are_codes() {
        let text = "missing = [\"NA\", \"9\"]\n[tables.t]\nmissing = [\"-\"]\n[tables.t.columns.a]\nmissing = [\"NA\"]\n\
                    [tables.t.columns.b]\ntype = \"category\"\ncodes = [{ value = \"9\" }, { value = \"no\", aliases = [\"na\"] }]\n";
        let dictionary = Dictionary::parse(SourceText::new("registry.toml", text)).unwrap();
        let missing = |table: &str, column: &str| {
            let entry = dictionary.tables.get(table).and_then(|entry| entry.columns.get(column));
            dictionary.with_missing(table, entry.cloned().unwrap_or_default()).missing
        };
        assert_eq!(missing("t", "a"), ["NA", "9", "-"]);
        assert_eq!(missing("t", "b"), ["-"]);
        assert_eq!(missing("other", "c"), ["NA", "9"]);
        assert!(refusal("missing = [\" \"]\n").to_string().starts_with("registry.toml:1:"));
    }

    #[test]
    fn contradictions_are_found_all_at_once() {
        let text = "[tables.t.columns.a]\ntype = \"number\"\nrange = [2, 1]\n[tables.t.columns.b]\n\
                    type = \"category\"\ncodes = [{ value = \"x\", aliases = [\"Y\"] }, { value = \"y\" }]\n\
                    [tables.t.columns.c]\nunits = { mg = 1 }\n[tables.t.columns.d]\ntype = \"date\"\nformat = \"%q\"\n";
        let messages: Vec<String> = refusal(text).all().map(|problem| problem.to_string()).collect();
        assert_eq!(messages.len(), 4, "{messages:#?}");
        assert!(messages[0].starts_with("registry.toml:3:"), "{messages:#?}");
        assert!(messages[1].contains("`Y`") || messages[1].contains("`y`"), "{messages:#?}");
    }
}
