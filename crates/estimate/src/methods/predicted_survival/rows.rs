//! Curves and rows of profiles.

use super::PredictedSurvivalOptions;
use super::baseline::Baseline;
use super::profile::ProfileRow;
use super::quantile::Fall;
use super::steps::Steps;
use crate::methods::fitted_cox::{FittedCox, Predicted, predict};
use crate::methods::kaplan_meier::{CurveInterval, LevelStretch};
use crate::numerics::distributions::normal_quantile;
use study::results::finite;
use study::{Curve, Estimate, Group, Interval, IntervalMethod, Notice, Quantity, Results};

/// How limits and quantiles are read from a curve.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub(super) scale: CurveInterval,
    pub(super) confidence_level: f64,
    pub(super) stretch: LevelStretch,
}

/// One curve for each profile, its survival and cumulative hazard at the times that are asked for, and the times of the
/// quantiles.
pub(super) fn write(
    fitted: &FittedCox<'_>,
    profiles: &[ProfileRow],
    options: &PredictedSurvivalOptions,
    how: How,
    results: &mut Results,
) {
    let How { scale, confidence_level, stretch } = how;
    let baselines = Baseline::all(fitted);
    let z = normal_quantile(0.5 + 0.5 * confidence_level);
    let mut groups = Vec::new();
    let mut beyond: Vec<Notice> = Vec::new();
    let each =
        profiles.iter().flat_map(|profile| profile.strata.iter().map(move |stratum| (profile, *stratum)));
    for (profile, stratum) in each {
        let baseline = &baselines[stratum];
        let at = |moments| predict(fitted.coefficients(), baseline.after(moments), &profile.x);
        let label = profile.label_in(&fitted.strata, stratum);
        groups.push(Group { level: Some(label.clone()), label: label.clone(), n: 0, events: None });
        let points = |time| {
            let Predicted { survival, variance, .. } = at(baseline.course.until(time, true));
            (survival, variance)
        };
        let steps = Steps::of(fitted, stratum, baseline);
        results.curves.push(curve(fitted, &steps, label.clone(), points, scale, z));
        for time in &options.at {
            let Some(moments) = baseline.passed(fitted, *time) else {
                let group = (fitted.strata.len() > 1).then(|| label.clone());
                let notice =
                    Notice::BeyondFollowUp { group, at: *time, last: fitted.times[baseline.last as usize] };
                if !beyond.contains(&notice) {
                    beyond.push(notice);
                }
                continue;
            };
            let found = at(moments);
            let row = |quantity, value| Estimate {
                group: Some(label.clone()),
                at: Some(*time),
                ..Estimate::new(quantity, value)
            };
            results.estimates.push(Estimate {
                std_error: finite(found.survival * found.variance.sqrt()),
                interval: interval(found.survival, found.variance, scale, z, confidence_level),
                ..row(Quantity::Survival, found.survival)
            });
            results.estimates.push(Estimate {
                std_error: finite(found.variance.sqrt()),
                ..row(Quantity::CumulativeHazard, found.hazard)
            });
        }
        if options.quantiles.is_empty() {
            continue;
        }
        let after = |moments| {
            let Predicted { survival, variance, .. } = at(moments);
            (survival, variance)
        };
        let fall = Fall::of(fitted, baseline, after, scale, z);
        for probability in &options.quantiles {
            let (time, interval) = fall.to(*probability, stretch, confidence_level);
            if time.is_none() {
                let group = Some(label.clone());
                results.notices.push(Notice::QuantileNotReached { group, probability: *probability });
            }
            results.estimates.push(Estimate {
                group: Some(label.clone()),
                at: Some(*probability),
                interval: Some(interval),
                ..Estimate::new(Quantity::SurvivalQuantile, time.unwrap_or(f64::NAN))
            });
        }
    }
    results.notices.extend(beyond);
    // All patients together come last.
    groups.append(&mut results.groups);
    results.groups = groups;
}

/// An interval from a survival probability and the variance of its logarithm.
pub(super) fn interval(
    survival: f64,
    variance: f64,
    scale: CurveInterval,
    z: f64,
    confidence_level: f64,
) -> Option<Interval> {
    let (lower, upper) = scale.limits(survival, variance, z)?;
    let method: IntervalMethod = scale.method();
    Some(Interval { lower: finite(lower), upper: finite(upper), confidence_level, method })
}

/// A curve from the beginning to the last follow-up; `points` gives survival and the variance of its logarithm after the
/// events until a time.
pub(super) fn curve(
    fitted: &FittedCox<'_>,
    steps: &Steps,
    group: String,
    points: impl Fn(u32) -> (f64, f64),
    scale: CurveInterval,
    z: f64,
) -> Curve {
    let mut curve = Curve { group: Some(group), ..Curve::default() };
    let mut push = |time: f64, at_risk: u64, events: u64, (survival, variance): (f64, f64)| {
        curve.time.push(time);
        curve.at_risk.push(at_risk);
        curve.events.push(events);
        curve.censored.push(0);
        curve.estimate.push(survival);
        curve.std_error.push(finite(survival * variance.sqrt()).filter(|_| survival > 0.0));
        let limits = scale.limits(survival, variance, z);
        curve.lower.push(limits.and_then(|(lower, _)| finite(lower)));
        curve.upper.push(limits.and_then(|(_, upper)| finite(upper)));
    };
    // Where somebody has the event at the very beginning that is the first step.
    if steps.kept.first().is_none_or(|step| fitted.times[step.time as usize] > fitted.begin) {
        push(fitted.begin, steps.begin, 0, (1.0, 0.0));
    }
    let mut last = (1.0, 0.0);
    for step in &steps.kept {
        last = points(step.time);
        push(fitted.times[step.time as usize], step.at_risk, step.deaths, last);
    }
    if steps.kept.last().is_none_or(|step| step.time < steps.end.0) {
        push(fitted.times[steps.end.0 as usize], steps.end.1, 0, last);
    }
    curve
}
