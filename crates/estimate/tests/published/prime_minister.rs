//! Whether 1600 British citizens approved of their prime minister, asked twice (Agresti 2002).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{limits, of_term, test};
use study::{Column, Quantity, TestName};

/// Agresti 2002 (doi:10.1002/0471249688), section 10.1: 794 approved twice, 150 the first time only, 86 the second only, 570
/// never: the difference 0.04 with a standard error of 0.0095 and limits 0.02 and 0.06; z² = 17.36.
#[test]
fn approval() {
    let columns = [
        Column::flag("first", &[Some(true), Some(true), Some(false), Some(false)]),
        Column::flag("second", &[Some(true), Some(false), Some(true), Some(false)]),
    ];
    let options =
        "first = \"first\"\nsecond = \"second\"\ntest = \"mcnemar\"\ndifference_interval = \"wald\"";
    let results = try_run("farr", "paired", options, &columns, &[794, 150, 86, 570]).unwrap();
    let mut printed = Printed::of("paired", "approval of the prime minister", "Agresti 2002, section 10.1");
    let difference = of_term(&results, Quantity::RiskDifference, "first");
    printed.figure("difference", difference.value, "0.04");
    printed.figure("its standard error", difference.std_error, "0.0095");
    for (ours, limit) in limits(difference).into_iter().zip(["0.02", "0.06"]) {
        printed.figure("its limit", ours, limit);
    }
    printed.figure("z²", test(&results, TestName::McNemar).statistic, "17.36");
    printed.finish();
}
