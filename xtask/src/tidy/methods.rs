//! What every method must have: its documentation, and the proofs that its numbers are right.

use super::{files, read, shown};
use crate::proofs::{Kind, proofs};
use std::path::Path;

/// The headings of a method's documentation.
const HEADINGS: [&str; 8] = [
    "Estimand",
    "Formula",
    "Ties and censoring",
    "Assumptions",
    "Variance",
    "Options",
    "References",
    "Worked example",
];

/// Methods whose documentation lacks a heading.
pub(super) fn without_heading(root: &Path) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for (_, place) in methods(root)? {
        let text = read(&root.join(&place))?;
        let lacking = |heading: &&&str| !text.lines().any(|line| line == format!("//! # {heading}"));
        for heading in HEADINGS.iter().filter(lacking) {
            faults.push(format!("{place}: # {heading}"));
        }
    }
    Ok(faults)
}

/// Methods without a frozen reference: neither `oracle/NAME.json`, nor a script whose line `# Methods:` names it.
pub(super) fn without_oracle(root: &Path) -> Result<Vec<String>, String> {
    let oracle = root.join("oracle");
    let mut frozen: Vec<String> = Vec::new();
    for path in files(&oracle, "R")?.into_iter().chain(files(&oracle, "py")?) {
        if path.with_extension("json").is_file() {
            frozen.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
            let text = read(&path)?;
            let named = text.lines().find_map(|line| line.strip_prefix("# Methods:"));
            frozen
                .extend(named.into_iter().flat_map(|names| names.split(',').map(|name| name.trim().into())));
        }
    }
    Ok(methods(root)?
        .into_iter()
        .filter(|(name, _)| !frozen.contains(name))
        .map(|(_, place)| place)
        .collect())
}

/// Methods of which no published figure is compared: none of `tests/published/*.rs` names them in a `Printed::of`.
pub(super) fn without_published_figure(root: &Path) -> Result<Vec<String>, String> {
    let mut proofs = String::new();
    for path in files(&root.join("crates/estimate/tests/published"), "rs")? {
        proofs.push_str(&read(&path)?);
    }
    let compared = |name: &str| proofs.contains(&format!("Printed::of(\"{name}\""));
    Ok(methods(root)?.into_iter().filter(|(name, _)| !compared(name)).map(|(_, place)| place).collect())
}

/// Methods of which no test claims a proof by hand, or none an identity.
pub(super) fn without_own_proof(root: &Path) -> Result<Vec<String>, String> {
    let (proofs, methods) = (proofs(root)?, methods(root)?);
    let mut faults = Vec::new();
    for (kind, lacking) in [(Kind::ByHand, "nothing by hand"), (Kind::Identity, "no identity")] {
        let is_proved = |name: &str| proofs.iter().any(|proof| proof.kind == kind && proof.method == name);
        let unproved = methods.iter().filter(|(name, _)| !is_proved(name));
        faults.extend(unproved.map(|(_, place)| format!("{place}: {lacking}")));
    }
    Ok(faults)
}

/// Every method, by its name, and the place of its file.
fn methods(root: &Path) -> Result<Vec<(String, String)>, String> {
    let mut methods = Vec::new();
    for path in files(&root.join("crates/estimate/src/methods"), "rs")? {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let own = path.parent().is_some_and(|parent| parent.ends_with("methods"));
        if own && read(&path)?.contains("impl Method for") {
            methods.push((name, shown(root, &path)));
        }
    }
    Ok(methods)
}
