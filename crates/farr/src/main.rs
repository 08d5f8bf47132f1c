//! The command line of farr.

mod commands;
mod diagnostic;
mod panic;
mod spinner;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    panic::guarded(run)
}

fn run() -> ExitCode {
    let arguments = commands::Farr::parse();
    match commands::dispatch(&arguments) {
        Ok(code) => code,
        Err(problem) => {
            eprint!("{}", diagnostic::render(&problem, diagnostic::colours(), arguments.naming()));
            ExitCode::from(match problem.kind {
                study::ProblemKind::Input | study::ProblemKind::Output => 2,
                study::ProblemKind::Internal => 3,
            })
        }
    }
}
