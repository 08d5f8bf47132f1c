//! `farr simulate`.

use super::{Manner, print};
use crate::spinner::Spinner;
use clap::{Args, ValueEnum};
use run::{Progress, RegistryRequest, TableFormat};
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;

/// What is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Model {
    /// One table, a row a patient
    Flat,
    /// The tables of a registry
    Registry,
}

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Written {
    /// Comma-separated text
    Csv,
    /// Apache Parquet
    Parquet,
}

impl Written {
    fn of(self) -> TableFormat {
        match self {
            Self::Csv => TableFormat::Csv,
            Self::Parquet => TableFormat::Parquet,
        }
    }
}

/// Write a large made-up registry and a study of it, for trying and measuring.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  farr simulate --patients 1000000 --seed 7 -o big && farr run big\n  \
    farr simulate --model registry --dirty --patients 2000 -o twin && farr check twin")]
pub(crate) struct Simulate {
    /// How many patients
    #[arg(long, default_value_t = 100_000)]
    patients: u64,
    /// Equal seeds give equal bytes
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// One flat table, or a registry of nine tables of a patient's lesions, exams, treatments, operations and visits
    #[arg(long, value_enum, default_value_t = Model::Flat)]
    model: Model,
    /// How the tables of a registry are written
    #[arg(long, value_enum, default_value_t = Written::Csv)]
    format: Written,
    /// Plant one known fault in every tenth patient of a registry, and write them to faults.csv
    #[arg(long)]
    dirty: bool,
    /// The folder to write to
    #[arg(long, short)]
    output: PathBuf,
}

impl Simulate {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet);
        let progress = |n| spinner.stage(&format!("{n} patients"));
        let (patients, seed) = (self.patients, self.seed);
        let (model, format) = (if self.dirty { Model::Registry } else { self.model }, self.format.of());
        match model {
            Model::Flat => run::simulate(patients, seed, &self.output, &progress)?,
            Model::Registry => {
                let request = RegistryRequest { patients, seed, format, dirty: self.dirty };
                run::simulate_registry(request, &self.output, &progress)?
            }
        };
        spinner.finish();
        if !manner.quiet {
            let folder = self.output.display();
            print(&format!(
                "{folder}: {} made-up patients; {} with `farr {} {folder}`\n",
                self.patients,
                if self.dirty { "find the planted faults" } else { "run them" },
                if self.dirty { "check" } else { "run" },
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
