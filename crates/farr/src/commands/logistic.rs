//! `farr logistic`.

use super::Manner;
use super::flat::{Flat, terms, values};
use clap::Args;
use std::process::ExitCode;
use study::Problem;
use toml::Value;

/// Logistic regression on a flat file: each term alone and all together.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  farr logistic patients.csv --outcome pcr --terms size,cea,side --interval profile"
)]
pub(crate) struct Logistic {
    #[command(flatten)]
    flat: Flat,
    /// Column with the outcome: two levels
    #[arg(long)]
    outcome: String,
    /// The level that counts as the outcome [default: yes, true or 1]
    #[arg(long)]
    event: Option<String>,
    /// Columns to enter, separated by commas; a:b for an interaction, rcs(a,4) for a spline with four knots, rcs(a,4):b for both
    #[arg(long, required = true)]
    terms: Vec<String>,
    /// Kind of interval: wald, profile, score or bootstrap
    #[arg(long)]
    interval: Option<String>,
    /// What is added to the likelihood: firth keeps every ratio finite
    #[arg(long)]
    penalty: Option<String>,
    /// Column that says how much each patient counts
    #[arg(long, requires = "weight_kind")]
    weights: Option<String>,
    /// What the weights stand for: frequency or sampling
    #[arg(long, requires = "weights")]
    weight_kind: Option<String>,
    /// Column whose patients of one level are alike, for example a hospital: the variance is robust
    #[arg(long)]
    cluster: Option<String>,
}

impl Logistic {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let mut question = self.flat.question("logistic", "logistic");
        question.options.insert("outcome".into(), Value::String(self.outcome.clone()));
        let terms = terms(&self.terms);
        question.options.insert("univariable".into(), Value::Boolean(terms.len() > 1));
        question.options.insert("terms".into(), values(terms));
        for (key, value) in [
            ("event", &self.event),
            ("interval", &self.interval),
            ("penalty", &self.penalty),
            ("weights", &self.weights),
            ("weight_kind", &self.weight_kind),
            ("cluster", &self.cluster),
        ] {
            if let Some(value) = value {
                question.options.insert(key.into(), Value::String(value.clone()));
            }
        }
        self.flat.show(&question, manner)
    }
}
