//! The commands, one file each.

mod check;
mod conventions;
mod cox;
mod flat;
mod follow_up;
mod logistic;
mod methods;
mod new;
mod run;
mod schema;
mod share;
mod simulate;
mod survival;
mod table;
mod timeline;
mod views;
mod why;

use crate::diagnostic::Naming;
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use study::Problem;

/// From a patient registry to a finished, checked study.
///
/// A study is a folder: study.toml (the question), registry/ (the tables), sql/ (the derivations). `farr run` reads
/// it and writes results/ with report.html, results.json, tables and figures.
#[derive(Debug, Parser)]
#[command(name = "farr", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Farr {
    #[command(subcommand)]
    command: Command,
    /// Print results and errors only: no progress, no summary
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Print the results as JSON instead of tables
    #[arg(long, global = true)]
    json: bool,
    /// Name patients and repeat their values where something is wrong with them; otherwise nobody is named
    #[arg(long, global = true)]
    identify: bool,
}

impl Farr {
    /// Whether patients are named.
    pub(crate) fn naming(&self) -> Naming {
        if self.identify { Naming::Named } else { Naming::Hidden }
    }
}

const EXAMPLES: &str = "\
Examples:
  farr run examples/crlm-pcr                 the whole study, into examples/crlm-pcr/results
  farr check examples/crlm-pcr               read everything, compute nothing, list what is wrong
  farr new my-study --from patients.csv      start a study from a file
  farr table patients.csv --by pcr           Table 1 of a flat file
  farr survival patients.csv --time months --event died --by pcr
  farr logistic patients.csv --outcome pcr --terms size,cea,side
  farr cox patients.csv --time months --event died --terms size,cea

Exit codes: 0 done; 1 findings that the plan says must not be there; 2 the input is wrong; 3 farr is wrong.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a study folder, empty or from a data file
    New(new::New),
    /// Read a study and its registry, and list everything that is wrong or was inferred
    Check(check::Check),
    /// Run a study and write its results
    Run(run::Run),
    /// Describe the patients of a flat file, by groups if wanted (Table 1)
    Table(table::Table),
    /// Kaplan–Meier curves and the log-rank test on a flat file
    Survival(survival::Survival),
    /// Logistic regression on a flat file
    Logistic(logistic::Logistic),
    /// Cox proportional-hazards regression on a flat file
    Cox(cox::Cox),
    /// Write a copy of a registry that names nobody
    Share(share::Share),
    /// Print the rows and rules from which a patient's value came
    Why(why::Why),
    /// List the clinical views with their parameters and sources, or print one
    Views(views::Views),
    /// Draw the course of one patient, or of many, on one time axis
    Timeline(timeline::Timeline),
    /// Say how complete follow-up is on a day, and who is due
    FollowUp(follow_up::FollowUp),
    /// Write a large made-up registry, for trying and measuring
    Simulate(simulate::Simulate),
    /// Print what SPSS, SAS, Stata, R and farr do where they differ
    Conventions(conventions::Conventions),
    /// List the statistical methods, or print one with its formula, options and sources
    Methods(methods::Methods),
    /// Print the JSON Schema of study.toml, registry.toml or results.json
    Schema(schema::Schema),
}

/// What every command may know of the others' options.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    /// No progress, no summary.
    pub(crate) quiet: bool,
    /// JSON instead of tables.
    pub(crate) json: bool,
    /// Whether patients are named.
    pub(crate) naming: Naming,
}

/// Runs the command that was asked for.
pub(crate) fn dispatch(arguments: &Farr) -> Result<ExitCode, Problem> {
    let manner = Manner { quiet: arguments.quiet, json: arguments.json, naming: arguments.naming() };
    match &arguments.command {
        Command::New(command) => command.execute(manner),
        Command::Check(command) => command.execute(manner),
        Command::Run(command) => command.execute(manner),
        Command::Table(command) => command.execute(manner),
        Command::Survival(command) => command.execute(manner),
        Command::Logistic(command) => command.execute(manner),
        Command::Cox(command) => command.execute(manner),
        Command::Share(command) => command.execute(manner),
        Command::Why(command) => command.execute(manner),
        Command::Views(command) => command.execute(manner),
        Command::Timeline(command) => command.execute(manner),
        Command::FollowUp(command) => command.execute(manner),
        Command::Simulate(command) => command.execute(manner),
        Command::Conventions(command) => command.execute(manner),
        Command::Methods(command) => command.execute(manner),
        Command::Schema(command) => command.execute(manner),
    }
}

/// Writes to standard output; a reader that has gone away (`farr … | head`) is not an error.
pub(crate) fn print(text: &str) -> Result<(), Problem> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Problem::output(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// The JSON text of a value, with a newline.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Problem::internal(format!("results cannot be written: {error}")))
}
