//! Hours of sleep gained by ten patients on two soporifics (Cushny & Peebles 1905), as Student 1908 (doi:10.2307/2331554) has them.

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{of_term, test};
use study::{Column, Quantity, TestName};

const FIRST: [f64; 10] = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const SECOND: [f64; 10] = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

/// Student 1908, illustration I: means 0.75 and 2.33, of the differences 1.58; Fisher 1925 (Statistical Methods for Research
/// Workers), section 24: t = 4.06 of the differences, whose mean has the standard error 0.3890.
#[test]
fn differences() {
    let columns = [Column::number("second", SECOND.to_vec()), Column::number("first", FIRST.to_vec())];
    let results = run("paired", "first = \"second\"\nsecond = \"first\"", &columns);
    let mut printed = Printed::of("paired", "soporifics", "Student 1908; Fisher 1925, section 24");
    printed.figure("mean", of_term(&results, Quantity::Mean, "first").value, "0.75");
    printed.figure("mean", of_term(&results, Quantity::Mean, "second").value, "2.33");
    let difference = of_term(&results, Quantity::MeanDifference, "second");
    printed.figure("mean difference", difference.value, "1.58");
    printed.figure("its standard error", difference.std_error, "0.3890");
    printed.figure("t", test(&results, TestName::PairedT).statistic, "4.06");
    printed.finish();
}

/// Fisher 1925, section 24.1: as if they were two groups of ten, t = 1.861.
#[test]
fn two_groups() {
    let columns = [
        Column::number("hours", SECOND.into_iter().chain(FIRST).collect()),
        Column::category("drug", &["first", "second"], (0..20).map(|row| u32::from(row < 10)).collect()),
    ];
    let results = run("location", "variable = \"hours\"\nby = \"drug\"\nmeans = \"student\"", &columns);
    let mut printed = Printed::of("location", "soporifics", "Fisher 1925, section 24.1");
    let difference = of_term(&results, Quantity::MeanDifference, "hours");
    printed.figure("mean difference", difference.value, "1.58");
    printed.figure("t", difference.test.as_ref().unwrap().statistic, "1.861");
    printed.finish();
}
