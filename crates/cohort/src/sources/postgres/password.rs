//! The file of passwords that PostgreSQL's own clients read: `~/.pgpass`, or the one that PGPASSFILE names.

use super::settings::Variables;
use std::path::{Path, PathBuf};

/// The password for a server, where the file has one.
pub(super) fn from_file(
    host: &str,
    port: u16,
    database: &str,
    user: &str,
    variable: Variables<'_>,
) -> Option<String> {
    let home = || variable("HOME").map(|home| Path::new(&home).join(".pgpass"));
    let path = variable("PGPASSFILE").map(PathBuf::from).or_else(home)?;
    if is_open_to_others(&path) {
        return None;
    }
    // A socket's server is this machine to the file.
    let host = if host.starts_with('/') { "localhost" } else { host };
    find(&std::fs::read_to_string(path).ok()?, [host, &port.to_string(), database, user])
}

/// Whether others could read it: then it is not trusted, as by PostgreSQL's own clients.
#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> bool {
    false
}

/// The password of the first line `host:port:database:user:password` that fits; `*` fits everything, and a backslash
/// takes its meaning from a colon or backslash.
fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let fields = fields(line);
        let [host, port, database, user, password] = fields.as_slice() else { return None };
        let said = [host, port, database, user];
        said.iter()
            .zip(wanted)
            .all(|(said, wanted)| *said == "*" || *said == wanted)
            .then(|| password.clone())
    })
}

fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        let last = fields.len() - 1;
        match letter {
            '\\' => fields[last].extend(letters.next()),
            ':' if fields.len() < 5 => fields.push(String::new()),
            letter => fields[last].push(letter),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_is_taken() {
        let text = "# hospital\ndb:5432:onco:reader:a\\:b\\\\c\n*:*:onco:*:any\ndb:5432:*\n";
        assert_eq!(find(text, ["db", "5432", "onco", "reader"]).as_deref(), Some("a:b\\c"));
        assert_eq!(find(text, ["db", "5432", "onco", "other"]).as_deref(), Some("any"));
        assert_eq!(find(text, ["db", "5432", "other", "reader"]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pass");
        std::fs::write(&path, "localhost:*:*:*:secret\n").unwrap();
        let set = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        let variable = |name: &str| (name == "PGPASSFILE").then(|| path.to_string_lossy().into_owned());
        set(0o600);
        assert_eq!(from_file("/run", 5432, "a", "b", &variable).as_deref(), Some("secret"));
        set(0o644);
        assert_eq!(from_file("/run", 5432, "a", "b", &variable), None);
    }
}
