//! Figures printed in books and papers, of data that stand there too: to the digits that are printed. One file a set of
//! data; VALIDATION.md lists what was compared.

#[path = "../modelling/mod.rs"]
mod modelling;

mod acute_leukaemia;
mod bone_marrow;
mod causes;
mod dialysis;
mod german_breast_cancer;
mod heart_transplant;
mod hypoxia;
mod low_birth_weight;
mod myeloma;
mod printed;
mod remission;
mod rotterdam;
mod score;
mod simulated_causes;
mod six_patients;
mod table;
mod veteran;

use modelling::ratio;
use printed::Printed;
use study::{Estimate, Model, Quantity, Results};

/// The row of a quantity, in a group and at a time where they are given.
#[track_caller]
fn row<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>, at: Option<f64>) -> &'a Estimate {
    let same = |row: &&Estimate| {
        row.quantity == quantity
            && (group.is_none() || row.group.as_deref() == group)
            && (at.is_none() || row.at == at)
    };
    results.estimates.iter().find(same).unwrap_or_else(|| panic!("no {quantity:?} of {group:?} at {at:?}"))
}

/// Compares the coefficient of a term in the multivariable model, the logarithm of its ratio, and its standard error.
#[track_caller]
fn log_ratio(
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
fn proportional(
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
