//! How the tests reach their own server.

use crate::server::{self, Database};
use engine::Local;
use engine::postgres::{Server, Tls};

pub(crate) fn engine() -> Local {
    Local::with(2, 64 << 20).unwrap()
}

/// The server of a test's database, by its socket.
pub(crate) fn settings(test: &Database) -> Server {
    Server {
        host: test.server.path().to_str().unwrap().into(),
        port: test.server.port,
        database: test.name.clone(),
        user: server::OWNER.into(),
        password: None,
        tls: Tls::Prefer,
        root_certificate: None,
        client: None,
    }
}

/// The same by the network.
pub(crate) fn over_network(test: &Database, host: &str, user: &str, tls: Tls, root: Option<&str>) -> Server {
    Server {
        host: host.into(),
        user: user.into(),
        tls,
        root_certificate: root.map(|name| test.server.path().join(name)),
        ..settings(test)
    }
}
