//! `farr follow-up`.

use super::flat::terminal_width;
use super::{Manner, json, print};
use crate::diagnostic::Naming;
use crate::spinner::Spinner;
use clap::Args;
use report::displays::follow_up_table;
use report::formats;
use std::path::PathBuf;
use std::process::ExitCode;
use study::Problem;
use study::calendar::read_iso;

/// Say how complete follow-up is on a day, and who is due.
///
/// The schedule stands in registry.toml under [follow_up]: from which day visits are counted, how far they lie apart, and
/// where visits and deaths are recorded. What happened after the day is left out, as it was not known then; farr has no
/// clock, so the day is always said.
///
/// Patients are counted and not named, unless --list writes those who are due and overdue to a file or --identify prints
/// them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  farr follow-up examples/crlm-pcr --on 2020-06-30            the analysis set\n  \
    farr follow-up examples/crlm-pcr/registry --on 2020-06-30   every patient of the registry\n  \
    farr follow-up . --on 2020-06-30 --list due.xlsx            who is due and overdue"
)]
pub(crate) struct FollowUp {
    /// The study folder, whose analysis set is meant, or a folder of tables
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The day of the report, as 2020-06-30
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: i32,
    /// Write who is due and overdue to a .csv or .xlsx file, by name
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
}

fn day(text: &str) -> Result<i32, String> {
    read_iso(text).ok_or_else(|| "not a day of the calendar: write it as 2020-06-30".into())
}

impl FollowUp {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let spinner = Spinner::new(manner.quiet || manner.json);
        let mut report = run::follow_up(&self.path, self.on, &spinner)?;
        spinner.finish();
        if let Some(path) = &self.list {
            run::write_due(path, &report.state.due, self.on)?;
        }
        let whom = if report.analysis_set { "the analysis set" } else { "the registry" };
        let displays = follow_up_table::displays(&report.state, &report.completeness, whom);
        if manner.json {
            if manner.naming == Naming::Hidden {
                report.state.due.clear();
            }
            print(&json(&report)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        let width = terminal_width();
        for display in &displays {
            if let Some(table) = display.table() {
                print(&format!("{}\n{}\n", display.heading(), formats::text::render(table, width)))?;
            }
        }
        if manner.naming == Naming::Named {
            let table = formats::due_list::table(&report.state.due, self.on);
            print(&format!("Due and overdue\n{}\n", formats::text::render(&table, width)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
