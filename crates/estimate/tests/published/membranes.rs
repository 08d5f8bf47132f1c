//! Permeability of membranes to water, ten at term and five of weeks 12 to 26 of pregnancy (Hollander & Wolfe 1973).

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::of_term;
use study::{Column, Quantity};

const PERMEABILITY: [f64; 15] =
    [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46, 1.15, 0.88, 0.90, 0.74, 1.21];

/// Hollander & Wolfe 1973, Nonparametric Statistical Methods, pages 69 to 82: P = 0.127 of one side, shift 0.305.
#[test]
fn at_term_and_before() {
    let columns = [
        Column::number("permeability", PERMEABILITY.to_vec()),
        Column::category("age", &["early", "term"], (0..15).map(|row| u32::from(row < 10)).collect()),
    ];
    let results = run("location", "variable = \"permeability\"\nby = \"age\"", &columns);
    let shift = of_term(&results, Quantity::LocationShift, "permeability");
    let mut printed = Printed::of("location", "membranes", "Hollander & Wolfe 1973, pages 69 to 82");
    printed.figure("P of one side", shift.test.as_ref().unwrap().p_value.map(|p| 0.5 * p), "0.127");
    printed.figure("shift", shift.value, "0.305");
    printed.finish();
}
