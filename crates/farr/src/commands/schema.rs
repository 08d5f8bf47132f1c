//! `farr schema`.

use super::{Manner, json, print};
use clap::{Args, ValueEnum};
use std::process::ExitCode;
use study::Problem;

/// Print the JSON Schema of study.toml, registry.toml or results.json.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Which of them
    of: Which,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Which {
    /// study.toml
    Study,
    /// registry.toml
    Registry,
    /// results.json
    Results,
}

impl Schema {
    pub(crate) fn execute(&self, _: Manner) -> Result<ExitCode, Problem> {
        let schema = match self.of {
            Which::Study => run::schema::of_study(),
            Which::Registry => run::schema::of_registry(),
            Which::Results => run::schema::of_results(),
        };
        print(&json(&schema)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
