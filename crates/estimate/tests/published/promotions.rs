//! Promotions of black and white computer specialists in three months (Gastwirth 1988), none of the black ones.

use crate::modelling::{ratio, try_run};
use crate::printed::Printed;
use crate::rows::limits;
use study::{Column, Model};

/// Agresti 2002 (doi:10.1002/0471249688), section 6.7: P = 0.026 of one side given the months, 0.056 of both (tables no more
/// probable than the one observed), and limits 0 and 1.01 of the odds ratio.
#[test]
fn given_the_months() {
    let cell = |row: u32| (row % 4 < 2, row.is_multiple_of(2), row / 4);
    let columns = [
        Column::flag("promoted", &(0..12).map(|row| Some(cell(row).1)).collect::<Vec<_>>()),
        Column::flag("black", &(0..12).map(|row| Some(cell(row).0)).collect::<Vec<_>>()),
        Column::category("month", &["July", "August", "September"], (0..12).map(|row| cell(row).2).collect()),
    ];
    // Black promoted and not, white promoted and not.
    let n = [0, 7, 4, 16, 0, 7, 4, 13, 0, 8, 2, 13];
    let run = |p_value: &str| {
        let options = format!(
            "outcome = \"promoted\"\nterms = [\"black\"]\nstrata = \"month\"\np_value = \"{p_value}\""
        );
        try_run("farr", "exact_logistic", &options, &columns, &n).unwrap()
    };
    let mut printed = Printed::of("exact_logistic", "promotions", "Agresti 2002, section 6.7");
    let results = run("twice_smaller_tail");
    let ours = ratio(&results, Model::Multivariable, "black", Some("yes"));
    printed.figure("P of one side", ours.test.as_ref().unwrap().p_value.map(|p| 0.5 * p), "0.026");
    assert_eq!(limits(ours)[0], None);
    printed.figure("upper limit", limits(ours)[1], "1.01");
    let results = run("probability");
    let ours = ratio(&results, Model::Multivariable, "black", Some("yes"));
    printed.figure("P", ours.test.as_ref().unwrap().p_value, "0.056");
    printed.finish();
}
