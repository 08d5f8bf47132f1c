//! Confidence intervals and how they are made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalMethod {
    /// Estimate ± z × standard error on the model's linear scale.
    Wald,
    /// Values that the likelihood-ratio test does not reject.
    ProfileLikelihood,
    /// Values that the test of the penalized likelihood ratio does not reject.
    PenalizedProfileLikelihood,
    /// The same, wider by a correction for continuity.
    WaldCorrected,
    /// Symmetric on the scale of the estimate, cut to the values that it can have.
    Plain,
    /// On the log scale.
    Log,
    /// On the log(−log) scale.
    LogLog,
    /// On the log(−log) scale of the complement.
    ComplementaryLogLog,
    /// On the logit scale.
    Logit,
    /// On the scale of the arcsine of the square root.
    ArcsineSquareRoot,
    /// Inverted sign test on the curve (Brookmeyer and Crowley).
    BrookmeyerCrowley,
    /// Estimate ± z × standard error, which is that of the curve divided by its slope there.
    CurveSlope,
    /// Inverted score test (Wilson for one proportion).
    Score,
    /// The same with a correction for continuity.
    ScoreCorrected,
    /// Inverted exact test (Clopper–Pearson for one proportion).
    Exact,
    /// Inverted exact tests given the group sizes, tables ordered by the score statistic (Chan and Zhang).
    ExactUnconditional,
    /// Inverted exact tests given the group sizes, tables ordered by the difference itself (Santner and Snell).
    ExactUnstandardized,
    /// Inverted exact test that counts half of the observed outcome.
    MidP,
    /// Wilson limits of both risks, joined by squares (Newcombe).
    Newcombe,
    /// Inverted score test with variance times n/(n − 1) (Miettinen and Nurminen).
    MiettinenNurminen,
    /// On Fisher's z scale: the inverse hyperbolic tangent of a correlation.
    FisherZ,
    /// Estimate ± t × standard error.
    StudentT,
    /// Inverted rank test, by its normal approximation.
    RankTest,
    /// DeLong's: estimate ± z × standard error, within 0 and 1.
    DeLong,
    /// DeLong's on the logit scale.
    DeLongLogit,
    /// Quantiles of bootstrap replicates.
    BootstrapPercentile,
    /// Quantiles of bootstrap replicates, corrected for bias and acceleration (BCa).
    BootstrapBca,
    /// Pooled over imputed data sets: estimate ± t × standard error on the scale of pooling.
    Rubin,
}

impl IntervalMethod {
    /// The name for footnotes.
    pub fn text(self) -> &'static str {
        match self {
            Self::Wald => "Wald",
            Self::WaldCorrected => "Wald with continuity correction",
            Self::ProfileLikelihood => "profile likelihood",
            Self::PenalizedProfileLikelihood => "penalized profile likelihood",
            Self::Plain => "plain",
            Self::Log => "log",
            Self::LogLog => "log–log",
            Self::ComplementaryLogLog => "complementary log–log",
            Self::Logit => "logit",
            Self::ArcsineSquareRoot => "arcsine square root",
            Self::BrookmeyerCrowley => "Brookmeyer–Crowley",
            Self::CurveSlope => "standard error of the curve over its slope",
            Self::Score => "Wilson’s score",
            Self::ScoreCorrected => "Wilson’s score with continuity correction",
            Self::Exact => "exact",
            Self::ExactUnconditional => "exact unconditional (Chan–Zhang)",
            Self::ExactUnstandardized => "exact unconditional (Santner–Snell)",
            Self::MidP => "exact with mid-P",
            Self::Newcombe => "Newcombe’s score",
            Self::MiettinenNurminen => "Miettinen–Nurminen’s score",
            Self::FisherZ => "Fisher’s z",
            Self::StudentT => "Student’s t",
            Self::RankTest => "inverted rank test",
            Self::DeLong => "DeLong",
            Self::DeLongLogit => "DeLong, logit scale",
            Self::BootstrapPercentile => "bootstrap percentile",
            Self::BootstrapBca => "bootstrap BCa",
            Self::Rubin => "Rubin’s rules",
        }
    }
}

/// A confidence interval; an absent limit is infinite or not reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// For example 0.95.
    pub confidence_level: f64,
    /// How it was made.
    pub method: IntervalMethod,
}
