//! Bending stress of a wave energy device under two ways of mooring, in 18 sea states (Hand et al. 1994), as R's package HSAUR3
//! has them.

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{limits, of_term, test};
use study::{Column, Quantity, TestName};

/// Newton metres.
const FIRST: [f64; 18] = [
    2.23, 2.55, 7.99, 4.09, 9.62, 1.59, 8.98, 0.82, 10.83, 1.54, 10.75, 5.79, 5.91, 5.79, 5.5, 9.96, 1.92,
    7.38,
];
/// Newton metres.
const SECOND: [f64; 18] = [
    1.82, 2.42, 8.26, 3.46, 9.77, 1.4, 8.88, 0.87, 11.2, 1.33, 10.32, 5.87, 6.44, 5.87, 5.3, 9.82, 1.69, 7.41,
];

/// Hothorn & Everitt 2014 (doi:10.1201/b17081), chapter 3, figures 3.6 and 3.7.
#[test]
fn mooring() {
    let columns = [Column::number("first", FIRST.to_vec()), Column::number("second", SECOND.to_vec())];
    let results = run("paired", "first = \"first\"\nsecond = \"second\"", &columns);
    let mut printed = Printed::of("paired", "mooring of a wave device", "Hothorn & Everitt 2014, chapter 3");
    let difference = of_term(&results, Quantity::MeanDifference, "first");
    printed.figure("mean difference", difference.value, "0.0617");
    for (ours, limit) in limits(difference).into_iter().zip(["-0.0826", "0.2059"]) {
        printed.figure("its limit", ours, limit);
    }
    let by_t = test(&results, TestName::PairedT);
    printed.figure("t", by_t.statistic, "0.9");
    printed.figure("degrees of freedom", Some(by_t.df[0]), "17");
    printed.figure("P", by_t.p_value, "0.4");
    let options = "first = \"first\"\nsecond = \"second\"\ntest = \"wilcoxon_corrected\"";
    let by_ranks = run("paired", options, &columns);
    printed.figure("P of the ranks", test(&by_ranks, TestName::WilcoxonSignedRank).p_value, "0.3");
    printed.finish();
}
