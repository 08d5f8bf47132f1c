//! Change of gastric ulcers in 64 patients of two treatments (Doll & Pygott 1952), as Armitage 1955 has them.

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::test;
use study::{Column, TestName};

/// Armitage 1955 (doi:10.2307/3001775), table 2 and page 379: χ² = 5.91.
#[test]
fn two_treatments() {
    let changes = ["larger", "below 2/3 healed", "2/3 healed", "healed"];
    let columns = [
        Column::category("treatment", &["A", "B"], (0..8).map(|row| row / 4).collect()),
        Column::category("change", &changes, (0..8).map(|row| row % 4).collect()),
    ];
    let options = "by = \"treatment\"\nvariables = [\"change\"]\ntests = { categorical = \"pearson\" }";
    let results = try_run("farr", "baseline", options, &columns, &[6, 4, 10, 12, 11, 8, 8, 5]).unwrap();
    let mut printed = Printed::of("baseline", "ulcers", "Armitage 1955, page 379");
    printed.figure("χ²", test(&results, TestName::PearsonChiSquared).statistic, "5.91");
    printed.finish();
}
