//! Satisfaction with the job of 104 black men by income (General Social Survey of 1991), as Agresti 2002 has it.

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::test;
use study::{Column, TestName};

/// Agresti 2002 (doi:10.1002/0471249688), page 57, in R's help of `fisher.test`: P = 0.7827; Pearson's X² = 5.97.
#[test]
fn income() {
    let columns = [
        Column::category(
            "income",
            &["<15k", "15–25k", "25–40k", ">40k"],
            (0..16).map(|row| row % 4).collect(),
        ),
        Column::category(
            "satisfaction",
            &["very dissatisfied", "little dissatisfied", "moderately satisfied", "very satisfied"],
            (0..16).map(|row| row / 4).collect(),
        ),
    ];
    let n = [1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11];
    let run = |asked: &str| {
        let options = format!(
            "by = \"income\"\nvariables = [\"satisfaction\"]\ntests = {{ categorical = \"{asked}\" }}"
        );
        try_run("farr", "baseline", &options, &columns, &n).unwrap()
    };
    let mut printed =
        Printed::of("baseline", "job satisfaction", "Agresti 2002, page 57; R 4.2, help of fisher.test");
    printed.figure("P", test(&run("fisher"), TestName::FisherExact).p_value, "0.7827");
    printed.figure("X²", test(&run("pearson"), TestName::PearsonChiSquared).statistic, "5.97");
    printed.finish();
}
