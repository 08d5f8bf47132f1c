//! Frozen cases of what follows a Cox model, as R describes them.
#![allow(dead_code, reason = "each test file uses its part")]

use crate::modelling::{columns, try_run};
use crate::oracle::{Comparison, load};
use crate::residuals::{compare_residuals, numbers};
use serde_json::Value;
use study::{Column, Estimate, Quantity, ResidualKind, ResidualUnit, Results};

const SOURCE: &str = "R 4.2.2 survival 3.5-3";

/// A data set, and the figures of one model of it.
pub(crate) struct Case {
    pub(crate) frozen: Value,
    pub(crate) columns: Vec<Column>,
}

/// The cases of `oracle/NAME.json`, of which there are at least so many.
pub(crate) fn cases(name: &str, least: usize) -> Vec<Case> {
    let frozen = load(name);
    let cases = frozen["cases"].as_array().unwrap();
    assert!(cases.len() >= least);
    let flags = [("event", "os.event"), ("competing", "os.competing")];
    let case = |case: &Value| Case { columns: columns(&case["data"], &flags), frozen: case.clone() };
    cases.iter().map(case).collect()
}

/// A number.
pub(crate) fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

impl Case {
    /// What is called so of it.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.frozen[key].as_str().unwrap()
    }

    /// The options of the model.
    pub(crate) fn model(&self) -> String {
        let options = self.frozen["options"].as_str().unwrap_or_default();
        let (terms, ties) = (&self.frozen["terms"], self.text("ties"));
        format!("endpoint = \"os\"\nterms = {terms}\nties = \"{ties}\"\n{options}\n")
    }

    /// What a method finds in some columns.
    pub(crate) fn try_with(&self, columns: &[Column], method: &str, options: &str) -> Results {
        let found = try_run("farr", method, options, columns, &vec![1; columns[0].values.len()]);
        found.unwrap_or_else(|problem| panic!("{} {method}: {problem}", self.text("name")))
    }

    /// What it finds after the model, with more options.
    pub(crate) fn run(&self, method: &str, more: &str) -> Results {
        self.try_with(&self.columns, method, &format!("{}{more}", self.model()))
    }

    /// Nothing compared yet with what a function of R gives.
    pub(crate) fn comparison(&self, method: &str, what: &str) -> Comparison {
        let (name, ties) = (self.text("name"), self.text("ties"));
        let ties = if name.contains(ties) { String::new() } else { format!(", {ties}") };
        Comparison::new(method, name, &format!("{SOURCE} {what}{ties}"))
    }

    /// Compares the tests of terms, and that of all of them, with the frozen ones of some functions of time.
    pub(crate) fn compare_proportional(&self, comparison: &mut Comparison) {
        for theirs in self.frozen["proportional"].as_array().unwrap() {
            let transform = theirs["transform"].as_str().unwrap();
            let ours = self.run("proportional_hazards", &format!("transform = \"{transform}\""));
            let whole =
                |row: &&Estimate| row.quantity == Quantity::ProportionalHazards && row.level.is_none();
            let whole: Vec<&Estimate> = ours.estimates.iter().filter(whole).collect();
            let statistics = numbers(&theirs["statistic"]);
            assert_eq!(whole.len(), statistics.len());
            for (index, (row, statistic)) in whole.iter().zip(statistics).enumerate() {
                let test = row.test.as_ref().unwrap();
                let what = format!("{transform} {:?}", row.term);
                comparison.figure(&what, test.statistic.unwrap(), statistic);
                if let Some(p_value) = theirs["p_value"].get(index) {
                    comparison.figure(&format!("{what} P"), test.p_value.unwrap(), figure(p_value));
                }
            }
        }
    }

    /// Compares every kind of residuals that is frozen.
    pub(crate) fn compare_residuals(&self, comparison: &mut Comparison) {
        let ours = self.run("cox_residuals", "");
        let of = |unit| ours.residuals.iter().find(|residuals| residuals.unit == unit).unwrap();
        let (rows, events) = (of(ResidualUnit::CountedRow), of(ResidualUnit::Event));
        let mut compared = 0;
        for (residuals, kind, key) in [
            (rows, ResidualKind::Martingale, "martingale"),
            (rows, ResidualKind::Deviance, "deviance"),
            (rows, ResidualKind::NullMartingale, "null"),
            (rows, ResidualKind::Displacement, "displacement"),
            (rows, ResidualKind::Score, "score"),
            (rows, ResidualKind::Dfbeta, "dfbeta"),
            (rows, ResidualKind::Dfbetas, "dfbetas"),
            (events, ResidualKind::Schoenfeld, "schoenfeld"),
            (events, ResidualKind::ScaledSchoenfeld, "scaled_schoenfeld"),
        ] {
            let Some(theirs) = self.frozen["residuals"].get(key) else { continue };
            let columns: Vec<_> = residuals.of_kind(kind).collect();
            let theirs = theirs.as_array().map_or(std::slice::from_ref(theirs), Vec::as_slice);
            assert_eq!(columns.len(), theirs.len(), "{key}");
            for (column, theirs) in columns.iter().zip(theirs) {
                let what = format!("{key} {:?} {:?}", column.term, column.level);
                compare_residuals(comparison, &what, residuals, &column.values, theirs);
            }
            compared += 1;
        }
        assert!(compared >= 8, "{compared}");
    }

    /// Compares the curves of the frozen profiles, each of which names its stratum.
    pub(crate) fn compare_profiles(&self, comparison: &mut Comparison) {
        for theirs in self.frozen["profiles"].as_array().unwrap() {
            let values = theirs["values"].as_object().unwrap().iter();
            let values: Vec<String> = values.map(|(term, value)| format!("{term} = {value}")).collect();
            let at = numbers(&theirs["at"]);
            let more = format!(
                "at = {at:?}\nquantiles = [0.75, 0.5]\ninterval = \"log_log\"\nprofiles = [{{ label = \"P\", {} }}]",
                values.join(", ")
            );
            let ours = self.run("predicted_survival", &more);
            assert_eq!(ours.curves.len(), 1, "the profile names its stratum");
            for (k, at) in at.iter().enumerate() {
                let find = |quantity| {
                    let own = |row: &&Estimate| row.quantity == quantity && row.at == Some(*at);
                    ours.estimates.iter().find(own).unwrap()
                };
                let (row, hazard) = (find(Quantity::Survival), find(Quantity::CumulativeHazard));
                let of = |key: &str| numbers(&theirs[key])[k];
                comparison.figure("survival", row.value.unwrap(), of("survival"));
                comparison.figure("error", row.std_error.unwrap(), of("std_error"));
                comparison.figure("hazard", hazard.value.unwrap(), of("hazard"));
                let interval = row.interval.unwrap();
                comparison.figure("lower", interval.lower.unwrap(), of("lower"));
                comparison.figure("upper", interval.upper.unwrap(), of("upper"));
            }
            // The time, its lower and its upper limit; absent where survival does not fall so far.
            for (probability, theirs) in [0.75, 0.5].iter().zip(theirs["quantiles"].as_array().unwrap()) {
                let own = |row: &&Estimate| {
                    row.quantity == Quantity::SurvivalQuantile && row.at == Some(*probability)
                };
                let row = ours.estimates.iter().find(own).unwrap();
                let interval = row.interval.unwrap();
                for (ours, theirs) in
                    [row.value, interval.lower, interval.upper].iter().zip(theirs.as_array().unwrap())
                {
                    assert_eq!(ours.is_some(), !theirs.is_null(), "{probability}: {ours:?} against {theirs}");
                    if let Some(ours) = ours {
                        comparison.figure("quantile", *ours, figure(theirs));
                    }
                }
            }
        }
    }
}
