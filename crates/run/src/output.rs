//! The results folder: replaced whole or not at all.
//!
//! Everything is written into a folder beside the target first; then the two change places in one step of the file
//! system. A run that is killed, or meets a full disk, leaves what was there before. Two runs at once are kept apart
//! by a lock.

use crate::assemble::StudyRun;
use crate::study_folder::parent;
use report::{Content, formats};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use study::{Place, Problem};

/// The file whose presence says that a folder is farr's own and may be replaced.
const MARK: &str = "study.lock";

/// A file of the results: its path below the folder, and its bytes.
pub type OutputFile = (String, Vec<u8>);

/// The files of a run, in a fixed order and free of clock and machine, so that equal inputs give equal bytes.
pub fn files(run: &StudyRun) -> Result<Vec<OutputFile>, Problem> {
    let mut files = vec![
        ("report.html".to_string(), formats::html::render(&run.results, &run.displays).into_bytes()),
        ("results.json".to_string(), json(&run.results)?),
        (MARK.to_string(), json(&run.results.provenance)?),
    ];
    for display in &run.displays {
        files.push(match &display.content {
            Content::Table(table) => {
                (format!("tables/{}.csv", display.id), formats::csv::render(table).into_bytes())
            }
            Content::Figure(figure) => {
                (format!("figures/{}.svg", display.id), figure.svg.clone().into_bytes())
            }
        });
    }
    Ok(files)
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Problem> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| Problem::internal(format!("results cannot be written: {error}")))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The right to replace one results folder, held until it is dropped.
#[derive(Debug)]
pub struct Slot {
    target: PathBuf,
    partial: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl Slot {
    /// Claims a folder before anything is computed, so that what cannot be written is said at once.
    ///
    /// # Errors
    /// The folder is not farr's own and not empty; another run holds it; its parent cannot be written.
    pub fn claim(target: &Path) -> Result<Self, Problem> {
        let name = target.file_name().ok_or_else(|| refuse(target, "this is not the name of a folder"))?;
        let parent = parent(target).to_path_buf();
        if target.exists() {
            let empty = fs::read_dir(target).map_err(|e| unwritable(target, &e))?.next().is_none();
            if !empty && !target.join(MARK).is_file() {
                return Err(refuse(target, "this folder holds files that farr did not write")
                    .help("name a new folder with -o, or empty this one"));
            }
        }
        fs::create_dir_all(&parent).map_err(|error| unwritable(&parent, &error))?;
        let beside = |suffix: &str| parent.join(format!(".{}.{suffix}", name.to_string_lossy()));
        let lock_path = beside("lock");
        let lock = File::create(&lock_path).map_err(|error| unwritable(&parent, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(refuse(target, "another run is writing these results")
                    .help("wait for it, or name another folder with -o"));
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(target, &error)),
        }
        let slot = Self { target: target.into(), partial: beside("partial"), lock_path, _lock: lock };
        slot.clear()?;
        Ok(slot)
    }

    /// Writes all files, then puts them in the place of the old ones in one step.
    pub fn replace(self, files: &[OutputFile]) -> Result<(), Problem> {
        let written = self.write(files).and_then(|()| self.exchange());
        if let Err(error) = written {
            let problem = unwritable(&self.target, &error);
            return match self.clear() {
                Ok(()) => Err(problem),
                Err(further) => Err(problem.help(format!("{} may be removed", further))),
            };
        }
        self.clear()
    }

    fn write(&self, files: &[OutputFile]) -> io::Result<()> {
        fs::create_dir_all(&self.partial)?;
        for (name, bytes) in files {
            let path = self.partial.join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = File::create(&path)?;
            file.write_all(bytes)?;
            file.flush()?;
        }
        Ok(())
    }

    fn exchange(&self) -> io::Result<()> {
        if self.target.exists() {
            swap(&self.partial, &self.target)
        } else {
            fs::rename(&self.partial, &self.target)
        }
    }

    /// Removes what an earlier run left beside the target.
    fn clear(&self) -> Result<(), Problem> {
        match fs::remove_dir_all(&self.partial) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&self.partial, &error)),
            _ => Ok(()),
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.lock_path);
    }
}

/// Two folders change places. Where the system cannot do it in one step, the old one is moved aside first.
fn swap(new: &Path, old: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, old, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let aside = new.with_extension("old");
    fs::rename(old, &aside)?;
    if let Err(error) = fs::rename(new, old) {
        fs::rename(&aside, old)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

fn refuse(path: &Path, message: &str) -> Problem {
    Problem::output(message).at(Place::Path(path.to_path_buf()))
}

fn unwritable(path: &Path, error: &io::Error) -> Problem {
    let help = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full; what was there before is untouched",
        io::ErrorKind::PermissionDenied => "you have no right to write there; name another folder with -o",
        _ => "what was there before is untouched",
    };
    Problem::output(format!("cannot write the results: {error}"))
        .at(Place::Path(path.to_path_buf()))
        .help(help)
}

#[cfg(test)]
mod tests;
