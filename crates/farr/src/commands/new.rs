//! `farr new`.

use super::{Manner, print};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;

/// Start a study folder, with made-up patients to try, or from a data file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  farr new my-study\n  farr new my-study --from patients.csv")]
pub(crate) struct New {
    /// The folder to make; it must not exist yet, or be empty
    folder: PathBuf,
    /// A CSV or Parquet file with one row a patient
    #[arg(long, value_name = "DATA")]
    from: Option<PathBuf>,
}

impl New {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        run::start::start(&self.folder, self.from.as_deref())?;
        if !manner.quiet {
            let folder = self.folder.display();
            print(&format!("{folder}/study.toml holds the question; run it with `farr run {folder}`\n"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
