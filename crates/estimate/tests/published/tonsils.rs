//! Carriers of streptococci among 1398 children by the size of their tonsils (Holmes & Williams 1954), as Armitage 1955 has them.

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::test;
use study::{Column, TestName};

/// Armitage 1955 (doi:10.2307/3001775): the trend explains 7.19 of χ² = 7.88.
#[test]
fn trend() {
    let columns = [
        Column::flag("carrier", &(0..6).map(|row| Some(row < 3)).collect::<Vec<_>>()),
        Column::category("tonsils", &["+", "++", "+++"], (0..6).map(|row| row % 3).collect()),
    ];
    let n = [19, 29, 24, 497, 560, 269];
    let source = "Armitage 1955";
    let results =
        try_run("farr", "trend", "outcome = \"carrier\"\nexposure = \"tonsils\"", &columns, &n).unwrap();
    let mut printed = Printed::of("trend", "tonsils", source);
    let statistic = test(&results, TestName::CochranArmitage).statistic;
    printed.figure("χ² of the trend", statistic.map(|z| z * z), "7.19");
    printed.finish();
    let options = "by = \"tonsils\"\nvariables = [\"carrier\"]\ntests = { categorical = \"pearson\" }";
    let results = try_run("farr", "baseline", options, &columns, &n).unwrap();
    let mut printed = Printed::of("baseline", "tonsils", source);
    printed.figure("χ²", test(&results, TestName::PearsonChiSquared).statistic, "7.88");
    printed.finish();
}
