//! Where a result comes from: enough to make it again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputFile {
    /// Path relative to the study folder, with forward slashes.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

/// One table of a database that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InputTable {
    /// Name of the table.
    pub table: String,
    /// The database, as registry.toml calls it, and what it calls the table.
    pub relation: String,
    /// The server's name and version.
    pub server: String,
    /// How many rows there were.
    pub rows: u64,
    /// Sum of the server's own hash of every row's text, 64 bits in hexadecimal: the same rows in any order give the same
    /// on servers of one major version.
    pub fingerprint: String,
}

/// One view and its SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ViewText {
    /// Name of the view.
    pub name: String,
    /// The text of its SELECT.
    pub sql: String,
    /// How many rows it gave.
    pub rows: u64,
}

/// What went in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Version of farr.
    pub farr_version: String,
    /// Query engine and its version.
    pub engine: String,
    /// Every file read, sorted by path.
    pub inputs: Vec<InputFile>,
    /// Every table read from a database, sorted by name. It can change while the study stays.
    #[serde(default)]
    pub tables: Vec<InputTable>,
    /// Every view in the order of their evaluation.
    pub views: Vec<ViewText>,
    /// The seed of everything random.
    pub seed: u64,
    /// Values of the registry that the dictionary changed on reading: aliases, units, duplicates.
    #[serde(default)]
    pub cleaning: Vec<String>,
}
