//! What may be asked of the log-rank family.

use super::family::{Family, FamilyMember};
use crate::methods::adjust::Adjustment;
use crate::methods::models::{WeightKind, check_weights};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Problem};

/// What may be asked of [`super::LogRank`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogRankOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The variable whose levels are compared.
    pub by: String,
    /// The member of the log-rank family: what an event time weighs.
    #[serde(default)]
    pub test: FamilyMember,
    /// Fleming and Harrington's ρ: more weight to early events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rho: Option<f64>,
    /// Fleming and Harrington's γ: more weight to late events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gamma: Option<f64>,
    /// Variables within whose levels the groups are compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strata: Vec<String>,
    /// Whether hazards are tested for rising or falling with the order of the levels.
    #[serde(default)]
    pub trend: bool,
    /// The score of each level in the test for trend; 1, 2, 3 … where absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<f64>,
    /// Whether all pairs of groups are compared too, and how their P values are adjusted; no pairs where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<PairwiseAdjustment>,
    /// A variable that says how much each patient counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

/// How the P values of all pairs are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PairwiseAdjustment {
    /// They are not adjusted.
    None,
    /// Each times the number of pairs.
    Bonferroni,
    /// Holm's step-down procedure.
    Holm,
    /// Hochberg's step-up procedure.
    Hochberg,
    /// Benjamini and Hochberg's false discovery rate.
    BenjaminiHochberg,
}

impl PairwiseAdjustment {
    pub(super) fn adjustment(self) -> Option<Adjustment> {
        match self {
            Self::None => None,
            Self::Bonferroni => Some(Adjustment::Bonferroni),
            Self::Holm => Some(Adjustment::Holm),
            Self::Hochberg => Some(Adjustment::Hochberg),
            Self::BenjaminiHochberg => Some(Adjustment::BenjaminiHochberg),
        }
    }
}

impl LogRankOptions {
    pub(super) fn family(&self) -> Family {
        Family { member: self.test, rho: self.rho.unwrap_or(0.0), gamma: self.gamma.unwrap_or(0.0) }
    }

    /// Refuses options that contradict each other or are out of range.
    pub(super) fn check(&self, analysis: &Analysis) -> Result<(), Problem> {
        check_weights(analysis, self.weights.as_deref(), self.weight_kind)?;
        for (key, value) in [("rho", self.rho), ("gamma", self.gamma)] {
            let Some(value) = value else { continue };
            if self.test != FamilyMember::FlemingHarrington {
                return Err(analysis
                    .refuse(&[key.into()], format!("`{key}` belongs to Fleming and Harrington’s test"))
                    .help("write test = \"fleming_harrington\", or leave it out"));
            }
            if !(value >= 0.0 && value.is_finite()) {
                return Err(analysis
                    .refuse(&[key.into()], format!("`{key}` is {value}"))
                    .help("give a number from 0 on"));
            }
        }
        if self.test == FamilyMember::FlemingHarrington && self.rho.is_none() && self.gamma.is_none() {
            return Err(analysis
                .refuse(&["test".into()], "Fleming and Harrington’s test is not one test but many")
                .help("give `rho` (early events), `gamma` (late events) or both; rho = 0, gamma = 1 for late effects"));
        }
        if !self.scores.is_empty() && !self.trend {
            return Err(analysis
                .refuse(&["scores".into()], "there are scores, but no test for trend")
                .help("write trend = true, or leave the scores out"));
        }
        if let Some(index) = self.scores.iter().position(|score| !score.is_finite()) {
            return Err(analysis
                .refuse(&["scores".into(), index.into()], format!("a score is {}", self.scores[index])));
        }
        Ok(())
    }

    /// The scores of so many levels.
    pub(super) fn scores(&self, analysis: &Analysis, levels: usize) -> Result<Vec<f64>, Problem> {
        if self.scores.is_empty() {
            return Ok((1..=levels).map(|score| score as f64).collect());
        }
        if self.scores.len() != levels {
            let message =
                format!("there are {} scores, and `{}` has {levels} levels", self.scores.len(), self.by);
            return Err(analysis
                .refuse(&["scores".into()], message)
                .help("give each level its score, in the order of the levels"));
        }
        Ok(self.scores.clone())
    }
}
