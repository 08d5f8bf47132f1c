//! The clinical views: derivations that any registry of the documented model can use by name.
//!
//! Each is one file of `clinical/`, plain SQL with a header that says what a row is, by which rule, with which
//! parameters and from which source. A view or table of the study that has the same name takes its place, which is how
//! a registry with other names or a study with another rule adapts one step and keeps the rest.

mod view;

pub use view::{ClinicalView, Parameter};

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
    "recist_sum",
    "recist_exam",
    "recist_until_progression",
    "recist_best",
    "sdtm_visit",
    "sdtm_recist_reading",
    "sdtm_response",
    "sdtm_response_compared",
    "sdtm_patients",
    "sdtm_treatments",
    "sdtm_labs",
    "sdtm_operations",
    "sdtm_follow_up",
    "omop_patients",
    "omop_operations",
    "omop_labs",
    "omop_ingredients",
    "omop_treatments",
    "omop_follow_up",
    "blazer_tumour",
    "blazer_response",
    "worst_tumour_response",
    "complete_response_ratio",
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
    "iwatsuki_grade",
    "basingstoke_score",
    "konopke_score",
    "nagashima_score",
    "helsinki_score",
];

/// Every clinical view.
pub fn clinical_views() -> Vec<ClinicalView> {
    VIEWS.iter().map(|(name, sql)| ClinicalView::described(name, sql)).collect()
}

/// The clinical views that a study may use.
#[derive(Debug, Default)]
pub(crate) struct Library {
    /// Their texts, with the parameters of the plan in their places.
    pub(crate) texts: BTreeMap<String, SourceText>,
    /// Why some of them cannot be used: a parameter without a default is not set.
    pub(crate) unset: BTreeMap<String, Problem>,
}

/// The clinical views that a study may use. Names that the study has itself are left out.
///
/// # Errors
/// The plan sets a parameter that is none, or to a value of the wrong kind.
pub(crate) fn read(plan: &Plan, own: &BTreeSet<String>) -> Result<Library, Problem> {
    let views = clinical_views();
    Problem::collect(refused(plan, &views, own))?;
    let none = BTreeMap::new();
    let mut library = Library::default();
    for view in views.iter().filter(|view| !own.contains(view.name)) {
        let given = plan.clinical.get(view.name).unwrap_or(&none);
        let path = format!("clinical/{}.sql", view.name);
        library.texts.insert(view.name.into(), SourceText::new(path, view.text(given)));
        let unset = view.unset(given).map(|parameter| unset(plan, view, parameter));
        if let Err(problem) = Problem::collect(unset.collect()) {
            library.unset.insert(view.name.into(), problem);
        }
    }
    Ok(library)
}

/// A parameter without a default that the plan does not set.
fn unset(plan: &Plan, view: &ClinicalView, parameter: &Parameter) -> Problem {
    let (name, key) = (view.name, &parameter.name);
    Problem::input(format!("`{name}` needs the parameter `{key}`, which has no default"))
        .at(plan.place(&["clinical".into(), name.into()]))
        .help(format!("{}: set {key} = \"…\" in [clinical.{name}]", parameter.meaning))
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
            if !parameter.takes(value) {
                let help = match parameter.default {
                    Some(_) => format!("the default is {}", parameter.default_text()),
                    None => parameter.meaning.clone(),
                };
                refuse(format!("`{key}` is {}", parameter.wanted()), help);
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
            let none = BTreeMap::new();
            let unset = view.unset(&none).map(|parameter| parameter.name.clone());
            let given = unset.map(|name| (name, ParameterValue::Text("1".into()))).collect();
            assert!(!view.text(&given).contains('$'), "{}: an unknown parameter", view.name);
        }
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("clinical");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), VIEWS.len(), "a file is not in the list");
    }

    #[test]
    fn a_header_tells_what_was_set() {
        let view = clinical_views().into_iter().find(|view| view.name == "omop_operations").unwrap();
        let given = BTreeMap::from([("operation_concepts".to_string(), ParameterValue::Text("41".into()))]);
        assert!(view.text(&given).contains("-- Parameter operation_concepts = '41': concept ids"));
        assert!(
            view.text(&BTreeMap::new()).contains("-- Parameter operation_concepts = required: concept ids")
        );
    }

    /// The table of the documentation, a row a view.
    fn page_rows() -> String {
        let mut views = clinical_views();
        views.sort_by_key(|view| view.name);
        let row = |view: &ClinicalView| {
            let parameters = view.parameters.iter().map(|parameter| match &parameter.default {
                Some(_) => format!("`{} = {}`", parameter.name, parameter.default_text()),
                None => format!("`{}` (must be set)", parameter.name),
            });
            let parameters: Vec<String> = parameters.collect();
            let summary = view.summary.trim_start_matches("One row ").trim_end_matches('.');
            format!("| `{}` | {summary} | {} |\n", view.name, parameters.join(", "))
        };
        views.iter().map(row).collect()
    }

    #[test]
    fn the_documentation_has_every_view() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/registry-model.md");
        let page = std::fs::read_to_string(&path).unwrap();
        let head = "| clinical view | one row | parameters |\n|---|---|---|\n";
        let start = page.find(head).unwrap() + head.len();
        let end = start + page[start..].find("\n\n").map_or(page.len() - start, |end| end + 1);
        let page = format!("{}{}{}", &page[..start], page_rows(), &page[end..]);
        if std::env::var_os("FARR_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept == page, "docs/registry-model.md differs: review the change, then `cargo xtask golden`");
    }
}
