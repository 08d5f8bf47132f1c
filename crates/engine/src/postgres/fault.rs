//! What goes wrong with a server, in plain words.

use super::server::{Server, Tls};
use crate::Fault;
use crate::fault::without_values;
use std::error::Error as _;
use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

/// An error on the way to a connection.
pub(super) fn of_connecting(server: &Server, error: &Error) -> Fault {
    if let Some(refusal) = error.as_db_error() {
        return of_server(server, refusal);
    }
    let cause = root(error);
    // With TLS 1.3 a server judges the client's certificate when the handshake is over.
    if server.client.is_some() && cause.contains("fatal alert") {
        return Fault::plain(format!(
            "the server of {server} does not accept the certificate `sslcert`: {cause}"
        ))
        .helped(
            "was it signed by an authority that the server knows (its `ssl_ca_file`), and is it still valid?",
        );
    }
    match error.to_string().as_str() {
        "invalid configuration" if cause.contains("password") => Fault::plain(format!(
            "the database {server} asks for the password of `{}`, and none is known",
            server.user
        ))
        .helped(PASSWORD),
        "error performing TLS handshake" => of_tls(server, &cause),
        "authentication error" => Fault::plain(format!(
            "the server of {server} asks for a kind of login that is not supported: {cause}"
        ))
        .helped("a password (scram-sha-256, md5), `trust` and `peer` are supported"),
        _ => Fault::plain(format!("the database {server} cannot be reached: {cause}"))
            .helped("is the server running, and are `host` and `port` right?"),
    }
}

const PASSWORD: &str = "give it in the environment variable PGPASSWORD or that of `password_env`, or in ~/.pgpass; never in registry.toml";

fn of_tls(server: &Server, cause: &str) -> Fault {
    if cause.contains("does not support TLS") {
        return Fault::plain(format!("the server of {server} does not encrypt, and `sslmode` demands it"))
            .helped(
                "switch `ssl` on in the server, or write sslmode = \"disable\" where the network is trusted",
            );
    }
    let help = match (server.tls, &server.root_certificate) {
        (Tls::VerifyFull, _) if cause.contains("not valid for name") => {
            "write the `host` for which the certificate was made, or sslmode = \"verify-ca\""
        }
        (_, None) => "name the certificate of the authority that signed it with `root_certificate`",
        (_, Some(_)) => "was it signed by the authority in `root_certificate`, and is it still valid?",
    };
    Fault::plain(format!("the certificate of the server of {server} is not accepted: {cause}")).helped(help)
}

/// An error of a statement, or of a connection that was there before.
pub(super) fn of_statement(server: &Server, error: &Error) -> Fault {
    match error.as_db_error() {
        Some(refusal) => of_server(server, refusal),
        None => lost(server, &root(error)),
    }
}

/// A connection that ended before the rows did.
pub(super) fn lost(server: &Server, cause: &str) -> Fault {
    Fault::plain(format!("the connection to the database {server} was lost: {cause}"))
        .helped("nothing has been written; run it again when the server is there")
}

/// What the server itself says.
fn of_server(server: &Server, refusal: &DbError) -> Fault {
    let said = refusal.message();
    let code = refusal.code();
    let ended = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::DATABASE_DROPPED];
    if ended.contains(code) || code.code().starts_with("08") {
        return lost(server, said);
    }
    // Errors about values, and about rows that break a constraint, quote them.
    if ["22", "23"].iter().any(|class| code.code().starts_with(class)) {
        return Fault::plain(format!("the database {server} refuses: {}", without_values(said)));
    }
    let said = match refusal.detail() {
        Some(detail) => format!("{said} ({detail})"),
        None => said.to_string(),
    };
    let help = match *code {
        SqlState::INVALID_PASSWORD => {
            "is the password right? It is taken from the variable of `password_env`, from PGPASSWORD, or from ~/.pgpass"
        }
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION if said.contains("certificate") => {
            match server.client {
                None => "write `sslcert` and `sslkey`, the files of your certificate and its key",
                Some(_) => "the certificate `sslcert` must have been made for this `user`",
            }
        }
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "ask the administrator of the server to let this user in from this machine (pg_hba.conf)"
        }
        SqlState::INVALID_CATALOG_NAME => {
            "write the name of a database of this server as `name` under [databases.…]"
        }
        SqlState::INSUFFICIENT_PRIVILEGE => "ask the owner of the table to grant SELECT on it",
        SqlState::QUERY_CANCELED => {
            "the server stopped the query: ask its administrator about time limits, or try again"
        }
        SqlState::TOO_MANY_CONNECTIONS => "wait until others have finished, or ask for more connections",
        SqlState::CANNOT_CONNECT_NOW => "wait until the server has started",
        _ => return Fault::plain(format!("the database {server} refuses: {said}")),
    };
    Fault::plain(format!("the database {server} refuses: {said}")).helped(help)
}

/// The innermost reason.
fn root(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        reason = inner.to_string();
        source = inner.source();
    }
    reason
}
