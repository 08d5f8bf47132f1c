//! Figures printed in books and papers, of data that stand there too: to the digits that are printed. One file a set of
//! data; VALIDATION.md lists what was compared.

#[path = "../modelling/mod.rs"]
mod modelling;

mod acute_leukaemia;
mod bone_marrow;
mod causes;
mod hypoxia;
mod low_birth_weight;
mod printed;
mod remission;
mod simulated_causes;

use study::{Estimate, Quantity, Results};

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
