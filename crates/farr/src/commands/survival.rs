//! `farr survival`.

use super::Manner;
use super::flat::{Flat, TimeToEvent};
use clap::Args;
use std::process::ExitCode;
use study::Problem;
use toml::Value;

/// Kaplan–Meier curves and the log-rank test on a flat file.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  farr survival patients.csv --time months --event died --by pcr\n  \
    farr survival patients.csv --time days --unit days --event 'status = 2' --at 365,730 -o curve.svg")]
pub(crate) struct Survival {
    #[command(flatten)]
    flat: Flat,
    #[command(flatten)]
    time_to_event: TimeToEvent,
    /// Column whose levels are compared
    #[arg(long)]
    by: Option<String>,
    /// Times at which survival is estimated, in the unit, separated by commas
    #[arg(long, value_delimiter = ',')]
    at: Vec<f64>,
}

impl Survival {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let mut question = self.flat.question("kaplan_meier", "survival");
        self.time_to_event.ask(&mut question);
        if let Some(by) = &self.by {
            question.options.insert("by".into(), Value::String(by.clone()));
        }
        if !self.at.is_empty() {
            let at = self.at.iter().map(|at| Value::Float(*at)).collect();
            question.options.insert("at".into(), Value::Array(at));
        }
        self.flat.show(&question, manner)
    }
}
