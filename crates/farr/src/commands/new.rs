//! `farr new`.

use super::{Manner, print};
use clap::Args;
use cohort::RedcapProject;
use run::start::Origin;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use study::Problem;

const EXAMPLES: &str = "\
Examples:
  farr new my-study
  farr new my-study --from patients.csv
  farr new my-study --from clinic.xlsx#Patients
  farr new my-study --from redcap --data export.csv --dictionary dictionary.csv
  farr new my-study --from redcap --data FOLDER --missing \"UNK, Unknown | NASK, Not asked\"";

/// Start a study folder, with made-up patients to try, or from data.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct New {
    /// The folder to make; it must not exist yet, or be empty
    folder: PathBuf,
    /// A data file with one row a patient (FILE.xlsx#SHEET names a sheet), or `redcap` for a REDCap project
    #[arg(long, value_name = "DATA")]
    from: Option<PathBuf>,
    /// With `--from redcap`: the export of the records (CSV), or a folder with it and the data dictionary
    #[arg(long, value_name = "EXPORT", requires = "from")]
    data: Option<PathBuf>,
    /// With `--from redcap`: the data dictionary (CSV)
    #[arg(long, value_name = "CSV", requires = "data")]
    dictionary: Option<PathBuf>,
    /// With `--from redcap`: the project's missing data codes, as REDCap writes them
    #[arg(long, value_name = "CODES", requires = "data")]
    missing: Option<String>,
}

impl New {
    fn origin(&self) -> Result<Origin<'_>, Problem> {
        let is_redcap = self.from.as_deref() == Some(Path::new("redcap"));
        match (&self.from, &self.data) {
            (Some(_), Some(data)) if is_redcap => Ok(Origin::Redcap(RedcapProject {
                data,
                dictionary: self.dictionary.as_deref(),
                missing: self.missing.as_deref(),
            })),
            (Some(_), Some(_)) => Err(Problem::input("--data goes with `--from redcap` alone")
                .help("name a single file with --from FILE")),
            (Some(_), None) if is_redcap => Err(Problem::input("`--from redcap` needs the project's files")
                .help("--data EXPORT.csv --dictionary DICTIONARY.csv, or --data FOLDER with both; ./redcap is a file")),
            (Some(file), None) => Ok(Origin::File(file)),
            (None, _) => Ok(Origin::Example),
        }
    }

    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let notes = run::start::start(&self.folder, &self.origin()?)?;
        if !manner.quiet {
            for note in notes {
                print(&format!("note: {note}\n"))?;
            }
            let folder = self.folder.display();
            print(&format!("{folder}/study.toml holds the question; run it with `farr run {folder}`\n"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
