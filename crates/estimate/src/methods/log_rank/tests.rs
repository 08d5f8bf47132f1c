//! Proofs by hand, and what is said where there is no test.

use super::{Family, LogRankStatistic};
use crate::life_table::LifeTable;
use crate::methods::find;
use study::{Column, CountTable, Notice, Plan, Quantity, Results, SourceText};

fn life(patients: &[(f64, bool)]) -> LifeTable {
    LifeTable::new(patients.iter().map(|(time, event)| (*time, *event, 1))).unwrap()
}

fn run(groups: &[&[(f64, bool)]]) -> Results {
    let text = "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nevent = \"e\"\n\
                [[analyses]]\nid = \"a\"\nmethod = \"log_rank\"\nendpoint = \"death\"\nby = \"arm\"\n";
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let rows: Vec<(f64, bool, u32)> = groups
        .iter()
        .enumerate()
        .flat_map(|(group, rows)| rows.iter().map(move |(time, event)| (*time, *event, group as u32)))
        .collect();
    let names: Vec<String> = (0..groups.len()).map(|group| group.to_string()).collect();
    let table = CountTable::new(
        vec![
            Column::number("death.time", rows.iter().map(|row| row.0).collect()),
            Column::flag("death.event", &rows.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
            Column::category(
                "arm",
                &names.iter().map(String::as_str).collect::<Vec<_>>(),
                rows.iter().map(|row| row.2).collect(),
            ),
        ],
        vec![1; rows.len()],
    )
    .unwrap();
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, &[table]).unwrap()
}

fn said(results: &Results) -> Vec<String> {
    results.notices.iter().map(ToString::to_string).collect()
}

/// By hand, `log_rank`: four patients: expected 2/4 + 1/3, variance 1/4 + 2/9.
#[test]
fn four_patients_by_hand() {
    // a: event at 1, censored at 3; b: event at 2, event at 4. E_a = 2/4 + 1/3, V = 1/4 + 2/9.
    let statistic = LogRankStatistic::new(
        &[vec![&life(&[(1.0, true), (3.0, false)]), &life(&[(2.0, true), (4.0, true)])]],
        Family::default(),
    );
    assert_eq!(statistic.observed, [1.0, 2.0]);
    assert!((statistic.expected[0] - 5.0 / 6.0).abs() < 1e-15);
    assert!((statistic.expected[1] - 13.0 / 6.0).abs() < 1e-15);
    let test = statistic.test.unwrap();
    let exact = (1.0f64 / 6.0).powi(2) / (17.0 / 36.0);
    assert!((test.statistic.unwrap() - exact).abs() < 1e-15);
}

/// By hand, `log_rank`: two of five with the event at once have the hypergeometric variance.
#[test]
fn ties_have_the_hypergeometric_variance() {
    // Two of five have the event at once, both among a's three: E_a = 6/5, V = 2 · 3/4 · 3/5 · 2/5.
    let a = life(&[(1.0, true), (1.0, true), (2.0, false)]);
    let statistic =
        LogRankStatistic::new(&[vec![&a, &life(&[(2.0, false), (2.0, false)])]], Family::default());
    let test = statistic.test.unwrap();
    assert!((test.statistic.unwrap() - 0.8f64.powi(2) / 0.36).abs() < 1e-14);
}

#[test]
fn groups_never_at_risk_at_an_event_do_not_count() {
    let results = run(&[&[(1.0, false)], &[(2.0, true), (5.0, true)], &[(3.0, true), (4.0, false)], &[]]);
    let test = results.estimates.iter().find_map(|row| row.test.clone()).unwrap();
    assert_eq!(test.df, [1.0]);
    assert_eq!(
        said(&results),
        [
            "No events in the group “0”.",
            "No patients in the group “3”.",
            "The group “0” was followed up to no event and is not in the log-rank test."
        ]
    );
    let rows = results.estimates.iter().filter(|row| row.quantity == Quantity::Expected);
    let expected: f64 = rows.filter_map(|row| row.value).sum();
    assert!((expected - 3.0).abs() < 1e-14);
}

#[test]
fn without_two_groups_or_events_there_is_no_test() {
    let one = run(&[&[(1.0, true), (2.0, true)], &[]]);
    assert_eq!(said(&one)[0], "No patients in the group “1”.");
    assert_eq!(one.notices[1..], [Notice::SingleLevel { variable: "arm".into() }]);
    let quiet = run(&[&[(1.0, false)], &[(2.0, false)]]);
    assert!(quiet.notices.contains(&Notice::NoEvents { group: None }));
    let late = run(&[&[(1.0, false)], &[(2.0, true)]]);
    assert_eq!(
        said(&late).last().unwrap(),
        "arm: no log-rank test, since no event happened while two groups were at risk."
    );
    for results in [one, quiet, late] {
        assert!(results.estimates.iter().all(|row| row.test.is_none()));
    }
}
