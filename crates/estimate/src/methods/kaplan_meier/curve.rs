//! The product-limit curve of one group.

use super::interval::CurveInterval;
use super::quantile::crossing;
use crate::life_table::{LifeTable, tied};
use study::{Curve, Interval, IntervalMethod};

/// How limits are drawn around a curve.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Band {
    pub(in crate::methods) scale: CurveInterval,
    /// Normal quantile of the confidence level.
    pub(in crate::methods) z: f64,
    pub(in crate::methods) confidence_level: f64,
}

/// Survival after each distinct time of a life table; before the first it is 1.
#[derive(Debug, Clone)]
pub(in crate::methods) struct ProductLimit<'a> {
    pub(in crate::methods) table: &'a LifeTable,
    /// Ŝ(t) = ∏ (1 − dᵢ/nᵢ).
    pub(in crate::methods) survival: Vec<f64>,
    /// Greenwood's sum Σ dᵢ / (nᵢ(nᵢ − dᵢ)); infinite when nobody is left.
    pub(in crate::methods) greenwood: Vec<f64>,
}

/// The curve at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) survival: f64,
    pub(super) greenwood: f64,
}

impl Point {
    /// Greenwood's standard error S·√G; absent where survival is 0.
    pub(super) fn std_error(&self) -> Option<f64> {
        (self.survival > 0.0).then(|| self.survival * self.greenwood.sqrt())
    }
}

impl<'a> ProductLimit<'a> {
    pub(in crate::methods) fn new(table: &'a LifeTable) -> Self {
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let steps = table.at_risk.iter().zip(&table.events).map(|(at_risk, events)| {
            let (n, d) = (*at_risk as f64, *events as f64);
            if *events > 0 {
                survival *= (n - d) / n;
                greenwood += d / (n * (n - d));
            }
            (survival, greenwood)
        });
        let (survival, greenwood) = steps.unzip();
        Self { table, survival, greenwood }
    }

    /// The curve at a stored time; absent after the last follow-up, unless it has come down to 0.
    pub(super) fn at(&self, time: f64) -> Option<Point> {
        let time = tied(time);
        let last = self.table.last()?;
        let passed = self.table.time.partition_point(|earlier| *earlier <= time);
        let point = self.point(passed);
        (time <= last || point.survival == 0.0).then_some(point)
    }

    fn point(&self, passed: usize) -> Point {
        match passed.checked_sub(1) {
            Some(index) => Point { survival: self.survival[index], greenwood: self.greenwood[index] },
            None => Point { survival: 1.0, greenwood: 0.0 },
        }
    }

    /// The stored time at which survival has fallen to a probability, and the interval of that time: where the
    /// limits of the curve fall to it.
    pub(super) fn quantile(&self, probability: f64, band: &Band) -> (Option<f64>, Interval) {
        let time: Vec<f64> = std::iter::once(0.0).chain(self.table.time.iter().copied()).collect();
        let points: Vec<Point> = (0..time.len()).map(|passed| self.point(passed)).collect();
        let limits: Vec<Option<(f64, f64)>> =
            points.iter().map(|point| band.scale.limits(point.survival, point.greenwood, band.z)).collect();
        let cross = |step: &dyn Fn(usize) -> Option<f64>| {
            let steps: Vec<Option<f64>> = (0..time.len()).map(step).collect();
            crossing(&time, &steps, probability)
        };
        let interval = Interval {
            lower: cross(&|index| limits[index].map(|limits| limits.0)),
            upper: cross(&|index| limits[index].map(|limits| limits.1)),
            confidence_level: band.confidence_level,
            method: IntervalMethod::BrookmeyerCrowley,
        };
        (cross(&|index| Some(points[index].survival)), interval)
    }

    /// The steps for the report, times divided by `scale`.
    pub(in crate::methods) fn steps(&self, group: Option<String>, scale: f64, band: &Band) -> Curve {
        let mut curve = Curve { group, ..Curve::default() };
        let mut push = |time: f64, at_risk: u64, events: u64, censored: u64, point: Point| {
            let limits = band.scale.limits(point.survival, point.greenwood, band.z);
            curve.time.push(time / scale);
            curve.at_risk.push(at_risk);
            curve.events.push(events);
            curve.censored.push(censored);
            curve.estimate.push(point.survival);
            curve.std_error.push(point.std_error());
            curve.lower.push(limits.map(|limits| limits.0));
            curve.upper.push(limits.map(|limits| limits.1));
        };
        let table = self.table;
        if table.time.first() != Some(&0.0) {
            push(0.0, table.n(), 0, 0, self.point(0));
        }
        for index in 0..table.time.len() {
            push(
                table.time[index],
                table.at_risk[index],
                table.events[index],
                table.censored[index],
                self.point(index + 1),
            );
        }
        curve
    }
}
