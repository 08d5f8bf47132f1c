//! How the P value of a signed-rank test is found, and what becomes of differences of 0.

use super::signed_rank::SignedRanks;
use crate::methods::tests::permutation::MOST_SIGNS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::Dialect;

/// What becomes of differences of 0 in a signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Zeros {
    /// They are left out before the others are ranked (Wilcoxon).
    LeftOut,
    /// They are ranked with the others, and left out of the sums (Pratt).
    Ranked,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reckon {
    /// All choices of signs are counted, ties as they are.
    Exact,
    /// Exact below 50 patients whose difference is not 0, where none ties and none is 0; else corrected: R's rule.
    ExactWhereSmall,
    /// Exact up to 20 patients whose difference is not 0, else by Student's t: SAS' rule.
    ExactUpTo20ElseStudent,
    /// Normal with continuity correction.
    Corrected,
    /// Normal without continuity correction.
    Uncorrected,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reckoning {
    /// All choices of signs were counted.
    Exact,
    /// Student's t.
    Student,
    /// Normal with continuity correction.
    Corrected,
    /// Normal without continuity correction.
    Uncorrected,
}

impl Reckoning {
    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Student => "by the t distribution",
            Self::Corrected => "normal approximation with continuity correction",
            Self::Uncorrected => "normal approximation without continuity correction",
        }
    }
}

/// Both choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedRankRule {
    /// How the P value is found.
    pub reckon: Reckon,
    /// What becomes of differences of 0.
    pub zeros: Zeros,
}

impl SignedRankRule {
    /// What each program computes when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        let reckon = match dialect {
            Dialect::Farr | Dialect::R => Reckon::ExactWhereSmall,
            Dialect::Sas => Reckon::ExactUpTo20ElseStudent,
            Dialect::Spss | Dialect::Stata => Reckon::Uncorrected,
        };
        let zeros = if dialect == Dialect::Stata { Zeros::Ranked } else { Zeros::LeftOut };
        Self { reckon, zeros }
    }

    /// What it means for these differences.
    pub(super) fn reckoning(self, ranks: &SignedRanks) -> Reckoning {
        match self.reckon {
            Reckon::Exact if ranks.n + ranks.zeros <= MOST_SIGNS => Reckoning::Exact,
            Reckon::ExactWhereSmall if ranks.n < 50 && ranks.zeros == 0 && !ranks.tied() => Reckoning::Exact,
            Reckon::ExactUpTo20ElseStudent if ranks.n <= 20 => Reckoning::Exact,
            Reckon::ExactUpTo20ElseStudent => Reckoning::Student,
            Reckon::Exact | Reckon::ExactWhereSmall | Reckon::Corrected => Reckoning::Corrected,
            Reckon::Uncorrected => Reckoning::Uncorrected,
        }
    }
}
