//! `farr views`.

use super::{Manner, json, print};
use clap::Args;
use run::ClinicalView;
use serde_json::json;
use std::process::ExitCode;
use study::Problem;
use study::nearest::suggest;

/// List the clinical views that a study may use by name, or print one.
///
/// Each is plain SQL with a header that says what a row is, by which rule, with which parameters and from which source.
/// A study sets parameters in [clinical.VIEW] of study.toml, and may put a view of its own in the place of any.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  farr views                         every view, its parameters and its source\n  \
    farr views recist_exam             its text\n  \
    farr views fong_score > sql/fong_score.sql   to change a rule of one study"
)]
pub(crate) struct Views {
    /// The view to print
    name: Option<String>,
}

impl Views {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let views = run::clinical_views();
        let Some(name) = &self.name else {
            let listed: Vec<_> = views.iter().map(as_json).collect();
            print(&if manner.json { json(&listed)? } else { views.iter().map(as_text).collect() })?;
            return Ok(ExitCode::SUCCESS);
        };
        let Some(view) = views.iter().find(|view| view.name == name) else {
            let help = suggest(name, views.iter().map(|view| view.name));
            return Err(Problem::input(format!("no clinical view is called `{name}`")).help(help));
        };
        print(&if manner.json { json(&as_json(view))? } else { view.sql.to_string() })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn as_text(view: &ClinicalView) -> String {
    let mut text = format!("{}\n  {}\n", view.name, view.summary);
    for parameter in &view.parameters {
        let value = match &parameter.default {
            Some(_) => format!(" = {}", parameter.default_text()),
            None => " (must be set)".into(),
        };
        text.push_str(&format!("  parameter {}{value}: {}\n", parameter.name, parameter.meaning));
    }
    text.push_str(&format!("  source: {}\n\n", view.source));
    text
}

fn as_json(view: &ClinicalView) -> serde_json::Value {
    let parameters: Vec<_> = view
        .parameters
        .iter()
        .map(|parameter| {
            json!({ "name": parameter.name, "default": parameter.default, "meaning": parameter.meaning })
        })
        .collect();
    json!({
        "name": view.name, "rows": view.summary, "parameters": parameters, "source": view.source, "sql": view.sql,
    })
}
