//! One connection, which can only read.

use super::fault::{of_connecting, of_statement};
use super::server::{Server, Tls};
use super::tls::connector;
use crate::Fault;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

/// A connection and the task that keeps it going; when it is dropped, the server notices at once, even amid an answer.
pub(super) struct Connection {
    pub(super) client: Client,
    task: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Settings on which the text of values and the order of rows depend, and limits that would end a long reading. Names
/// in statements are whole, so that nothing on a search path can stand in for a function of the server's own.
const SETTINGS: &str = "set datestyle = 'ISO, YMD'; set intervalstyle = 'iso_8601'; set extra_float_digits = 3; \
    set bytea_output = 'hex'; set standard_conforming_strings = on; set synchronize_seqscans = off; \
    set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0; \
    set search_path = pg_catalog";

impl Connection {
    /// Connects, and sets what reading rests on. A server that does not answer is given up after ten seconds; one that
    /// falls silent later is noticed within two minutes.
    pub(super) async fn open(server: &Server) -> Result<Self, Fault> {
        let mut settings = Config::new();
        settings
            .host(&server.host)
            .port(server.port)
            .dbname(&server.database)
            .user(&server.user)
            .application_name("farr")
            .connect_timeout(Duration::from_secs(10))
            .keepalives_idle(Duration::from_secs(60))
            .keepalives_interval(Duration::from_secs(15))
            .keepalives_retries(4)
            .ssl_mode(match server.tls {
                Tls::Disable => SslMode::Disable,
                _ if server.is_socket() => SslMode::Disable,
                Tls::Prefer => SslMode::Prefer,
                Tls::Require | Tls::VerifyCa | Tls::VerifyFull => SslMode::Require,
            });
        if let Some(password) = &server.password {
            settings.password(password);
        }
        let refused = |error| of_connecting(server, &error);
        let (client, task) = match connector(server)? {
            Some(tls) => {
                let (client, connection) = settings.connect(tls).await.map_err(refused)?;
                (client, tokio::spawn(async move { drop(connection.await) }))
            }
            None => {
                let (client, connection) = settings.connect(NoTls).await.map_err(refused)?;
                (client, tokio::spawn(async move { drop(connection.await) }))
            }
        };
        Ok(Self { client, task })
    }

    /// Sets what reading rests on.
    pub(super) async fn settle(&self, server: &Server) -> Result<(), Fault> {
        self.run(server, SETTINGS).await
    }

    /// Runs statements that give nothing back.
    pub(super) async fn run(&self, server: &Server, statements: &str) -> Result<(), Fault> {
        self.client.batch_execute(statements).await.map_err(|error| of_statement(server, &error))
    }
}
