//! The area under the ROC curve of those with the event by a time against those free of it.

use super::brier::Figure;
use super::predicted::{Known, Moment, Predictions};
use crate::numerics::sums::sum;

/// Predicted risks that differ by less are equal but for rounding.
const TIE: f64 = 1e-12;

/// AUC(t) of predicted survival; none where nobody had the event or nobody is free of it.
pub(super) fn auc(predictions: &Predictions<'_>, moment: &Moment, survival: &[f64]) -> Option<Figure> {
    let rows = predictions.rows;
    let of = |known: Known, row: usize| {
        // Those free of it all have the same factor, which plays no part.
        let weight = if known == Known::Event { moment.weight[row] } else { 1.0 };
        if moment.known[row] == known { rows[row].total() * weight } else { 0.0 }
    };
    let total = |known| sum((0..rows.len()).map(|row| of(known, row)));
    let (events, free) = (total(Known::Event), total(Known::Free));
    if events <= 0.0 || free <= 0.0 {
        return None;
    }
    // In descending order of survival: those before have the lower risk.
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by(|a, b| survival[*b].total_cmp(&survival[*a]).then(a.cmp(b)));
    let (mut lower, mut events_lower) = (0.0, 0.0);
    // Of each row, for those with the event the free ones of lower risk, for the free the events of higher risk.
    let mut won = vec![0.0; rows.len()];
    for class in order.chunk_by(|a, b| survival[*a] - survival[*b] <= TIE) {
        let here = |known| sum(class.iter().map(|row| of(known, *row)));
        let (with, without) = (here(Known::Event), here(Known::Free));
        for row in class {
            won[*row] = match moment.known[*row] {
                Known::Event => lower + 0.5 * without,
                Known::Free => events - events_lower - 0.5 * with,
                Known::Nothing => 0.0,
            };
        }
        lower += without;
        events_lower += with;
    }
    let value = sum((0..rows.len()).map(|row| of(Known::Event, row) * won[row])) / (events * free);
    // Derivatives by the weight of one patient of a row, first where G is held.
    let held = |row: usize| match moment.known[row] {
        Known::Event => moment.weight[row] * (won[row] - value * free) / (events * free),
        Known::Free => (won[row] - value * events) / (events * free),
        Known::Nothing => 0.0,
    };
    let held: Vec<f64> = (0..rows.len()).map(held).collect();
    let through =
        |row: usize| if moment.known[row] == Known::Event { rows[row].total() * held[row] } else { 0.0 };
    let through: Vec<f64> = (0..rows.len()).map(through).collect();
    let through = predictions.censoring.derivative(rows, &through, &moment.reach);
    // A perfect order may come out a last digit above 1.
    Some(Figure {
        value: value.clamp(0.0, 1.0),
        std_error: predictions.std_error(|row| held[row] - through[row]),
    })
}
