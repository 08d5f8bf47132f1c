//! What a reader of the sources would stumble over.

use super::{files, read, shown};
use std::path::{Path, PathBuf};

fn rust(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = files(&root.join("crates"), "rs")?;
    found.extend(files(&root.join("benches"), "rs")?);
    Ok(found)
}

/// Files of more than 500 lines.
pub(super) fn lengths(root: &Path) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for path in rust(root)? {
        let lines = read(&path)?.lines().count();
        if lines > 500 {
            faults.push(format!("{}: {lines} lines", shown(root, &path)));
        }
    }
    Ok(faults)
}

/// Lines with one of the words.
fn lines_with(root: &Path, words: &[&str]) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for path in rust(root)? {
        for (number, line) in read(&path)?.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                faults.push(format!("{}:{}: {}", shown(root, &path), number + 1, line.trim()));
            }
        }
    }
    Ok(faults)
}

/// Tests that do not run and code that is not there.
pub(super) fn unfinished(root: &Path) -> Result<Vec<String>, String> {
    lines_with(root, &["#[ignore", "todo!(", "unimplemented!(", "FIXME", "XXX"])
}

/// Tests that depend on the clock.
pub(super) fn sleeps(root: &Path) -> Result<Vec<String>, String> {
    lines_with(root, &["thread::sleep", "assert!(elapsed", "assert!(start.elapsed"])
}

/// Files of a list folder that their list does not name: they would never run.
pub(super) fn unlisted(root: &Path) -> Result<Vec<String>, String> {
    const LISTS: [&str; 5] = [
        "crates/estimate/src/methods",
        "crates/review/src/rules",
        "crates/cohort/src/sources",
        "crates/report/src/displays",
        "crates/report/src/formats",
    ];
    let mut faults = Vec::new();
    for folder in LISTS {
        let list = root.join(folder).with_extension("rs");
        if !list.is_file() {
            faults.push(format!("{folder}.rs is missing"));
            continue;
        }
        let list = read(&list)?;
        for entry in std::fs::read_dir(root.join(folder)).map_err(|error| format!("{folder}: {error}"))? {
            let path = entry.map_err(|error| error.to_string())?.path();
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let is_module = path.extension().is_some_and(|extension| extension == "rs");
            if is_module && !list.contains(&format!("mod {stem};")) {
                faults.push(shown(root, &path));
            }
        }
    }
    Ok(faults)
}
