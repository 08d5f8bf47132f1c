//! Curves and rows of profiles.

use crate::methods::cumulative_incidence::IncidenceInterval;
use crate::methods::fine_gray::{Baseline, Subdistribution, Sums};
use crate::methods::models::Together;
use crate::numerics::distributions::normal_quantile;
use study::results::finite;
use study::{Curve, Endpoint, Estimate, Group, Interval, Notice, Quantity, Results};

/// More steps than this cannot be told apart in print; what is asked for at a time is always exact.
const STEPS: usize = 200;

/// The distinct times of the patients analysed, in the endpoint's unit, each with its position among all of the table.
pub(super) struct Clock {
    times: Vec<(u32, f64)>,
}

impl Clock {
    /// `positions` and `times` are those of every row of the table, which come in the order of time.
    pub(super) fn new(rows: &[u32], positions: &[u32], times: &[f64], scale: f64) -> Self {
        let of_row = |row: &u32| (positions[*row as usize], times[*row as usize] / scale);
        let mut times: Vec<(u32, f64)> = rows.iter().map(of_row).collect();
        times.dedup_by_key(|(position, _)| *position);
        Self { times }
    }

    fn last(&self) -> f64 {
        self.times.last().map_or(0.0, |(_, time)| *time)
    }

    fn at(&self, position: u32) -> f64 {
        let found = self.times.partition_point(|(known, _)| *known < position);
        self.times.get(found).map_or(f64::NAN, |(_, time)| *time)
    }

    /// The position of the last time up to a time; absent after the last follow-up.
    fn passed(&self, at: f64) -> Option<Option<u32>> {
        // Times that differ in the last digits of their unit are one time.
        let same = 1e-12 * at.abs();
        let passed = self.times.partition_point(|(_, time)| *time <= at + same);
        (at <= self.last() + same).then(|| passed.checked_sub(1).map(|index| self.times[index].0))
    }
}

/// How limits are drawn around an incidence.
pub(super) struct Band {
    scale: IncidenceInterval,
    z: f64,
    confidence_level: f64,
}

impl Band {
    pub(super) fn new(scale: IncidenceInterval, confidence_level: f64) -> Self {
        Self { scale, z: normal_quantile(0.5 + 0.5 * confidence_level), confidence_level }
    }
}

/// A fitted model, ready to predict.
pub(super) struct Prediction<'a> {
    pub(super) fitted: &'a Together<'a, Subdistribution>,
    pub(super) baseline: Baseline<'a>,
    pub(super) clock: Clock,
    pub(super) band: Band,
    pub(super) endpoint: &'a Endpoint,
}

/// An incidence and its standard error.
#[derive(Clone, Copy)]
struct Point {
    incidence: f64,
    std_error: f64,
}

impl Prediction<'_> {
    fn sums(&self, passed: Option<u32>) -> Option<Sums> {
        passed.map(|position| self.baseline.after(position))
    }

    /// Before the first time the incidence is 0.
    fn point(&self, sums: Option<&Sums>, x: &[f64]) -> Point {
        let Some(sums) = sums else { return Point { incidence: 0.0, std_error: 0.0 } };
        let Together { beta, covariance, inverse, .. } = self.fitted;
        let (hazard, variance) = self.baseline.hazard(sums, x, beta, (covariance, inverse));
        Point { incidence: -libm::expm1(-hazard), std_error: libm::exp(-hazard) * variance.sqrt() }
    }

    fn interval(&self, point: Point) -> Option<Interval> {
        let variance = point.std_error * point.std_error;
        let (lower, upper) = self.band.scale.limits(point.incidence, variance, self.band.z)?;
        Some(Interval {
            lower: finite(lower),
            upper: finite(upper),
            confidence_level: self.band.confidence_level,
            method: self.band.scale.method(),
        })
    }

    /// One curve for each profile, and its incidence at the times that are asked for.
    pub(super) fn write(&self, profiles: &[(String, Vec<f64>)], at: &[f64], results: &mut Results) {
        let asked: Vec<(f64, Option<Sums>)> =
            at.iter().filter_map(|at| Some((*at, self.sums(self.clock.passed(*at)?)))).collect();
        for at in at.iter().filter(|at| self.clock.passed(**at).is_none()) {
            results.notices.push(Notice::BeyondFollowUp { group: None, at: *at, last: self.clock.last() });
        }
        let steps = self.steps();
        let mut groups = Vec::new();
        for (label, x) in profiles {
            groups.push(Group { level: Some(label.clone()), label: label.clone(), n: 0, events: None });
            results.curves.push(self.curve(label, x, &steps));
            for (at, sums) in &asked {
                let point = self.point(sums.as_ref(), x);
                results.estimates.push(Estimate {
                    term: Some(format!("{}.cause", self.endpoint.name)),
                    level: Some("event".into()),
                    group: Some(label.clone()),
                    at: Some(*at),
                    std_error: finite(point.std_error).filter(|error| *error > 0.0),
                    interval: self.interval(point),
                    ..Estimate::new(Quantity::CumulativeIncidence, point.incidence)
                });
            }
        }
        // All patients together come last.
        groups.append(&mut results.groups);
        results.groups = groups;
    }

    /// The event times that a curve shows, or evenly spaced ones of very many: time, at risk, events, sums.
    fn steps(&self) -> Vec<(f64, u64, u64, Sums)> {
        let events: Vec<(u32, u64, u64)> = self.baseline.events().collect();
        let step = events.len().div_ceil(STEPS).max(1);
        let last = events.len().saturating_sub(1);
        let shown = events.iter().enumerate().filter(|(index, _)| index % step == 0 || *index == last);
        shown
            .map(|(_, (position, at_risk, events))| {
                (self.clock.at(*position), *at_risk, *events, self.baseline.after(*position))
            })
            .collect()
    }

    fn curve(&self, label: &str, x: &[f64], steps: &[(f64, u64, u64, Sums)]) -> Curve {
        let mut curve = Curve { group: Some(label.into()), cause: Some("event".into()), ..Curve::default() };
        let mut push = |time: f64, at_risk: u64, events: u64, point: Point| {
            let limits = self.interval(point);
            curve.time.push(time);
            curve.at_risk.push(at_risk);
            curve.events.push(events);
            curve.censored.push(0);
            curve.estimate.push(point.incidence);
            curve.std_error.push(finite(point.std_error).filter(|error| *error > 0.0));
            curve.lower.push(limits.and_then(|limits| limits.lower));
            curve.upper.push(limits.and_then(|limits| limits.upper));
        };
        // Where somebody has the event at time 0 that is the first step.
        if steps.first().is_none_or(|(time, ..)| *time > 0.0) {
            push(0.0, self.baseline.at_risk(0), 0, Point { incidence: 0.0, std_error: 0.0 });
        }
        let mut reached = Point { incidence: 0.0, std_error: 0.0 };
        for (time, at_risk, events, sums) in steps {
            reached = self.point(Some(sums), x);
            push(*time, *at_risk, *events, reached);
        }
        let end = self.clock.last();
        if steps.last().is_none_or(|(time, ..)| *time < end) {
            push(end, self.baseline.at_risk(u32::MAX), 0, reached);
        }
        curve
    }
}
