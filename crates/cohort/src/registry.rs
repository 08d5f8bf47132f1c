//! Where the data are: a folder of tables with its dictionary, or a single file.

use crate::Dictionary;
use crate::sources::{SOURCES, source_of};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use study::nearest::suggest;
use study::{Place, Plan, Problem};

/// The tables of a registry by name, and the dictionary.
#[derive(Debug)]
pub(crate) struct Registry {
    /// The file of each table.
    pub(crate) tables: BTreeMap<String, PathBuf>,
    /// What the columns mean; empty where there is no such file.
    pub(crate) dictionary: Dictionary,
}

impl Registry {
    /// Looks where the plan says, or into the folder `registry`.
    pub(crate) fn find(study_dir: &Path, plan: &Plan) -> Result<Self, Problem> {
        let given = plan.registry.path.as_deref();
        let path = study_dir.join(given.unwrap_or(Path::new("registry")));
        let place = || given.and_then(|_| plan.place(&["registry".into(), "path".into()]));
        if path.is_file() {
            return Self::single(&path).map_err(|problem| problem.at(place()));
        }
        let entries = std::fs::read_dir(&path).map_err(|_| {
            Problem::input(format!("there is no registry at {}", path.display()))
                .at(place())
                .help("put the tables into the folder `registry`, or name the folder or file with `[registry] path`")
        })?;
        let dictionary = Dictionary::read(&path.join("registry.toml"))?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file() && source_of(path).is_some())
            .collect();
        files.sort();
        Self::folder(&path, files, dictionary)
    }

    fn single(path: &Path) -> Result<Self, Problem> {
        if source_of(path).is_none() {
            let endings: Vec<&str> = SOURCES.iter().flat_map(|source| source.endings()).copied().collect();
            return Err(Problem::input(format!("{} is of no known format", path.display()))
                .help(format!("known endings are {}", endings.join(", "))));
        }
        let dictionary = Dictionary::read(&path.with_file_name("registry.toml"))?;
        Ok(Self { tables: BTreeMap::from([(stem(path), path.to_path_buf())]), dictionary })
    }

    fn folder(path: &Path, files: Vec<PathBuf>, dictionary: Dictionary) -> Result<Self, Problem> {
        let mut tables: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, entry) in &dictionary.tables {
            let Some(file) = &entry.file else { continue };
            let file = path.join(file);
            if !file.is_file() {
                let place = dictionary.place(&["tables".into(), name.as_str().into(), "file".into()]);
                let names = files.iter().filter_map(|file| file.file_name()?.to_str());
                problems.push(
                    Problem::input(format!("there is no file {}", file.display()))
                        .at(place)
                        .help(suggest(entry.file.as_deref().unwrap_or_default(), names)),
                );
            } else if source_of(&file).is_none() {
                let place = dictionary.place(&["tables".into(), name.as_str().into(), "file".into()]);
                problems.push(Problem::input(format!("{} is of no known format", file.display())).at(place));
            } else {
                tables.insert(name.clone(), file);
            }
        }
        for file in files {
            let name = stem(&file);
            let taken = tables.values().any(|known| *known == file)
                || dictionary.tables.get(&name).is_some_and(|entry| entry.file.is_some());
            if taken {
                continue;
            }
            if let Some(earlier) = tables.insert(name.clone(), file.clone()) {
                problems.push(
                    Problem::input(format!("two files hold the table `{name}`")).at(Place::Path(file)).help(
                        format!(
                            "the other is {}: say in registry.toml which `file` it is",
                            earlier.display()
                        ),
                    ),
                );
            }
        }
        for name in dictionary.tables.keys().filter(|name| !tables.contains_key(*name)) {
            if dictionary.tables[name].file.is_none() {
                problems.push(
                    Problem::input(format!("the registry has no file for the table `{name}`"))
                        .at(dictionary.place(&["tables".into(), name.as_str().into()]))
                        .help(suggest(name, tables.keys().map(String::as_str))),
                );
            }
        }
        Problem::collect(problems)?;
        if tables.is_empty() {
            return Err(Problem::input("the registry has no table").at(Place::Path(path.into())));
        }
        Ok(Self { tables, dictionary })
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
}
