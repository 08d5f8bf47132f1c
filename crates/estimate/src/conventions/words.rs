//! The choices in words, each read off the function that the methods call.

use super::reference::ReferenceRule;
use crate::imputation::PooledDf;
use crate::interval::IntervalChoice;
use crate::methods::baseline::choice::{CategoryRule, mean_test as mean_rule, rank_sum_distribution};
use crate::methods::correlation::SpearmanDistribution;
use crate::methods::cox::{RobustScale, Ties};
use crate::methods::cumulative_incidence::IncidenceInterval;
use crate::methods::kaplan_meier::{CurveInterval, LevelStretch, QuantileLimits};
use crate::methods::logistic::default_interval;
use crate::methods::models::Contrast;
use crate::methods::paired::rule::{Reckon, SignedRankRule};
use crate::methods::paired::{PairedDifference, PairedRule, Zeros};
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::tests::wilcoxon::Distribution;
use crate::methods::two_by_two::{
    DifferenceInterval, HomogeneityTest, OddsInterval, RatioInterval, RiskInterval, is_corrected,
    risk_interval as risk_rule,
};
use study::Dialect;

pub(super) fn category_test(dialect: Dialect) -> String {
    match CategoryRule::of(dialect) {
        CategoryRule::ExactWhereSparse => "Pearson’s; Fisher’s where an expected count is below 5",
        CategoryRule::CorrectedOrExact => {
            "Pearson’s, with Yates’ correction in two by two; Fisher’s where an expected count is below 5"
        }
        CategoryRule::Pearson => "Pearson’s without correction, whatever the counts",
    }
    .into()
}

pub(super) fn mean_test(dialect: Dialect) -> String {
    mean_rule(dialect).text().into()
}

pub(super) fn rank_sum(dialect: Dialect) -> String {
    match rank_sum_distribution(dialect) {
        Distribution::ExactWhereSmall => {
            "exact below 50 patients without ties, else normal with continuity correction"
        }
        Distribution::Corrected => "normal with continuity correction",
        Distribution::Uncorrected => "normal without continuity correction",
    }
    .into()
}

pub(super) fn signed_rank(dialect: Dialect) -> String {
    let rule = SignedRankRule::of(dialect);
    let reckon = match rule.reckon {
        Reckon::Exact => "exact",
        Reckon::ExactWhereSmall => {
            "exact below 50 patients without ties and zeros, else normal with continuity correction"
        }
        Reckon::ExactUpTo20ElseStudent => "exact up to 20 patients, else by the t distribution",
        Reckon::Corrected => "normal with continuity correction",
        Reckon::Uncorrected => "normal without continuity correction",
    };
    let zeros = match rule.zeros {
        Zeros::LeftOut => "zeros are left out",
        Zeros::Ranked => "zeros are ranked, and left out of the sums",
    };
    format!("{reckon}; {zeros}")
}

pub(super) fn quantile(dialect: Dialect) -> String {
    let definition = QuantileDefinition::of(dialect);
    let rule = match definition {
        QuantileDefinition::Averaged => "a value of the data, or the middle of two",
        QuantileDefinition::Weibull => "interpolated at (n + 1)p",
        QuantileDefinition::Interpolated => "interpolated at (n − 1)p + 1",
    };
    format!("type {}: {rule}", definition.number())
}

pub(super) fn rank_correlation(dialect: Dialect) -> String {
    match SpearmanDistribution::of(dialect) {
        SpearmanDistribution::ExactWhereSmall => "exact or by Edgeworth series without ties, else by t",
        SpearmanDistribution::Exact => "exact up to 12 patients, else by t",
        SpearmanDistribution::T => "by the t distribution",
    }
    .into()
}

pub(super) fn paired_test(dialect: Dialect) -> String {
    match PairedRule::of(dialect) {
        PairedRule::ExactBelow25 => "McNemar’s, exact below 25 changes",
        PairedRule::ExactUpTo25ElseCorrected => "McNemar’s, exact up to 25 changes, else corrected",
        PairedRule::Corrected => "McNemar’s with continuity correction",
        PairedRule::Uncorrected => "McNemar’s without correction",
    }
    .into()
}

pub(super) fn paired_difference(dialect: Dialect) -> String {
    match PairedDifference::of(dialect) {
        PairedDifference::Score => "score (Tango)",
        PairedDifference::Wald => "Wald",
        PairedDifference::WaldCorrected => "Wald with continuity correction",
        PairedDifference::Newcombe => "from both Wilson intervals and their correlation (Newcombe)",
    }
    .into()
}

pub(super) fn risk_interval(dialect: Dialect) -> String {
    match risk_rule(dialect) {
        RiskInterval::Wilson => "score (Wilson)",
        RiskInterval::WilsonCorrected => "score with continuity correction (Wilson)",
        RiskInterval::ClopperPearson => "exact (Clopper–Pearson)",
    }
    .into()
}

pub(super) fn difference_interval(dialect: Dialect) -> String {
    match DifferenceInterval::of(dialect) {
        DifferenceInterval::Wald => "Wald",
        DifferenceInterval::WaldCorrected => "Wald with continuity correction",
        DifferenceInterval::Newcombe => "from both Wilson intervals (Newcombe)",
        DifferenceInterval::MiettinenNurminen => "score (Miettinen–Nurminen)",
        DifferenceInterval::Exact => "exact unconditional (Chan–Zhang)",
        DifferenceInterval::ExactUnstandardized => "exact unconditional (Santner–Snell)",
    }
    .into()
}

pub(super) fn ratio_interval(dialect: Dialect) -> String {
    match RatioInterval::of(dialect) {
        RatioInterval::Wald => "Wald on the logarithm (Katz)",
        RatioInterval::MiettinenNurminen => "score (Miettinen–Nurminen)",
        RatioInterval::Exact => "exact unconditional (Chan–Zhang)",
    }
    .into()
}

pub(super) fn odds_interval(dialect: Dialect) -> String {
    match OddsInterval::of(dialect) {
        OddsInterval::Wald => "Wald on the logarithm (Woolf)",
        OddsInterval::MiettinenNurminen => "score (Miettinen–Nurminen)",
        OddsInterval::Exact => "conditional estimate with exact limits",
        OddsInterval::SampleExact => "ratio of the observed odds with exact limits",
    }
    .into()
}

pub(super) fn stratified_correction(dialect: Dialect) -> String {
    match dialect {
        Dialect::R => "with correction, but for deviations below one half",
        _ if is_corrected(dialect) => "with correction",
        _ => "without correction",
    }
    .into()
}

pub(super) fn homogeneity(dialect: Dialect) -> String {
    match HomogeneityTest::of(dialect) {
        HomogeneityTest::BreslowDay => "Breslow and Day’s",
        HomogeneityTest::BreslowDayTarone => "Breslow and Day’s with Tarone’s correction",
    }
    .into()
}

pub(super) fn logistic_interval(dialect: Dialect) -> String {
    match default_interval(dialect) {
        IntervalChoice::Wald => "Wald",
        IntervalChoice::Profile => "profile likelihood",
        IntervalChoice::Score => "score",
    }
    .into()
}

pub(super) fn contrast(dialect: Dialect) -> String {
    match Contrast::of(dialect) {
        Contrast::Treatment => "where every factor has its reference level",
        Contrast::Effect => "at the mean of the levels of every factor (effect coding)",
    }
    .into()
}

pub(super) fn reference_level(dialect: Dialect) -> String {
    match ReferenceRule::of(dialect) {
        ReferenceRule::First => "the first",
        ReferenceRule::Last => "the last that occurs",
    }
    .into()
}

pub(super) fn survival_interval(dialect: Dialect) -> String {
    CurveInterval::of_dialect(dialect).text().into()
}

pub(super) fn survival_quantile_interval(dialect: Dialect) -> String {
    match QuantileLimits::of(dialect) {
        QuantileLimits::Curve => "where the limits of the curve fall to one half (Brookmeyer and Crowley)",
        QuantileLimits::Slope => "± z × standard error, by the slope of the curve",
    }
    .into()
}

pub(super) fn survival_quantile(dialect: Dialect) -> String {
    match LevelStretch::of(dialect) {
        LevelStretch::Middle => "the middle of the stretch",
        LevelStretch::Beginning => "the first time",
    }
    .into()
}

pub(super) fn incidence_interval(dialect: Dialect) -> String {
    IncidenceInterval::of_dialect(dialect).text().into()
}

pub(super) fn cox_ties(dialect: Dialect) -> String {
    match Ties::of(dialect) {
        Ties::Efron => "Efron’s approximation",
        Ties::Breslow => "Breslow’s approximation",
        Ties::Exact => "the exact conditional likelihood",
    }
    .into()
}

pub(super) fn pooled_df(dialect: Dialect) -> String {
    match PooledDf::of(dialect) {
        PooledDf::BarnardRubin => "Barnard and Rubin’s, within those of complete data",
        PooledDf::BarnardRubinOfMeans => {
            "Barnard and Rubin’s for means; Rubin’s for models, without regard to those of complete data"
        }
        PooledDf::Rubin => "Rubin’s, without regard to those of complete data",
    }
    .into()
}

pub(super) fn robust_variance(dialect: Dialect) -> String {
    match RobustScale::of(dialect) {
        RobustScale::One => "by nothing",
        RobustScale::Units => "by m/(m − 1)",
    }
    .into()
}
