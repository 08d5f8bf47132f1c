//! `farr why`.

use super::check::sheet;
use super::{Manner, json, print};
use crate::spinner::Spinner;
use clap::Args;
use run::{StepKind, Why as Answer, WhyStep};
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;

/// Print the rows and rules from which a patient's value came.
///
/// It goes from the population down to the tables of the registry. The output contains a patient's data.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  farr why examples/crlm-pcr --patient P0042 --variable response")]
pub(crate) struct Why {
    /// The study folder
    #[arg(default_value = ".")]
    study: PathBuf,
    /// Whose value
    #[arg(long)]
    patient: String,
    /// A variable or endpoint of the plan, or a column of the population
    #[arg(long)]
    variable: String,
}

impl Why {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet);
        let why = run::why(&self.study, &self.patient, &self.variable, &spinner)?;
        spinner.finish();
        print(&if manner.json { json(&why)? } else { as_text(&why) })?;
        Ok(ExitCode::SUCCESS)
    }
}

fn as_text(why: &Answer) -> String {
    let value = why.value.as_deref().unwrap_or("missing");
    let mut text = format!("{} of patient {}: {value}\n", why.variable, why.patient);
    if let Some(expression) = &why.expression {
        text.push_str(&format!("  computed in study.toml as {expression}\n"));
    }
    if let Some(criterion) = &why.excluded {
        text.push_str(&format!("  the patient is not in the analysis set: {criterion}\n"));
    }
    for step in &why.steps {
        let kind = match step.kind {
            StepKind::Table => "table of the registry",
            StepKind::View => "view",
            StepKind::ClinicalView => "clinical view",
        };
        text.push_str(&format!("\n{} ({kind}, {})\n", step.name, step.place));
        for line in step.rule.lines() {
            text.push_str(format!("  {line}").trim_end());
            text.push('\n');
        }
        if !step.of_patients {
            text.push_str("  its rows do not belong to patients\n");
        } else if step.rows.is_empty() {
            text.push_str("  no row of this patient\n");
        } else {
            text.push_str(&rows(step));
        }
    }
    text
}

/// More columns stand below each other.
const BROADEST: usize = 12;

/// A row as a list, several as a sheet of the columns that have a value in any of them.
fn rows(step: &WhyStep) -> String {
    let several = step.rows.len() > 1;
    let has_value = |column: usize| step.rows.iter().any(|row| row.get(column).is_some_and(Option::is_some));
    let (shown, empty): (Vec<usize>, Vec<usize>) =
        (0..step.columns.len()).partition(|column| !several || has_value(*column));
    let name = |column: &usize| step.columns[*column].as_str();
    let cell = |row: &[Option<String>], column: usize| row[column].clone().unwrap_or_else(|| "—".into());
    let mut text = String::new();
    if !several || shown.len() > BROADEST {
        let width = shown.iter().map(|column| name(column).chars().count()).max().unwrap_or(0);
        for row in &step.rows {
            text.push('\n');
            for column in &shown {
                text.push_str(&format!("  {:width$}  {}\n", name(column), cell(row, *column)));
            }
        }
    } else {
        let header: Vec<&str> = shown.iter().map(name).collect();
        let cells = step.rows.iter().map(|row| shown.iter().map(|column| cell(row, *column)).collect());
        text.push_str(sheet(&header, cells, &[]).trim_end());
        text.push('\n');
    }
    if !empty.is_empty() {
        let names: Vec<&str> = empty.iter().map(name).collect();
        text.push_str(&format!("  without any value: {}\n", names.join(", ")));
    }
    text
}
