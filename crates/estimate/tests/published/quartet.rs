//! Four pairs of variables that look different and have the same correlation (Anscombe 1973).

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::row;
use study::{Column, Quantity};

const X: [f64; 11] = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
const X_OF_THE_FOURTH: [f64; 11] = [8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 19.0, 8.0, 8.0, 8.0];
const Y: [[f64; 11]; 4] = [
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
    [9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74],
    [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73],
    [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89],
];

/// Anscombe 1973 (doi:10.1080/00031305.1973.10478966): of each pair the regression has multiple R² = 0.667 and the slope the
/// standard error 0.118 at 0.500, so that t = 4.24.
#[test]
fn four_times_the_same() {
    let mut printed = Printed::of("correlation", "Anscombe’s quartet", "Anscombe 1973");
    for (at, y) in Y.iter().enumerate() {
        let x = if at == 3 { X_OF_THE_FOURTH } else { X };
        let columns = [Column::number("x", x.to_vec()), Column::number("y", y.to_vec())];
        let results = run("correlation", "variables = [\"x\", \"y\"]", &columns);
        let ours = row(&results, Quantity::Correlation, None, None);
        // The last digit of the paper holds for the first pair; the others are near it.
        printed.within("R²", ours.value.map(|r| r * r), "0.667", 1.0);
        printed.figure("t", ours.test.as_ref().unwrap().statistic, "4.24");
    }
    printed.finish();
}
