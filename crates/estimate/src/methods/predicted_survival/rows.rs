//! Curves and rows of profiles.

use super::PredictedSurvivalOptions;
use super::baseline::{Baseline, Predicted, predict};
use super::profile::ProfileRow;
use crate::methods::fitted_cox::FittedCox;
use crate::methods::kaplan_meier::CurveInterval;
use crate::numerics::distributions::normal_quantile;
use study::results::finite;
use study::{Curve, Estimate, Group, Interval, IntervalMethod, Notice, Quantity, Results};

/// One curve for each profile, and its survival and cumulative hazard at the times that are asked for.
pub(super) fn write(
    fitted: &FittedCox<'_>,
    profiles: &[ProfileRow],
    options: &PredictedSurvivalOptions,
    scale: CurveInterval,
    confidence_level: f64,
    results: &mut Results,
) {
    let baseline = Baseline::of(fitted);
    let z = normal_quantile(0.5 + 0.5 * confidence_level);
    let mut groups = Vec::new();
    for profile in profiles {
        let at = |moments| predict(fitted, baseline.after(moments), &profile.x);
        let label = profile.label.clone();
        groups.push(Group { level: Some(label.clone()), label: label.clone(), n: 0, events: None });
        let points = |moments| {
            let Predicted { survival, variance, .. } = at(moments);
            (survival, variance)
        };
        results.curves.push(curve(fitted, &baseline, label.clone(), points, scale, z));
        for time in &options.at {
            let Some(moments) = baseline.passed(fitted, *time) else { continue };
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
    }
    for time in options.at.iter().filter(|time| baseline.passed(fitted, **time).is_none()) {
        let last = fitted.times.last().copied().unwrap_or(0.0);
        results.notices.push(Notice::BeyondFollowUp { group: None, at: *time, last });
    }
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

/// A curve from time 0 to the last follow-up; `points` gives survival and the variance of its logarithm after so many
/// event times.
pub(super) fn curve(
    fitted: &FittedCox<'_>,
    baseline: &Baseline,
    group: String,
    points: impl Fn(usize) -> (f64, f64),
    scale: CurveInterval,
    z: f64,
) -> Curve {
    let (patients, _) = fitted.counts();
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
    push(0.0, patients, 0, (1.0, 0.0));
    let mut last = (1.0, 0.0);
    for moments in baseline.steps() {
        let moment = &baseline.course.moments[moments - 1];
        last = points(moments);
        push(fitted.times[moment.time as usize], moment.at_risk, moment.deaths, last);
    }
    let end = fitted.times.last().copied().unwrap_or(0.0);
    let still = fitted.by_time().next_back().map_or(0, |rows| rows.iter().map(|row| row.n).sum());
    if baseline.course.moments.last().is_none_or(|moment| fitted.times[moment.time as usize] < end) {
        push(end, still, 0, last);
    }
    curve
}
