//! Hyper-responsive airways before and after transplantation of stem cells in 21 children (Bentur et al. 2009).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::{limits, of_term, test};
use study::{Column, Quantity, TestName};

/// Fagerland, Lydersen & Laake 2013 (doi:10.1186/1471-2288-13-91), tables 3 and 4: 1 child before and after, 1 before only,
/// 7 after only, 12 never.
#[test]
fn tests_and_limits() {
    let columns = [
        Column::flag("before", &[Some(true), Some(true), Some(false), Some(false)]),
        Column::flag("after", &[Some(true), Some(false), Some(true), Some(false)]),
    ];
    let run = |more: &str| {
        let options = format!("first = \"before\"\nsecond = \"after\"\n{more}");
        try_run("farr", "paired", &options, &columns, &[1, 1, 7, 12]).unwrap()
    };
    let mut printed = Printed::of("paired", "hyper-responsive airways", "Fagerland, Lydersen & Laake 2013");
    for (method, figures) in
        [("wald", ["-0.520", "-0.052"]), ("newcombe", ["-0.507", "-0.026"]), ("score", ["-0.517", "-0.026"])]
    {
        let results = run(&format!("difference_interval = \"{method}\""));
        let difference = of_term(&results, Quantity::RiskDifference, "before");
        printed.figure("difference", difference.value, "-0.286");
        for (ours, limit) in limits(difference).into_iter().zip(figures) {
            printed.figure(method, ours, limit);
        }
    }
    for (asked, name, p) in [
        ("mcnemar", TestName::McNemar, "0.034"),
        ("mcnemar_corrected", TestName::McNemarCorrected, "0.077"),
        ("mcnemar_exact", TestName::McNemarExact, "0.070"),
    ] {
        let results = run(&format!("test = \"{asked}\""));
        printed.figure(asked, test(&results, name).p_value, p);
    }
    printed.finish();
}
