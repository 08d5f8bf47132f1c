//! Proofs by hand, and what is said where there is no test.

use super::*;
use crate::methods::find;
use study::{SourceText, Test};

fn dose(score: f64, events: u64, n: u64) -> Dose {
    Dose { score, events, n }
}

fn run(exposure: Column, y: &[u32], n: &[u64], options: &str) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[[analyses]]\nid = \"a\"\nmethod = \"trend\"\n\
         outcome = \"y\"\nexposure = \"x\"\n{options}"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let table =
        CountTable::new(vec![exposure, Column::category("y", &["no", "yes"], y.to_vec())], n.to_vec())
            .unwrap();
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, &[table])
}

fn test(results: &Results) -> &Test {
    results.estimates.iter().find_map(|row| row.test.as_ref()).unwrap()
}

/// By hand, `trend`: 1, 2 and 3 of 4 at three levels have z = √2, whatever the unit of the scores.
#[test]
fn three_levels_by_hand() {
    // 1/4, 2/4, 3/4: Σ s(x − n/2) = −1·(−1)… = 2 with scores −1, 0, 1; variance ¼ · 8 = 2; z = 2/√2.
    let z = cochran_armitage(&[dose(-1.0, 1, 4), dose(0.0, 2, 4), dose(1.0, 3, 4)]).statistic.unwrap();
    assert!((z - 2.0_f64.sqrt()).abs() < 1e-15);
    // Scores that are shifted and stretched give the same, reversed ones the opposite.
    let again = cochran_armitage(&[dose(10.0, 1, 4), dose(15.0, 2, 4), dose(20.0, 3, 4)]).statistic.unwrap();
    assert!((z - again).abs() < 1e-14);
    let turned = cochran_armitage(&[dose(2.0, 1, 4), dose(1.0, 2, 4), dose(0.0, 3, 4)]).statistic.unwrap();
    assert!((z + turned).abs() < 1e-14);
}

/// Identity, `trend`: the trend over two levels is Pearson’s χ² test.
#[test]
fn two_levels_are_pearsons_test() {
    let z = cochran_armitage(&[dose(0.0, 10, 40), dose(1.0, 15, 20)]).statistic.unwrap();
    assert!((z * z - 9.6e6 / 7e5).abs() < 1e-12);
}

/// By hand, `trend`: 1, 2 and 3 of 4 at three levels, counted by the method: z = √2.
#[test]
fn the_method_scores_levels_in_their_order() {
    let x = || Column::category("x", &["low", "mid", "high"], vec![0, 0, 1, 1, 2, 2, MISSING]);
    let (y, n) = ([1, 0, 1, 0, 1, 0, 1], [1, 3, 2, 2, 3, 1, 5]);
    let results = run(x(), &y, &n, "").unwrap();
    assert!((test(&results).statistic.unwrap() - 2.0_f64.sqrt()).abs() < 1e-15);
    let risks: Vec<_> = results.estimates.iter().filter_map(|row| row.value).collect();
    assert_eq!(risks, [0.25, 0.5, 0.75]);
    assert_eq!(results.notices, [Notice::MissingExcluded { variable: "x".into(), n: 5 }]);
    assert_eq!((results.participants.eligible, results.participants.analysed), (17, 12));
    let uneven = run(x(), &y, &n, "scores = [0, 1, 10]").unwrap();
    let exact = cochran_armitage(&[dose(0.0, 1, 4), dose(1.0, 2, 4), dose(10.0, 3, 4)]);
    assert_eq!(test(&uneven).statistic, exact.statistic);
    let number = Column::number("x", vec![0.0, 0.0, 1.0, 1.0, 10.0, 10.0, f64::NAN]);
    assert_eq!(test(&run(number.clone(), &y, &n, "").unwrap()).statistic, exact.statistic);
    for (column, options, message) in [
        (x(), "scores = [0, 1]", "2 scores for 3 levels"),
        (x(), "scores = [0, 1, nan]", "a score must be a finite number"),
        (number, "scores = [0, 1, 2]", "`x` is a number, which is its own score"),
    ] {
        let problem = run(column, &y, &n, options).unwrap_err();
        assert_eq!(problem.message, message);
        assert!(problem.place.is_some());
    }
}

#[test]
fn one_level_or_one_outcome_have_no_test() {
    let x = |codes: [u32; 2]| Column::category("x", &["low", "high"], codes.to_vec());
    let one = run(x([0, 0]), &[0, 1], &[3, 4], "").unwrap();
    assert_eq!(one.notices, [Notice::SingleLevel { variable: "x".into() }]);
    let same = run(x([0, 1]), &[1, 1], &[3, 4], "").unwrap();
    assert_eq!(same.notices, [Notice::OneOutcome { outcome: "y".into(), level: "yes".into() }]);
    let none = run(x([MISSING, MISSING]), &[0, 1], &[3, 4], "").unwrap();
    for results in [one, same, none] {
        assert_eq!(test(&results).p_value, None);
    }
}
