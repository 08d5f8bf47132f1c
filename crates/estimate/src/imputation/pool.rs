//! From the results of every completed data set to one: rows that are the same figure are pooled.
//!
//! # Formula
//! Estimates with a standard error are pooled by Rubin's rules on a scale on which they are nearly normal (`scale`): ratios
//! on the logarithmic, correlations on Fisher's, survival and cumulative incidence on the complementary log–log, risks,
//! areas under the ROC curve and concordances on the logit scale, means, differences and Brier scores as they are. Curves are pooled point by point on the complementary log–log
//! scale, those of splines on the logarithmic scale, and medians of survival are read from the pooled curve and its limits. Descriptive figures (percentages,
//! quantiles, extremes, log-likelihoods, times of follow-up) are averaged, standard deviations by their mean square;
//! counts are averaged and rounded so that they add up to their totals. Tests of a figure that is pooled follow from it; others
//! are pooled by D₁ where the covariance of their coefficients is known, that of means among it (`means`), by D₂ where they
//! have a χ² statistic, and else by the median of their P values.
//! A figure that is the same in every data set stays as it is.
//! # References
//! Marshall et al. 2009, doi:10.1186/1471-2288-9-57 (scales); Eekhout, van de Wiel & Heymans 2017,
//! doi:10.1186/s12874-017-0404-7 (median P); the rules themselves in `rubin`.

mod complete_df;
mod counts;
mod curves;
mod effects;
mod hypotheses;
mod means;
mod notices;
mod rows;
mod scale;

use super::rubin::mean;
use crate::methods::kaplan_meier::LevelStretch;
pub(crate) use complete_df::PooledDf;
use study::{Convention, Dialect, Notice, Plan, Quantity, Results};

/// What a study says of pooling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooling {
    confidence_level: f64,
    stretch: LevelStretch,
    df: PooledDf,
}

impl Pooling {
    /// As a plan has it.
    pub fn of(plan: &Plan) -> Self {
        let dialect = |convention| plan.dialect(convention);
        Self {
            stretch: LevelStretch::of(dialect(Convention::SurvivalQuantile)),
            df: PooledDf::of(dialect(Convention::PooledDf)),
            ..Self::new(plan.study.confidence_level)
        }
    }

    /// farr's own conventions.
    pub fn new(confidence_level: f64) -> Self {
        let (stretch, df) = (LevelStretch::of(Dialect::Farr), PooledDf::of(Dialect::Farr));
        Self { confidence_level, stretch, df }
    }
}

/// Pools the results of completed data sets, which are those of one analysis; `original` is the analysis of the patients
/// as they were, which says how many values are missing.
pub fn pool(sets: &[Results], original: &Results, pooling: Pooling) -> Results {
    let Some(first) = sets.first() else { return original.clone() };
    let mut pooled = first.clone();
    pooled.options = original.options.clone();
    pooled.participants.missing = original.participants.missing.clone();
    let analysed: Vec<f64> = sets.iter().map(|results| results.participants.analysed as f64).collect();
    pooled.participants.analysed = mean(&analysed).round() as u64;
    counts::groups(&mut pooled, sets);
    pooled.curves = curves::pool(sets, pooling.confidence_level);
    pooled.effects = effects::pool(sets, pooling);
    let mut notices = Vec::new();
    pooled.estimates = rows::pool(sets, original, (&pooled.curves, &pooled.groups), pooling, &mut notices);
    pooled.notices = notices::merge(sets);
    pooled.notices.extend(notices);
    pooled.covariances.clear();
    leave_out_single(&mut pooled, sets);
    // Figures without an interval claim no precision that could be lacking.
    let inferred = pooled.estimates.iter().filter(|row| row.interval.is_some()).filter_map(|row| row.pooled);
    let largest = inferred.map(|pooled| pooled.fraction_missing).fold(0.0, f64::max);
    let (needed, sets) = ((100.0 * largest).ceil() as u32, sets.len() as u32);
    if needed > sets {
        pooled.notices.push(Notice::TooFewSets { sets, needed });
    }
    pooled
}

/// Whether a figure is one of single patients or of a group by predicted risk: others in every data set, and not averaged.
fn is_single(quantity: Quantity) -> bool {
    matches!(
        quantity,
        Quantity::ObservedRisk
            | Quantity::PatternValue
            | Quantity::Leverage
            | Quantity::PearsonResidual
            | Quantity::StandardizedResidual
            | Quantity::DevianceResidual
            | Quantity::CooksDistance
            | Quantity::DfBetas
    )
}

/// Leaves out what is drawn of single patients or through them, where it differs between data sets, and says so.
fn leave_out_single(pooled: &mut Results, sets: &[Results]) {
    let drawn = |set: &Results| {
        set.series != pooled.series || set.residuals != pooled.residuals || set.smooths != pooled.smooths
    };
    let drawn = sets.iter().any(drawn);
    if drawn {
        pooled.series.clear();
        pooled.residuals.clear();
        pooled.smooths.clear();
    }
    if drawn || sets.iter().flat_map(|set| &set.estimates).any(|row| is_single(row.quantity)) {
        let message = "Figures of single patients, groups of predicted risk, residuals and the curves through them, ROC and \
                       calibration curves are not pooled over imputed data sets and not shown.";
        pooled.notices.push(Notice::Other { message: message.into() });
    }
}
