//! Rows of results, found by what they are of, and those that many papers print.

use crate::modelling::ratio;
use crate::printed::Printed;
use study::{Estimate, Model, Quantity, Results, Test, TestName};

/// The row of a quantity, in a group and at a time where they are given.
#[track_caller]
pub(crate) fn row<'a>(
    results: &'a Results,
    quantity: Quantity,
    group: Option<&str>,
    at: Option<f64>,
) -> &'a Estimate {
    let same = |row: &&Estimate| {
        row.quantity == quantity
            && (group.is_none() || row.group.as_deref() == group)
            && (at.is_none() || row.at == at)
    };
    results.estimates.iter().find(same).unwrap_or_else(|| panic!("no {quantity:?} of {group:?} at {at:?}"))
}

/// The row of a quantity of a term.
#[track_caller]
pub(crate) fn of_term<'a>(results: &'a Results, quantity: Quantity, term: &str) -> &'a Estimate {
    let own = |row: &&Estimate| row.quantity == quantity && row.term.as_deref() == Some(term);
    results.estimates.iter().find(own).unwrap_or_else(|| panic!("no {quantity:?} of {term}"))
}

/// The first test of that name.
#[track_caller]
pub(crate) fn test(results: &Results, name: TestName) -> &Test {
    let tests = results.estimates.iter().filter_map(|row| row.test.as_ref());
    tests.clone().find(|test| test.name == name).unwrap_or_else(|| panic!("no {name:?}"))
}

/// The limits of a row's interval.
#[track_caller]
pub(crate) fn limits(row: &Estimate) -> [Option<f64>; 2] {
    row.interval
        .map(|interval| [interval.lower, interval.upper])
        .unwrap_or_else(|| panic!("no interval of {row:?}"))
}

/// Compares the coefficient of a term in the multivariable model, the logarithm of its ratio, and its standard error.
#[track_caller]
pub(crate) fn log_ratio(
    printed: &mut Printed,
    results: &Results,
    (term, level): (&str, Option<&str>),
    beta: &str,
    error: &str,
) {
    let ours = ratio(results, Model::Multivariable, term, level);
    printed.figure(term, ours.value.map(f64::ln), beta);
    printed.figure(&format!("standard error of {term}"), ours.std_error, error);
}

/// Compares the test of proportional hazards of a term, or of all of them, and its P value.
#[track_caller]
pub(crate) fn proportional(
    printed: &mut Printed,
    results: &Results,
    term: Option<&str>,
    statistic: &str,
    p_value: &str,
) {
    let own = |row: &&Estimate| {
        row.quantity == Quantity::ProportionalHazards && row.level.is_none() && row.term.as_deref() == term
    };
    let found = results.estimates.iter().find(own).unwrap_or_else(|| panic!("no test of {term:?}"));
    let test = found.test.as_ref().unwrap();
    printed.figure(&format!("{term:?}"), test.statistic, statistic);
    printed.figure(&format!("P of {term:?}"), test.p_value, p_value);
}
