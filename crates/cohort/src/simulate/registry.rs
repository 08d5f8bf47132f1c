//! A simulated registry in the documented model: the tables of `examples/crlm-pcr`, and a score with its components.
//!
//! Clean, no rule of `farr check` has anything to ask of it. Its *dirty twin* has the same patients of the same seed,
//! and one known fault in every tenth of them, kind after kind; `faults.csv` tells which.

pub(super) mod faults;
mod model;
mod person;
mod write;

use super::random::Random;
use super::{unwritable, written_whole};
use faults::{FAULTS, Planted};
use model::{TABLES, TableModel};
use person::Person;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use study::{Place, Problem};
use write::Sink;

/// How the tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Text, which can hold anything.
    Csv,
    /// Columns with types.
    Parquet,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub struct RegistryRequest {
    /// How many patients.
    pub patients: u64,
    /// Equal seeds give equal bytes.
    pub seed: u64,
    /// How the tables are written.
    pub format: TableFormat,
    /// Whether faults are planted.
    pub dirty: bool,
}

/// One patient in so many has a fault.
const SPACING: u64 = 10;

/// The streams of random numbers: of patients, one a thousand, and of faults.
const PATIENTS_A_STREAM: u64 = 1000;
const FAULT_STREAM: u64 = 1 << 62;

const STUDY: &str = "study.toml";
const TRUTH: &str = "faults.csv";

/// Writes `registry/`, `study.toml` and, of a dirty twin, `faults.csv` into a folder; gives the path of the study.
///
/// # Errors
/// No patients asked for; faults in a format that cannot hold them; files that are there already; a full disk.
pub fn simulate_registry(
    request: RegistryRequest,
    directory: &Path,
    progress: &dyn Fn(u64),
) -> Result<PathBuf, Problem> {
    if request.patients == 0 || request.patients > u64::from(u32::MAX) {
        return Err(Problem::input(format!("{} patients cannot be simulated", request.patients))
            .help("ask for at least one, for example 1000"));
    }
    if request.dirty && request.format == TableFormat::Parquet {
        return Err(Problem::input("a Parquet file cannot hold the faults of a dirty twin")
            .help("its columns have types: write --format csv"));
    }
    let registry = directory.join("registry");
    for path in [&registry, &directory.join(STUDY), &directory.join(TRUTH)] {
        if path.exists() {
            return Err(Problem::input("this exists already and is not overwritten")
                .at(Place::Path(path.clone()))
                .help("choose another folder, or remove it"));
        }
    }
    let partial = directory.join("registry.partial");
    fs::create_dir_all(&partial).map_err(|error| unwritable(&partial, &error))?;
    let planted = tables(request, &partial, progress).and_then(|planted| {
        let text = dictionary(request.format);
        fs::write(partial.join("registry.toml"), text).map_err(|error| unwritable(&partial, &error))?;
        fs::rename(&partial, &registry).map_err(|error| unwritable(&registry, &error))?;
        Ok(planted)
    });
    let planted = match planted {
        Ok(planted) => planted,
        Err(problem) => {
            // What is left of it is of no use; should it not go away, the first error is the one to tell.
            let _ = fs::remove_dir_all(&partial);
            return Err(problem);
        }
    };
    if request.dirty {
        whole(&directory.join(TRUTH), &truth(&planted))?;
    }
    let study = directory.join(STUDY);
    whole(&study, &study_text(request))?;
    Ok(study)
}

fn whole(path: &Path, text: &str) -> Result<(), Problem> {
    written_whole(path, |mut file| {
        file.write_all(text.as_bytes()).map_err(|error| Problem::output(format!("cannot write: {error}")))
    })
}

/// Writes all tables; gives the faults with the rows in which they stand.
fn tables(request: RegistryRequest, folder: &Path, progress: &dyn Fn(u64)) -> Result<Vec<Planted>, Problem> {
    let mut sinks = TABLES
        .iter()
        .map(|table| Sink::open(table, request.format, folder))
        .collect::<Result<Vec<Sink>, Problem>>()?;
    let mut planted = Vec::new();
    let mut random = Random::new(request.seed, 0);
    let mut fault_random = Random::new(request.seed, FAULT_STREAM);
    let mut next = 0;
    let mut due = false;
    for number in 0..request.patients {
        if number % PATIENTS_A_STREAM == 0 {
            random = Random::new(request.seed, number / PATIENTS_A_STREAM);
            progress(number);
        }
        let mut person = Person::draw(number, &mut random);
        due |= request.dirty && number % SPACING == SPACING / 2;
        if due {
            let kind = &FAULTS[next % FAULTS.len()];
            // A patient in whom it cannot be planted leaves it to the next.
            if let Some(spot) = (kind.plant)(&mut person, &mut fault_random) {
                let before = sinks[spot.table].rows();
                planted.push(Planted {
                    kind,
                    table: TABLES[spot.table].name,
                    row: before + spot.row as u64 + 1,
                    column: spot.column,
                    patient: person.id.clone(),
                });
                (next, due) = (next + 1, false);
            }
        }
        for (sink, rows) in sinks.iter_mut().zip(person.rows) {
            rows.into_iter().try_for_each(|row| sink.push(row))?;
        }
    }
    sinks.into_iter().try_for_each(Sink::close)?;
    Ok(planted)
}

/// The truth, a row a fault.
fn truth(planted: &[Planted]) -> String {
    let mut text = String::from("kind,rule,table,row,column,patient_id\n");
    for fault in planted {
        let Planted { kind, table, row, column, patient } = fault;
        text.push_str(&format!("\"{}\",{},{table},{row},{column},{patient}\n", kind.name, kind.rule));
    }
    text
}

/// The dictionary: what only texts need is left out for columns with types.
fn dictionary(format: TableFormat) -> String {
    let text = include_str!("registry/registry.toml");
    text.lines()
        .filter_map(|line| match (line.strip_prefix("#text "), format) {
            (Some(line), TableFormat::Csv) => Some(format!("{line}\n")),
            (Some(_), TableFormat::Parquet) => None,
            (None, _) => Some(format!("{line}\n")),
        })
        .collect()
}

fn study_text(request: RegistryRequest) -> String {
    let RegistryRequest { patients, seed, dirty, .. } = request;
    let faults = if dirty { ", with planted faults" } else { "" };
    format!(
        r#"[study]
title = "A simulated registry of {patients} patients with colorectal liver metastases"
summary = "Made by `farr simulate --model registry` with seed {seed}{faults}."
warning = "Simulated data: nothing here says anything about patients."

[population]
table = "patients"
id = "patient_id"

[variables.sex]
label = "Sex"
levels = [{{ value = "female", label = "Female" }}, {{ value = "male", label = "Male" }}]

[variables.age]
label = "Age at diagnosis of liver metastases"
kind = "number"
unit = "years"
sql = "age_in_years(birth_date, liver_metastasis_date)"

[variables.kras]
label = "KRAS"
levels = [{{ value = "wild", label = "Wild type" }}, {{ value = "mutated", label = "Mutated" }}]

[[analyses]]
id = "table-1"
method = "baseline"
by = "sex"
variables = ["age", "kras"]
"#
    )
}

/// The tables' models by name, for faults.
fn index_of(table: &str) -> usize {
    TABLES.iter().position(|model: &TableModel| model.name == table).unwrap_or_default()
}
