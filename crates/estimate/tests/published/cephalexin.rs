//! Acute diarrhoea in 2493 patients of a hospital, the five on cephalexin all among the cases (E. Jaffe and V. Chang), as
//! Agresti 2002 has them.

use crate::modelling::{ratio, try_run};
use crate::printed::Printed;
use crate::rows::limits;
use study::{Column, Model};

/// On cephalexin, above 50 years, stay above a week; cases, patients.
type Alike = ([bool; 3], u64, u64);

/// Agresti 2002 (doi:10.1002/0471249688), section 6.7: given age and length of stay, the odds ratio of cephalexin is infinite,
/// and at least 19 with 95% confidence.
#[test]
fn an_infinite_odds_ratio() {
    let patients: [Alike; 5] = [
        ([false, false, false], 0, 385),
        ([false, false, true], 5, 233),
        ([false, true, false], 3, 789),
        ([false, true, true], 47, 1081),
        ([true, true, true], 5, 5),
    ];
    let twice = |of: &dyn Fn(&Alike) -> bool| {
        patients.iter().chain(&patients).map(|one| Some(of(one))).collect::<Vec<_>>()
    };
    let columns = [
        Column::flag("diarrhoea", &(0..10).map(|row| Some(row < 5)).collect::<Vec<_>>()),
        Column::flag("cephalexin", &twice(&|(values, _, _)| values[0])),
        Column::flag("old", &twice(&|(values, _, _)| values[1])),
        Column::flag("long", &twice(&|(values, _, _)| values[2])),
    ];
    let cases = patients.iter().map(|(_, cases, _)| *cases);
    let n: Vec<u64> = cases.chain(patients.iter().map(|(_, cases, all)| all - cases)).collect();
    let options = "outcome = \"diarrhoea\"\nterms = [\"cephalexin\", \"old\", \"long\"]";
    let results = try_run("farr", "exact_logistic", options, &columns, &n).unwrap();
    let ours = ratio(&results, Model::Multivariable, "cephalexin", Some("yes"));
    let mut printed = Printed::of("exact_logistic", "cephalexin", "Agresti 2002, section 6.7");
    printed.figure("lower limit", limits(ours)[0], "19");
    assert_eq!(limits(ours)[1], None);
    assert!(ours.test.as_ref().unwrap().p_value.unwrap() < 1e-4);
    printed.finish();
}
