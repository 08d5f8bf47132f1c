//! Our figures against printed ones, to the digits that are printed.

use crate::recorded::record;
use estimate::methods::methods;
use serde_json::json;

/// What one publication prints of one method on one data set.
pub(crate) struct Printed {
    method: &'static str,
    dataset: &'static str,
    source: &'static str,
    figures: usize,
    worst: f64,
}

impl Printed {
    /// Nothing compared yet. The method is named as in `method = "…"`; the source says where the figures stand: authors,
    /// year, table or section.
    #[track_caller]
    pub(crate) fn of(method: &'static str, dataset: &'static str, source: &'static str) -> Self {
        assert!(methods().iter().any(|entry| entry.about.name == method), "no method {method}");
        Self { method, dataset, source, figures: 0, worst: 0.0 }
    }

    /// Compares a figure with the digits that are printed of it: it may be off by half a unit of the last of them.
    #[track_caller]
    pub(crate) fn figure(&mut self, what: &str, ours: Option<f64>, printed: &str) {
        self.within(what, ours, printed, 0.5);
    }

    /// The same where the printed figure was itself made of rounded ones, and so may be off by more units of its last
    /// digit; the caller says why.
    #[track_caller]
    pub(crate) fn within(&mut self, what: &str, ours: Option<f64>, printed: &str, units: f64) {
        let theirs: f64 = printed.parse().unwrap_or_else(|error| panic!("{what}: {printed}: {error}"));
        let ours = ours.unwrap_or_else(|| panic!("{what}: nothing against {printed}"));
        let off = (ours - theirs).abs() / last_place(printed);
        // A figure that lies halfway may have been rounded either way.
        assert!(off <= units * (1.0 + 1e-9), "{what}: {ours} against {printed}");
        self.figures += 1;
        self.worst = self.worst.max(off);
    }

    /// Adds a line to `$FARR_VALIDATION_DIR/published.jsonl`, from which VALIDATION.md is written.
    #[track_caller]
    pub(crate) fn finish(self) {
        assert!(self.figures > 0, "{} on {}: nothing compared", self.method, self.dataset);
        let line = json!({
            "method": self.method, "dataset": self.dataset, "source": self.source,
            "figures": self.figures, "worst": self.worst,
        });
        record("published", &line);
    }
}

/// The unit of the last digit of a number as it is printed: 0.01 of `1.50`, 1e-9 of `2.345e-6`.
fn last_place(printed: &str) -> f64 {
    let (digits, exponent) = printed.split_once(['e', 'E']).unwrap_or((printed, "0"));
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let exponent: i32 = exponent.parse().unwrap();
    10.0_f64.powi(exponent - i32::try_from(decimals).unwrap())
}

#[test]
fn the_last_place_is_that_of_the_print() {
    for (printed, unit) in [("1.50", 0.01), ("-0.857", 0.001), ("23", 1.0), ("2.345e-6", 1e-9)] {
        assert!((last_place(printed) / unit - 1.0).abs() < 1e-12, "{printed}");
    }
}
