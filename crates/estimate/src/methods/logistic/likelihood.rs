//! The binomial log-likelihood with logit link, over distinct covariate patterns.

use super::blocks::total;
use super::robust::Robust;
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::model_matrix::ModelMatrix;
use crate::numerics::sums::Sum;
use crate::numerics::vector::total_of;
use crate::regression::Regression;
use crate::separation::{Cone, Recession};
use std::sync::Arc;

/// Events and other patients of each pattern, and the model matrix with the intercept in its first column.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Binomial {
    pub(in crate::methods) x: ModelMatrix,
    pub(in crate::methods) events: Vec<f64>,
    pub(in crate::methods) others: Vec<f64>,
    /// What the linear predictor has beside the columns.
    pub(in crate::methods) offset: Vec<f64>,
    /// What a patient counts on average.
    pub(in crate::methods) unit: f64,
    /// From what the variance is made, where it is robust.
    pub(in crate::methods) robust: Option<Arc<Robust>>,
}

/// A covariate pattern under the model.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Point {
    /// Of the event.
    pub(in crate::methods) probability: f64,
    /// Events less those expected.
    pub(in crate::methods) residual: f64,
    /// Variance of its events.
    pub(in crate::methods) weight: f64,
}

impl Point {
    /// `small` is e^−|η|, so that neither probability loses digits.
    #[inline(always)]
    pub(super) fn new(small: f64, eta: f64, events: f64, others: f64) -> Self {
        let near = 1.0 / (1.0 + small);
        let far = small * near;
        let (probability, complement) = if eta >= 0.0 { (near, far) } else { (far, near) };
        Self {
            probability,
            residual: events * complement - others * probability,
            weight: (events + others) * near * far,
        }
    }
}

impl Binomial {
    /// `x` has no intercept: it is added.
    pub(in crate::methods) fn new(
        x: impl Into<Arc<Vec<f64>>>,
        columns: usize,
        events: Vec<f64>,
        others: Vec<f64>,
    ) -> Self {
        let x = ModelMatrix::with_ones(x, columns, events.len());
        let offset = vec![0.0; events.len()];
        Self { x, events, others, offset, unit: 1.0, robust: None }
    }

    /// The same patterns with other counts; those that nobody has are left out.
    pub(in crate::methods) fn of_counts(&self, events: &[f64], others: &[f64]) -> Self {
        let kept: Vec<usize> = (0..events.len()).filter(|at| events[*at] + others[*at] > 0.0).collect();
        self.of_patterns(&kept, events, others)
    }

    fn of_patterns(&self, kept: &[usize], events: &[f64], others: &[f64]) -> Self {
        let some = |values: &[f64]| kept.iter().map(|pattern| values[*pattern]).collect();
        Self {
            x: self.x.of_rows(kept),
            events: some(events),
            others: some(others),
            offset: some(&self.offset),
            unit: self.unit,
            robust: self.robust.as_ref().map(|robust| Arc::new(robust.of_patterns(kept))),
        }
    }

    /// x′β of each pattern.
    pub(in crate::methods) fn predictor(&self, beta: &[f64]) -> Vec<f64> {
        let mut predictor = vec![0.0; self.events.len()];
        self.x.add_products(0..self.events.len(), beta, &mut predictor);
        predictor
    }

    /// Patients of a pattern.
    pub(in crate::methods) fn patients(&self, pattern: usize) -> f64 {
        self.events[pattern] + self.others[pattern]
    }

    /// A pattern where its linear predictor is η.
    pub(in crate::methods) fn point(&self, pattern: usize, eta: f64) -> Point {
        Point::new(libm::exp(-eta.abs()), eta, self.events[pattern], self.others[pattern])
    }

    /// ℓ without terms: every patient has the same probability.
    pub(in crate::methods) fn null_log_likelihood(&self) -> f64 {
        let (events, others): (f64, f64) = (self.events.iter().sum(), self.others.iter().sum());
        // n ln(n/(n + m)), without loss where m is small beside n.
        let part = |n: f64, m: f64| if n > 0.0 { -n * libm::log1p(m / n) } else { 0.0 };
        part(events, others) + part(others, events)
    }
}

impl Likelihood for Binomial {
    fn parameters(&self) -> usize {
        self.x.columns()
    }

    fn unit(&self) -> f64 {
        self.unit
    }

    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.0; self.parameters()];
        let (events, others): (f64, f64) = (self.events.iter().sum(), self.others.iter().sum());
        if let Some(intercept) = start.first_mut()
            && events > 0.0
            && others > 0.0
            && self.x.has_ones()
        {
            *intercept = libm::log(events / others);
        }
        start
    }

    fn slope(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let blocks = self.pass_without_information(beta);
        let value = blocks.iter().fold(Sum::default(), |sum, (value, _)| sum.with(*value)).total();
        (value, total_of(blocks.iter().map(|(_, score)| score), self.parameters()))
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let blocks = self.pass(beta);
        let p = self.parameters();
        Evaluation {
            value: blocks.iter().fold(Sum::default(), |sum, block| sum.with(block.value)).total(),
            score: total_of(blocks.iter().map(|block| &block.score), p),
            information: total(blocks.iter().map(|block| &block.information), p),
        }
    }
}

impl Regression for Binomial {
    fn cone(&self) -> Cone {
        let mut cone = Cone { parameters: self.parameters(), ..Cone::default() };
        for pattern in 0..self.events.len() {
            let sign = if self.events[pattern] > 0.0 { 1.0 } else { -1.0 };
            let mixed = self.events[pattern] > 0.0 && self.others[pattern] > 0.0;
            let rows = if mixed { &mut cone.equalities } else { &mut cone.inequalities };
            rows.extend(self.x.row(pattern).map(|value| sign * value));
        }
        cone
    }

    /// Columns whose values with the event lie on one side of those without, touching them at most; the intercept
    /// puts the boundary where they touch.
    fn candidate(&self) -> Option<Vec<f64>> {
        if !self.x.has_ones() {
            return None;
        }
        let mut direction = vec![0.0; self.parameters()];
        for column in 1..self.parameters() {
            for sign in [1.0, -1.0] {
                let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
                for pattern in 0..self.events.len() {
                    let value = sign * self.x.value(pattern, column);
                    least = if self.events[pattern] > 0.0 { least.min(value) } else { least };
                    most = if self.others[pattern] > 0.0 { most.max(value) } else { most };
                }
                if most <= least {
                    direction[column] += sign;
                    direction[0] -= 0.5 * (most + least);
                }
            }
        }
        direction.iter().any(|d| *d != 0.0).then_some(direction)
    }

    fn reach(&self) -> f64 {
        self.x.longest_row()
    }

    fn limit(&self, recession: &Recession) -> Self {
        let mut strict = recession.strict.iter();
        let kept: Vec<usize> = (0..self.events.len())
            .filter(|pattern| {
                let mixed = self.events[*pattern] > 0.0 && self.others[*pattern] > 0.0;
                mixed || !strict.next().is_some_and(|strict| *strict)
            })
            .collect();
        self.of_patterns(&kept, &self.events, &self.others)
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        let weights = self.events.iter().zip(&self.others).map(|(a, b)| a + b).collect();
        (self.x.values(), weights)
    }

    fn select(&self, columns: &[usize]) -> Self {
        Self { x: self.x.of_columns(columns), ..self.clone() }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        let others: Vec<usize> = (0..self.parameters()).filter(|k| *k != column).collect();
        let mut held = self.select(&others);
        for (pattern, offset) in held.offset.iter_mut().enumerate() {
            *offset += value * self.x.value(pattern, column);
        }
        held
    }
}
