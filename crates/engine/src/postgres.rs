//! Tables of a PostgreSQL server, read where they are.
//!
//! A [`Database`] is one moment of a database: every table is read from one snapshot, in transactions that can only
//! read. What a query does not need does not leave the server: its columns, its conditions and its limit are part of
//! what is asked ([`filter`]). Rows arrive in the binary form of COPY ([`binary`]) and go on in batches.
//!
//! *Invariant:* every name and every value that becomes part of a statement is quoted here; nothing is ever written.

mod binary;
mod catalogue;
mod client_certificate;
mod connection;
mod database;
mod fault;
mod filter;
pub mod literal;
mod reading;
mod server;
mod table;
mod tls;

pub use catalogue::{Relation, ServerColumn, Stored};
pub use database::Database;
pub use reading::ReadColumn;
pub use server::{ClientCertificate, Server, Tls};

pub(crate) use table::PostgresTable;
