//! Whose conventions a study follows where programs differ.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The conventions of a program: ties, quantiles, corrections, intervals, rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// farr's own choices: the exact or better-founded convention of each.
    #[default]
    Farr,
    /// IBM SPSS Statistics.
    Spss,
    /// SAS/STAT.
    Sas,
    /// Stata.
    Stata,
    /// R: base, stats and survival.
    R,
}

impl Dialect {
    /// Every dialect, farr's own first.
    pub const ALL: [Self; 5] = [Self::Farr, Self::Spss, Self::Sas, Self::Stata, Self::R];

    /// The program's name, for prose.
    pub fn name(self) -> &'static str {
        match self {
            Self::Farr => "farr",
            Self::Spss => "SPSS",
            Self::Sas => "SAS",
            Self::Stata => "Stata",
            Self::R => "R",
        }
    }
}
