//! Which crate may know which.

use super::read;
use std::path::Path;

/// Our crates, and what each may depend on. `engine` alone knows the query engine.
const MAY_KNOW: [(&str, &[&str]); 8] = [
    ("study", &[]),
    ("engine", &[]),
    ("cohort", &["study", "engine"]),
    ("estimate", &["study"]),
    ("review", &["study", "estimate"]),
    ("report", &["study"]),
    ("run", &["study", "engine", "cohort", "estimate", "review", "report"]),
    ("farr", &["study", "engine", "cohort", "estimate", "review", "report", "run"]),
];

/// Dependencies that belong to one crate alone.
const BELONGS: [(&str, &str); 4] =
    [("datafusion", "engine"), ("tokio", "engine"), ("faer", "estimate"), ("maud", "report")];

pub(super) fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(root.join("crates")).map_err(|error| error.to_string())? {
        let name = entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned();
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(own, _)| *own == name) else {
            faults.push(format!("crates/{name} is not in the list of crates"));
            continue;
        };
        let manifest: toml::Table = read(&root.join("crates").join(&name).join("Cargo.toml"))?
            .parse()
            .map_err(|error| format!("crates/{name}/Cargo.toml: {error}"))?;
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for dependency in dependencies.into_iter().flat_map(toml::Table::keys) {
            let ours = MAY_KNOW.iter().any(|(own, _)| own == dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                faults.push(format!("crates/{name} depends on {dependency}"));
            }
            if let Some((_, owner)) = BELONGS.iter().find(|(own, _)| own == dependency)
                && *owner != name
            {
                faults.push(format!("crates/{name} depends on {dependency}, which only {owner} may know"));
            }
        }
    }
    Ok(faults)
}
