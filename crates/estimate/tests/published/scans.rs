//! 109 computed tomograms of the head, read as definitely normal (1) to definitely abnormal (5) (Hanley & McNeil 1982).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{limits, row};
use study::{Column, Quantity};

/// Hanley & McNeil 1982 (doi:10.1148/radiology.143.1.7063747), table I: the area 0.893; Stata's manual, [R] roctab, has it
/// with DeLong's standard error and limits.
#[test]
fn the_area_under_the_curve() {
    let columns = [
        Column::flag("abnormal", &(0..10).map(|row| Some(row > 4)).collect::<Vec<_>>()),
        Column::number("rating", (0..10).map(|row| f64::from(row % 5 + 1)).collect()),
    ];
    let n = [33, 6, 6, 11, 2, 3, 2, 2, 11, 33];
    let options = "outcome = \"abnormal\"\nterms = [\"rating\"]\ngroups = 4";
    let results = try_run("farr", "logistic_performance", options, &columns, &n).unwrap();
    let source = "Hanley & McNeil 1982, table I; Stata Base Reference Manual, roctab";
    let mut printed = Printed::of("logistic_performance", "readings of tomograms", source);
    let ours = row(&results, Quantity::Auc, None, None);
    printed.figure("area", ours.value, "0.893");
    printed.figure("area", ours.value, "0.8932");
    printed.figure("standard error", ours.std_error, "0.0307");
    for (ours, limit) in limits(ours).into_iter().zip(["0.83295", "0.95339"]) {
        printed.figure("limit", ours, limit);
    }
    printed.finish();
}
