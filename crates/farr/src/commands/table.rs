//! `farr table`.

use super::Manner;
use super::flat::{Flat, names};
use clap::Args;
use std::process::ExitCode;
use study::Problem;
use toml::Value;

/// Describe the patients of a flat file, by groups if wanted (Table 1).
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  farr table patients.csv --by pcr\n  \
    farr table patients.parquet --by pcr --variables sex,age,cea --smd -o table-1.html")]
pub(crate) struct Table {
    #[command(flatten)]
    flat: Flat,
    /// Column whose levels are compared
    #[arg(long)]
    by: Option<String>,
    /// Columns to describe, separated by commas [default: all]
    #[arg(long, value_delimiter = ',')]
    variables: Vec<String>,
    /// Add standardized mean differences
    #[arg(long)]
    smd: bool,
    /// Add the interval of each share: wilson or clopper_pearson
    #[arg(long, value_name = "METHOD")]
    share_interval: Option<String>,
    /// Leave P values out
    #[arg(long)]
    no_p_values: bool,
}

impl Table {
    pub(crate) fn execute(&self, manner: Manner) -> Result<ExitCode, Problem> {
        let mut question = self.flat.question("baseline", "table");
        if let Some(by) = &self.by {
            question.options.insert("by".into(), Value::String(by.clone()));
        }
        if !self.variables.is_empty() {
            question.options.insert("variables".into(), names(&self.variables));
        }
        if let Some(method) = &self.share_interval {
            question.options.insert("share_interval".into(), Value::String(method.clone()));
        }
        question.options.insert("smd".into(), Value::Boolean(self.smd));
        question.options.insert("p_values".into(), Value::Boolean(!self.no_p_values && self.by.is_some()));
        question.all_columns = Some("variables");
        self.flat.show(&question, manner)
    }
}
