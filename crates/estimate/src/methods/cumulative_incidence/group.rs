//! The rows, curves and notices of one group.

use super::incidence::{Incidence, Point};
use super::{Cause, Limits};
use crate::follow_up::GroupFollowUp;
use crate::life_table::{LifeTable, tied};
use crate::methods::step_places::places;
use study::results::finite;
use study::{Curve, Estimate, Interval, Quantity, Results};

impl Limits {
    fn at(&self, point: Point) -> Option<(f64, f64)> {
        self.scale.limits(point.incidence, point.variance, self.z)
    }

    fn interval(&self, point: Point) -> Option<Interval> {
        self.at(point).map(|(lower, upper)| Interval {
            lower: finite(lower),
            upper: finite(upper),
            confidence_level: self.confidence_level,
            method: self.scale.method(),
        })
    }
}

/// One cause in one group: incidence at the times asked for, and the curve.
pub(super) fn estimate(
    results: &mut Results,
    group: &GroupFollowUp,
    cause: &Cause,
    tables: (&LifeTable, &LifeTable),
    at: &[f64],
    scale: f64,
    limits: &Limits,
) {
    let curve = Incidence::new(tables.0, tables.1);
    for at in at {
        let stored = tied(at * scale);
        let point = curve.at(stored);
        group.note_time(results, *at, point.is_some(), scale);
        results.estimates.push(Estimate {
            term: Some(cause.variable.clone()),
            level: Some(cause.level.into()),
            group: group.level.clone(),
            at: Some(*at),
            std_error: point.map(|point| point.variance.sqrt()).filter(|error| *error > 0.0),
            interval: point.and_then(|point| limits.interval(point)),
            n: Some(group.table.at_risk_at(stored)),
            ..Estimate::new(Quantity::CumulativeIncidence, point.map_or(f64::NAN, |point| point.incidence))
        });
    }
    if group.table.n() > 0 {
        results.curves.push(steps(group, cause, &curve, tables.1, scale, limits));
    }
}

fn steps(
    group: &GroupFollowUp,
    cause: &Cause,
    incidence: &Incidence<'_>,
    other: &LifeTable,
    scale: f64,
    limits: &Limits,
) -> Curve {
    let table = incidence.table;
    let mut curve = Curve { group: group.level.clone(), cause: Some(cause.level.into()), ..Curve::default() };
    for place in places(table) {
        let point = incidence.point(place.passed);
        let found = limits.at(point);
        place.push(&mut curve, table, scale);
        curve.estimate.push(point.incidence);
        curve.std_error.push((point.variance > 0.0).then(|| point.variance.sqrt()));
        curve.lower.push(found.and_then(|limits| finite(limits.0)));
        curve.upper.push(found.and_then(|limits| finite(limits.1)));
        // Who leaves with the competing event is not censored.
        if let (Some(censored), Some(events)) = (curve.censored.last_mut(), place.of(&other.events)) {
            *censored = censored.saturating_sub(events);
        }
    }
    curve
}
