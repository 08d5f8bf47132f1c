//! Degrees of freedom that an estimate would have had with complete data.

use study::{Estimate, Model, Quantity, Results};

/// Of a regression coefficient: patients less parameters, or events less parameters where the outcome is a time; of a
/// mean: n − 1. Infinite where complete data are taken to be normal.
pub(super) fn complete_df(results: &Results, row: &Estimate) -> f64 {
    if row.quantity == Quantity::Mean {
        return row.n.map_or(f64::INFINITY, |n| (n as f64 - 1.0).max(1.0));
    }
    let Some(model) = row.model.filter(|_| row.quantity.is_ratio()) else { return f64::INFINITY };
    let own = |other: &&Estimate| {
        other.quantity == row.quantity
            && other.model == Some(model)
            && (model == Model::Multivariable || other.term == row.term)
    };
    let of_times = row.quantity != Quantity::OddsRatio;
    let rows = results.estimates.iter().filter(own).filter(|other| other.term == row.term);
    let counts: Vec<u64> = rows.filter_map(|other| if of_times { other.n } else { other.of }).collect();
    // Where an interaction with a spline is told at values of a number, no row has patients of its own: all tell of it.
    let all = results.groups.last().map_or(0, |all| if of_times { all.events.unwrap_or(0) } else { all.n });
    let informative: u64 = if counts.is_empty() { all } else { counts.iter().sum() };
    let coefficients = results.estimates.iter().filter(own).filter(|other| other.test.is_some()).count();
    let parameters = coefficients + usize::from(!of_times);
    (informative as f64 - parameters as f64).max(1.0)
}
