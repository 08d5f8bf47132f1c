//! `farr why`.

use super::check::sheet;
use super::{Manner, json, print};
use crate::spinner::Spinner;
use clap::Args;
use run::{StepKind, Why as Answer};
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
        } else if step.rows.len() == 1 || step.columns.len() > 12 {
            for row in &step.rows {
                text.push('\n');
                let width = step.columns.iter().map(|column| column.chars().count()).max().unwrap_or(0);
                for (column, cell) in step.columns.iter().zip(row) {
                    text.push_str(&format!("  {column:width$}  {}\n", cell.as_deref().unwrap_or("—")));
                }
            }
        } else {
            let header: Vec<&str> = step.columns.iter().map(String::as_str).collect();
            let rows = step.rows.iter().map(|row| {
                row.iter().map(|cell| cell.clone().unwrap_or_else(|| "—".into())).collect::<Vec<_>>()
            });
            text.push_str(sheet(&header, rows, &[]).trim_end());
            text.push('\n');
        }
    }
    text
}
