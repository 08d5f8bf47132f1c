//! From the dictionary and the environment to a server.

use super::password::from_file;
use crate::dictionary::{DatabaseEntry, SslMode};
use engine::postgres::{ClientCertificate, Server, Tls};
use std::path::{Path, PathBuf};

/// Environment variables by name.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The server of `[databases.NAME]`, whose file lies in a folder. What the entry does not say is taken from the
/// environment, as PostgreSQL's own clients do.
///
/// # Errors
/// What is wrong with which key, and what to do.
pub(super) fn server(
    name: &str,
    entry: &DatabaseEntry,
    folder: &Path,
    variable: Variables<'_>,
) -> Result<Server, (&'static str, String, &'static str)> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let host = entry.host.clone().or_else(|| set("PGHOST")).unwrap_or_else(|| "localhost".into());
    let port = match (entry.port, set("PGPORT")) {
        (Some(port), _) => port,
        (None, None) => 5432,
        (None, Some(text)) => text.parse().map_err(|_| {
            ("port", format!("PGPORT is `{text}`, which is no port"), "set it to a number, or write `port`")
        })?,
    };
    let user =
        entry.user.clone().or_else(|| set("PGUSER")).or_else(|| set("USER")).or_else(|| set("LOGNAME"));
    let user = user.ok_or(("user", String::from("it is not said who reads the database"), "write `user`"))?;
    let mode = mode(entry, &host, &set)?;
    let file = |said: &Option<PathBuf>, name: &str| match said {
        Some(path) => Some(folder.join(path)),
        None => set(name).map(PathBuf::from),
    };
    let root_certificate = file(&entry.root_certificate, "PGSSLROOTCERT");
    let client = client(file(&entry.sslcert, "PGSSLCERT"), file(&entry.sslkey, "PGSSLKEY"))?;
    let database = entry.name.clone().unwrap_or_else(|| name.into());
    let password = match &entry.password_env {
        Some(name) => Some(set(name).ok_or_else(|| {
            let message = format!("the environment variable {name} is not set");
            ("password_env", message, "set it to the password before farr is started")
        })?),
        None => set("PGPASSWORD").or_else(|| from_file(&host, port, &database, &user, &set)),
    };
    let tls = match mode {
        SslMode::Disable => Tls::Disable,
        SslMode::Prefer => Tls::Prefer,
        SslMode::Require => Tls::Require,
        SslMode::VerifyCa => Tls::VerifyCa,
        SslMode::VerifyFull => Tls::VerifyFull,
    };
    Ok(Server { host, port, database, user, password, tls, root_certificate, client })
}

/// What patients' data cross a network with: a verified connection, unless something else is said.
fn mode(
    entry: &DatabaseEntry,
    host: &str,
    set: Variables<'_>,
) -> Result<SslMode, (&'static str, String, &'static str)> {
    if let Some(mode) = entry.sslmode {
        return Ok(mode);
    }
    let here = host.starts_with('/') || ["localhost", "127.0.0.1", "::1"].contains(&host);
    match set("PGSSLMODE") {
        Some(text) => SslMode::named(&text).ok_or_else(|| {
            let help = "use disable, prefer, require, verify-ca or verify-full";
            ("sslmode", format!("PGSSLMODE is `{text}`, which is no mode"), help)
        }),
        None if here => Ok(SslMode::Prefer),
        None => Ok(SslMode::VerifyFull),
    }
}

/// A certificate is nothing without its key.
fn client(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
) -> Result<Option<ClientCertificate>, (&'static str, String, &'static str)> {
    match (certificate, key) {
        (Some(certificate), Some(key)) => Ok(Some(ClientCertificate { certificate, key })),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(("sslcert", "a certificate is named without its key".into(), "name the key with `sslkey`"))
        }
        (None, Some(_)) => {
            Err(("sslkey", "a key is named without its certificate".into(), "name it with `sslcert`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(name: &str) -> Option<String> {
        let value = match name {
            "PGHOST" => "db.example",
            "PGPORT" => "5433",
            "PGUSER" => "reader",
            "PGPASSWORD" => "from the environment",
            "HOSPITAL" => "its own",
            _ => return None,
        };
        Some(value.into())
    }

    fn of(entry: &DatabaseEntry) -> Server {
        server("hospital", entry, Path::new("/registry"), &variables).unwrap()
    }

    #[test]
    fn what_is_not_said_comes_from_the_environment() {
        let found = of(&DatabaseEntry::default());
        assert_eq!((found.host.as_str(), found.port), ("db.example", 5433));
        assert_eq!((found.user.as_str(), found.database.as_str()), ("reader", "hospital"));
        assert_eq!(found.password.as_deref(), Some("from the environment"));
        assert_eq!(found.tls, Tls::VerifyFull);
        assert!(!format!("{found:?}").contains("environment"));
    }

    #[test]
    fn what_is_said_comes_first() {
        let entry = DatabaseEntry {
            host: Some("/run/postgresql".into()),
            name: Some("onco".into()),
            password_env: Some("HOSPITAL".into()),
            root_certificate: Some("ca.pem".into()),
            ..DatabaseEntry::default()
        };
        let found = of(&entry);
        assert_eq!((found.database.as_str(), found.tls), ("onco", Tls::Prefer));
        assert_eq!(found.password.as_deref(), Some("its own"));
        assert_eq!(found.root_certificate.as_deref(), Some(Path::new("/registry/ca.pem")));
        let entry = DatabaseEntry { sslmode: Some(SslMode::Disable), ..DatabaseEntry::default() };
        assert_eq!(of(&entry).tls, Tls::Disable);
    }

    #[test]
    fn a_certificate_comes_with_its_key() {
        let certificate = DatabaseEntry { sslcert: Some("me.pem".into()), ..DatabaseEntry::default() };
        let with = |entry: &DatabaseEntry, variable: Variables<'_>| {
            server("hospital", entry, Path::new("/registry"), variable).map(|server| server.client)
        };
        let (key, message, help) = with(&certificate, &variables).unwrap_err();
        assert_eq!((key, help.contains("`sslkey`")), ("sslcert", true), "{message}");
        let key = |name: &str| match name {
            "PGSSLKEY" => Some("/home/me.key".into()),
            name => variables(name),
        };
        let found = with(&certificate, &key).unwrap().unwrap();
        assert_eq!(found.certificate, Path::new("/registry/me.pem"));
        assert_eq!(found.key, Path::new("/home/me.key"));
        assert_eq!(with(&DatabaseEntry::default(), &key).unwrap_err().0, "sslkey");
        assert_eq!(with(&DatabaseEntry::default(), &variables).unwrap(), None);
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let entry = DatabaseEntry { password_env: Some("ELSEWHERE".into()), ..DatabaseEntry::default() };
        let (key, message, _) = server("hospital", &entry, Path::new("."), &variables).unwrap_err();
        assert_eq!(key, "password_env");
        assert!(message.contains("ELSEWHERE"), "{message}");
        let wrong = |name: &str| (name == "PGSSLMODE" || name == "USER").then(|| "full".to_string());
        let (key, _, _) = server("hospital", &DatabaseEntry::default(), Path::new("."), &wrong).unwrap_err();
        assert_eq!(key, "sslmode");
    }
}
