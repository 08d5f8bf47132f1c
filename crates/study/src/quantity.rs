//! What an estimate can be an estimate of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an estimate is an estimate of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Share of the group with the level; `n` and `of` hold the counts.
    Proportion,
    /// Patients without a value; `n` and `of` hold the counts.
    Missing,
    /// How many patients of equal weight would tell as much as those of the group with their sampling weights (Kish).
    EffectivePatients,
    /// Arithmetic mean.
    Mean,
    /// Standard deviation with n − 1.
    StandardDeviation,
    /// Quantile with probability `at`.
    Quantile,
    /// Smallest value.
    Minimum,
    /// Largest value.
    Maximum,
    /// Test of association between a variable and the groups.
    Association,
    /// Standardized mean difference between the groups.
    StandardizedMeanDifference,
    /// Odds ratio against `reference`.
    OddsRatio,
    /// Hazard ratio against `reference`.
    HazardRatio,
    /// Ratio of times against `reference`: by what factor time to the event is stretched.
    TimeRatio,
    /// Coefficient of a model on its linear scale.
    Coefficient,
    /// Intercept of a model on its linear scale.
    Intercept,
    /// Log-likelihood of a model; partial for Cox.
    LogLikelihood,
    /// Log-likelihood without terms.
    NullLogLikelihood,
    /// Test of a whole term (all its levels) or of a whole model (no term).
    GlobalTest,
    /// Test of a variable with all its interactions, or of an interaction with all larger ones: of all terms in which it has
    /// a part.
    TotalEffect,
    /// Test of all interactions of a variable, or of the model (no term).
    TotalInteraction,
    /// Test of all that bends the effect of a number, in its own term and in interactions; of any number without a term.
    TotalNonlinearity,
    /// Test of all interactions and bends together: of whether effects are straight lines that add up.
    LinearAdditive,
    /// Generalised variance inflation of a term by the others (Fox and Monette); `n` holds its parameters.
    VarianceInflation,
    /// Its root of twice the parameters: the factor by which the others make standard errors longer.
    ErrorInflation,
    /// Test of whether the effect of a number that entered as a spline bends; of an interaction with it, whether the
    /// difference does.
    Nonlinearity,
    /// Akaike's information criterion; `level` is the distribution where several are compared.
    Aic,
    /// Schwarz' (Bayesian) information criterion.
    Bic,
    /// Spread σ of log time in a parametric survival model.
    Scale,
    /// Shape 1/σ of a Weibull or log-logistic law of time.
    Shape,
    /// Survival probability at time `at` that a model predicts for the profile `level`.
    PredictedSurvival,
    /// Time by which a predicted survival has fallen to `at`, for the profile `level`.
    PredictedQuantile,
    /// Survival probability at time `at`; `n` holds the number at risk.
    Survival,
    /// Survival probability over a further time `at` of those free of the event at time `level`; `n` holds the number at
    /// risk when it has passed.
    ConditionalSurvival,
    /// Time by which survival has fallen to `at`: the median at 0.5.
    SurvivalQuantile,
    /// Median of the reverse Kaplan–Meier curve.
    FollowUpMedian,
    /// Median of the observed follow-up times, events and censorings alike.
    ObservedTimeMedian,
    /// Survival probability at time `at` of a group less that of the group `reference`; without a group, of all of them
    /// together.
    SurvivalDifference,
    /// Cumulative hazard at time `at`; `n` holds the number at risk.
    CumulativeHazard,
    /// Hazard at time `at`, per unit of time; `n` holds the number at risk.
    Hazard,
    /// Bandwidth of a kernel estimate: half the width of its kernel, in the endpoint's unit.
    Bandwidth,
    /// Test for a trend over ordered groups.
    TrendTest,
    /// Test of two groups alone.
    PairwiseComparison,
    /// Events observed in a group.
    Observed,
    /// Events expected in a group were all groups alike.
    Expected,
    /// Mean time without the event up to the horizon `at`.
    RestrictedMean,
    /// Difference of restricted means against the group `reference`.
    RestrictedMeanDifference,
    /// Ratio of restricted means against the group `reference`.
    RestrictedMeanRatio,
    /// Probability that the cause `level` has ended follow-up by time `at`; `n` holds the number at risk.
    CumulativeIncidence,
    /// Cumulative incidence of the cause `level` at time `at` of a group less that of the group `reference`; without a
    /// group, of all of them together.
    IncidenceDifference,
    /// Subdistribution hazard ratio against `reference`.
    SubdistributionHazardRatio,
    /// Share of the patients of `level` who have the outcome; `n` and `of` hold the counts.
    Risk,
    /// Risk of `level` less that of `reference`.
    RiskDifference,
    /// Risk of `level` over that of `reference`.
    RiskRatio,
    /// Whether an effect is the same in all strata.
    Homogeneity,
    /// P value of a term, adjusted for the tests made of the other terms.
    AdjustedP,
    /// Correlation of two numbers: of `term` with `level`, the name of the other variable.
    Correlation,
    /// Mean of the differences within patients, `term` less `reference`; or of `term` in `level` less in `reference`.
    MeanDifference,
    /// Median of the differences within patients: `term` less `reference`.
    MedianDifference,
    /// Hodges and Lehmann's shift: of `term` between `level` and `reference`, or between two values of a patient.
    LocationShift,
    /// Nagelkerke's R² of a binary outcome. Of this quantity and the next ones, the `level` `optimism` marks what the
    /// bootstrap says the figure is too good by, and `corrected` the figure less that.
    NagelkerkeR2,
    /// Cox and Snell's R².
    CoxSnellR2,
    /// McFadden's R².
    McFaddenR2,
    /// Probability that of two patients the one with the event has the higher predicted risk (concordance).
    Auc,
    /// `Auc` of all terms less that of the terms of `group`.
    AucDifference,
    /// Mean squared difference between outcome and predicted risk.
    Brier,
    /// Mean of the Brier score over the time until `at`; the `level` `without_terms` is that of Kaplan–Meier.
    IntegratedBrier,
    /// 1 less the ratio of the Brier score to that without terms, at the time `at`.
    PredictionAccuracy,
    /// The same of the integrated Brier score.
    IntegratedAccuracy,
    /// By how much the log odds are higher than predicted.
    CalibrationIntercept,
    /// Slope of the log odds on the predicted ones.
    CalibrationSlope,
    /// Integrated calibration index: mean distance between observed and predicted risk along the smooth calibration curve; of
    /// this quantity and the next three `at` is the time by which the event is predicted, where there is one.
    CalibrationIndex,
    /// Median of that distance.
    CalibrationE50,
    /// Its 90th percentile.
    CalibrationE90,
    /// Its largest value.
    CalibrationEmax,
    /// Share with the event in the group `level` of predicted risk, whose mean prediction is `at`; `group` is the time by
    /// which the event is predicted, where there is one.
    ObservedRisk,
    /// Value of `term` in the covariate pattern `group`: a number, or a `level`.
    PatternValue,
    /// Leverage of the pattern.
    Leverage,
    /// Pearson residual of the pattern.
    PearsonResidual,
    /// Pearson residual over its standard error.
    StandardizedResidual,
    /// Deviance residual of the pattern.
    DevianceResidual,
    /// Cook's distance of the pattern.
    CooksDistance,
    /// Change of a coefficient when the pattern is left out, in standard errors.
    DfBetas,
    /// Test of whether the coefficient of a term (of all terms without one) changes with time.
    ProportionalHazards,
    /// Probability that of two patients the one with the higher score has the event first.
    Concordance,
    /// A step of a selection of terms: `term` was `entered` or `removed` (`level`; `start` for the first model) at step `at`,
    /// after which the model has `n` terms; the value is its information criterion.
    SelectionStep,
    /// Share of bootstrap replicates in which a selection chose the term; of all of them together, just those terms.
    SelectionFrequency,
    /// Penalty λ of an elastic net chosen by the rule `group`; `n` of its `of` coefficients are not 0.
    Penalty,
    /// Cross-validated deviance of a patient (of an event, where the outcome is a time) under the penalty `at`, under which
    /// `n` coefficients are not 0.
    CrossValidatedDeviance,
    /// Cross-validated area under the ROC curve under the penalty `at`, under which `n` coefficients are not 0.
    CrossValidatedAuc,
    /// Share of patients who will never have the event under a mixture cure model: of `group`, or of the profile `level`.
    CuredShare,
    /// Time by which survival of those who are not cured has fallen to `at`, for the profile `level`.
    UncuredQuantile,
    /// Survival of those who are not cured over that of all at the end of follow-up, `at`.
    UncuredRatio,
    /// The longest follow-up of a group.
    LongestFollowUp,
    /// The last event of a group.
    LastEvent,
    /// Share of patients with an event in a time before the last one that is as long as that after it; its test is
    /// Maller and Zhou's of whether follow-up suffices.
    SufficientFollowUp,
}

impl Quantity {
    /// Whether it is the exponential of a coefficient of a regression model.
    pub fn is_ratio(self) -> bool {
        matches!(
            self,
            Self::OddsRatio | Self::HazardRatio | Self::TimeRatio | Self::SubdistributionHazardRatio
        )
    }
}
