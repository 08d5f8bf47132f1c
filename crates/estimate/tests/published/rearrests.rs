//! Rearrests of 2097 matched pairs of juveniles, one tried by an adult court and one by a juvenile court (Agresti 1996), as R's
//! package HSAUR3 has them.

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{limits, of_term, test};
use study::{Column, Quantity, TestName};

/// Hothorn & Everitt 2014 (doi:10.1201/b17081), section 3.3.5 and figures 3.12 and 3.13: the statistic 62.89, and the limits of
/// the share of pairs in which only the juvenile of the juvenile court was rearrested, whose odds are the odds ratio.
#[test]
fn adult_and_juvenile_courts() {
    let columns = [
        Column::flag("juvenile", &[Some(true), Some(false), Some(true), Some(false)]),
        Column::flag("adult", &[Some(true), Some(true), Some(false), Some(false)]),
    ];
    let options = "first = \"juvenile\"\nsecond = \"adult\"\ntest = \"mcnemar\"";
    let results = try_run("farr", "paired", options, &columns, &[158, 515, 290, 1134]).unwrap();
    let mut printed = Printed::of("paired", "rearrests", "Hothorn & Everitt 2014, chapter 3");
    let mcnemar = test(&results, TestName::McNemar);
    printed.figure("McNemar", mcnemar.statistic, "62.89");
    printed.figure("P", mcnemar.p_value, "2e-15");
    let ratio = of_term(&results, Quantity::OddsRatio, "juvenile");
    let share = |odds: Option<f64>| odds.map(|odds| odds / (1.0 + odds));
    printed.figure("share", share(ratio.value), "0.36");
    for (ours, limit) in limits(ratio).into_iter().zip(["0.327", "0.394"]) {
        printed.figure("its limit", share(ours), limit);
    }
    printed.finish();
}
