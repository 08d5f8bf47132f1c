//! Tidiness: what the compiler cannot enforce.

mod directions;
mod methods;
mod sources;

use std::path::{Path, PathBuf};

/// One kind of untidiness: given the root, it names each place.
type Rule = fn(&Path) -> Result<Vec<String>, String>;

const RULES: [(&str, Rule); 9] = [
    ("a crate depends on one that it must not know", directions::check),
    ("a file is longer than 500 lines", sources::lengths),
    ("unfinished or switched-off code", sources::unfinished),
    ("a test asserts a time or sleeps", sources::sleeps),
    ("a file is in no list", sources::unlisted),
    ("a method's documentation lacks a heading", methods::without_heading),
    ("a method has no frozen oracle", methods::without_oracle),
    ("a method has no published figure", methods::without_published_figure),
    ("a method has no proof by hand or by an identity", methods::without_own_proof),
];

/// Applies every rule.
pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut report = String::new();
    for (title, rule) in RULES {
        let places = rule(root)?;
        if !places.is_empty() {
            report.push_str(&format!("{title}:\n  {}\n", places.join("\n  ")));
        }
    }
    if report.is_empty() { Ok(()) } else { Err(report) }
}

/// Files below a folder with an extension, sorted. A folder that is not there has none.
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with(".git") {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// A path as it stands below the root.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
