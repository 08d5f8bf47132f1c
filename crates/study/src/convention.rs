//! The questions that statistical programs answer differently when not told otherwise.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One convention. Which choice each dialect makes stands beside the code that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Convention {
    /// Which test compares the levels of a variable between groups; from which counts on it is exact or corrected.
    CategoryTest,
    /// Which test compares two means.
    MeanTest,
    /// How the P value of a rank-sum test is found.
    RankSum,
    /// How the P value of a signed-rank test is found, and what becomes of differences of 0.
    SignedRank,
    /// How a quantile between two values is found.
    Quantile,
    /// How the P value of Spearman's coefficient is found.
    RankCorrelation,
    /// Which test compares paired levels, and with which correction.
    PairedTest,
    /// The interval of the difference of paired shares.
    PairedDifference,
    /// The interval of a share of patients.
    RiskInterval,
    /// The interval of a risk difference.
    DifferenceInterval,
    /// The interval of a risk ratio.
    RatioInterval,
    /// The interval of an odds ratio of four counts.
    OddsInterval,
    /// Whether the Mantel–Haenszel test is corrected for continuity.
    StratifiedCorrection,
    /// Which test asks whether odds ratios are alike in all strata.
    Homogeneity,
    /// The interval of an odds ratio of a logistic model.
    LogisticInterval,
    /// The level with which a model compares the others, where the plan names none.
    ReferenceLevel,
    /// Where the intercept of a logistic model with levels stands.
    Contrast,
    /// The scale of the interval of a survival probability.
    SurvivalInterval,
    /// The median of a survival curve that is level at one half.
    SurvivalQuantile,
    /// The interval of the median of a survival curve.
    SurvivalQuantileInterval,
    /// The scale of the interval of a cumulative incidence.
    IncidenceInterval,
    /// How tied times enter a Cox model.
    CoxTies,
    /// How the robust variance of a Cox model is scaled.
    RobustVariance,
    /// Which degrees of freedom have figures that are pooled over imputed data sets.
    PooledDf,
    /// How a number that lies half way between two printed ones is rounded.
    Rounding,
    /// With how many decimals P values and ratios are printed.
    Decimals,
}

impl Convention {
    /// Every convention, in the order of the documentation.
    pub const ALL: [Self; 26] = [
        Self::CategoryTest,
        Self::MeanTest,
        Self::RankSum,
        Self::SignedRank,
        Self::Quantile,
        Self::RankCorrelation,
        Self::PairedTest,
        Self::PairedDifference,
        Self::RiskInterval,
        Self::DifferenceInterval,
        Self::RatioInterval,
        Self::OddsInterval,
        Self::StratifiedCorrection,
        Self::Homogeneity,
        Self::LogisticInterval,
        Self::ReferenceLevel,
        Self::Contrast,
        Self::SurvivalInterval,
        Self::SurvivalQuantile,
        Self::SurvivalQuantileInterval,
        Self::IncidenceInterval,
        Self::CoxTies,
        Self::RobustVariance,
        Self::PooledDf,
        Self::Rounding,
        Self::Decimals,
    ];

    /// Its name in `[study.conventions]`.
    pub fn name(self) -> &'static str {
        match self {
            Self::CategoryTest => "category_test",
            Self::MeanTest => "mean_test",
            Self::RankSum => "rank_sum",
            Self::SignedRank => "signed_rank",
            Self::Quantile => "quantile",
            Self::RankCorrelation => "rank_correlation",
            Self::PairedTest => "paired_test",
            Self::PairedDifference => "paired_difference",
            Self::RiskInterval => "risk_interval",
            Self::DifferenceInterval => "difference_interval",
            Self::RatioInterval => "ratio_interval",
            Self::OddsInterval => "odds_interval",
            Self::StratifiedCorrection => "stratified_correction",
            Self::Homogeneity => "homogeneity",
            Self::LogisticInterval => "logistic_interval",
            Self::ReferenceLevel => "reference_level",
            Self::Contrast => "contrast",
            Self::SurvivalInterval => "survival_interval",
            Self::SurvivalQuantile => "survival_quantile",
            Self::SurvivalQuantileInterval => "survival_quantile_interval",
            Self::IncidenceInterval => "incidence_interval",
            Self::CoxTies => "cox_ties",
            Self::RobustVariance => "robust_variance",
            Self::PooledDf => "pooled_df",
            Self::Rounding => "rounding",
            Self::Decimals => "decimals",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_plan() {
        for convention in Convention::ALL {
            let written = serde_json::to_value(convention).unwrap();
            assert_eq!(written, serde_json::json!(convention.name()));
        }
        let mut sorted = Convention::ALL.to_vec();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted, Convention::ALL);
    }
}
