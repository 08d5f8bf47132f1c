//! The views of a study: one SELECT a file in `sql/`, which may use tables and each other.

use crate::sql_text::{in_file, word};
use engine::Engine;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use study::{Place, Problem, SourceText};

/// The files of `sql/` by the name of their view. A study without views has no such folder.
pub(crate) fn read(study_dir: &Path) -> Result<BTreeMap<String, SourceText>, Problem> {
    let mut views = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(study_dir.join("sql")) else { return Ok(views) };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut problems = Vec::new();
    for path in files {
        if path.extension().is_none_or(|ending| ending != "sql") || !path.is_file() {
            continue;
        }
        let name = path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned());
        let letters = |c: char| c.is_alphanumeric() || c == '_';
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(letters) {
            problems.push(
                Problem::input(format!("`{name}` cannot name a view"))
                    .at(Place::Path(path))
                    .help("use letters, digits and `_` in the name of the file"),
            );
            continue;
        }
        match SourceText::read(&path) {
            Ok(source) => {
                let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text).to_string();
                views.insert(name, SourceText::new(path, text));
            }
            Err(problem) => problems.push(problem),
        }
    }
    Problem::collect(problems)?;
    Ok(views)
}

/// What some names need, all in all.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Views, each after those it uses.
    pub(crate) views: Vec<String>,
    /// The names that were asked for.
    pub(crate) roots: BTreeSet<String>,
    /// Tables of the registry.
    pub(crate) tables: BTreeSet<String>,
    /// What each view uses.
    pub(crate) uses: BTreeMap<String, Vec<String>>,
}

/// Follows the uses from some names on. Names that are neither view nor table are left to the engine, which knows
/// their place.
///
/// # Errors
/// Views that use each other in a circle; a view that is no SELECT.
pub(crate) fn needs<'a>(
    roots: impl IntoIterator<Item = &'a str>,
    views: &BTreeMap<String, SourceText>,
    tables: &BTreeSet<String>,
    engine: &dyn Engine,
) -> Result<Needs, Problem> {
    let mut needs = Needs::default();
    for root in roots {
        needs.roots.insert(root.into());
        visit(root, views, tables, engine, &mut needs, &mut Vec::new())?;
    }
    Ok(needs)
}

fn visit(
    name: &str,
    views: &BTreeMap<String, SourceText>,
    tables: &BTreeSet<String>,
    engine: &dyn Engine,
    needs: &mut Needs,
    path: &mut Vec<String>,
) -> Result<(), Problem> {
    let Some(source) = views.get(name) else {
        if tables.contains(name) {
            needs.tables.insert(name.into());
        }
        return Ok(());
    };
    if needs.uses.contains_key(name) && !path.iter().any(|above| above == name) {
        return Ok(());
    }
    if let Some(start) = path.iter().position(|above| above == name) {
        let circle: Vec<&str> = path[start..].iter().map(String::as_str).chain([name]).collect();
        let last = views.get(path.last().map_or(name, String::as_str)).unwrap_or(source);
        return Err(Problem::input(format!("views use each other in a circle: {}", circle.join(" → ")))
            .at(word(last, name))
            .help("a view can use only views that do not use it"));
    }
    let references = engine.references(&source.text).map_err(|fault| in_file(fault, source))?;
    needs.uses.insert(name.into(), references.clone());
    path.push(name.into());
    for reference in &references {
        visit(reference, views, tables, engine, needs, path)?;
    }
    path.pop();
    needs.views.push(name.into());
    Ok(())
}
