//! What may be asked of the comparison of a number.

use crate::methods::tests::wilcoxon::Distribution;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Options of `method = "location"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocationOptions {
    /// The number that is compared.
    pub variable: String,
    /// The variable of two levels whose groups are compared.
    pub by: String,
    /// The level that is compared with the other; the one that is not the reference where absent.
    pub group: Option<String>,
    /// How the means are compared; Welch's test where absent, Student's in the dialects of SPSS, SAS and Stata.
    pub means: Option<MeanTest>,
    /// How the ranks are compared; by the dialect where absent.
    pub ranks: Option<RankTest>,
}

/// A comparison of two means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeanTest {
    /// Welch's test: the variances may differ.
    Welch,
    /// Student's test: one variance for both groups.
    Student,
}

/// How the P value and the limits of a rank test are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankTest {
    /// All ways to divide the patients are counted, with ties as they are.
    Exact,
    /// Exact below 50 patients a group without ties, else normal with continuity correction: R's rule.
    ExactWhereSmall,
    /// Normal with continuity correction.
    Corrected,
    /// Normal without continuity correction.
    Uncorrected,
}

impl From<Distribution> for RankTest {
    fn from(distribution: Distribution) -> Self {
        match distribution {
            Distribution::ExactWhereSmall => Self::ExactWhereSmall,
            Distribution::Corrected => Self::Corrected,
            Distribution::Uncorrected => Self::Uncorrected,
        }
    }
}
