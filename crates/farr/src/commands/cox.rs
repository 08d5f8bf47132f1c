//! `farr cox`.

use super::Manner;
use super::flat::{Flat, TimeToEvent, terms, values};
use clap::Args;
use std::process::ExitCode;
use study::Problem;
use toml::Value;

/// Cox proportional-hazards regression on a flat file: each term alone and all together.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  farr cox patients.csv --time months --event died --terms size,cea --ties efron"
)]
pub(crate) struct Cox {
    #[command(flatten)]
    flat: Flat,
    #[command(flatten)]
    time_to_event: TimeToEvent,
    /// Columns to enter, separated by commas; a:b for an interaction, rcs(a,4) for a spline with four knots, rcs(a,4):b for both
    #[arg(long, required = true)]
    terms: Vec<String>,
    /// Approximation for tied times: efron or breslow [default: the dialect's]
    #[arg(long)]
    ties: Option<String>,
}

impl Cox {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let mut question = self.flat.question("cox", "cox");
        self.time_to_event.ask(&mut question);
        let terms = terms(&self.terms);
        question.options.insert("univariable".into(), Value::Boolean(terms.len() > 1));
        question.options.insert("terms".into(), values(terms));
        if let Some(ties) = &self.ties {
            question.options.insert("ties".into(), Value::String(ties.clone()));
        }
        self.flat.show(&question, manner)
    }
}
