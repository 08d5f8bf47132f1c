//! Where the data are: a folder of tables with its dictionary, or a single file.

use crate::Dictionary;
use crate::dictionary::TableEntry;
use crate::sources::{SOURCES, source_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use study::nearest::suggest;
use study::{Place, Plan, Problem};

/// The tables of a registry by name, and the dictionary.
#[derive(Debug)]
pub(crate) struct Registry {
    /// The file of each table; of a table of a database, the dictionary that declares it.
    pub(crate) tables: BTreeMap<String, PathBuf>,
    /// The sheet of each table that is one of a workbook with several, or that the dictionary says.
    pub(crate) sheets: BTreeMap<String, String>,
    /// What the columns mean; empty where there is no such file.
    pub(crate) dictionary: Dictionary,
}

impl Registry {
    /// Looks where the plan says, or into the folder `registry`.
    pub(crate) fn find(study_dir: &Path, plan: &Plan) -> Result<Self, Problem> {
        let given = plan.registry.path.as_deref();
        let path = study_dir.join(given.unwrap_or(Path::new("registry")));
        let place = || given.and_then(|_| plan.place(&["registry".into(), "path".into()]));
        let (file, sheet) = split_sheet(&path);
        if file.is_file() {
            return Self::single(&file, sheet).map_err(|problem| problem.at(place()));
        }
        let entries = std::fs::read_dir(&path).map_err(|_| {
            Problem::input(format!("there is no registry at {}", path.display()))
                .at(place())
                .help("put the tables into the folder `registry`, or name the folder or file with `[registry] path`")
        })?;
        let dictionary = Dictionary::read(&path.join("registry.toml"))?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file() && !is_left(path) && source_of(path).is_some())
            .collect();
        files.sort();
        Self::folder(&path, files, dictionary)
    }

    /// Where a table is, as people are told: the name of its file, or of its database and relation.
    pub(crate) fn origin(&self, table: &str) -> Option<String> {
        match self.dictionary.tables.get(table) {
            Some(entry) if entry.database.is_some() => Some(relation_name(table, entry)),
            _ => Some(self.tables.get(table)?.file_name()?.to_string_lossy().into_owned()),
        }
    }

    fn single(path: &Path, sheet: Option<String>) -> Result<Self, Problem> {
        if source_of(path).is_none() {
            return Err(
                Problem::input(format!("{} is of no known format", path.display())).help(known_endings())
            );
        }
        let dictionary = Dictionary::read(&path.with_file_name("registry.toml"))?;
        let (mut tables, mut sheets) = (BTreeMap::new(), BTreeMap::new());
        let found = match sheet {
            Some(sheet) => vec![(sheet.clone(), Some(sheet))],
            None => tables_of(path)?,
        };
        for (name, sheet) in found {
            tables.insert(name.clone(), path.to_path_buf());
            sheets.extend(sheet.map(|sheet| (name, sheet)));
        }
        Ok(Self { tables, sheets, dictionary })
    }

    fn folder(path: &Path, files: Vec<PathBuf>, dictionary: Dictionary) -> Result<Self, Problem> {
        let mut tables: BTreeMap<String, PathBuf> = BTreeMap::new();
        let mut sheets: BTreeMap<String, String> = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, entry) in &dictionary.tables {
            if entry.database.is_some() {
                let declared = dictionary.source.as_ref().map(|source| source.path.to_path_buf());
                tables.insert(name.clone(), declared.unwrap_or_default());
            }
            let Some(file) = &entry.file else { continue };
            let (file, sheet) = split_sheet(&path.join(file));
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
                sheets.extend(sheet.map(|sheet| (name.clone(), sheet)));
                tables.insert(name.clone(), file);
            }
        }
        let stated: BTreeSet<PathBuf> = tables.values().cloned().collect();
        // A workbook of which the dictionary names a sheet has no other tables than those it names.
        for file in files.into_iter().filter(|file| !stated.contains(file)) {
            let is_elsewhere = |name: &str| {
                let entry = dictionary.tables.get(name);
                entry.is_some_and(|entry| entry.file.is_some() || entry.database.is_some())
            };
            if is_elsewhere(&stem(&file)) {
                continue;
            }
            let found = match tables_of(&file) {
                Ok(found) => found,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            for (name, sheet) in found.into_iter().filter(|(name, _)| !is_elsewhere(name)) {
                sheets.extend(sheet.map(|sheet| (name.clone(), sheet)));
                if let Some(earlier) = tables.insert(name.clone(), file.clone()) {
                    let help = format!(
                        "the other is {}: say in registry.toml which `file` it is",
                        earlier.display()
                    );
                    problems.push(
                        Problem::input(format!("two files hold the table `{name}`"))
                            .at(Place::Path(file.clone()))
                            .help(help),
                    );
                }
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
        Ok(Self { tables, sheets, dictionary })
    }
}

/// A table of a database as people are told of it.
pub(crate) fn relation_name(table: &str, entry: &TableEntry) -> String {
    let relation = entry.relation.as_deref().unwrap_or(table);
    format!("{}: {relation}", entry.database.as_deref().unwrap_or_default())
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned())
}

/// The tables of a file and their sheets: one by the name of the file, or of a workbook with several sheets each by its
/// own.
fn tables_of(path: &Path) -> Result<Vec<(String, Option<String>)>, Problem> {
    let sheets = source_of(path).map(|source| source.sheets(path)).transpose()?.flatten();
    Ok(match sheets {
        None => vec![(stem(path), None)],
        Some(mut sheets) if sheets.len() < 2 => vec![(stem(path), sheets.pop())],
        Some(sheets) => sheets.into_iter().map(|sheet| (sheet.clone(), Some(sheet))).collect(),
    })
}

/// The file and the sheet of `FILE.xlsx#SHEET`; both may contain a `#`, so that the file is looked for.
fn split_sheet(stated: &Path) -> (PathBuf, Option<String>) {
    let whole = || (stated.to_path_buf(), None);
    let Some(text) = stated.to_str().filter(|_| !stated.is_file()) else { return whole() };
    let parts = text.match_indices('#').map(|(at, _)| (Path::new(&text[..at]), &text[at + 1..]));
    let mut found = parts.filter(|(file, _)| file.is_file());
    found.next().map_or_else(whole, |(file, sheet)| (file.into(), Some(sheet.into())))
}

fn known_endings() -> String {
    let endings: Vec<&str> = SOURCES.iter().flat_map(|source| source.endings()).copied().collect();
    format!("known endings are {}", endings.join(", "))
}

/// A file that is one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleTable {
    /// The file.
    pub file: PathBuf,
    /// The sheet, where one of a workbook is said.
    pub sheet: Option<String>,
    /// The name of the table.
    pub name: String,
}

/// The table of a data file, or of `FILE.xlsx#SHEET`.
///
/// # Errors
/// There is no such file, it is of no known format, or it is a workbook of several sheets.
pub fn single_table(data: &Path) -> Result<SingleTable, Problem> {
    let (file, sheet) = split_sheet(data);
    let refused = |message: String| Problem::input(message).at(Place::Path(file.clone()));
    if file.is_dir() {
        return Err(refused("this is a folder".into()).help("name one of its data files"));
    }
    if !file.is_file() {
        return Err(refused("there is no such file".into()).help("name a data file with one row a patient"));
    }
    if source_of(&file).is_none() {
        return Err(refused("the file is of no known format".into()).help(known_endings()));
    }
    if let Some(sheet) = sheet {
        return Ok(SingleTable { name: sheet.clone(), sheet: Some(sheet), file });
    }
    let mut tables: Vec<String> = tables_of(&file)?.into_iter().map(|(name, _)| name).collect();
    match tables.len() {
        1 => Ok(SingleTable { name: tables.remove(0), sheet: None, file }),
        n => {
            let help = format!("name one: {}#{}", file.display(), tables[0]);
            Err(refused(format!("the workbook has {n} sheets: {}", tables.join(", "))).help(help))
        }
    }
}

/// Whether a file is one that programs leave beside those of people: the mark of a workbook that is open in Excel, or a
/// hidden file, such as macOS writes beside each one of a memory stick (`._patients.csv`).
fn is_left(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("~$") || name.starts_with('.')
}
