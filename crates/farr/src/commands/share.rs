//! `farr share`.

use super::{Manner, json, print};
use crate::spinner::Spinner;
use clap::Args;
use run::{SMALL, ShareOptions, ShareReport};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;

/// Write a copy of a registry that names nobody.
///
/// Identifiers become keyed pseudonyms, every patient's days are moved by the same number of days (intervals stay), free
/// text is left out, and nobody is older than 90. What each column is, registry.toml says with `role`; a column without
/// is refused. The copy is written fresh, whole or not at all.
///
/// A copy without names is still about people: what may be shared, and with whom, is not for a program to say.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  farr share registry -o shared\n  \
    farr share my-study -o delivery-2 --key shared.key      the same pseudonyms as before")]
pub(crate) struct Share {
    /// The registry: a folder of tables, a single table, or a study folder
    registry: PathBuf,
    /// The folder to write; it must not exist yet, or be empty
    #[arg(long, short)]
    output: PathBuf,
    /// The file of the key, made where it is not there [default: OUTPUT.key, beside the folder]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Refuse where fewer patients than this share the columns that may help to find them (roles quasi and age)
    #[arg(long, value_name = "N")]
    smallest_group: Option<u64>,
}

impl Share {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet || manner.json);
        let options = ShareOptions { smallest_group: self.smallest_group };
        let (report, key) = run::share(&self.registry, &self.output, self.key.as_deref(), options, &spinner)?;
        spinner.finish();
        if manner.json {
            print(&json(&as_json(&report))?)?;
        } else if !manner.quiet {
            print(&as_text(&report))?;
            print(&format!(
                "{}\nThe key is {}: keep it, and never beside the copy.\n",
                self.output.display(),
                key.display()
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_text(report: &ShareReport) -> String {
    let mut text = String::new();
    for table in &report.tables {
        text.push_str(&format!("{}: {} rows\n", table.name, table.rows));
        let parts = [
            ("pseudonyms", &table.pseudonyms),
            ("moved days", &table.shifted),
            ("left out", &table.dropped),
            ("may help to find a patient", &table.quasi),
        ];
        for (what, columns) in parts.into_iter().filter(|(_, columns)| !columns.is_empty()) {
            text.push_str(&format!("  {what}: {}\n", columns.join(", ")));
        }
        if let Some(rare) = table.rare.filter(|rare| *rare > 0) {
            text.push_str(&format!(
                "  {rare} patients share these with fewer than {SMALL}: consider coarser groups\n"
            ));
        }
    }
    for part in &report.left_out {
        text.push_str(&format!("registry.toml, left out: {part}\n"));
    }
    text.push_str(&format!("{} patients, {} of them told as 90 years old\n", report.patients, report.oldest));
    text
}

fn as_json(report: &ShareReport) -> serde_json::Value {
    let tables: Vec<_> = report
        .tables
        .iter()
        .map(|table| {
            json!({
                "table": table.name, "rows": table.rows, "pseudonyms": table.pseudonyms, "shifted": table.shifted,
                "dropped": table.dropped, "quasi": table.quasi, "rare": table.rare,
            })
        })
        .collect();
    json!({
        "patients": report.patients, "oldest": report.oldest, "left_out": report.left_out, "tables": tables,
    })
}
