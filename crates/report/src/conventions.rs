//! Conventions of printing, and what would be printed under another one.

use crate::display::Display;
use crate::displays::displays_of;
use crate::style::{Rounding, Style, rounded};
use study::{Convention, Dialect, Results, StudyResults};

/// One convention of printing.
#[derive(Debug, Clone, Copy)]
pub struct PrintingConvention {
    /// The convention.
    pub convention: Convention,
    /// The question that it answers.
    pub question: &'static str,
    /// What a program does, in words.
    pub choice: fn(Dialect) -> String,
    /// Where that is written, for SPSS, SAS, Stata and R.
    pub sources: [&'static str; 4],
}

/// The conventions of printing.
pub fn conventions() -> [PrintingConvention; 2] {
    [
        PrintingConvention {
            convention: Convention::Rounding,
            question: "How is a number half way between two printed ones rounded?",
            choice: |dialect| Rounding::of(dialect).text().into(),
            sources: ["output formats F", "ROUND function", "[D] format", "base::sprintf"],
        },
        PrintingConvention {
            convention: Convention::Decimals,
            question: "With how many decimals are P values and ratios printed?",
            choice: |dialect| {
                if dialect == Dialect::Spss {
                    "three".into()
                } else {
                    "as journals ask: two for ratios, two or three for P values".into()
                }
            },
            sources: [
                "LOGISTIC REGRESSION, COXREG",
                "left to the report",
                "left to the report",
                "left to the report",
            ],
        },
    ]
}

/// How results are printed.
#[derive(Debug, Clone, Copy)]
pub struct Printing {
    style: Style,
    rounding: Dialect,
}

impl Printing {
    /// As the study says.
    pub fn of(study: &StudyResults) -> Self {
        Self { style: Style::of(study), rounding: study.convention(Convention::Rounding) }
    }

    /// The same with another answer to one question of printing.
    #[must_use]
    pub fn with(mut self, convention: Convention, dialect: Dialect) -> Self {
        match convention {
            Convention::Rounding => self.rounding = dialect,
            Convention::Decimals => self.style.dialect = dialect,
            _ => {}
        }
        self
    }

    /// The rows of all tables of an analysis, and the tests that are told below them.
    fn rows(&self, results: &Results) -> (Vec<Vec<String>>, Vec<String>) {
        let displays = rounded(Rounding::of(self.rounding), || displays_of(results, &self.style));
        let tables = || displays.iter().filter_map(Display::table);
        let rows = tables().flat_map(|table| table.rows.iter());
        let rows = rows.map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect()).collect();
        let notes = tables().flat_map(|table| table.footnotes.iter()).map(|note| note.text.clone());
        (rows, notes.filter(|text| ["P = ", "P < ", "P > "].iter().any(|p| text.contains(p))).collect())
    }

    /// The cells that are printed otherwise for other results, or in another way, as `row: own → other`.
    pub fn differences(&self, own: &Results, other: &Results, there: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let ((rows, tests), (other_rows, other_tests)) = (self.rows(own), there.rows(other));
        for (here, there) in rows.iter().zip(&other_rows) {
            let name = here.first().map_or("", String::as_str);
            for (here, there) in here.iter().zip(there).skip(1).filter(|(here, there)| here != there) {
                found.push(format!("{name}: {here} → {there}"));
            }
        }
        let tests = tests.iter().zip(&other_tests).filter(|(here, there)| here != there);
        found.extend(tests.map(|(here, there)| format!("{} → {there}", here.trim_end_matches('.'))));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use study::{Estimate, Group, Quantity, Test, TestName};

    fn log_rank(p_value: f64) -> Results {
        let results = json!({
            "analysis": "a", "title": "A", "purpose": "secondary", "method": "log_rank", "options": {},
            "methods_text": [], "participants": { "eligible": 9, "analysed": 9, "missing": [] }, "outcome": null,
            "by": null, "time_unit": null, "groups": [], "variables": [], "estimates": [], "curves": [], "notices": []
        });
        let mut results: Results = serde_json::from_value(results).unwrap();
        results.groups = vec![Group { level: Some("a".into()), label: "A".into(), n: 9, events: Some(4) }];
        let test = Test {
            name: TestName::LogRank,
            statistic: Some(3.0),
            df: vec![1.0],
            p_value: Some(p_value),
            reason: None,
        };
        results.estimates = vec![
            Estimate { group: Some("a".into()), ..Estimate::new(Quantity::Observed, 4.0) },
            Estimate { test: Some(test), ..Estimate::new(Quantity::GlobalTest, f64::NAN) },
        ];
        results
    }

    #[test]
    fn a_test_below_a_table_is_printed_too() {
        let printing = Printing {
            style: Style { dialect: Dialect::Farr, confidence_level: 0.95 },
            rounding: Dialect::Farr,
        };
        assert!(printing.differences(&log_rank(0.02), &log_rank(0.02), &printing).is_empty());
        let found = printing.differences(&log_rank(0.02), &log_rank(0.04), &printing);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("P = 0.020 → Log-rank test") && found[0].ends_with("P = 0.040."),
            "{found:?}"
        );
    }
}
