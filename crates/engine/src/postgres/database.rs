//! One moment of a database.

use super::connection::Connection;
use super::fault::of_statement;
use super::server::Server;
use super::{Relation, catalogue};
use crate::Fault;
use crate::threads::wait;
use std::fmt;
use std::sync::{Arc, Mutex};
use tokio::runtime::Handle;

/// The oldest version with everything that is asked here.
const OLDEST: i32 = 120_000;

/// A transaction that sees one moment, and can only read.
const BEGIN: &str = "begin isolation level repeatable read read only";

/// One moment of a database: whatever others write meanwhile, all that is read through it belongs together.
///
/// A first connection keeps the moment open; each table that is read at the same time as another has a connection of
/// its own, which sees the same.
#[derive(Clone)]
pub struct Database(Arc<Moment>);

struct Moment {
    server: Server,
    runtime: Handle,
    keeper: Connection,
    /// Name under which the server knows the moment.
    snapshot: String,
    version: String,
    time_zone: String,
    utf8: bool,
    /// The schemas in which a table without one is looked for.
    search_path: Vec<String>,
    /// Connections that see the moment and have nothing to do.
    idle: Mutex<Vec<Connection>>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({:?})", self.0.server)
    }
}

impl Database {
    /// Connects, and fixes the moment.
    pub(crate) async fn open(server: Server) -> Result<Self, Fault> {
        let keeper = Connection::open(&server).await?;
        let failed = |error| of_statement(&server, &error);
        let facts = "select pg_catalog.current_setting('server_version_num')::int4, \
             pg_catalog.current_setting('server_version'), pg_catalog.current_setting('server_encoding'), \
             pg_catalog.current_setting('timezone'), pg_catalog.current_schemas(false)::text[]";
        let row = keeper.client.query_one(facts, &[]).await.map_err(failed)?;
        let (number, version): (i32, String) =
            (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
        let version = format!("PostgreSQL {}", version.split(' ').next().unwrap_or_default());
        if number < OLDEST {
            return Err(Fault::plain(format!("the server of {server} is {version}, which is too old"))
                .helped("PostgreSQL 12 or later is needed"));
        }
        let encoding: String = row.try_get(2).map_err(failed)?;
        let (time_zone, search_path) = (row.try_get(3).map_err(failed)?, row.try_get(4).map_err(failed)?);
        keeper.settle(&server).await?;
        keeper.run(&server, BEGIN).await?;
        let exported =
            keeper.client.query_one("select pg_catalog.pg_export_snapshot()", &[]).await.map_err(failed)?;
        let snapshot = exported.try_get(0).map_err(failed)?;
        Ok(Self(Arc::new(Moment {
            server,
            runtime: Handle::current(),
            keeper,
            snapshot,
            version,
            time_zone,
            utf8: encoding == "UTF8",
            search_path,
            idle: Mutex::default(),
        })))
    }

    /// Where it is.
    pub fn server(&self) -> &Server {
        &self.0.server
    }

    /// The server's name and version.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The time zone in which the server gives moments.
    pub fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Whether it keeps texts as UTF-8, so that the server compares them as farr does.
    pub fn is_utf8(&self) -> bool {
        self.0.utf8
    }

    /// A table or view, its columns and what this user may read of it; without a schema, the one that the user would
    /// see by that name.
    ///
    /// # Errors
    /// There is none, or it may not be read; the connection is lost.
    pub fn relation(&self, schema: Option<&str>, name: &str) -> Result<Relation, Fault> {
        let (database, schema, name) = (self.clone(), schema.map(str::to_string), name.to_string());
        wait(&self.0.runtime, async move {
            let path = schema.map_or_else(|| database.0.search_path.clone(), |schema| vec![schema]);
            catalogue::find(&database.0.keeper.client, database.server(), &path, &name).await
        })
    }

    /// The values of aggregate expressions over a table, as texts: one scan of the server's.
    ///
    /// # Errors
    /// The server refuses; the connection is lost.
    pub fn aggregates(&self, from: &str, expressions: &[String]) -> Result<Vec<Option<String>>, Fault> {
        let list: Vec<String> = expressions.iter().map(|sql| format!("({sql})::text")).collect();
        let (database, sql) = (self.clone(), format!("select {} from {from}", list.join(", ")));
        wait(&self.0.runtime, async move {
            let failed = |error| of_statement(database.server(), &error);
            let row = database.0.keeper.client.query_one(&sql, &[]).await.map_err(failed)?;
            (0..row.len()).map(|index| row.try_get(index).map_err(failed)).collect()
        })
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.0.runtime
    }

    /// A connection that sees the moment: an idle one, or a new one.
    pub(super) async fn borrow(&self) -> Result<Connection, Fault> {
        let idle = self.0.idle.lock().ok().and_then(|mut idle| idle.pop());
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let connection = Connection::open(self.server()).await?;
        connection.settle(self.server()).await?;
        // The same rows in the same order in every run: several processes would give them as they come.
        let begin = format!(
            "set max_parallel_workers_per_gather = 0; {BEGIN}; set transaction snapshot '{}'",
            self.0.snapshot.replace('\'', "''")
        );
        connection.run(self.server(), &begin).await?;
        Ok(connection)
    }

    /// Takes back a connection whose answer has been read to its end.
    pub(super) fn give_back(&self, connection: Connection) {
        if let Ok(mut idle) = self.0.idle.lock() {
            idle.push(connection);
        }
    }
}
