//! Change of 196 patients with leprosy by how far their skin was infiltrated (Cochran 1954, doi:10.2307/3001616).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::test;
use study::{Column, TestName};

/// Cochran 1954, table 6 and pages 435 and 436: X² = 6.88, of the trend 6.66 with the scores 3 to −1.
#[test]
fn trend() {
    let changes = ["marked", "moderate", "slight", "stationary", "worse"];
    let columns = [
        Column::flag("infiltrated", &(0..10).map(|row| Some(row > 4)).collect::<Vec<_>>()),
        Column::category("change", &changes, (0..10).map(|row| row % 5).collect()),
    ];
    let n = [11, 27, 42, 53, 11, 7, 15, 16, 13, 1];
    let options = "outcome = \"infiltrated\"\nexposure = \"change\"\nscores = [3, 2, 1, 0, -1]";
    let results = try_run("farr", "trend", options, &columns, &n).unwrap();
    let mut printed = Printed::of("trend", "leprosy", "Cochran 1954, page 436");
    let statistic = test(&results, TestName::CochranArmitage).statistic;
    // 6.6657: the paper works with a rounded slope.
    printed.within("X² of the trend", statistic.map(|z| z * z), "6.66", 1.0);
    printed.finish();
    let options = "by = \"change\"\nvariables = [\"infiltrated\"]\ntests = { categorical = \"pearson\" }";
    let results = try_run("farr", "baseline", options, &columns, &n).unwrap();
    let mut printed = Printed::of("baseline", "leprosy", "Cochran 1954, page 435");
    printed.figure("X²", test(&results, TestName::PearsonChiSquared).statistic, "6.88");
    printed.finish();
}
