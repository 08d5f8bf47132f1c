//! `farr run`.

use super::{Manner, json, print};
use crate::spinner::Spinner;
use clap::Args;
use report::displays::dialect_table::sentence;
use run::ExplainDialects;
use std::path::PathBuf;
use std::process::ExitCode;
use study::{DialectComparison, Problem, Severity, StudyResults};

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
            if let Some(comparison) = &run.results.dialects {
                text.push_str(&explanation(&run.results, comparison));
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

/// What other conventions would change, analysis by analysis.
fn explanation(study: &StudyResults, comparison: &DialectComparison) -> String {
    let mut text = format!("\nUnder other conventions than those of {}:\n", study.dialect.name());
    for results in &study.analyses {
        let own = comparison.differences.iter().filter(|found| found.analysis == results.analysis);
        for (index, found) in own.enumerate() {
            if index == 0 {
                text.push_str(&format!("{}\n", results.title));
            }
            text.push_str(&format!("  {} {}\n", found.question, sentence(results, found)));
        }
    }
    if comparison.differences.is_empty() {
        text.push_str("  nothing in this study would change\n");
    }
    text.push('\n');
    text
}
