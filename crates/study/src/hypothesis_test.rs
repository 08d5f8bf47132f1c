//! Hypothesis tests and their results.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The tests by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestName {
    /// Pearson's chi-squared test without correction.
    PearsonChiSquared,
    /// Pearson's chi-squared test with Yates' continuity correction.
    YatesChiSquared,
    /// Fisher's exact test; Fisher–Freeman–Halton beyond 2 × 2.
    FisherExact,
    /// Student's t-test, equal variances.
    Student,
    /// Welch's t-test.
    Welch,
    /// Wilcoxon rank-sum (Mann–Whitney) test.
    WilcoxonRankSum,
    /// Kruskal–Wallis test.
    KruskalWallis,
    /// One-way analysis of variance, equal variances.
    OneWayAnova,
    /// Welch's analysis of variance.
    WelchAnova,
    /// Log-rank test.
    LogRank,
    /// Gehan and Breslow's test: weighted by the number at risk.
    GehanBreslow,
    /// Tarone and Ware's test: weighted by its square root.
    TaroneWare,
    /// Peto and Peto's test: weighted by their estimate of survival.
    PetoPeto,
    /// Peto and Peto's test as modified by Andersen and others.
    ModifiedPetoPeto,
    /// Fleming and Harrington's test with ρ and γ.
    FlemingHarrington,
    /// Test of survival at one time, on a transformed scale.
    SurvivalAtTime,
    /// Test of cumulative incidence at one time, on a transformed scale.
    IncidenceAtTime,
    /// Wald test.
    Wald,
    /// Likelihood-ratio test.
    LikelihoodRatio,
    /// Likelihood-ratio test of a penalized likelihood.
    PenalizedLikelihoodRatio,
    /// Score test.
    Score,
    /// Gray's test of equal cumulative incidence.
    Gray,
    /// Fisher's exact test that counts half of the observed table.
    FisherMidP,
    /// Cochran–Mantel–Haenszel test over strata.
    CochranMantelHaenszel,
    /// Cochran–Mantel–Haenszel test with continuity correction.
    CochranMantelHaenszelCorrected,
    /// Breslow and Day's test of homogeneous odds ratios.
    BreslowDay,
    /// Breslow and Day's test with Tarone's correction.
    BreslowDayTarone,
    /// Cochran–Armitage test for trend.
    CochranArmitage,
    /// McNemar's test without correction.
    McNemar,
    /// McNemar's test with continuity correction.
    McNemarCorrected,
    /// McNemar's exact (binomial) test.
    McNemarExact,
    /// Paired t-test.
    PairedT,
    /// Wilcoxon signed-rank test.
    WilcoxonSignedRank,
    /// Test of Pearson's correlation.
    PearsonCorrelation,
    /// Test of Spearman's rank correlation.
    SpearmanCorrelation,
    /// Hosmer and Lemeshow's test of calibration.
    HosmerLemeshow,
    /// DeLong's test of two areas under the ROC curve.
    DeLong,
    /// Twice the smaller tail of an exact conditional distribution.
    ExactConditional,
    /// Score test by an exact conditional distribution.
    ExactScore,
    /// Test by the probability of the outcome in an exact conditional distribution.
    ExactProbability,
    /// Likelihood-ratio test of a value at the border of what is possible: half χ² with no, half with one degree of freedom.
    BoundaryLikelihoodRatio,
    /// Maller and Zhou's test of sufficient follow-up.
    MallerZhou,
}

impl TestName {
    /// The name for footnotes and headings.
    pub fn text(self) -> &'static str {
        match self {
            Self::PearsonChiSquared => "Pearson’s chi-squared test",
            Self::YatesChiSquared => "chi-squared test with Yates’ correction",
            Self::FisherExact => "Fisher’s exact test",
            Self::Student => "Student’s t-test",
            Self::Welch => "Welch’s t-test",
            Self::WilcoxonRankSum => "Wilcoxon rank-sum test",
            Self::KruskalWallis => "Kruskal–Wallis test",
            Self::OneWayAnova => "one-way analysis of variance",
            Self::WelchAnova => "Welch’s analysis of variance",
            Self::LogRank => "log-rank test",
            Self::GehanBreslow => "Gehan–Breslow test",
            Self::TaroneWare => "Tarone–Ware test",
            Self::PetoPeto => "Peto–Peto test",
            Self::ModifiedPetoPeto => "modified Peto–Peto test",
            Self::FlemingHarrington => "Fleming–Harrington test",
            Self::SurvivalAtTime => "test of survival at one time",
            Self::IncidenceAtTime => "test of cumulative incidence at one time",
            Self::Wald => "Wald test",
            Self::LikelihoodRatio => "likelihood-ratio test",
            Self::PenalizedLikelihoodRatio => "penalized likelihood-ratio test",
            Self::Score => "score test",
            Self::Gray => "Gray’s test",
            Self::FisherMidP => "Fisher’s exact test (mid-P)",
            Self::CochranMantelHaenszel => "Cochran–Mantel–Haenszel test",
            Self::CochranMantelHaenszelCorrected => "Cochran–Mantel–Haenszel test with continuity correction",
            Self::BreslowDay => "Breslow–Day test",
            Self::BreslowDayTarone => "Breslow–Day test with Tarone’s correction",
            Self::CochranArmitage => "Cochran–Armitage test for trend",
            Self::McNemar => "McNemar’s test",
            Self::McNemarCorrected => "McNemar’s test with continuity correction",
            Self::McNemarExact => "McNemar’s exact test",
            Self::PairedT => "paired t-test",
            Self::WilcoxonSignedRank => "Wilcoxon signed-rank test",
            Self::PearsonCorrelation => "test of Pearson’s correlation",
            Self::SpearmanCorrelation => "test of Spearman’s rank correlation",
            Self::HosmerLemeshow => "Hosmer–Lemeshow test",
            Self::DeLong => "DeLong’s test",
            Self::ExactConditional => "exact conditional test",
            Self::ExactScore => "exact conditional score test",
            Self::ExactProbability => "exact conditional probability test",
            Self::BoundaryLikelihoodRatio => "likelihood-ratio test at the border (½χ²₀ + ½χ²₁)",
            Self::MallerZhou => "Maller and Zhou’s test",
        }
    }
}

/// A test and its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Test {
    /// Which test.
    pub name: TestName,
    /// Its statistic; absent for exact tests.
    pub statistic: Option<f64>,
    /// Degrees of freedom: none, one, or numerator and denominator.
    #[serde(default)]
    pub df: Vec<f64>,
    /// Two-sided P value; absent where the test cannot be made. It is never 0: one below 2.2e-308 stands as that.
    pub p_value: Option<f64>,
    /// Why this test and not another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
