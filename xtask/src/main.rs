//! The project's own chores: `cargo xtask check`, `golden`, `validation`, `freeze`.

mod chores;
mod proofs;
mod tidy;
mod validation;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask check        tidiness, formatting, clippy, cargo-deny where it is installed
cargo xtask golden       write the golden files anew: JSON Schemas and snapshots
cargo xtask validation   run the proofs and write VALIDATION.md anew
cargo xtask freeze       run oracle/*.R and write oracle/*.json anew (needs R)
";

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let done = match task.as_str() {
        "check" => chores::check(),
        "golden" => chores::golden(),
        "validation" => validation::write(),
        "freeze" => chores::freeze(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
