//! Comparison with frozen reference figures: `oracle/NAME.json`, written by `oracle/NAME.R`.

#[path = "../recorded/mod.rs"]
mod recorded;

use recorded::record;
use serde_json::{Value, json};
use std::path::Path;

/// The largest relative difference that a comparison may show.
pub(crate) const TOLERANCE: f64 = 1e-8;

/// The frozen figures of `oracle/NAME.json`.
pub(crate) fn load(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../oracle/{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Our figures against theirs, for one method on one data set.
pub(crate) struct Comparison {
    method: String,
    dataset: String,
    source: String,
    figures: usize,
    worst: f64,
    worst_figure: String,
}

impl Comparison {
    /// Nothing compared yet. The source says whose figures they are, for example `R 4.2.2 chisq.test`.
    pub(crate) fn new(method: &str, dataset: &str, source: &str) -> Self {
        Self {
            method: method.into(),
            dataset: dataset.into(),
            source: source.into(),
            figures: 0,
            worst: 0.0,
            worst_figure: String::new(),
        }
    }

    /// Compares one figure: relative to theirs, or to one where theirs is 0.
    pub(crate) fn figure(&mut self, what: &str, ours: f64, theirs: f64) {
        let scale = if theirs == 0.0 { 1.0 } else { theirs.abs() };
        let difference = (ours - theirs).abs() / scale;
        self.figures += 1;
        if difference.is_nan() || difference > self.worst {
            // NaN is as far off as can be, and stays so.
            self.worst = if difference.is_nan() { f64::INFINITY } else { difference };
            self.worst_figure = format!("{what}: {ours:e} against {theirs:e}");
        }
    }

    /// Fails where a figure is too far off or none was compared; otherwise adds a line to
    /// `$FARR_VALIDATION_DIR/comparisons.jsonl`, from which VALIDATION.md is written.
    pub(crate) fn finish(self) {
        let name = format!("{} on {} ({})", self.method, self.dataset, self.source);
        assert!(self.figures > 0, "{name}: nothing compared");
        assert!(self.worst <= TOLERANCE, "{name}: {} ({:e})", self.worst_figure, self.worst);
        let line = json!({
            "method": self.method, "dataset": self.dataset, "source": self.source,
            "figures": self.figures, "worst": self.worst,
        });
        record("comparisons", &line);
    }
}
