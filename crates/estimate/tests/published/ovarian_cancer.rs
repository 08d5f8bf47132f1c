//! Three tests of who will benefit from surgery, in patients with ovarian cancer and an obstructed bowel (DeLong, DeLong &
//! Clarke-Pearson 1988, doi:10.2307/2531595): the 43 with all three.

use crate::modelling::run;
use crate::printed::Printed;
use crate::rows::{limits, row};
use study::{Column, Quantity};

/// Albumin, total protein, K-G score, and no benefit (1).
const PATIENTS: [[f64; 4]; 43] = [
    [3.0, 5.8, 10.0, 0.0],
    [3.2, 6.3, 5.0, 1.0],
    [3.9, 6.8, 3.0, 1.0],
    [2.8, 4.8, 6.0, 0.0],
    [3.2, 5.8, 3.0, 1.0],
    [0.9, 4.0, 5.0, 0.0],
    [2.5, 5.7, 8.0, 0.0],
    [1.6, 5.6, 5.0, 1.0],
    [3.8, 5.7, 5.0, 1.0],
    [3.7, 6.7, 6.0, 1.0],
    [3.2, 5.4, 4.0, 1.0],
    [3.8, 6.6, 6.0, 1.0],
    [4.1, 6.6, 5.0, 1.0],
    [3.6, 5.7, 5.0, 1.0],
    [4.3, 7.0, 4.0, 1.0],
    [3.6, 6.7, 4.0, 0.0],
    [2.3, 4.4, 6.0, 1.0],
    [4.2, 7.6, 4.0, 0.0],
    [4.0, 6.6, 6.0, 0.0],
    [3.5, 5.8, 6.0, 1.0],
    [3.8, 6.8, 7.0, 1.0],
    [3.0, 4.7, 8.0, 0.0],
    [4.5, 7.4, 5.0, 1.0],
    [3.7, 7.4, 5.0, 1.0],
    [3.1, 6.6, 6.0, 1.0],
    [4.1, 8.2, 6.0, 1.0],
    [4.3, 7.0, 5.0, 1.0],
    [4.3, 6.5, 4.0, 1.0],
    [3.2, 5.1, 5.0, 1.0],
    [2.6, 4.7, 6.0, 1.0],
    [3.3, 6.8, 6.0, 0.0],
    [1.7, 4.0, 7.0, 0.0],
    [3.7, 6.1, 5.0, 1.0],
    [3.3, 6.3, 7.0, 1.0],
    [4.2, 7.7, 6.0, 1.0],
    [3.5, 6.2, 5.0, 1.0],
    [2.9, 5.7, 9.0, 0.0],
    [2.1, 4.8, 7.0, 1.0],
    [2.8, 6.2, 8.0, 0.0],
    [4.0, 7.0, 7.0, 1.0],
    [3.3, 5.7, 6.0, 1.0],
    [3.7, 6.9, 5.0, 1.0],
    [3.6, 6.6, 5.0, 1.0],
];

/// SAS/STAT User's Guide, PROC LOGISTIC, example Comparing Receiver Operating Characteristic Curves: areas with standard
/// errors and limits, and the differences from the K-G score (there the other test less the score).
#[test]
fn areas_under_the_curves() {
    let of = |at: usize| PATIENTS.iter().map(|patient| patient[at]).collect::<Vec<_>>();
    let columns = [
        Column::flag("benefit", &PATIENTS.map(|patient| Some(patient[3] == 0.0))),
        Column::number("albumin", of(0)),
        Column::number("protein", of(1)),
        Column::number("score", of(2)),
    ];
    let options =
        "outcome = \"benefit\"\nterms = [\"score\"]\ncompare = [[\"albumin\"], [\"protein\"]]\ngroups = 4";
    let results = run("logistic_performance", options, &columns);
    let source =
        "SAS/STAT User’s Guide, PROC LOGISTIC, example Comparing Receiver Operating Characteristic Curves";
    let mut printed = Printed::of("logistic_performance", "ovarian cancer", source);
    let groups: Vec<&str> = results.groups.iter().filter_map(|group| group.level.as_deref()).collect();
    let [albumin, protein] = groups[..] else { panic!("{groups:?}") };
    for (group, area, std_error, lower, upper) in [
        (None, "0.7258", "0.1028", "0.5243", "0.9273"),
        (Some(albumin), "0.7366", "0.0927", "0.5549", "0.9182"),
        (Some(protein), "0.6478", "0.1000", "0.4518", "0.8439"),
    ] {
        // The first is that of the model itself.
        let ours = row(&results, Quantity::Auc, group, None);
        printed.figure("area", ours.value, area);
        printed.figure("standard error", ours.std_error, std_error);
        printed.figure("lower limit", limits(ours)[0], lower);
        printed.figure("upper limit", limits(ours)[1], upper);
    }
    for (group, difference, std_error, lower, upper, statistic, p) in [
        (albumin, "0.0108", "0.0953", "-0.1761", "0.1976", "0.0127", "0.9102"),
        (protein, "-0.0780", "0.1046", "-0.2830", "0.1271", "0.5554", "0.4561"),
    ] {
        let ours = row(&results, Quantity::AucDifference, Some(group), None);
        printed.figure("difference", ours.value.map(|value| -value), difference);
        printed.figure("its standard error", ours.std_error, std_error);
        let [low, high] = limits(ours).map(|limit| limit.map(|limit| -limit));
        printed.figure("its lower limit", high, lower);
        printed.figure("its upper limit", low, upper);
        let test = ours.test.as_ref().unwrap();
        printed.figure("χ²", test.statistic.map(|z| z * z), statistic);
        printed.figure("P", test.p_value, p);
    }
    printed.finish();
}
