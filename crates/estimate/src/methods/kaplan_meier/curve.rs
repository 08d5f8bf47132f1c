//! The product-limit curve of one group.

use super::interval::CurveInterval;
use super::quantile::{QuantileLimits, Reading, crossing};
use crate::influence::{self, Increment};
use crate::life_table::{LifeTable, Weighing, tied};
use crate::methods::step_places::places;
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
    /// The variance of log Ŝ: Greenwood's sum Σ dᵢ / (nᵢ(nᵢ − dᵢ)), robust with sampling weights; infinite where the curve
    /// is 0.
    pub(in crate::methods) log_variance: Vec<f64>,
}

/// The curve at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::methods) struct Point {
    pub(in crate::methods) survival: f64,
    pub(in crate::methods) log_variance: f64,
}

impl Point {
    /// The standard error S·√G; absent where survival is 0.
    pub(in crate::methods) fn std_error(&self) -> Option<f64> {
        (self.survival > 0.0).then(|| self.survival * self.log_variance.sqrt())
    }
}

impl<'a> ProductLimit<'a> {
    pub(in crate::methods) fn new(table: &'a LifeTable) -> Self {
        Self::after(table, f64::NEG_INFINITY)
    }

    /// The curve of those who are free of the event at a stored time: it is 1 until then.
    pub(super) fn after(table: &'a LifeTable, given: f64) -> Self {
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut increments = Vec::with_capacity(table.time.len());
        let steps = (0..table.time.len()).map(|index| {
            let (n, d) = (table.weight_at_risk(index), table.event_weight(index));
            let mut increment = Increment::default();
            if table.events[index] > 0 && table.time[index] > given {
                survival *= (n - d) / n;
                greenwood += d / (n * (n - d));
                // Where the curve comes down to 0 its logarithm has no variance any more, whatever follows.
                if n > d {
                    increment = Increment { surviving: d / (n * (n - d)), dying: -1.0 / n };
                }
            }
            increments.push(increment);
            (survival, greenwood)
        });
        let (survival, mut log_variance): (Vec<f64>, Vec<f64>) = steps.unzip();
        if table.weighing() == Weighing::Sampled {
            for (robust, own) in influence::variances(table, &increments).iter().zip(&mut log_variance) {
                if own.is_finite() {
                    *own = *robust;
                }
            }
        }
        Self { table, survival, log_variance }
    }

    /// The curve at a stored time; absent after the last follow-up, unless it has come down to 0.
    pub(in crate::methods) fn at(&self, time: f64) -> Option<Point> {
        let time = tied(time);
        let last = self.table.last()?;
        let passed = self.table.time.partition_point(|earlier| *earlier <= time);
        let point = self.point(passed);
        (time <= last || point.survival == 0.0).then_some(point)
    }

    fn point(&self, passed: usize) -> Point {
        match passed.checked_sub(1) {
            Some(index) => Point { survival: self.survival[index], log_variance: self.log_variance[index] },
            None => Point { survival: 1.0, log_variance: 0.0 },
        }
    }

    /// The stored time at which survival has fallen to a probability, and the interval of that time: where the
    /// limits of the curve fall to it.
    pub(super) fn quantile(
        &self,
        probability: f64,
        band: &Band,
        reading: Reading,
    ) -> (Option<f64>, Interval) {
        let start = self.table.first_entry().unwrap_or(0.0);
        let time: Vec<f64> = std::iter::once(start).chain(self.table.time.iter().copied()).collect();
        let points: Vec<Point> = (0..time.len()).map(|passed| self.point(passed)).collect();
        let limits: Vec<Option<(f64, f64)>> = points
            .iter()
            .map(|point| band.scale.limits(point.survival, point.log_variance, band.z))
            .collect();
        let cross = |step: &dyn Fn(usize) -> Option<f64>| {
            let steps: Vec<Option<f64>> = (0..time.len()).map(step).collect();
            crossing(&time, &steps, probability, reading.stretch)
        };
        let reached = cross(&|index| Some(points[index].survival));
        let (lower, upper, method) = match reading.limits {
            QuantileLimits::Curve => (
                cross(&|index| limits[index].map(|limits| limits.0)),
                cross(&|index| limits[index].map(|limits| limits.1)),
                IntervalMethod::BrookmeyerCrowley,
            ),
            QuantileLimits::Slope => {
                let half = reached.and_then(|reached| Some(band.z * self.slope_error(reached, probability)?));
                let limit = |sign: f64| Some(reached? + sign * half?);
                (limit(-1.0), limit(1.0), IntervalMethod::CurveSlope)
            }
        };
        (reached, Interval { lower, upper, confidence_level: band.confidence_level, method })
    }

    /// The standard error of the time at which survival has fallen to a probability, from the slope of the curve.
    fn slope_error(&self, reached: f64, probability: f64) -> Option<f64> {
        const APART: f64 = 0.05;
        const SAME: f64 = 1e-9;
        let std_error = self.at(reached)?.std_error()?;
        let falls = (0..self.survival.len()).filter(|index| self.table.event_weight(*index) > 0.0);
        let falls: Vec<(f64, f64)> = std::iter::once((self.table.first_entry().unwrap_or(0.0), 1.0))
            .chain(falls.map(|index| (self.table.time[index], self.survival[index])))
            .collect();
        let (from, high) = *falls.iter().rfind(|(_, survival)| *survival >= probability + APART - SAME)?;
        let (to, low) = *falls.iter().find(|(_, survival)| *survival <= probability - APART + SAME)?;
        Some(std_error * (to - from) / (high - low))
    }

    /// The steps for the report, times divided by `scale`: at every time at which somebody leaves, and at every time at
    /// which somebody enters.
    pub(in crate::methods) fn steps(&self, group: Option<String>, scale: f64, band: &Band) -> Curve {
        let table = self.table;
        let mut curve = Curve { group, ..Curve::default() };
        for place in places(table) {
            let point = self.point(place.passed);
            let limits = band.scale.limits(point.survival, point.log_variance, band.z);
            place.push(&mut curve, table, scale);
            curve.estimate.push(point.survival);
            curve.std_error.push(point.std_error());
            curve.lower.push(limits.map(|limits| limits.0));
            curve.upper.push(limits.map(|limits| limits.1));
        }
        curve
    }
}
