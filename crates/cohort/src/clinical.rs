//! The clinical views: derivations that any registry of the documented model can use by name.
//!
//! Each is one file of `clinical/`, plain SQL with a header that says what a row is, by which rule, with which
//! parameters and from which source. A view or table of the study that has the same name takes its place, which is how
//! a registry with other names or a study with another rule adapts one step and keeps the rest.

use std::collections::{BTreeMap, BTreeSet};
use study::nearest::suggest;
use study::{ParameterValue, Plan, Problem, SourceText};

macro_rules! list {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../clinical/", $name, ".sql")))),*]
    };
}

/// Every clinical view: its name and its text.
const VIEWS: &[(&str, &str)] = list![
    "recist_reading",
    "recist_course",
    "recist_exam",
    "recist_best",
    "sdtm_recist_reading",
    "blazer_tumour",
    "blazer_response",
    "worst_tumour_response",
    "regression_grade",
    "index_date",
    "primary_side",
    "metastasis_timing",
    "ras_status",
    "tnm_stage",
    "treatment_line",
    "treatment_drug",
    "laboratory_value",
    "laboratory_before",
    "laboratory_after",
    "survival_endpoint",
    "score_input",
    "fong_score",
    "game_score",
    "tumour_burden_score",
    "modified_clinical_score",
    "nordlinger_score",
    "basingstoke_score",
];

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
    /// Its value where the plan gives none.
    pub default: ParameterValue,
    /// What it means, and whose value the default is.
    pub meaning: String,
}

/// Every clinical view.
pub fn clinical_views() -> Vec<ClinicalView> {
    VIEWS.iter().map(|(name, sql)| described(name, sql)).collect()
}

fn described(name: &'static str, sql: &'static str) -> ClinicalView {
    let header: Vec<&str> = sql.lines().map_while(|line| line.strip_prefix("--")).map(str::trim).collect();
    let parameters = header.iter().filter_map(|line| parameter(line.strip_prefix("Parameter ")?));
    let source = header.iter().position(|line| line.starts_with("Source: "));
    let source = source.map_or(String::new(), |at| header[at..].join(" ").replacen("Source: ", "", 1));
    ClinicalView {
        name,
        summary: header.first().map_or(String::new(), |line| line.to_string()),
        parameters: parameters.collect(),
        source,
        sql,
    }
}

/// `NAME = DEFAULT: meaning`; a text default stands in single quotes.
fn parameter(text: &str) -> Option<Parameter> {
    let (name, rest) = text.split_once(" = ")?;
    let (default, meaning) = rest.split_once(": ")?;
    let default = match default {
        "true" => ParameterValue::Flag(true),
        "false" => ParameterValue::Flag(false),
        _ => match default.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            Some(text) => ParameterValue::Text(text.into()),
            None => ParameterValue::Number(default.parse().ok()?),
        },
    };
    Some(Parameter { name: name.into(), default, meaning: meaning.into() })
}

/// The clinical views that a study may use, with the parameters of its plan in their places. Names that the study has
/// itself are left out.
///
/// # Errors
/// The plan sets a parameter that is none, or to a value of the wrong kind.
pub(crate) fn read(plan: &Plan, own: &BTreeSet<String>) -> Result<BTreeMap<String, SourceText>, Problem> {
    let views = clinical_views();
    Problem::collect(refused(plan, &views, own))?;
    let none = BTreeMap::new();
    let texts = views.iter().filter(|view| !own.contains(view.name)).map(|view| {
        let given = plan.clinical.get(view.name).unwrap_or(&none);
        let path = format!("clinical/{}.sql", view.name);
        (view.name.to_string(), SourceText::new(path, view.text(given)))
    });
    Ok(texts.collect())
}

fn refused(plan: &Plan, views: &[ClinicalView], own: &BTreeSet<String>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, values) in &plan.clinical {
        let path = ["clinical".into(), name.as_str().into()];
        let Some(view) = views.iter().find(|view| view.name == name) else {
            let help = suggest(name, views.iter().map(|view| view.name));
            let message = format!("no clinical view is called `{name}`");
            problems.push(Problem::input(message).at(plan.place(&path)).help(help));
            continue;
        };
        if own.contains(name) {
            let message = format!("`{name}` is the study's own and has no parameters");
            let help = format!("remove the section, or the study's `{name}`");
            problems.push(Problem::input(message).at(plan.place(&path)).help(help));
            continue;
        }
        for (key, value) in values {
            let place = plan.place(&["clinical".into(), name.as_str().into(), key.as_str().into()]);
            let mut refuse = |message: String, help: String| {
                problems.push(Problem::input(message).at(place.clone()).help(help));
            };
            let Some(parameter) = view.parameters.iter().find(|parameter| parameter.name == *key) else {
                let known = view.parameters.iter().map(|parameter| parameter.name.as_str());
                refuse(format!("`{name}` has no parameter `{key}`"), suggest(key, known));
                continue;
            };
            if std::mem::discriminant(value) != std::mem::discriminant(&parameter.default) {
                let wanted = match parameter.default {
                    ParameterValue::Flag(_) => "true or false",
                    ParameterValue::Number(_) => "a number",
                    ParameterValue::Text(_) => "a text",
                };
                refuse(
                    format!("`{key}` is {wanted}"),
                    format!("the default is {}", literal(&parameter.default)),
                );
            } else if matches!(value, ParameterValue::Number(number) if !number.is_finite() || *number < 0.0)
            {
                refuse(format!("`{key}` cannot be negative or infinite"), parameter.meaning.clone());
            } else if matches!(value, ParameterValue::Text(text) if text.chars().any(char::is_control)) {
                refuse(format!("`{key}` has a line break or another invisible sign"), "remove it".into());
            }
        }
    }
    problems
}

impl ClinicalView {
    /// The text with some parameters set and the others at their defaults.
    fn text(&self, given: &BTreeMap<String, ParameterValue>) -> String {
        let mut text = String::with_capacity(self.sql.len());
        let mut rest = self.sql;
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at);
            let length = after[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let (name, behind) = after[1..].split_at(length.unwrap_or(after.len() - 1));
            text.push_str(before);
            match self.parameters.iter().find(|parameter| parameter.name == name) {
                Some(parameter) => text.push_str(&literal(given.get(name).unwrap_or(&parameter.default))),
                None => text.push_str(&after[..=name.len()]),
            }
            rest = behind;
        }
        text.push_str(rest);
        text
    }
}

/// A value as SQL.
fn literal(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Flag(flag) => flag.to_string(),
        ParameterValue::Number(number) => number.to_string(),
        ParameterValue::Text(text) => format!("'{}'", text.replace('\'', "''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_says_what_it_is_and_uses_each_of_its_parameters() {
        for view in clinical_views() {
            assert!(view.summary.starts_with("One row "), "{}", view.name);
            assert!(!view.source.is_empty(), "{}: no source", view.name);
            let declared = view.sql.lines().filter(|line| line.starts_with("-- Parameter ")).count();
            assert_eq!(view.parameters.len(), declared, "{}: a parameter cannot be read", view.name);
            for parameter in &view.parameters {
                let code = view.sql.lines().filter(|line| !line.starts_with("--"));
                let used = code.clone().any(|line| line.contains(&format!("${}", parameter.name)));
                assert!(used, "{} does not use {}", view.name, parameter.name);
                assert!(parameter.meaning.contains('('), "{}: {} has no source", view.name, parameter.name);
            }
            assert!(!view.text(&BTreeMap::new()).contains('$'), "{}: an unknown parameter", view.name);
        }
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("clinical");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), VIEWS.len(), "a file is not in the list");
    }
}
