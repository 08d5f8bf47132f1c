//! What comparisons leave behind, from which VALIDATION.md is written.

use serde_json::Value;
use std::io::Write;
use std::path::Path;

/// Adds a line to `$FARR_VALIDATION_DIR/NAME.jsonl`, where that is set.
pub(crate) fn record(name: &str, line: &Value) {
    let Some(folder) = std::env::var_os("FARR_VALIDATION_DIR") else { return };
    let path = Path::new(&folder).join(format!("{name}.jsonl"));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}
