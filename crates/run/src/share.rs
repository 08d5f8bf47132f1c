//! `farr share`: the key, and a folder that is there whole or not at all.

use crate::check::registry_plan;
use crate::progress::Progress;
use crate::study_folder::parent;
use cohort::{ShareOptions, ShareReport};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use study::{Place, Problem};

/// Bytes of a key.
const KEY: usize = 32;

/// Writes a copy of a registry that names nobody; gives what is in it, and the file of the key.
///
/// The key is read from `key`, or from a file beside the folder, which is made where it is not there. Whoever has it can
/// compute the pseudonyms anew, so that later deliveries go together; it stays with the registry.
///
/// # Errors
/// The folder exists and is not empty; columns whose role is unknown; a key that others can read.
pub fn share(
    registry: &Path,
    target: &Path,
    key: Option<&Path>,
    options: ShareOptions,
    progress: &dyn Progress,
) -> Result<(ShareReport, PathBuf), Problem> {
    let at = |path: &Path| Place::Path(path.to_path_buf());
    if !registry.exists() {
        return Err(Problem::input("there is no such file or folder").at(at(registry)));
    }
    let name = target
        .file_name()
        .ok_or_else(|| Problem::output("this is not the name of a folder").at(at(target)))?
        .to_string_lossy()
        .into_owned();
    let taken = target.exists() && fs::read_dir(target).map_or(true, |mut entries| entries.next().is_some());
    if taken {
        return Err(Problem::output("the folder is not empty")
            .at(at(target))
            .help("name a folder that does not exist yet: a shared copy is always written fresh"));
    }
    // A study folder stands for its registry.
    let inner = registry.join("registry");
    let registry = if registry.join("study.toml").is_file() && inner.is_dir() { &inner } else { registry };
    let unwritable = |error: std::io::Error| Problem::output(format!("cannot write: {error}")).at(at(target));
    fs::create_dir_all(parent(target)).map_err(unwritable)?;
    let key_path = key.map_or_else(|| parent(target).join(format!("{name}.key")), Path::to_path_buf);
    outside(&key_path, target)?;
    let (key, fresh) = read_or_make(&key_path)?;
    let keyed = |domain: &str, value: &str| -> [u8; 32] {
        // A key of 32 bytes is always accepted.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return [0; 32] };
        mac.update(&(domain.len() as u64).to_le_bytes());
        mac.update(domain.as_bytes());
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    };
    let partial = tempfile::tempdir_in(parent(target)).map_err(unwritable)?;
    let inside = partial.path().join("registry");
    fs::create_dir(&inside).map_err(unwritable)?;
    let plan = registry_plan(registry)?;
    let folder = if registry.file_name().is_some() { parent(registry) } else { registry };
    let report = cohort::share(folder, &plan, &inside, &keyed, options, &|stage| progress.stage(stage))?;
    if fresh {
        keep(&key, &key_path)?;
    }
    fs::rename(&inside, target).map_err(unwritable)?;
    Ok((report, key_path))
}

/// Refuses a key within what is given away.
fn outside(key: &Path, target: &Path) -> Result<(), Problem> {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    if whole(key).starts_with(whole(target)) {
        return Err(Problem::input("the key lies in the folder that is shared")
            .at(Place::Path(key.to_path_buf()))
            .help("keep it elsewhere: whoever has it can undo the pseudonyms"));
    }
    Ok(())
}

/// The key, and whether it has just been made and is in no file yet.
fn read_or_make(path: &Path) -> Result<([u8; KEY], bool), Problem> {
    let at = || Place::Path(path.to_path_buf());
    let failed = |error: std::io::Error| Problem::output(format!("cannot use the key: {error}")).at(at());
    if !path.exists() {
        let mut key = [0; KEY];
        getrandom::fill(&mut key)
            .map_err(|error| Problem::internal(format!("the system gives no random numbers: {error}")))?;
        return Ok((key, true));
    }
    let mut text = String::new();
    let mut file = File::open(path).map_err(failed)?;
    readable_by_owner_alone(&file, path)?;
    file.read_to_string(&mut text).map_err(failed)?;
    let text = text.trim();
    let digit = |at: usize| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..KEY).map(digit).collect();
    match bytes.and_then(|bytes| <[u8; KEY]>::try_from(bytes).ok()).filter(|_| text.len() == 2 * KEY) {
        Some(key) => Ok((key, false)),
        None => Err(Problem::input("this is no key")
            .at(at())
            .help("a key is 64 hexadecimal digits; name a file that does not exist to have one made")),
    }
}

/// Writes a new key.
fn keep(key: &[u8; KEY], path: &Path) -> Result<(), Problem> {
    let failed = |error: std::io::Error| {
        Problem::output(format!("cannot keep the key: {error}")).at(Place::Path(path.to_path_buf()))
    };
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = secret().open(path).map_err(failed)?;
    file.write_all(format!("{hex}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// A new file that only its owner can read.
fn secret() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(unix)]
fn readable_by_owner_alone(file: &File, path: &Path) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_or(0, |metadata| metadata.permissions().mode());
    if mode & 0o077 != 0 {
        return Err(Problem::input("others can read the key")
            .at(Place::Path(path.to_path_buf()))
            .help("take the right away (chmod 600), and consider whether the key is still a secret"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn readable_by_owner_alone(_: &File, _: &Path) -> Result<(), Problem> {
    Ok(())
}
