//! Encryption of the connection to a real PostgreSQL server, and certificates of both sides.

#[allow(dead_code)]
mod connection;
#[allow(dead_code)]
mod server;

use connection::{engine, over_network};
use engine::Engine;
use engine::postgres::{ClientCertificate, Database, Server, Tls};
use std::io::{Read, Write};
use std::net::TcpListener;

#[test]
fn a_certificate_is_asked_what_the_mode_says() {
    let Some(test) = server::database() else { return };
    let engine = engine();
    let to = |host: &str, tls, root: Option<&str>| {
        engine.connect(&over_network(&test, host, server::OWNER, tls, root))
    };
    let encrypted = |database: Database| {
        let from = "pg_stat_ssl where pid = pg_backend_pid()";
        database.aggregates(from, &["bool_or(ssl)".into()]).unwrap()[0].clone()
    };
    let yes = Some("true".to_string());
    assert_eq!(encrypted(to("127.0.0.1", Tls::Disable, None).unwrap()), Some("false".into()));
    assert_eq!(encrypted(to("127.0.0.1", Tls::Prefer, None).unwrap()), yes);
    assert_eq!(encrypted(to("127.0.0.1", Tls::Require, None).unwrap()), yes);
    assert_eq!(encrypted(to("127.0.0.1", Tls::VerifyCa, Some("ca.pem")).unwrap()), yes);
    assert_eq!(encrypted(to("localhost", Tls::VerifyFull, Some("ca.pem")).unwrap()), yes);
    let refused = |host: &str, tls, root: &str| {
        let fault = to(host, tls, Some(root)).err().unwrap_or_else(|| panic!("{tls:?} {root}"));
        assert!(fault.help.is_some(), "{fault:?}");
        fault.message
    };
    let name = refused("127.0.0.1", Tls::VerifyFull, "ca.pem");
    assert!(name.contains("not valid for name"), "{name}");
    for tls in [Tls::Require, Tls::VerifyCa, Tls::VerifyFull] {
        let other = refused("localhost", tls, "other.pem");
        assert!(other.contains("certificate") && other.contains("not accepted"), "{other}");
    }
    let missing =
        engine.connect(&over_network(&test, "localhost", server::OWNER, Tls::VerifyFull, Some("none.pem")));
    assert!(missing.unwrap_err().message.contains("none.pem"));
}

#[test]
fn a_server_knows_its_clients_by_their_certificates() {
    let Some(test) = server::database() else { return };
    test.run("create role card login; create role card_and_word login password 'word'");
    let engine = engine();
    let path = |name: &str| test.server.path().join(name);
    let as_user = |user: &str, certificate: Option<(&str, &str)>| Server {
        client: certificate
            .map(|(certificate, key)| ClientCertificate { certificate: path(certificate), key: path(key) }),
        ..over_network(&test, "localhost", user, Tls::VerifyFull, Some("ca.pem"))
    };
    let card = Some(("card.pem", "card.key"));
    let whose = |server: &Server| {
        let database = engine.connect(server).unwrap_or_else(|fault| panic!("{fault:?}"));
        let from = "pg_stat_ssl where pid = pg_backend_pid()";
        database.aggregates(from, &["max(client_dn)".into()]).unwrap()[0].clone()
    };
    assert_eq!(whose(&as_user("card", card)).as_deref(), Some("/CN=card"));
    let word = |server: Server, word: &str| Server { password: Some(word.into()), ..server };
    let both = as_user("card_and_word", Some(("card_and_word.pem", "card_and_word.key")));
    assert_eq!(whose(&word(both.clone(), "word")).as_deref(), Some("/CN=card_and_word"));

    let refused = |server: &Server, message: &str, help: &str| {
        let fault = engine.connect(server).err().unwrap_or_else(|| panic!("{server:?}"));
        assert!(fault.message.contains(message), "{fault:?}");
        assert!(fault.help.as_deref().unwrap_or_default().contains(help), "{fault:?}");
    };
    refused(&as_user("card", None), "certificate", "write `sslcert` and `sslkey`");
    refused(&word(both, "other"), "password authentication failed", "is the password right?");
    refused(
        &as_user("card", Some(("card_and_word.pem", "card_and_word.key"))),
        "certificate authentication failed",
        "for this `user`",
    );
    refused(
        &as_user("card", Some(("stranger.pem", "stranger.key"))),
        "does not accept the certificate",
        "`ssl_ca_file`",
    );
    refused(
        &as_user("card_and_word", Some(("card_and_word.pem", "stranger.key"))),
        "does not go with",
        "`sslkey`",
    );
    refused(&as_user("card", Some(("none.pem", "card.key"))), "none.pem", "PEM");
    refused(&as_user("card", Some(("card.key", "card.key"))), "card.key: it has none", "PEM");
    refused(&as_user("card", Some(("card.pem", "card.pem"))), "others than its owner", "chmod 600");
    refused(&as_user("card", Some(("card.pem", "locked.key"))), "is encrypted", "openssl pkey");
    let shut = as_user("card", Some(("card.pem", "none.key")));
    refused(&shut, "cannot read the key `sslkey`", "registry.toml");
}

/// A server of which only the answer to the first question is known.
fn answering(answer: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut question = [0; 8];
        stream.read_exact(&mut question).unwrap();
        stream.write_all(answer).unwrap();
    });
    port
}

#[test]
fn a_server_that_does_not_encrypt_is_refused_where_that_is_demanded() {
    let server = |answer, tls| Server {
        host: "127.0.0.1".into(),
        port: answering(answer),
        database: "d".into(),
        user: "u".into(),
        password: None,
        tls,
        root_certificate: None,
        client: None,
    };
    let fault = engine().connect(&server(b"N", Tls::Require)).unwrap_err();
    assert!(fault.message.contains("does not encrypt"), "{fault:?}");
    assert!(fault.help.unwrap().contains("sslmode"));
    // What is no server of this kind is no panic.
    for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b""] {
        for tls in [Tls::Disable, Tls::Prefer, Tls::Require] {
            let fault = engine().connect(&server(answer, tls)).unwrap_err();
            assert!(fault.message.contains("`d` at 127.0.0.1"), "{fault:?}");
        }
    }
}
