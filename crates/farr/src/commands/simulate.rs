//! `farr simulate`.

use super::{Manner, print};
use crate::spinner::Spinner;
use clap::Args;
use run::Progress;
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;

/// Write a large made-up registry and a study of it, for trying and measuring.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  farr simulate --patients 1000000 --seed 7 -o big && farr run big")]
pub(crate) struct Simulate {
    /// How many patients
    #[arg(long, default_value_t = 100_000)]
    patients: u64,
    /// Equal seeds give equal bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder to write to
    #[arg(long, short)]
    output: PathBuf,
}

impl Simulate {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet);
        run::simulate(self.patients, self.seed, &self.output, &|n| spinner.stage(&format!("{n} patients")))?;
        spinner.finish();
        if !manner.quiet {
            let folder = self.output.display();
            print(&format!(
                "{folder}: {} made-up patients; run them with `farr run {folder}`\n",
                self.patients
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
