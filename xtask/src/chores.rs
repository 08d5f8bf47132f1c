//! Chores that call cargo or R.

use crate::tidy;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a program in the root; its failure is ours.
pub(crate) fn call(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    eprintln!("$ {program} {}", arguments.join(" "));
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} {} failed", arguments.join(" "))) }
}

/// Everything that CI checks beside the tests.
pub(crate) fn check() -> Result<(), String> {
    tidy::check(&root())?;
    call("cargo", &["fmt", "--all", "--check"], &[])?;
    call("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], &[])?;
    let deny = Command::new("cargo-deny").arg("--version").output();
    if deny.is_ok_and(|output| output.status.success()) {
        call("cargo", &["deny", "--offline", "check", "bans", "licenses", "sources"], &[])
    } else {
        eprintln!("cargo-deny is not installed: skipped");
        Ok(())
    }
}

/// Writes the golden files anew; the change is reviewed in the diff.
pub(crate) fn golden() -> Result<(), String> {
    let environment = [("FARR_UPDATE_GOLDEN", "1"), ("INSTA_UPDATE", "always")];
    call("cargo", &["test", "--workspace"], &environment)
}

/// Runs every oracle script of R; those of Python say at their head how long they take.
pub(crate) fn freeze() -> Result<(), String> {
    for script in tidy::files(&root().join("oracle"), "R")? {
        call("Rscript", &[&script.display().to_string()], &[])?;
    }
    Ok(())
}
