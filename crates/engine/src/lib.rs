//! SQL in, Arrow out, nothing else.
//!
//! The query engine (DataFusion) is known in this crate alone, behind the plain [`Engine`]: no generic and no
//! asynchronous code leaves it, so that the crates that use it compile quickly and know nothing of its kind.
//!
//! *Invariant:* SQL only reads. Everything but a single SELECT is refused, functions that differ from run to run
//! (the time of day, random numbers) do not exist, and tables are added by the program alone.

mod arithmetic;
mod fault;
mod functions;
mod lineage;
mod local;
mod origins;
mod parts;
pub mod postgres;
mod select;
mod separable;
mod threads;
mod types;

pub use fault::{A_TEXT, Fault, Mistyped};
pub use local::Local;
pub use types::{Field, Type};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use postgres::{Database, ReadColumn, Relation, Server};
use std::path::Path;

/// A SELECT with a name, in a chain of such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name, by which later ones use it.
    pub name: String,
    /// The SELECT.
    pub sql: String,
    /// Whether its rows are wanted; otherwise they may be dropped as soon as no later one needs them.
    pub keep: bool,
}

/// A column of a SELECT, and where its values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its name.
    pub column: String,
    /// The columns of tables, as (table, column), of which each value is one, as it stands there or in another type;
    /// none where values are computed.
    pub from: Vec<(String, String)>,
}

/// A place where tables are kept and SELECTs are run.
///
/// Identifiers are taken as written, upper and lower case told apart, since columns of hospital files have capitals;
/// names with other characters than letters, digits and `_` are written in double quotes.
/// Rows come back with one type each for text (`Utf8View`), whole numbers (`Int64`), numbers (`Float64`), flags
/// (`Boolean`) and days (`Date32`), whatever width the source had.
pub trait Engine: Send + Sync {
    /// Name and version, for provenance.
    fn version(&self) -> String;

    /// Makes a table of rows in memory. A table of that name is replaced.
    fn add_rows(&self, table: &str, schema: SchemaRef, rows: Vec<RecordBatch>) -> Result<(), Fault>;

    /// Makes a table of a Parquet file, which is read only as queries need it; returns its columns.
    fn add_parquet(&self, table: &str, path: &Path) -> Result<Vec<Field>, Fault>;

    /// Connects to a server, and fixes the moment at which its tables are read.
    fn connect(&self, server: &Server) -> Result<Database, Fault>;

    /// Makes a table of columns of a relation, of which it is known how many rows it has; they are read only as queries
    /// need them.
    fn add_relation(
        &self,
        table: &str,
        database: &Database,
        relation: &Relation,
        columns: &[ReadColumn],
        rows: u64,
    ) -> Result<(), Fault>;

    /// The tables and views there are, sorted.
    fn tables(&self) -> Vec<String>;

    /// The tables and views that a SELECT refers to, sorted; its own `with` names are not among them.
    fn references(&self, sql: &str) -> Result<Vec<String>, Fault>;

    /// The columns that a SELECT would give. It is planned, not run.
    fn columns(&self, sql: &str) -> Result<Vec<Field>, Fault>;

    /// The columns of tables, as (table, column), on which the rows of a SELECT rest; views are followed to the tables.
    fn sources(&self, sql: &str) -> Result<Vec<(String, String)>, Fault>;

    /// From which columns of tables the values of a chain of SELECTs are taken, for each of them its columns in order.
    /// Each may use those before it; a table or view of such a name that there is stands aside. They are planned, not run.
    fn origins(&self, chain: &[(String, String)]) -> Result<Vec<Vec<Origin>>, Fault>;

    /// Gives a SELECT a name. It is run anew by every query that uses it.
    fn add_view(&self, view: &str, sql: &str) -> Result<(), Fault>;

    /// Runs a SELECT and keeps its rows as a table; returns how many there are.
    ///
    /// It runs on one core, so that the order of rows, and with it sums of fractions, is the same in every run.
    fn materialise(&self, table: &str, sql: &str) -> Result<u64, Fault>;

    /// Runs a chain of SELECTs, of which each may use those before it; returns how many rows each has.
    ///
    /// Where tables are large, and the SELECTs keep patients apart, they are run on parts of the patients, on all cores
    /// and in the memory that parts need. The parts depend on the tables alone, and the order of rows with them.
    ///
    /// # Errors
    /// What is wrong, and the position of the view that is wrong.
    fn materialise_all(&self, views: &[View]) -> Result<Vec<u64>, (usize, Fault)>;

    /// Runs a SELECT on all cores and hands over its rows in batches, in no particular order unless it says
    /// `order by`. The columns come first, since there may be no batch.
    fn stream(&self, sql: &str, take: &mut dyn FnMut(&RecordBatch)) -> Result<Vec<Field>, Fault>;

    /// Runs a SELECT whose rows are few.
    fn query(&self, sql: &str) -> Result<Vec<RecordBatch>, Fault> {
        let mut rows = Vec::new();
        self.stream(sql, &mut |batch| rows.push(batch.clone()))?;
        Ok(rows)
    }
}

/// A name as SQL text, in double quotes.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
