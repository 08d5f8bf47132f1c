//! `farr conventions`.

use super::{Manner, json, print};
use clap::Args;
use std::process::ExitCode;
use study::{Dialect, Problem};

/// Print what SPSS, SAS, Stata, R and farr do where they differ.
#[derive(Debug, Args)]
pub(crate) struct Conventions {}

impl Conventions {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let rows = run::conventions::rows();
        if manner.json {
            let rows: Vec<_> = rows
                .iter()
                .map(|row| {
                    let choices: serde_json::Map<String, serde_json::Value> = Dialect::ALL
                        .iter()
                        .zip(&row.choices)
                        .map(|(dialect, choice)| (dialect.name().to_lowercase(), choice.as_str().into()))
                        .collect();
                    serde_json::json!({
                        "convention": row.convention, "question": row.question, "choices": choices,
                    })
                })
                .collect();
            print(&json(&rows)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut text = String::new();
        for row in &rows {
            text.push_str(&format!("{}  [{}]\n", row.question, row.convention.name()));
            for (dialect, choice) in Dialect::ALL.iter().zip(&row.choices) {
                text.push_str(&format!("  {:<6} {choice}\n", dialect.name()));
            }
            text.push('\n');
        }
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}
