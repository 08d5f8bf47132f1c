//! Where a result comes from: hashes of what was read, versions, the SQL of every view.

use cohort::Cohort;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use study::{InputFile, Place, Plan, Problem, Provenance};

/// The provenance of a run: every file that was read, sorted by path.
pub fn of(folder: &Path, plan: &Plan, cohort: &Cohort) -> Result<Provenance, Problem> {
    let mut paths: Vec<PathBuf> = cohort.inputs();
    if plan.source.path.is_file() {
        paths.push(plan.source.path.to_path_buf());
    }
    paths.extend(plan.study.published.as_ref().map(|file| folder.join(file)));
    let mut inputs = paths.iter().map(|path| hash(folder, path)).collect::<Result<Vec<_>, _>>()?;
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs.dedup();
    Ok(Provenance {
        farr_version: crate::VERSION.into(),
        engine: cohort.engine_version(),
        inputs,
        tables: cohort.relations(),
        views: cohort.views().to_vec(),
        seed: plan.study.seed,
        cleaning: cohort.cleaning().iter().map(ToString::to_string).collect(),
    })
}

/// Size and SHA-256 of one file, read in pieces.
fn hash(folder: &Path, path: &Path) -> Result<InputFile, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::input(format!("cannot read the file: {error}")).at(Place::Path(path.to_path_buf()))
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let mut digest = Sha256::new();
    let mut piece = vec![0u8; 1 << 20];
    let mut bytes = 0u64;
    loop {
        let length = file.read(&mut piece).map_err(unreadable)?;
        if length == 0 {
            break;
        }
        digest.update(&piece[..length]);
        bytes += length as u64;
    }
    let hex = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(InputFile { path: relative(folder, path), bytes, sha256: hex })
}

/// The path below the study folder, or the file's name where it lies elsewhere: never a path of this machine.
fn relative(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).ok();
    let shown = below.or_else(|| path.file_name().map(Path::new)).unwrap_or(path);
    let parts: Vec<_> = shown.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256_of_the_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc.csv");
        std::fs::write(&path, "abc").unwrap();
        let input = hash(folder.path(), &path).unwrap();
        assert_eq!((input.path.as_str(), input.bytes), ("abc.csv", 3));
        assert_eq!(input.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
