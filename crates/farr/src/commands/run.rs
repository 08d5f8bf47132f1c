//! `farr run`.

use super::{Manner, json, print};
use crate::spinner::Spinner;
use clap::Args;
use run::ExplainDialects;
use std::path::PathBuf;
use std::process::ExitCode;
use study::{Problem, Severity};

/// Run a study and write its results.
///
/// The results folder is replaced whole or not at all; equal inputs give equal bytes.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The study folder
    #[arg(default_value = ".")]
    study: PathBuf,
    /// Where to write the results [default: STUDY/results]
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Also compute every analysis under the conventions of SPSS, SAS, Stata and R, one convention at a time, and say
    /// by how much the results differ and why
    #[arg(long)]
    explain_dialects: bool,
}

impl Run {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet);
        let explain = if self.explain_dialects { ExplainDialects::Yes } else { ExplainDialects::No };
        let (run, target) = run::run(&self.study, self.output.as_deref(), explain, &spinner)?;
        spinner.finish();
        if manner.json {
            print(&json(&run.results)?)?;
        } else if !manner.quiet {
            let flow = &run.results.flow;
            let mut text = format!(
                "{}\n{} of {} patients, {} analyses in {:.2} s\n",
                run.results.title,
                flow.included,
                flow.assessed,
                run.results.analyses.len(),
                spinner.elapsed().as_secs_f64()
            );
            for finding in run.results.findings.iter().filter(|f| f.severity >= Severity::Caution) {
                let analysis = finding.analysis.as_deref().unwrap_or("study");
                text.push_str(&format!("  {} [{}] {}\n", analysis, finding.rule, finding.message));
            }
            if let Some(table) =
                run.displays.iter().find(|display| display.id == report::displays::dialect_table::ID)
            {
                let rendered = table.table().map(|table| report::formats::text::render(table, 160));
                text.push_str(&format!("\n{}\n{}", table.title, rendered.unwrap_or_default()));
            }
            text.push_str(&format!("{}\n", target.join("report.html").display()));
            print(&text)?;
        }
        if run.failed.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("the plan says that these rules must pass: {}", run.failed.join(", "));
        Ok(ExitCode::from(1))
    }
}
