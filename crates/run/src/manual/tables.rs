//! The keys of `study.toml` and of `registry.toml` as pages of Markdown, table by table.

use super::Key;
use super::keys::{behind, keys, sentence};
use super::page::entry;
use crate::schema::{of_registry, of_study};
use serde_json::{Map, Value};

const PLAN: &str = "\
# study.toml

Generated from the code (`cargo xtask golden`): do not edit by hand. Analyses have [a page of their own](methods.md);
`farr schema study` prints the JSON Schema.
";

const DICTIONARY: &str = "\
# registry.toml

Generated from the code (`cargo xtask golden`): do not edit by hand. `farr schema registry` prints the JSON Schema.

The dictionary of a registry stands in the folder of its tables, or beside the one file that the study reads. Nothing in it
is needed: what it does not say is found out from the files. What it says is believed before them, and unknown keys and
values are refused with their place. In use: [formats](formats.md), [checking and sharing](checking-and-sharing.md),
[follow-up](follow-up.md), [PostgreSQL](postgresql.md).

";

const EXAMPLE: &str = "\
missing = [\"NA\"]

[tables.patients.columns.sex]
codes = [{ value = \"f\", label = \"Female\", aliases = [\"2\"] }, { value = \"m\", label = \"Male\", aliases = [\"1\"] }]

[tables.labs]
file = \"labs-2024.csv\"
key = [\"patient_id\", \"sample_date\"]

[tables.labs.columns.patient_id]
type = \"text\"
references = \"patients.patient_id\"
role = \"identifier\"

[tables.labs.columns.cea]
type = \"number\"
unit = \"ng/mL\"
range = [0, 100000]
below_detection = \"limit\"
";

/// Every table of `study.toml` but the analyses.
pub fn plan_page() -> String {
    let mut schema = of_study();
    if let Some(own) = schema["properties"].as_object_mut() {
        own.remove("analyses");
    }
    page(PLAN, &schema)
}

/// Every key of `registry.toml`.
pub fn dictionary_page() -> String {
    page(&format!("{DICTIONARY}```toml\n{EXAMPLE}```\n"), &of_registry())
}

/// The keys of a file: those before its first table, then those of each table.
fn page(head: &str, schema: &Value) -> String {
    let definitions = schema["$defs"].as_object().cloned().unwrap_or_default();
    let mut page = head.to_string();
    let (alone, tables) = divided(schema, &definitions, |_| true);
    if !alone.is_empty() {
        page.push_str("\n## At the head of the file\n\n");
        alone.iter().for_each(|key| page.push_str(&entry(key)));
    }
    for (key, table) in tables {
        table.describe(&mut page, &key.name, &key.meaning, &definitions);
    }
    page
}

/// The keys of a table that have their value beside them, and those that are tables with a heading of their own.
fn divided<'a>(
    schema: &'a Value,
    definitions: &'a Map<String, Value>,
    has_heading: impl Fn(&Times) -> bool,
) -> (Vec<Key>, Vec<(Key, Table<'a>)>) {
    let mut alone = Vec::new();
    let mut tables = Vec::new();
    for key in keys(schema, definitions) {
        let table = Table::of(&schema["properties"][&key.name], definitions);
        match table.filter(|table| has_heading(&table.times)) {
            Some(table) => tables.push((key, table)),
            None => alone.push(key),
        }
    }
    (alone, tables)
}

/// How often a table may stand in the file.
enum Times {
    Once,
    /// Once for each name.
    Named,
    /// As often as one likes.
    Repeated,
}

/// A table: `[population]`, `[variables.NAME]` or `[[rules]]`.
struct Table<'a> {
    times: Times,
    schema: &'a Value,
}

impl<'a> Table<'a> {
    /// The table, or the tables, that a key holds; `None` where it holds anything else.
    fn of(schema: &'a Value, definitions: &'a Map<String, Value>) -> Option<Self> {
        let schema = behind(schema, definitions);
        let each = behind(&schema["additionalProperties"], definitions);
        let item = behind(&schema["items"], definitions);
        [(Times::Named, each), (Times::Repeated, item), (Times::Once, schema)]
            .into_iter()
            .find(|(_, schema)| schema["type"] == "object")
            .map(|(times, schema)| Self { times, schema })
    }

    fn describe(&self, page: &mut String, path: &str, meaning: &str, definitions: &Map<String, Value>) {
        let heading = match self.times {
            Times::Once => format!("[{path}]"),
            Times::Named => format!("[{path}.NAME]"),
            Times::Repeated => format!("[[{path}]]"),
        };
        page.push_str(&format!("\n## `{heading}`\n\n{meaning}"));
        let description = self.schema["description"].as_str().unwrap_or_default();
        for paragraph in description.split("\n\n").filter(|text| !text.trim().starts_with('`')) {
            let paragraph = sentence(paragraph);
            if !paragraph.is_empty() && paragraph != meaning {
                page.push_str(&format!("\n\n{paragraph}"));
            }
        }
        page.push_str("\n\n");
        // Within a table only those by name have headings: others are short, and told with the key that holds them.
        let (alone, tables) = divided(self.schema, definitions, |times| matches!(times, Times::Named));
        alone.iter().for_each(|key| page.push_str(&entry(key)));
        for (key, table) in tables {
            let one = path.trim_end_matches('s').to_uppercase();
            table.describe(page, &format!("{path}.{one}.{}", key.name), &key.meaning, definitions);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_table_has_its_heading_and_the_keys_that_stand_in_it() {
        let schema = json!({
            "properties": {
                "missing": { "type": "array", "items": { "type": "string" }, "description": "Of missing." },
                "rules": { "type": "array", "items": { "$ref": "#/$defs/Rule" }, "description": "Of rules." },
                "schedule": { "anyOf": [{ "$ref": "#/$defs/Rule" }, { "type": "null" }], "description": "When." },
                "tables": {
                    "type": "object", "additionalProperties": { "$ref": "#/$defs/Table" }, "description": "All.",
                },
            },
            "$defs": {
                "Rule": { "type": "object", "description": "`[[rules]]`.\n\nMore.", "properties": {
                    "every": { "type": "array", "items": { "$ref": "#/$defs/Stretch" }, "description": "Visits." },
                } },
                "Stretch": { "type": "object", "properties": { "months": { "type": "integer", "description": "M." } } },
                "Table": { "type": "object", "properties": { "columns": {
                    "type": "object", "additionalProperties": { "$ref": "#/$defs/Stretch" }, "description": "Each.",
                } } },
            },
        });
        let visits = "- `every` (list of tables): Visits.\n  - `months` (whole number): M.\n";
        assert_eq!(
            page("# F\n", &schema),
            format!(
                "# F\n\n## At the head of the file\n\n- `missing` (list of text): Of missing.\n\n## `[[rules]]`\n\nOf \
                 rules.\n\nMore.\n\n{visits}\n## `[schedule]`\n\nWhen.\n\nMore.\n\n{visits}\n## `[tables.NAME]`\n\nAll.\n\
                 \n\n## `[tables.TABLE.columns.NAME]`\n\nEach.\n\n- `months` (whole number): M.\n"
            )
        );
    }

    #[test]
    fn the_example_is_a_dictionary() {
        let read = cohort::Dictionary::parse(study::SourceText::new("registry.toml", EXAMPLE)).unwrap();
        assert_eq!(read.tables["labs"].columns.len(), 2);
    }

    #[test]
    fn every_key_says_what_it_means() {
        for page in [plan_page(), dictionary_page()] {
            for line in page.lines().filter(|line| line.trim().starts_with("- `")) {
                assert!(line.ends_with('.'), "{line}");
                assert!(!line.contains("(anything"), "{line}");
            }
        }
    }
}
