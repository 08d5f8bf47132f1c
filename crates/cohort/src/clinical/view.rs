//! One clinical view, as its header describes it.

use std::collections::BTreeMap;
use study::ParameterValue;

/// A clinical view, as its header describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClinicalView {
    /// By which a study uses it.
    pub name: &'static str,
    /// What a row is: the first sentence of the header.
    pub summary: String,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// Where the rule comes from.
    pub source: String,
    /// The text, with its parameters by name.
    pub sql: &'static str,
}

/// A parameter of a clinical view.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name; `$NAME` in the text.
    pub name: String,
    /// Its value where the plan gives none; absent for a text that the plan must give.
    pub default: Option<ParameterValue>,
    /// What it means, and whose value the default is.
    pub meaning: String,
}

impl ClinicalView {
    /// Reads the header of a view.
    pub(super) fn described(name: &'static str, sql: &'static str) -> Self {
        let header: Vec<&str> =
            sql.lines().map_while(|line| line.strip_prefix("--")).map(str::trim).collect();
        let parameters = header.iter().filter_map(|line| parameter(line.strip_prefix("Parameter ")?));
        let source = header.iter().position(|line| line.starts_with("Source: "));
        let source = source.map_or(String::new(), |at| header[at..].join(" ").replacen("Source: ", "", 1));
        Self {
            name,
            summary: header.first().map_or(String::new(), |line| line.to_string()),
            parameters: parameters.collect(),
            source,
            sql,
        }
    }

    /// The parameters that the plan must give and does not.
    pub(super) fn unset<'a>(
        &'a self,
        given: &'a BTreeMap<String, ParameterValue>,
    ) -> impl Iterator<Item = &'a Parameter> {
        let set = |parameter: &Parameter| parameter.default.is_some() || given.contains_key(&parameter.name);
        self.parameters.iter().filter(move |parameter| !set(parameter))
    }

    /// The text with some parameters set, in its header too, and the others at their defaults. One that has neither stays
    /// as it is.
    pub(super) fn text(&self, given: &BTreeMap<String, ParameterValue>) -> String {
        let mut text = String::with_capacity(self.sql.len());
        let mut sql = self.sql.to_string();
        for parameter in &self.parameters {
            if let Some(value) = given.get(&parameter.name) {
                let default = parameter.default.as_ref().map_or("required".into(), literal);
                let head = |value: &str| format!("-- Parameter {} = {value}: ", parameter.name);
                sql = sql.replacen(&head(&default), &head(&literal(value)), 1);
            }
        }
        let mut rest = sql.as_str();
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            let length = after[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let (name, behind) = after[1..].split_at(length.unwrap_or(after.len() - 1));
            text.push_str(before);
            let known = self.parameters.iter().find(|parameter| parameter.name == name);
            match known.and_then(|parameter| given.get(name).or(parameter.default.as_ref())) {
                Some(value) => text.push_str(&literal(value)),
                None => text.push_str(&after[..=name.len()]),
            }
            rest = behind;
        }
        text.push_str(rest);
        text
    }
}

impl Parameter {
    /// What kind of value it takes, in words.
    pub(super) fn wanted(&self) -> &'static str {
        match self.default {
            Some(ParameterValue::Flag(_)) => "true or false",
            Some(ParameterValue::Number(_)) => "a number",
            Some(ParameterValue::Text(_)) | None => "a text",
        }
    }

    /// Whether a value is of the kind that it takes.
    pub(super) fn takes(&self, value: &ParameterValue) -> bool {
        match &self.default {
            Some(default) => std::mem::discriminant(value) == std::mem::discriminant(default),
            None => matches!(value, ParameterValue::Text(_)),
        }
    }

    /// The value where the plan gives none, in words.
    pub fn default_text(&self) -> String {
        self.default.as_ref().map_or("must be set".into(), literal)
    }
}

/// `NAME = DEFAULT: meaning`; a text default stands in single quotes, and `required` where there is none.
fn parameter(text: &str) -> Option<Parameter> {
    let (name, rest) = text.split_once(" = ")?;
    let (default, meaning) = rest.split_once(": ")?;
    let default = match default {
        "required" => None,
        "true" => Some(ParameterValue::Flag(true)),
        "false" => Some(ParameterValue::Flag(false)),
        _ => match default.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            Some(text) => Some(ParameterValue::Text(text.into())),
            None => Some(ParameterValue::Number(default.parse().ok()?)),
        },
    };
    Some(Parameter { name: name.into(), default, meaning: meaning.into() })
}

/// A value as SQL.
fn literal(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Flag(flag) => flag.to_string(),
        ParameterValue::Number(number) => number.to_string(),
        ParameterValue::Text(text) => crate::sql_text::literal(text),
    }
}
