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

    /// The rows of all tables of an analysis.
    fn rows(&self, results: &Results) -> Vec<Vec<String>> {
        let displays = rounded(Rounding::of(self.rounding), || displays_of(results, &self.style));
        let rows = displays.iter().filter_map(Display::table).flat_map(|table| table.rows.iter());
        rows.map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect()).collect()
    }

    /// The cells that are printed otherwise for other results, or in another way, as `row: own → other`.
    pub fn differences(&self, own: &Results, other: &Results, there: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (here, there) in self.rows(own).iter().zip(&there.rows(other)) {
            let name = here.first().map_or("", String::as_str);
            for (here, there) in here.iter().zip(there).skip(1).filter(|(here, there)| here != there) {
                found.push(format!("{name}: {here} → {there}"));
            }
        }
        found
    }
}
