//! The files of a study of a REDCap project.

use super::text::{Population, baseline, head, value, variable};
use super::{file, read};
use crate::output::OutputFile;
use cohort::dictionary::ColumnKind;
use cohort::{REDCAP_EXPORT, REDCAP_RECORDS, RedcapProject, RedcapVariable, redcap};
use study::{Kind, Problem};

/// The view with one row a patient of a longitudinal project.
const PATIENTS: &str = "patients";

/// The export and the dictionary as they came, the registry's dictionary, and a plan with a Table 1 of what patients
/// have once; and what should be known.
pub(super) fn files(project: RedcapProject<'_>) -> Result<(Vec<OutputFile>, Vec<String>), Problem> {
    let registry = redcap(project)?;
    let title = registry.data.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let id = Some(registry.id.as_str());
    let population = match &registry.view {
        Some(_) => Population { view: Some(PATIENTS), id, ..Population::default() },
        None => Population { table: Some(REDCAP_RECORDS), id, ..Population::default() },
    };
    let mut study = head(&title, &population, None)?;
    for variable in &registry.variables {
        study += &declared(variable, registry.view.is_some());
    }
    study += &baseline(registry.variables.iter().map(|variable| variable.name.as_str()));
    let mut files = vec![
        file("study.toml", &study),
        file("registry/registry.toml", &registry.registry_toml),
        (format!("registry/{REDCAP_EXPORT}"), read(&registry.data)?),
        ("registry/redcap/dictionary.csv".into(), read(&registry.dictionary)?),
    ];
    files.extend(registry.view.map(|view| file(&format!("sql/{PATIENTS}.sql"), &view)));
    Ok((files, registry.notes))
}

/// A variable; with its levels where it comes through a view, to which the registry's dictionary does not reach.
fn declared(described: &RedcapVariable, through_view: bool) -> String {
    let kind = match described.kind {
        ColumnKind::Number | ColumnKind::Integer => Kind::Number,
        ColumnKind::Flag => Kind::Flag,
        ColumnKind::Date => Kind::Date,
        ColumnKind::Category | ColumnKind::Text => Kind::Category,
    };
    let mut text = variable(&described.name, described.label.as_deref().unwrap_or(&described.name), kind);
    if let Some(unit) = &described.unit {
        text += &format!("unit = {}\n", value(unit));
    }
    if through_view && kind == Kind::Category && !described.levels.is_empty() {
        let level = |(code, label): &(String, String)| match label.as_str() {
            "" => format!("{{ value = {} }}", value(code)),
            label => format!("{{ value = {}, label = {} }}", value(code), value(label)),
        };
        let levels: Vec<String> = described.levels.iter().map(level).collect();
        text += &format!("levels = [\n  {},\n]\n", levels.join(",\n  "));
    }
    text
}
