//! A new study folder, with made-up patients or from data.

mod redcap;
mod text;

use crate::columns::{self, Described};
use crate::output::OutputFile;
use crate::study_folder::{parent, read_plan};
use cohort::{Cohort, RedcapProject, single_table};
use std::fs;
use std::path::Path;
use study::{Place, Plan, Problem, SourceText};

/// What a study is started from.
#[derive(Debug, Clone, Copy)]
pub enum Origin<'a> {
    /// Made-up patients, to try.
    Example,
    /// A data file with one row a patient, or `FILE.xlsx#SHEET`.
    File(&'a Path),
    /// A REDCap project.
    Redcap(RedcapProject<'a>),
}

/// Makes the folder. It is made whole or not at all, and an existing one is never touched. Gives what whoever starts the
/// study should know.
///
/// # Errors
/// The folder exists and is not empty; the data cannot be read; the disk is full.
pub fn start(folder: &Path, origin: &Origin<'_>) -> Result<Vec<String>, Problem> {
    let taken = folder.exists() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        return Err(Problem::output("the folder is not empty")
            .at(Place::Path(folder.to_path_buf()))
            .help("name a folder that does not exist yet"));
    }
    let (files, notes) = match origin {
        Origin::Example => (
            vec![
                file("study.toml", include_str!("../templates/study.toml")),
                file("registry/patients.csv", include_str!("../templates/patients.csv")),
            ],
            Vec::new(),
        ),
        Origin::File(data) => (from_data(data)?, Vec::new()),
        Origin::Redcap(project) => redcap::files(*project)?,
    };
    write(folder, &files)?;
    read_plan(folder).map(|_| notes)
}

fn file(name: &str, text: &str) -> OutputFile {
    (name.into(), text.as_bytes().to_vec())
}

fn write(folder: &Path, files: &[OutputFile]) -> Result<(), Problem> {
    let unwritable = |error: &std::io::Error| {
        Problem::output(format!("cannot make the study folder: {error}"))
            .at(Place::Path(folder.to_path_buf()))
    };
    let parent = parent(folder);
    fs::create_dir_all(parent).map_err(|error| unwritable(&error))?;
    let partial = tempfile::tempdir_in(parent).map_err(|error| unwritable(&error))?;
    let inner = partial.path().join("study");
    for (name, bytes) in files {
        let path = inner.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| unwritable(&error))?;
        }
        fs::write(&path, bytes).map_err(|error| unwritable(&error))?;
    }
    fs::rename(&inner, folder).map_err(|error| unwritable(&error))
}

/// The files of a study of one data file: the file itself, and a plan with a Table 1 of all its columns.
fn from_data(data: &Path) -> Result<Vec<OutputFile>, Problem> {
    let table = single_table(data)?;
    let path = data.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let bare = text::head(
        &table.name,
        &text::Population { table: Some(&table.name), ..Default::default() },
        Some(&path),
    )?;
    let plan = Plan::parse(SourceText::new("study.toml", bare))?;
    let cohort = Cohort::open(parent(&table.file), &plan, &|_| ())?;
    let id = columns::identifier(&cohort);
    let population = text::Population { table: Some(&table.name), id: id.as_deref(), ..Default::default() };
    let mut study = text::head(&table.name, &population, None)?;
    let described = columns::describable(&cohort);
    for Described { name, label, kind } in &described {
        study += &text::variable(name, label.as_deref().unwrap_or(name), *kind);
    }
    study += &text::baseline(described.iter().map(|column| column.name.as_str()));
    let name = table.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut files = vec![file("study.toml", &study), (format!("registry/{name}"), read(&table.file)?)];
    if table.sheet.is_some() {
        let sheet = format!("[tables.{}]\nfile = {}\n", text::key(&table.name), text::value(&path));
        files.push(file("registry/registry.toml", &sheet));
    }
    Ok(files)
}

/// The bytes of a file.
fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    fs::read(path).map_err(|error| {
        Problem::input(format!("cannot read the file: {error}")).at(Place::Path(path.to_path_buf()))
    })
}
