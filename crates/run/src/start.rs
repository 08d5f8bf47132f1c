//! A new study folder, with made-up patients or from a data file.

use crate::columns::{self, Described};
use crate::output::OutputFile;
use crate::study_folder::{parent, read_plan};
use cohort::Cohort;
use std::fs;
use std::path::Path;
use study::{Kind, Place, Plan, Problem, SourceText};
use toml::{Table, Value};

/// Makes the folder. It is made whole or not at all, and an existing one is never touched.
///
/// # Errors
/// The folder exists and is not empty; the data cannot be read; the disk is full.
pub fn start(folder: &Path, data: Option<&Path>) -> Result<(), Problem> {
    let taken = folder.exists() && fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        return Err(Problem::output("the folder is not empty")
            .at(Place::Path(folder.to_path_buf()))
            .help("name a folder that does not exist yet"));
    }
    let files = match data {
        None => vec![
            file("study.toml", include_str!("../templates/study.toml")),
            file("registry/patients.csv", include_str!("../templates/patients.csv")),
        ],
        Some(data) => from_data(data)?,
    };
    write(folder, &files)?;
    read_plan(folder).map(|_| ())
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
    let unreadable = |message: String| Problem::input(message).at(Place::Path(data.to_path_buf()));
    let bytes = fs::read(data).map_err(|error| unreadable(format!("cannot read the file: {error}")))?;
    let name = data.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = parent(data);
    let table = data.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let bare = plan_text(&table, None, Some(&name))?;
    let plan = Plan::parse(SourceText::new("study.toml", bare))?;
    let cohort = Cohort::open(folder, &plan, &|_| ())?;
    let id = columns::identifier(&cohort);
    let mut text = plan_text(&table, id.as_deref(), None)?;
    let described = columns::describable(&cohort);
    for Described { name, kind } in &described {
        let kind = toml::to_string(&Table::from_iter([("kind".to_string(), kind_name(*kind))]));
        let kind = kind.map_err(|error| Problem::internal(error.to_string()))?;
        text.push_str(&format!("\n[variables.{}]\nlabel = {}\n{kind}", key(name), key_value(name)));
    }
    let list = described.iter().map(|column| key_value(&column.name)).collect::<Vec<_>>().join(", ");
    text.push_str(&format!(
        "\n[[analyses]]\nid = \"table-1\"\ntitle = \"Patients\"\nmethod = \"baseline\"\n\
         # by = \"NAME OF A COLUMN\" # to compare groups\nvariables = [{list}]\n"
    ));
    Ok(vec![file("study.toml", &text), (format!("registry/{name}"), bytes)])
}

fn plan_text(table: &str, id: Option<&str>, path: Option<&str>) -> Result<String, Problem> {
    let text = |value: &str| Value::String(value.into());
    let mut document = Table::new();
    document.insert("study".into(), Value::Table(Table::from_iter([("title".into(), text(table))])));
    if let Some(path) = path {
        document.insert("registry".into(), Value::Table(Table::from_iter([("path".into(), text(path))])));
    }
    let mut population = Table::from_iter([("table".to_string(), text(table))]);
    if let Some(id) = id {
        population.insert("id".into(), text(id));
    }
    document.insert("population".into(), Value::Table(population));
    toml::to_string(&document).map_err(|error| Problem::internal(error.to_string()))
}

fn kind_name(kind: Kind) -> Value {
    Value::String(
        match kind {
            Kind::Category => "category",
            Kind::Number => "number",
            Kind::Flag => "flag",
            Kind::Date => "date",
        }
        .into(),
    )
}

/// A name as a TOML key.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if bare { name.into() } else { key_value(name) }
}

/// A text as a TOML value.
fn key_value(name: &str) -> String {
    Value::String(name.into()).to_string()
}
