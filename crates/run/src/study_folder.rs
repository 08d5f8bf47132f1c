//! The folder of a study.

use std::path::Path;
use study::{Place, Plan, Problem, SourceText};

/// The folder in which a file or folder lies; the current one where its name is all that was given.
pub fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Reads `study.toml` in a folder.
///
/// # Errors
/// There is no such file, or it cannot be a plan: the place of each fault is named.
pub fn read_plan(folder: &Path) -> Result<Plan, Problem> {
    let path = folder.join("study.toml");
    if !path.is_file() {
        return Err(Problem::input("there is no study.toml in this folder")
            .at(Place::Path(folder.to_path_buf()))
            .help("name a study folder, or start one with `farr new DIR`"));
    }
    let plan = Plan::parse(SourceText::read(path)?)?;
    review::check_demands(&plan)?;
    Problem::collect(plan.analyses.iter().filter_map(|a| estimate::find(a).err()).collect())?;
    let refused = plan.analyses.iter().filter_map(|analysis| {
        estimate::find(analysis).and_then(|entry| (entry.requests)(analysis, &plan)).err()
    });
    Problem::collect(refused.collect())?;
    Ok(plan)
}
