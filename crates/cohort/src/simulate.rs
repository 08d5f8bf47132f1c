//! A simulated registry of any size, and a study of it: for trying farr out and for measuring it.
//!
//! The same seed gives the same bytes. Rows come in blocks of 2²⁰ with a random stream each, so that a block does not
//! depend on those before it; memory does not grow with the number of patients.

mod patient;
mod random;
mod registry;
mod study_file;
mod table;

pub use registry::{RegistryRequest, TableFormat, simulate_registry};

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use study::{Place, Problem};

/// Name of the table.
const TABLE: &str = "patients.parquet";
/// Name of the study file.
const STUDY: &str = "study.toml";

/// Writes `patients.parquet` and `study.toml` into a folder, which is made where absent, and gives the path of the
/// latter. Both appear whole or not at all. `progress` is told how many patients have been written.
///
/// # Errors
/// No patients asked for; a folder that already has one of the files; a disk that cannot be written.
pub fn simulate(
    patients: u64,
    seed: u64,
    directory: &Path,
    progress: &dyn Fn(u64),
) -> Result<PathBuf, Problem> {
    if patients == 0 || i64::try_from(patients).is_err() {
        return Err(Problem::input(format!("{patients} patients cannot be simulated"))
            .help("ask for at least one, for example 100000"));
    }
    for name in [TABLE, STUDY] {
        let path = directory.join(name);
        if path.exists() {
            return Err(Problem::input("the file exists already and is not overwritten")
                .at(Place::Path(path))
                .help("choose another folder, or remove the file"));
        }
    }
    fs::create_dir_all(directory).map_err(|error| unwritable(directory, &error))?;
    written_whole(&directory.join(TABLE), |file| table::write(patients, seed, file, progress))?;
    let study = directory.join(STUDY);
    written_whole(&study, |mut file| {
        std::io::Write::write_all(&mut file, study_file::text(patients, seed).as_bytes())
            .map_err(|error| Problem::output(format!("cannot write: {error}")))
    })?;
    Ok(study)
}

/// Writes a file under another name beside it, and renames it when it is complete and on the disk.
fn written_whole(path: &Path, write: impl FnOnce(&File) -> Result<(), Problem>) -> Result<(), Problem> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let file = File::create(&partial).map_err(|error| unwritable(&partial, &error))?;
    let written = write(&file)
        .and_then(|()| file.sync_all().map_err(|error| unwritable(&partial, &error)))
        .and_then(|()| fs::rename(&partial, path).map_err(|error| unwritable(path, &error)));
    if written.is_err() {
        // What is left of it is of no use; should it not go away, the first error is the one to tell.
        let _ = fs::remove_file(&partial);
    }
    written.map_err(|problem| problem.at(Place::Path(path.into())))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::output(format!("cannot write: {error}")).at(Place::Path(path.into()))
}

#[cfg(test)]
mod tests;
