//! The rows of the result.

use super::SurvivalPerformanceOptions;
use super::auc::auc;
use super::brier::{Figure, Path, brier, without_terms};
use super::calibration::risk_groups;
use super::curve::Flexible;
use super::optimism::{figures, optimism};
use super::predicted::{Predictions, Predictor};
use crate::methods::calibration_curve::{self, ERRORS};
use crate::methods::concordance::{
    Agreement, Comparing, Scored, TimeWeights, agreement, concordance_row, ranks_of,
};
use crate::methods::fitted_cox::{FittedCox, Row};
use crate::methods::kaplan_meier::CurveInterval;
use crate::numerics::distributions::normal_quantile;
use study::results::finite;
use study::{
    Convention, Estimate, Group, Interval, IntervalMethod, Notice, Plan, Problem, Quantity, Results, Series,
    SeriesKind,
};

/// What stands for the model without terms.
const WITHOUT: &str = "without_terms";

/// Linear predictors that differ by less are equal but for rounding.
const DIGITS: f64 = 1e11;

/// Writes every figure.
pub(super) fn write(
    fitted: &FittedCox<'_>,
    options: &SurvivalPerformanceOptions,
    plan: &Plan,
    analysis: &str,
    results: &mut Results,
) -> Result<(), Problem> {
    let predictor = Predictor::of(fitted, &fitted.beta, &fitted.rows);
    let predictions = Predictions::of(fitted, &fitted.rows, &predictor);
    let confidence_level = plan.study.confidence_level;
    let last = predictions.last();
    let beyond = |at: f64| at > last * (1.0 + 1e-11);
    for (weights, level) in [(TimeWeights::Harrell, None), (TimeWeights::Uno, Some("uno"))] {
        let horizon = level.map(|_| options.horizon().min(last));
        let passed = horizon.map(|horizon| predictions.passed(horizon));
        let comparing_last = passed.map(|passed| (passed as u32).saturating_sub(1));
        if let Some(found) = agreement_of(&predictions, weights, comparing_last) {
            let level = level.map(String::from);
            results.estimates.push(Estimate {
                level,
                at: horizon,
                ..concordance_row(&found, confidence_level)
            });
        }
    }
    let everybody = std::mem::take(&mut results.groups);
    let (followed, unfollowed): (Vec<f64>, Vec<f64>) = options.at.iter().partition(|at| !beyond(**at));
    for at in unfollowed {
        results.notices.push(Notice::BeyondFollowUp { group: None, at, last });
    }
    for at in &followed {
        at_time(&predictions, *at, options, plan, results)?;
    }
    corrected(&predictions, options, &followed, plan, analysis, results);
    results.groups.extend(everybody);
    let horizon = options.horizon();
    if beyond(horizon) {
        let notice = Notice::BeyondFollowUp { group: None, at: horizon, last };
        if !results.notices.contains(&notice) {
            results.notices.push(notice);
        }
        return Ok(());
    }
    let path = Path::until(&predictions, horizon);
    let [model, without] = path.integrated(horizon);
    let row = |quantity, level: Option<&str>, value| Estimate {
        level: level.map(Into::into),
        at: Some(horizon),
        ..Estimate::new(quantity, value)
    };
    results.estimates.push(row(Quantity::IntegratedBrier, None, model));
    results.estimates.push(row(Quantity::IntegratedBrier, Some(WITHOUT), without));
    results.estimates.push(row(Quantity::IntegratedAccuracy, None, 1.0 - model / without));
    for (group, (x, y)) in [None, Some(WITHOUT.into())].into_iter().zip(path.shown(horizon)) {
        results.series.push(Series { group, x, y, ..Series::new(SeriesKind::PredictionError) });
    }
    Ok(())
}

/// The figures of one time.
fn at_time(
    predictions: &Predictions<'_>,
    at: f64,
    options: &SurvivalPerformanceOptions,
    plan: &Plan,
    results: &mut Results,
) -> Result<(), Problem> {
    let confidence_level = plan.study.confidence_level;
    let z = normal_quantile(0.5 + 0.5 * confidence_level);
    let moment = predictions.moment(predictions.passed(at));
    let survival = predictions.survival(moment.passed);
    match auc(predictions, &moment, &survival) {
        Some(found) => results.estimates.push(figure_row(Quantity::Auc, at, found, z, confidence_level)),
        None => {
            let message =
                format!("By time {at} nobody had the event, or nobody was free of it: there is no AUC.");
            results.notices.push(Notice::Other { message });
        }
    }
    let score = brier(predictions, &moment, &survival);
    let without = without_terms(predictions, &moment);
    results.estimates.push(figure_row(Quantity::Brier, at, score, z, confidence_level));
    let further = Estimate { at: Some(at), ..Estimate::new(Quantity::Brier, without) };
    results.estimates.push(Estimate { level: Some(WITHOUT.into()), ..further });
    let accuracy = 1.0 - score.value / without;
    results
        .estimates
        .push(Estimate { at: Some(at), ..Estimate::new(Quantity::PredictionAccuracy, accuracy) });
    let scale = CurveInterval::of_dialect(plan.dialect(Convention::SurvivalInterval));
    let name = at.to_string();
    match Flexible::of(predictions, moment.passed) {
        Some(flexible) => {
            calibration_curve::write(&flexible.all, flexible.band(scale, z), Some((at, &name)), results);
        }
        None => results.notices.push(Notice::Other {
            message: format!(
                "Time {at}: there is no smooth calibration curve: the predicted risks take too few values, or the events are \
                 too few."
            ),
        }),
    }
    let unit = results.time_unit.clone().unwrap_or_default();
    let n = results.participants.analysed;
    results.groups.push(Group {
        level: Some(name.clone()),
        label: format!("{name} {unit}"),
        n,
        events: None,
    });
    for (index, group) in
        risk_groups(predictions, &survival, at, options.groups, scale, z)?.into_iter().enumerate()
    {
        let observed = group.observed.as_ref();
        let limits = observed.and_then(|observed| observed.limits);
        results.estimates.push(Estimate {
            level: Some((index + 1).to_string()),
            group: Some(name.clone()),
            at: Some(group.predicted),
            std_error: observed.and_then(|observed| observed.std_error),
            interval: limits.map(|(lower, upper)| Interval {
                lower: finite(lower),
                upper: finite(upper),
                confidence_level,
                method: scale.method(),
            }),
            n: Some(group.events),
            of: Some(group.patients),
            ..Estimate::new(Quantity::ObservedRisk, observed.map_or(f64::NAN, |observed| observed.risk))
        });
    }
    Ok(())
}

fn figure_row(quantity: Quantity, at: f64, figure: Figure, z: f64, confidence_level: f64) -> Estimate {
    let half = z * figure.std_error;
    Estimate {
        at: Some(at),
        std_error: finite(figure.std_error),
        interval: half.is_finite().then(|| Interval {
            lower: finite((figure.value - half).max(0.0)),
            upper: finite((figure.value + half).min(1.0)),
            confidence_level,
            method: IntervalMethod::Wald,
        }),
        ..Estimate::new(quantity, figure.value)
    }
}

/// What the bootstrap says of concordance, calibration slope, and the figures of each time.
fn corrected(
    predictions: &Predictions<'_>,
    options: &SurvivalPerformanceOptions,
    followed: &[f64],
    plan: &Plan,
    analysis: &str,
    results: &mut Results,
) {
    let Some(replicates) = options.bootstrap else { return };
    let passed: Vec<usize> = followed.iter().map(|at| predictions.passed(*at)).collect();
    let Some(apparent) = figures(predictions, &passed) else { return };
    let found = optimism(predictions.fitted, &passed, replicates, plan.study.seed, analysis);
    let whole = [(Quantity::Concordance, None), (Quantity::CalibrationSlope, None)];
    let by_time = || [Quantity::Auc, Quantity::Brier].into_iter().chain(ERRORS);
    let of_times = followed.iter().flat_map(|at| by_time().map(|quantity| (quantity, Some(*at))));
    results.estimates.push(Estimate::new(Quantity::CalibrationSlope, apparent[1]));
    let examined: Vec<(Quantity, Option<f64>)> = whole.into_iter().chain(of_times).collect();
    found.write(&examined, &apparent, plan.study.confidence_level, results);
    if found.lost > 0 {
        let model = "Optimism".to_string();
        results.notices.push(Notice::ReplicatesLost { model, lost: found.lost, of: replicates });
    }
}

/// Concordance of the linear predictor with the times, within strata.
pub(super) fn agreement_of(
    predictions: &Predictions<'_>,
    weights: TimeWeights,
    last: Option<u32>,
) -> Option<Agreement> {
    let (fitted, rows) = (predictions.fitted, predictions.rows);
    let eta: Vec<f64> = predictions.eta().iter().map(|eta| libm::round(eta * DIGITS) / DIGITS).collect();
    let (ranks, distinct) = ranks_of(&eta);
    let clusters = fitted.clusters.as_ref();
    let scored = |at: usize| {
        let Row { time, event, pattern, n, weight, .. } = rows[at];
        let cluster = clusters.map_or(0, |(of_row, _)| of_row[at]);
        Scored { time, from: 0, event, score: ranks[pattern as usize], n, weight, cluster }
    };
    let present = |order: &[u32]| -> Vec<Scored> {
        order.iter().map(|row| *row as usize).filter(|row| rows[*row].n > 0).map(scored).collect()
    };
    let strata: Vec<Vec<Scored>> = fitted.strata.iter().map(|stratum| present(&stratum.rows)).collect();
    let clusters = clusters.map(|(_, count)| *count);
    agreement(&strata, Comparing { ranks: distinct, weights, last, clusters })
}
