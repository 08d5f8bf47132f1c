//! Curves pooled point by point on the complementary log–log scale, and the medians read from them.

use super::scale::Scale;
use crate::imputation::rubin::{mean, pool_estimates};
use crate::methods::kaplan_meier::{LevelStretch, crossing};
use crate::numerics::distributions::t_quantile;
use std::cmp::Ordering;
use study::{Curve, CurveMeasure, Interval, IntervalMethod, Results};

/// What tells the curves of an analysis apart.
type Key<'a> = (&'a Option<String>, &'a Option<String>, &'a Option<String>, CurveMeasure);

fn key(curve: &Curve) -> Key<'_> {
    (&curve.group, &curve.cause, &curve.fitted, curve.measure)
}

/// The pooled curves, in the order of the first data set that has each.
pub(super) fn pool(sets: &[Results], confidence_level: f64) -> Vec<Curve> {
    let mut keys: Vec<Key<'_>> = Vec::new();
    for curve in sets.iter().flat_map(|set| &set.curves) {
        if !keys.contains(&key(curve)) {
            keys.push(key(curve));
        }
    }
    let pooled = keys.into_iter().map(|wanted| {
        let own = |set: &'_ Results| set.curves.iter().find(|curve| key(curve) == wanted).cloned();
        let curves: Vec<Curve> = sets.iter().filter_map(own).collect();
        if curves.iter().all(|curve| *curve == curves[0]) {
            curves[0].clone()
        } else {
            one(&curves, confidence_level)
        }
    });
    pooled.collect()
}

/// One curve over the times of all, as far as every data set was followed.
fn one(curves: &[Curve], confidence_level: f64) -> Curve {
    let scale = match (curves[0].measure, &curves[0].cause) {
        (CurveMeasure::Probability, Some(_)) => Scale::ComplementLogLog,
        (CurveMeasure::Probability, None) => Scale::LogLog,
        _ => Scale::LogOfValue,
    };
    let end = curves.iter().filter_map(|curve| curve.time.last().copied()).fold(f64::INFINITY, f64::min);
    let mut times: Vec<f64> =
        curves.iter().flat_map(|curve| curve.time.iter().copied()).filter(|t| *t <= end).collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let mut pooled = Curve {
        group: curves[0].group.clone(),
        cause: curves[0].cause.clone(),
        fitted: curves[0].fitted.clone(),
        measure: curves[0].measure,
        ..Curve::default()
    };
    let counted = curves.iter().all(|curve| !curve.at_risk.is_empty());
    for time in times {
        let steps: Vec<Step> = curves.iter().map(|curve| Step::at(curve, time)).collect();
        let count = |part: &dyn Fn(&Step) -> u64| {
            mean(&steps.iter().map(|step| part(step) as f64).collect::<Vec<_>>()).round() as u64
        };
        let point = Point::of(&steps, scale, confidence_level);
        pooled.time.push(time);
        if counted {
            pooled.at_risk.push(count(&|step| step.at_risk));
            pooled.events.push(count(&|step| step.events));
            pooled.censored.push(count(&|step| step.censored));
        }
        pooled.estimate.push(point.estimate);
        pooled.std_error.push(point.std_error);
        pooled.lower.push(point.limits.map(|limits| limits.0));
        pooled.upper.push(point.limits.map(|limits| limits.1));
    }
    pooled
}

/// A curve at one time.
struct Step {
    at_risk: u64,
    events: u64,
    censored: u64,
    estimate: f64,
    std_error: Option<f64>,
}

impl Step {
    fn at(curve: &Curve, time: f64) -> Self {
        let passed = curve.time.partition_point(|earlier| *earlier <= time);
        let here = passed.checked_sub(1);
        let next = curve.time.partition_point(|earlier| *earlier < time);
        let exact = here.filter(|index| curve.time[*index] == time);
        let count = |counts: &[u64]| exact.and_then(|index| counts.get(index)).copied().unwrap_or(0);
        // Before its first step a survival curve is 1, and any other 0.
        let start = match (curve.measure, &curve.cause) {
            (CurveMeasure::Probability, None) => 1.0,
            _ => 0.0,
        };
        // Curves that are drawn through points are read between them.
        let joined = curve.measure == CurveMeasure::Hazard || curve.fitted.is_some();
        let between = here.filter(|index| joined && index + 1 < curve.time.len());
        let share = between
            .map_or(0.0, |index| (time - curve.time[index]) / (curve.time[index + 1] - curve.time[index]));
        let read = |value: &dyn Fn(usize) -> Option<f64>| {
            let (own, index) = (value(here?), here?);
            if share == 0.0 { own } else { own.zip(value(index + 1)).map(|(a, b)| a + share * (b - a)) }
        };
        Self {
            at_risk: curve.at_risk.get(next).copied().unwrap_or(0),
            events: count(&curve.events),
            censored: count(&curve.censored),
            estimate: read(&|index| Some(curve.estimate[index])).unwrap_or(start),
            std_error: read(&|index| curve.std_error.get(index).copied().flatten()),
        }
    }
}

struct Point {
    estimate: f64,
    std_error: Option<f64>,
    limits: Option<(f64, f64)>,
}

impl Point {
    /// Where a curve is at 0 or 1 in a data set it has no transform: the values are averaged and have no limits.
    fn of(steps: &[Step], scale: Scale, confidence_level: f64) -> Self {
        let row = |step: &Step| {
            let mut row = study::Estimate::new(study::Quantity::Survival, step.estimate);
            row.std_error = step.std_error;
            scale.read(&row, None, 1.0)
        };
        let read: Option<(Vec<f64>, Vec<f64>)> =
            steps.iter().map(row).collect::<Option<Vec<_>>>().map(|all| all.into_iter().unzip());
        let pooled = read.and_then(|(q, u)| pool_estimates(&q, &u, f64::INFINITY));
        let Some(pooled) = pooled else {
            let estimate = mean(&steps.iter().map(|step| step.estimate).collect::<Vec<_>>());
            return Self { estimate, std_error: None, limits: None };
        };
        let estimate = scale.back(pooled.estimate);
        let width = t_quantile(0.5 + 0.5 * confidence_level, pooled.df) * pooled.total.sqrt();
        let (a, b) = (scale.back(pooled.estimate - width), scale.back(pooled.estimate + width));
        let std_error = Some(scale.std_error_back(estimate, pooled.total.sqrt()));
        Self {
            estimate,
            std_error,
            limits: Some(if a.total_cmp(&b) == Ordering::Less { (a, b) } else { (b, a) }),
        }
    }
}

/// The time by which a pooled curve has fallen to a probability, and where its limits do.
pub(super) fn quantile(
    curve: &Curve,
    probability: f64,
    confidence_level: f64,
    stretch: LevelStretch,
) -> (Option<f64>, Interval) {
    let estimate: Vec<Option<f64>> = curve.estimate.iter().map(|value| Some(*value)).collect();
    let interval = Interval {
        lower: crossing(&curve.time, &curve.lower, probability, stretch),
        upper: crossing(&curve.time, &curve.upper, probability, stretch),
        confidence_level,
        method: IntervalMethod::BrookmeyerCrowley,
    };
    (crossing(&curve.time, &estimate, probability, stretch), interval)
}
