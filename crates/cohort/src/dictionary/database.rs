//! Databases whose tables are read in place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What is asked of the encryption of a connection, as PostgreSQL's own clients name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Never encrypted.
    Disable,
    /// Encrypted where the server can; whose certificate it is, is not asked.
    Prefer,
    /// Always encrypted; whose certificate it is, is asked only where `root_certificate` is said.
    Require,
    /// Encrypted, with a certificate of a known authority.
    VerifyCa,
    /// Encrypted, with a certificate of a known authority for this host.
    VerifyFull,
}

impl SslMode {
    /// The mode of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::deserialize(toml::Value::String(name.into())).ok()
    }
}

/// `[databases.NAME]`.
///
/// A PostgreSQL database. There is no key for a password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatabaseEntry {
    /// The server's name or address, or the folder of its socket; PGHOST, or this machine, where absent.
    pub host: Option<String>,
    /// The server's port; PGPORT, or 5432, where absent.
    pub port: Option<u16>,
    /// What the server calls the database; NAME where absent.
    pub name: Option<String>,
    /// The user; PGUSER, or the user of this machine, where absent.
    pub user: Option<String>,
    /// The schema of tables whose `relation` has none; the one that the server would take where absent.
    pub schema: Option<String>,
    /// Encryption; PGSSLMODE where absent, else verify-full for a server on another machine.
    pub sslmode: Option<SslMode>,
    /// A file with the certificates of authorities in place of the system's, in PEM, relative to registry.toml.
    pub root_certificate: Option<PathBuf>,
    /// A file with the certificate that shows the server who is connecting, in PEM, relative to registry.toml; PGSSLCERT
    /// where absent.
    pub sslcert: Option<PathBuf>,
    /// The file with its private key, in PEM and not encrypted, which nobody else may be able to read; PGSSLKEY where
    /// absent.
    pub sslkey: Option<PathBuf>,
    /// The environment variable that has the password; PGPASSWORD, or ~/.pgpass, where absent.
    pub password_env: Option<String>,
}

/// Schema and name of a `relation`: `NAME` or `SCHEMA.NAME`, each as it is written or in double quotes; `None` where it
/// is neither.
pub(crate) fn relation_parts(text: &str) -> Option<(Option<String>, String)> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text.trim();
    loop {
        let (part, behind) = match rest.strip_prefix('"') {
            Some(inner) => quoted_part(inner)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (rest[..end].to_string(), &rest[end..])
            }
        };
        if part.is_empty() || part.contains('\0') || (!rest.starts_with('"') && part.contains('"')) {
            return None;
        }
        parts.push(part);
        match behind.strip_prefix('.') {
            Some(next) => rest = next,
            None if behind.is_empty() => break,
            None => return None,
        }
    }
    let name = parts.pop()?;
    let schema = parts.pop();
    parts.is_empty().then_some((schema, name))
}

/// What stands between double quotes, of which two are one, and what stands behind them.
fn quoted_part(inner: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = inner;
    loop {
        let at = rest.find('"')?;
        part.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                part.push('"');
                rest = more;
            }
            None => return Some((part, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(Option<String>, String)> {
        relation_parts(text)
    }

    #[test]
    fn a_relation_is_a_name_with_or_without_its_schema() {
        assert_eq!(parts("patients"), Some((None, "patients".into())));
        assert_eq!(parts("Onco.Patients 2"), Some((Some("Onco".into()), "Patients 2".into())));
        assert_eq!(parts("\"a.b\".\"c\"\"d\""), Some((Some("a.b".into()), "c\"d".into())));
        assert_eq!(parts("x; drop table y"), Some((None, "x; drop table y".into())));
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "a\"b", "\"\""] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn modes_are_those_of_the_servers_own_clients() {
        assert_eq!(SslMode::named("verify-full"), Some(SslMode::VerifyFull));
        assert_eq!(SslMode::named("verify_full"), None);
    }
}
