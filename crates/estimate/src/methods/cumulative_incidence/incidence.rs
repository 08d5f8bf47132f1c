//! The Aalen–Johansen curve of one cause in one group.

use crate::life_table::{LifeTable, tied};
use crate::numerics::sums::at_least_zero;

/// Cumulative incidence of a cause after each distinct time, with its variance; before the first it is 0.
#[derive(Debug, Clone)]
pub(super) struct Incidence<'a> {
    pub(super) table: &'a LifeTable,
    /// F̂(t).
    pub(super) estimate: Vec<f64>,
    /// Its variance.
    pub(super) variance: Vec<f64>,
    /// Whether everybody has left with an event of either kind by the last time.
    complete: bool,
}

/// The curve at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) incidence: f64,
    pub(super) variance: f64,
}

impl<'a> Incidence<'a> {
    /// `cause` and `other` have the same times and patients at risk; the events differ.
    ///
    /// The variance at t is Σ wᵢ gᵢ(t)², where gᵢ falls by δ/Ŝ(tᵢ) whenever the curve rises by δ: three running sums
    /// of squares and products follow it without cancellation.
    pub(super) fn new(cause: &'a LifeTable, other: &LifeTable) -> Self {
        let (mut survival, mut incidence) = (1.0, 0.0);
        let (mut square, mut product, mut inverse) = (0.0_f64, 0.0, 0.0);
        let mut curve = Self { table: cause, estimate: Vec::new(), variance: Vec::new(), complete: false };
        for index in 0..cause.time.len() {
            let n = cause.at_risk[index] as f64;
            let (own, others) = (cause.events[index] as f64, other.events[index] as f64);
            let before: f64 = survival;
            survival *= (n - own - others) / n;
            let rise = before * own / n;
            incidence += rise;
            // What is already summed sees the curve rise.
            square += rise * (rise * inverse - 2.0 * product);
            product -= rise * inverse;
            let reciprocal = if survival > 0.0 { 1.0 / survival } else { 0.0 };
            let weight = |d: f64| {
                if d > 1.0 {
                    before * before * d * (n - d) / (n * n * (n - 1.0))
                } else {
                    before * before * d / (n * n)
                }
            };
            let (own, others) = (weight(own), weight(others));
            square += own;
            product += own * reciprocal;
            inverse += (own + others) * reciprocal * reciprocal;
            curve.estimate.push(incidence);
            curve.variance.push(at_least_zero(square));
        }
        curve.complete = survival == 0.0;
        curve
    }

    /// The curve at a stored time; absent after the last follow-up, unless all have had an event by then.
    pub(super) fn at(&self, time: f64) -> Option<Point> {
        let time = tied(time);
        let last = self.table.last()?;
        let passed = self.table.time.partition_point(|earlier| *earlier <= time);
        (time <= last || self.complete).then(|| self.point(passed))
    }

    /// The curve after so many of its times.
    pub(super) fn point(&self, passed: usize) -> Point {
        match passed.checked_sub(1) {
            Some(index) => Point { incidence: self.estimate[index], variance: self.variance[index] },
            None => Point { incidence: 0.0, variance: 0.0 },
        }
    }
}
