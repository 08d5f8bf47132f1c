//! Chores that call cargo or R.

use crate::tidy;
use std::path::PathBuf;
use std::process::Command;

/// The root of the repository from which cargo runs this, which need not be where it was built: checkouts may share a target
/// directory.
pub(crate) fn root() -> PathBuf {
    let run = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    run.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()).join("..")
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

/// Runs every oracle script of R; those of Python say at their head how long they take. What others source is no script of
/// its own, and the random studies have a driver.
pub(crate) fn freeze() -> Result<(), String> {
    let scripts = tidy::files(&root().join("oracle"), "R")?;
    let texts: Vec<String> = scripts.iter().map(|script| tidy::read(script)).collect::<Result<_, _>>()?;
    for script in &scripts {
        let name = script.file_name().unwrap_or_default().to_string_lossy();
        let sourced = [format!("source(\"{name}\")"), format!("source(\"oracle/{name}\")")];
        let is_part = texts.iter().any(|text| sourced.iter().any(|line| text.contains(line.as_str())));
        if !is_part && !name.starts_with("fuzz") {
            call("Rscript", &[&script.display().to_string()], &[])?;
        }
    }
    Ok(())
}
