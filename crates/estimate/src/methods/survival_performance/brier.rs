//! The Brier score at a time and over all times.

use super::predicted::{Known, Moment, Predictions};
use crate::numerics::sums::sum;

/// Where rows times steps are more than this the steps of the integral are thinned evenly, to no fewer than [`FEWEST`].
const WORK: usize = 200_000_000;
const FEWEST: usize = 200;
/// More points than this cannot be told apart in a figure.
const SHOWN: usize = 1000;

/// A figure with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) value: f64,
    pub(super) std_error: f64,
}

/// Weighted squared error of each row, whose patients are predicted such survival.
fn errors(moment: &Moment, survival: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let of = |row: usize| {
        let error = match moment.known[row] {
            Known::Event => survival(row),
            Known::Free => 1.0 - survival(row),
            Known::Nothing => return 0.0,
        };
        moment.weight[row] * error * error
    };
    (0..moment.known.len()).map(of).collect()
}

fn mean(predictions: &Predictions<'_>, errors: &[f64]) -> f64 {
    let rows = predictions.rows;
    sum(rows.iter().zip(errors).map(|(row, error)| row.total() * error)) / predictions.total
}

/// B(t), with the standard error where the predictions are held.
pub(super) fn brier(predictions: &Predictions<'_>, moment: &Moment, survival: &[f64]) -> Figure {
    let rows = predictions.rows;
    let errors = errors(moment, &|row| survival[row]);
    let value = mean(predictions, &errors);
    let all: Vec<f64> = rows.iter().zip(&errors).map(|(row, error)| row.total() * error).collect();
    let through = predictions.censoring.derivative(rows, &all, &moment.reach);
    let derivative = |row: usize| (errors[row] - value - through[row]) / predictions.total;
    Figure { value, std_error: predictions.std_error(derivative) }
}

/// B(t) without terms.
pub(super) fn without_terms(predictions: &Predictions<'_>, moment: &Moment) -> f64 {
    let survival = predictions.without_terms(moment.passed);
    mean(predictions, &errors(moment, &|_| survival))
}

/// B of the model and without terms after some distinct times, beginning with none.
pub(super) struct Path {
    time: Vec<f64>,
    /// Of the model, then without terms.
    error: [Vec<f64>; 2],
    /// Whether times were left out between these.
    thinned: bool,
}

impl Path {
    /// Until a horizon.
    pub(super) fn until(predictions: &Predictions<'_>, horizon: f64) -> Self {
        let last = predictions.passed(horizon);
        let most = (WORK / predictions.rows.len().max(1)).max(FEWEST);
        let step = last.div_ceil(most).max(1);
        // Before the first time everybody is free, as predicted.
        let mut path = Self { time: vec![0.0], error: [vec![0.0], vec![0.0]], thinned: step > 1 };
        let end = (step > 1 && !(last - 1).is_multiple_of(step)).then_some(last);
        for passed in (1..=last).step_by(step).chain(end) {
            let moment = predictions.moment(passed);
            let survival = predictions.survival(passed);
            path.time.push(predictions.fitted.times[passed - 1]);
            path.error[0].push(mean(predictions, &errors(&moment, &|row| survival[row])));
            path.error[1].push(without_terms(predictions, &moment));
        }
        path
    }

    /// The means over the time until the horizon: of steps or, where they were thinned, by the trapezoidal rule.
    pub(super) fn integrated(&self, horizon: f64) -> [f64; 2] {
        let ends = || self.time.iter().skip(1).copied().chain([horizon]);
        self.error.each_ref().map(|error| {
            let height = |at: usize| match (self.thinned, error.get(at + 1)) {
                (true, Some(next)) => 0.5 * (error[at] + next),
                _ => error[at],
            };
            let areas = self.time.iter().zip(ends()).enumerate();
            sum(areas.map(|(at, (from, to))| height(at) * (to - from))) / horizon
        })
    }

    /// Times until the horizon and errors as a figure shows them, of the model and without terms.
    pub(super) fn shown(&self, horizon: f64) -> [(Vec<f64>, Vec<f64>); 2] {
        let every = self.time.len().div_ceil(SHOWN).max(1);
        let kept = |values: &[f64], end: f64| -> Vec<f64> {
            values.iter().step_by(every).copied().chain([end]).collect()
        };
        self.error.each_ref().map(|error| {
            let end = error.last().copied().unwrap_or(0.0);
            (kept(&self.time, horizon), kept(error, end))
        })
    }
}
