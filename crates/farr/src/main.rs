//! The command line of farr.

mod commands;
mod diagnostic;
mod spinner;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A panic on a thread of the query engine becomes a problem, which is told below in plain words.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some("engine") {
            usual(panic);
        }
    }));
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
