//! `farr check`.

mod queries;

use super::{Manner, json, print};
use crate::diagnostic::{self, Naming};
use crate::spinner::Spinner;
use clap::Args;
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use run::StudyCheck;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;

/// Read a study or a registry, and list everything that is wrong, doubtful or inferred.
///
/// Every table is held to its dictionary (registry.toml) and to rules of plausibility: the order of dates, death,
/// units, repeated rows, sizes that jump, statements that contradict each other, and the registry's own [[rules]].
/// Each row found is a query with an identity of its own. Nothing is computed. Patients are not named and their data
/// not repeated unless --xlsx or --identify asks for it.
///
/// Exit codes: 0 nothing to ask; 1 open queries; 2 something that a run would refuse.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  farr check examples/crlm-pcr\n  farr check examples/crlm-pcr/registry\n  \
    farr check . --xlsx queries.xlsx            a sheet to fill in\n  \
    farr check . --answers queries.xlsx         what is answered stays answered"
)]
pub(crate) struct Check {
    /// The study folder, a folder of tables, or a single table
    #[arg(default_value = ".")]
    path: PathBuf,
    /// A sheet that --xlsx wrote, filled in: what it answers is not asked again
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Write the queries to a workbook for the data manager, with keys and values
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// Print the rules that are built in, and check nothing
    #[arg(long)]
    rules: bool,
}

impl Check {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        if self.rules {
            print(&queries::rules())?;
            return Ok(ExitCode::SUCCESS);
        }
        let spinner = Spinner::new(manner.quiet || manner.json);
        let mut check = run::check(&self.path, self.answers.as_deref(), &spinner)?;
        spinner.finish();
        if let Some(path) = &self.xlsx {
            run::write_queries(path, &check.report.queries)?;
        }
        if manner.naming == Naming::Hidden {
            check.report.queries = std::mem::take(&mut check.report.queries).without_rows();
        }
        let open = check.report.queries.open().count();
        if manner.json {
            print(&json(&as_json(&check))?)?;
        } else {
            if !manner.quiet {
                print(&as_text(&check))?;
            }
            print(&queries::text(&check.report.queries, !check.report.problems.is_empty()))?;
            for problem in check.report.problems.iter().take(queries::SHOWN) {
                eprint!("{}", diagnostic::render(problem, diagnostic::colours(), manner.naming));
            }
            if check.report.problems.len() > queries::SHOWN {
                eprintln!("… and {} more problems", check.report.problems.len() - queries::SHOWN);
            }
        }
        if !check.report.problems.is_empty() {
            return Ok(ExitCode::from(2));
        }
        if open > 0 {
            return Ok(ExitCode::from(1));
        }
        if !manner.quiet && !manner.json {
            print("nothing is wrong\n")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub(super) fn sheet(header: &[&str], rows: impl Iterator<Item = Vec<String>>, numbers: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.to_vec());
    for row in rows {
        table.add_row(row);
    }
    for index in numbers {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n\n")
}

fn as_text(check: &StudyCheck) -> String {
    let report = &check.report;
    let count = |n: Option<u64>| n.map_or("—".into(), |n| n.to_string());
    let mut text = String::new();
    if !report.columns.is_empty() {
        let rows = report.columns.iter().map(|column| {
            let source = if column.declared { "declared" } else { "inferred" };
            vec![
                column.table.clone(),
                column.column.clone(),
                column.kind.clone(),
                source.into(),
                column.rows.to_string(),
                count(column.missing),
                count(column.distinct),
            ]
        });
        let header = ["table", "column", "type", "from", "rows", "missing", "distinct"];
        text.push_str(&sheet(&header, rows, &[4, 5, 6]));
    }
    if !report.cleaning.is_empty() {
        text.push_str("Changed on reading:\n");
        for cleaning in &report.cleaning {
            text.push_str(&format!("  {cleaning}\n"));
        }
        text.push('\n');
    }
    if !report.views.is_empty() {
        let rows = report.views.iter().map(|view| vec![view.name.clone(), view.rows.to_string()]);
        text.push_str(&sheet(&["view", "rows"], rows, &[1]));
    }
    if let Some(flow) = &report.flow {
        let mut rows = vec![vec![flow.label.clone(), String::new(), flow.assessed.to_string()]];
        rows.extend(
            flow.steps
                .iter()
                .map(|step| vec![step.label.clone(), step.excluded.to_string(), step.remaining.to_string()]),
        );
        text.push_str(&sheet(&["participants", "excluded", "remaining"], rows.into_iter(), &[1, 2]));
    }
    if let Some(plan) = &check.plan {
        text.push_str(&format!("{} analyses planned\n\n", plan.analyses.len()));
    }
    text
}

fn as_json(check: &StudyCheck) -> serde_json::Value {
    let report = &check.report;
    let problems: Vec<_> = report
        .problems
        .iter()
        .map(|problem| {
            json!({
                "message": problem.message,
                "place": problem.place.as_ref().map(ToString::to_string),
                "help": problem.help,
            })
        })
        .collect();
    let columns: Vec<_> = report
        .columns
        .iter()
        .map(|column| {
            json!({
                "table": column.table, "column": column.column, "type": column.kind,
                "declared": column.declared, "rows": column.rows, "missing": column.missing,
                "distinct": column.distinct,
            })
        })
        .collect();
    let cleaning: Vec<String> = report.cleaning.iter().map(ToString::to_string).collect();
    json!({
        "problems": problems, "columns": columns, "cleaning": cleaning, "views": report.views,
        "flow": report.flow, "queries": report.queries,
    })
}
