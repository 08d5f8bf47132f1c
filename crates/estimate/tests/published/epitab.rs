//! Tables of Stata's manual.

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{limits, of_term};
use study::{Column, Quantity};

/// Stata's manual, [R] Epitab, `mcci 8 8 3 8`: the difference of the paired proportions, corrected for continuity.
#[test]
fn matched_pairs() {
    let columns = [
        Column::flag("case", &[Some(true), Some(true), Some(false), Some(false)]),
        Column::flag("control", &[Some(true), Some(false), Some(true), Some(false)]),
    ];
    let options = "first = \"case\"\nsecond = \"control\"";
    let results = try_run("stata", "paired", options, &columns, &[8, 8, 3, 8]).unwrap();
    let mut printed = Printed::of("paired", "mcci 8 8 3 8", "Stata Base Reference Manual, epitab");
    let ours = of_term(&results, Quantity::RiskDifference, "case");
    for (ours, limit) in limits(ours).into_iter().zip(["-0.0822542", "0.4526246"]) {
        printed.figure("limit", ours, limit);
    }
    printed.finish();
}
