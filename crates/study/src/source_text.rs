//! A text file of the user's, so that a problem can be shown in its line.

use crate::problem::{Place, Problem};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// One step on the way to a value in a TOML document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// An element of an array, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.into())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A text and the name under which the user knows it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The file as the user named it.
    pub path: Arc<PathBuf>,
    /// The whole text.
    pub text: Arc<str>,
}

impl SourceText {
    /// A text under a name.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        Self { path: Arc::new(path.into()), text: text.into() }
    }

    /// Reads a file; what cannot be read, or is not UTF-8, is a problem of the input.
    pub fn read(path: impl Into<PathBuf>) -> Result<Self, Problem> {
        let path = path.into();
        let bytes = std::fs::read(&path).map_err(|error| {
            Problem::input(format!("cannot read the file: {error}")).at(Place::Path(path.clone()))
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            Problem::input(format!("line {} is not UTF-8 text", line + 1))
                .at(Place::Path(path.clone()))
                .help("save the file as UTF-8")
        })?;
        Ok(Self::new(path, text))
    }

    /// The place of a range of bytes.
    pub fn place(&self, span: Range<usize>) -> Place {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let text = self.text[line_start..line_end].trim_end_matches('\r').to_string();
        let end = span.end.clamp(start, line_end);
        let length = self.text.get(start..end).map_or(1, |part| part.chars().count()).max(1);
        Place::Text {
            path: self.path.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: self.text[line_start..start].chars().count() + 1,
            text,
            length,
        }
    }

    /// The place of a value in this TOML document; of its nearest existing ancestor where a step is absent.
    pub fn locate(&self, path: &[Step]) -> Option<Place> {
        let table = DeTable::parse(&self.text).ok()?;
        let mut span = None;
        let mut value: Option<&DeValue<'_>> = None;
        for step in path {
            let parent = value.map_or(Some(table.get_ref()), DeValue::as_table);
            let next = match step {
                Step::Key(key) => parent.and_then(|table| table.get(key.as_str())),
                Step::Index(index) => value.and_then(DeValue::as_array).and_then(|array| array.get(*index)),
            };
            let Some(next) = next else { break };
            span = Some(next.span());
            value = Some(next.get_ref());
        }
        span.map(|span| self.place(span))
    }

    /// Turns a TOML error into a problem with its place and, for an unknown key, the nearest known one.
    pub fn toml_problem(&self, error: &toml::de::Error) -> Problem {
        let message = error.message().to_string();
        let mut names = message.split('`').skip(1).step_by(2);
        let unknown = message.starts_with("unknown ").then(|| names.next()).flatten();
        let problem = match unknown {
            Some(name) => {
                let what = if message.starts_with("unknown field") { "key" } else { "value" };
                Problem::input(format!("unknown {what} `{name}`")).help(crate::nearest::suggest(name, names))
            }
            // Of a list of words where one of them is meant.
            None if message == "wanted string or table" => {
                Problem::input("one word in quotation marks is needed here").help("remove the brackets")
            }
            None => wrong_type(&message).unwrap_or_else(|| Problem::input(message)),
        };
        problem.at(error.span().map(|span| self.place(span)))
    }
}

/// A value of another type than the one that is needed, in words for people.
fn wrong_type(message: &str) -> Option<Problem> {
    let (found, expected) = message.strip_prefix("invalid type: ")?.split_once(", expected ")?;
    let needed = match expected {
        "a sequence" => "a list",
        "a string" => "text in quotation marks",
        "a boolean" => "true or false",
        "f64" | "u64" | "u32" | "i64" | "usize" => "a number",
        "a map" => "a table, { … },",
        other => other,
    };
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    let stands = match kind {
        "string" => format!("the text {value}"),
        "integer" | "boolean" => value.replace('`', ""),
        "floating" => value.trim_start_matches("point ").replace('`', ""),
        "sequence" => "a list".into(),
        "map" => "a table".into(),
        _ => found.into(),
    };
    let problem = Problem::input(format!("{needed} is needed here, and {stands} stands there"));
    Some(match (kind, expected) {
        ("string", "a sequence") => problem.help(format!("write [{value}]")),
        ("integer" | "floating", "a string") => problem.help(format!("write \"{stands}\"")),
        _ => problem,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_type_is_told_in_words() {
        #[derive(serde::Deserialize)]
        #[allow(dead_code, reason = "only its types are looked at")]
        struct Options {
            strata: Option<Vec<String>>,
            label: Option<String>,
            at: Option<f64>,
            kind: Option<Kind>,
        }
        #[derive(serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Number,
        }
        let said = |text: &str| {
            let error = toml::from_str::<Options>(text).err().unwrap();
            SourceText::new("study.toml", text).toml_problem(&error).to_string()
        };
        let list = said("strata = \"centre\"");
        assert!(list.contains("a list is needed here, and the text \"centre\" stands there"), "{list}");
        assert!(list.contains("write [\"centre\"]"), "{list}");
        let text = said("label = 5");
        assert!(text.contains("text in quotation marks is needed here, and 5 stands there"), "{text}");
        assert!(text.contains("write \"5\""), "{text}");
        assert!(said("kind = [\"number\"]").contains("one word in quotation marks is needed here"));
        assert!(said("at = true").contains("a number is needed here, and true stands there"));
    }

    #[test]
    fn places_count_characters_from_one() {
        let source = SourceText::new("study.toml", "a = 1\n\"ß\" = \"x\"\n[b]\nc = [1, 22]\n");
        let Some(Place::Text { line, column, length, .. }) =
            source.locate(&["b".into(), "c".into(), 1.into()])
        else {
            panic!("no place")
        };
        assert_eq!((line, column, length), (4, 9, 2));
        let Place::Text { line, column, text, .. } = source.place(12..13) else { panic!() };
        assert_eq!((line, column, text.as_str()), (2, 6, "\"ß\" = \"x\""));
    }
}
