//! From a JSON Schema to the keys of a table, in words.

use serde_json::{Map, Value};

/// One key of a table of `study.toml` or `registry.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// What it may be: `text`, `whole number`, `list of text`, …
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it is where it is not given, as TOML; absent where that depends on other keys or is nothing.
    pub default: Option<String>,
    /// What it says.
    pub meaning: String,
    /// The words that it may be, or that it holds, each with what that means.
    pub choices: Vec<(String, String)>,
    /// The keys of the tables that it may be or hold.
    pub parts: Vec<Key>,
}

/// Tables within tables are told so deep: the parts of a term once, and not again in every list of terms.
const DEPTH: usize = 1;

/// The keys of an object's schema: those that must be given first, the others by name.
pub(super) fn keys(object: &Value, definitions: &Map<String, Value>) -> Vec<Key> {
    keys_within(object, definitions, DEPTH)
}

fn keys_within(object: &Value, definitions: &Map<String, Value>, depth: usize) -> Vec<Key> {
    let words = Words { definitions };
    let properties = object["properties"].as_object();
    let required = |name: &str| object["required"].as_array().is_some_and(|all| all.contains(&name.into()));
    let mut keys: Vec<Key> = properties
        .into_iter()
        .flatten()
        .map(|(name, schema)| Key {
            name: name.clone(),
            kind: words.kind(schema),
            required: required(name),
            default: default(&schema["default"]),
            meaning: sentence(schema["description"].as_str().unwrap_or_default()),
            choices: words.held(schema, &|schema| words.choices(schema)),
            parts: words.parts(schema, depth),
        })
        .collect();
    keys.sort_by_key(|key| (!key.required, key.name.clone()));
    keys
}

/// A description as one paragraph.
pub(super) fn sentence(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A default as TOML, where it says anything.
fn default(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(format!("\"{text}\"")),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Array(items) if !items.is_empty() => {
            let items: Vec<String> = items.iter().filter_map(default).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        _ => None,
    }
}

/// What stands behind references, and beside `null`.
pub(super) fn behind<'a>(schema: &'a Value, definitions: &'a Map<String, Value>) -> &'a Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return definitions.get(name).map_or(schema, |known| behind(known, definitions));
    }
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([one, null]) if null["type"] == "null" => behind(one, definitions),
        _ => schema,
    }
}

struct Words<'a> {
    definitions: &'a Map<String, Value>,
}

impl<'a> Words<'a> {
    fn behind(&self, schema: &'a Value) -> &'a Value {
        behind(schema, self.definitions)
    }

    /// What a schema, the items of its lists, the values of its tables and its alternatives have.
    fn held<T: PartialEq>(&self, schema: &'a Value, of: &dyn Fn(&'a Value) -> Vec<T>) -> Vec<T> {
        let schema = self.behind(schema);
        let mut found = of(schema);
        let inner = ["items", "additionalProperties"].into_iter().map(|key| &schema[key]);
        let ways = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten();
        for part in inner.filter(|part| part.is_object()).chain(ways) {
            for one in self.held(part, of) {
                if !found.contains(&one) {
                    found.push(one);
                }
            }
        }
        found
    }

    /// The keys of the tables that a schema may be or hold, and of tables within them to a depth.
    fn parts(&self, schema: &'a Value, depth: usize) -> Vec<Key> {
        let tables = self.held(schema, &|schema| match schema["properties"].is_object() && depth > 0 {
            true => vec![keys_within(schema, self.definitions, depth - 1)],
            false => Vec::new(),
        });
        let several = tables.len() > 1;
        let mut parts: Vec<Key> = Vec::new();
        for key in tables.into_iter().flatten() {
            // What one of several tables needs, the others do not have.
            let key = Key { required: key.required && !several, ..key };
            if !parts.contains(&key) {
                parts.push(key);
            }
        }
        parts
    }

    fn kind(&self, schema: &'a Value) -> String {
        let schema = self.behind(schema);
        if !self.choices(schema).is_empty() {
            return "one of the words below".into();
        }
        if let Some(ways) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
            let mut kinds: Vec<String> = Vec::new();
            for way in ways {
                let kind = self.kind(way);
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            return kinds.join(", or ");
        }
        if let Some(word) = schema["const"].as_str() {
            return format!("\"{word}\"");
        }
        match self.plain(&schema["type"]) {
            "array" => {
                let of = several(&self.kind(&schema["items"]));
                match (&schema["minItems"], &schema["maxItems"]) {
                    (Value::Number(least), Value::Number(most)) if least == most => {
                        format!("list of {least} {of}")
                    }
                    _ => format!("list of {of}"),
                }
            }
            "object" => self.table(schema),
            "string" if schema["maxLength"] == 1 => "one character".into(),
            "string" => "text".into(),
            "integer" => "whole number".into(),
            "number" => "number".into(),
            "boolean" => "true or false".into(),
            other => other.into(),
        }
    }

    /// The type, without `null`.
    fn plain(&self, r#type: &'a Value) -> &'a str {
        let several = r#type.as_array().into_iter().flatten().filter_map(Value::as_str);
        r#type.as_str().or_else(|| several.into_iter().find(|name| *name != "null")).unwrap_or("anything")
    }

    fn table(&self, schema: &'a Value) -> String {
        let each = &schema["additionalProperties"];
        if !each.is_object() {
            return "table".into();
        }
        let of = several(&self.kind(each));
        match schema["properties"].as_object().is_some_and(|own| !own.is_empty()) {
            true => format!("table of the keys below and, by name, of {of}"),
            false => format!("table of {of} by name"),
        }
    }

    /// The words of a schema that allows nothing else.
    fn choices(&self, schema: &'a Value) -> Vec<(String, String)> {
        let schema = self.behind(schema);
        let word = |way: &Value| {
            let meaning = sentence(way["description"].as_str().unwrap_or_default());
            way["const"].as_str().map(|word| (word.to_string(), meaning))
        };
        let described = schema["oneOf"].as_array().map(|ways| ways.iter().map(word).collect());
        let plain = || {
            let words = schema["enum"].as_array()?.iter();
            Some(words.map(|word| word.as_str().map(|word| (word.to_string(), String::new()))).collect())
        };
        described.or_else(plain).and_then(|all: Option<Vec<_>>| all).unwrap_or_default()
    }
}

/// A kind of which a list has several.
fn several(kind: &str) -> String {
    if let Some(inner) = kind.strip_prefix("list of ") {
        return format!("lists of {inner}");
    }
    if let Some(of) = kind.strip_prefix("table of ") {
        return format!("tables of {of}");
    }
    if let Some((first, others)) = kind.split_once(", or ") {
        return format!("{}, or {}", several(first), several(others));
    }
    if let Some(words) = kind.strip_prefix("one of ") {
        return words.into();
    }
    let begins = ["table", "whole number", "number"].into_iter().find(|one| kind.starts_with(one));
    begins.map_or(kind.into(), |one| format!("{one}s{}", &kind[one.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_in_words() {
        let definitions = json!({ "Ties": {
            "oneOf": [{ "const": "efron", "description": "Less and\nless." }, { "const": "exact", "description": "All." }],
        }});
        let object = json!({
            "required": ["terms"],
            "properties": {
                "ties": { "anyOf": [{ "$ref": "#/$defs/Ties" }, { "type": "null" }], "description": "Of ties." },
                "at": { "type": "array", "items": { "type": "number" }, "default": [] },
                "terms": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "$ref": "#/$defs/Ties" } }] },
                "mark": { "type": ["string", "null"], "minLength": 1, "maxLength": 1 },
                "n": { "type": ["integer", "null"], "default": 3 },
                "range": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 },
                "by": { "type": "object", "additionalProperties": { "type": "number" } },
                "each": { "type": "array", "items": {
                    "type": "object", "properties": { "label": { "type": "string" } }, "required": ["label"],
                    "additionalProperties": { "anyOf": [{ "type": "number" }, { "type": "string" }] },
                } },
                "pick": { "type": "array", "default": ["x", "y"], "items": { "anyOf": [
                    { "type": "string" },
                    { "type": "object", "properties": { "both": { "type": "string" } }, "required": ["both"] },
                    { "type": "object", "properties": { "bend": { "type": "string" } }, "required": ["bend"] },
                ] } },
                "tests": { "type": "array", "items": {
                    "type": "object", "properties": { "rank": { "type": "string" } }, "required": ["rank"],
                } },
            },
        });
        let found = keys(&object, definitions.as_object().unwrap());
        let short: Vec<_> =
            found.iter().map(|key| (key.name.as_str(), key.kind.as_str(), key.default.as_deref())).collect();
        assert_eq!(
            short,
            [
                ("terms", "text, or list of the words below", None),
                ("at", "list of numbers", None),
                ("by", "table of numbers by name", None),
                ("each", "list of tables of the keys below and, by name, of numbers, or text", None),
                ("mark", "one character", None),
                ("n", "whole number", Some("3")),
                ("pick", "list of text, or tables", Some("[\"x\", \"y\"]")),
                ("range", "list of 2 numbers", None),
                ("tests", "list of tables", None),
                ("ties", "one of the words below", None),
            ]
        );
        assert!(found[0].required && !found[1].required);
        let key = |name: &str| found.iter().find(|key| key.name == name).unwrap();
        assert_eq!(key("ties").choices[0], ("efron".to_string(), "Less and less.".to_string()));
        assert_eq!(key("terms").choices.len(), 2);
        let needed = |name: &str| -> Vec<(&str, bool)> {
            key(name).parts.iter().map(|part| (part.name.as_str(), part.required)).collect()
        };
        assert_eq!(needed("tests"), [("rank", true)]);
        assert_eq!(needed("each"), [("label", true)]);
        assert_eq!(needed("pick"), [("both", false), ("bend", false)], "each of another table");
    }
}
