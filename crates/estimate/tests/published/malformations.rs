//! Malformations of the sex organs in 32 574 infants by what their mothers drank (Graubard & Korn 1987, doi:10.2307/2531828).

use crate::modelling::try_run;
use crate::printed::Printed;
use crate::rows::test;
use study::{Column, TestName};

/// Drinks a day, infants without and with a malformation.
const DRINKS: [(&str, u64, u64); 5] =
    [("0", 17_066, 48), ("<1", 14_464, 38), ("1–2", 788, 5), ("3–5", 126, 1), ("6+", 37, 1)];

/// Agresti 2007 (doi:10.1002/0470114754), section 2.5: with the scores 0, 0.5, 1.5, 4 and 7 M² = 6.6 (P = 0.010); with the
/// middle ranks M² = 0.35 (P = 0.55); without regard to the order X² = 12.1.
#[test]
fn trend_and_scores() {
    let columns = [
        Column::flag("malformed", &(0..10).map(|row| Some(row > 4)).collect::<Vec<_>>()),
        Column::category("drinks", &DRINKS.map(|(drinks, ..)| drinks), (0..10).map(|row| row % 5).collect()),
    ];
    let n: Vec<u64> = DRINKS.iter().map(|one| one.1).chain(DRINKS.iter().map(|one| one.2)).collect();
    let mut printed = Printed::of("trend", "drinking and malformations", "Agresti 2007, section 2.5");
    for (scores, statistic, p) in [
        ("[0, 0.5, 1.5, 4, 7]", "6.6", "0.010"),
        ("[8557.5, 24365.5, 32013, 32473, 32555.5]", "0.35", "0.55"),
    ] {
        let options = format!("outcome = \"malformed\"\nexposure = \"drinks\"\nscores = {scores}");
        let results = try_run("farr", "trend", &options, &columns, &n).unwrap();
        let ours = test(&results, TestName::CochranArmitage);
        printed.figure("M²", ours.statistic.map(|z| z * z), statistic);
        printed.figure("P", ours.p_value, p);
    }
    printed.finish();
    let options = "by = \"drinks\"\nvariables = [\"malformed\"]\ntests = { categorical = \"pearson\" }";
    let results = try_run("farr", "baseline", options, &columns, &n).unwrap();
    let mut printed = Printed::of("baseline", "drinking and malformations", "Agresti 2007, section 2.5");
    printed.figure("X²", test(&results, TestName::PearsonChiSquared).statistic, "12.1");
    printed.finish();
}
