//! Proofs by hand, and what is refused or said.

use crate::methods::find;
use study::{
    Column, CountTable, CurveMeasure, Estimate, Notice, Plan, Problem, Quantity, Results, SourceText,
};

/// Patients: entry, time, whether the event happened, weight, how many.
type Patient = (f64, f64, bool, f64, u64);

fn try_run(entry: bool, options: &str, patients: &[Patient]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.relapse]\ntime = \"t\"\nevent = \"e\"\n\
         unit = \"weeks\"\n{}[[analyses]]\nid = \"a\"\nmethod = \"cumulative_hazard\"\nendpoint = \"relapse\"\n{options}\n",
        if entry { "entry = \"s\"\n" } else { "" }
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let mut columns = vec![
        Column::number("relapse.time", patients.iter().map(|row| row.1).collect()),
        Column::flag("relapse.event", &patients.iter().map(|row| Some(row.2)).collect::<Vec<_>>()),
        Column::number("weight", patients.iter().map(|row| row.3).collect()),
    ];
    if entry {
        columns.push(Column::number("relapse.entry", patients.iter().map(|row| row.0).collect()));
    }
    let table = CountTable::new(columns, patients.iter().map(|row| row.4).collect()).unwrap();
    let found = find(&plan.analyses[0]).unwrap();
    (found.requests)(&plan.analyses[0], &plan)?;
    (found.estimate)(&plan.analyses[0], &plan, &[table])
}

fn run(options: &str, patients: &[(f64, bool, u64)]) -> Results {
    let patients: Vec<Patient> =
        patients.iter().map(|(time, event, n)| (0.0, *time, *event, 1.0, *n)).collect();
    try_run(false, options, &patients).unwrap()
}

fn at(results: &Results, at: f64) -> &Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == Quantity::CumulativeHazard);
    rows.find(|row| row.at == Some(at)).unwrap()
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() <= 1e-15 * exact.abs().max(1.0), "{ours:e} is not {exact:e}");
}

/// Three of five have the event at 1, one of the last two at 2.
const FIVE: [(f64, bool, u64); 3] = [(1.0, true, 3), (2.0, true, 1), (3.0, false, 1)];

/// By hand, `cumulative_hazard`: five patients: 3/5 + 1/2, with Aalen’s and Greenwood’s variances and limits on two
/// scales.
#[test]
fn sums_of_shares_and_their_variances() {
    let results = run("at = [0.5, 1, 2]", &FIVE);
    assert_eq!(at(&results, 0.5).value, Some(0.0));
    assert_eq!(
        (at(&results, 0.5).std_error, at(&results, 0.5).interval),
        (None, None),
        "before the first event"
    );
    close(at(&results, 2.0).value, 0.6 + 0.5);
    close(at(&results, 2.0).std_error, (3.0f64 / 25.0 + 0.25).sqrt());
    assert_eq!(at(&results, 2.0).n, Some(2));
    let limits = at(&results, 2.0).interval.unwrap();
    let factor = (1.959963984540054 * (3.0f64 / 25.0 + 0.25).sqrt() / 1.1).exp();
    assert!((limits.lower.unwrap() - 1.1 / factor).abs() < 1e-14);
    assert!((limits.upper.unwrap() - 1.1 * factor).abs() < 1e-13);

    let greenwood = run("at = [2]\nvariance = \"greenwood\"\ninterval = \"plain\"", &FIVE);
    let variance = 3.0f64 * 2.0 / 125.0 + 1.0 / 8.0;
    close(at(&greenwood, 2.0).std_error, variance.sqrt());
    let limits = at(&greenwood, 2.0).interval.unwrap();
    close(limits.upper, 1.1 + 1.959963984540054 * variance.sqrt());
}

/// By hand, `cumulative_hazard`: three tied events taken one after the other: 1/5 + 1/4 + 1/3.
#[test]
fn tied_events_one_after_the_other() {
    let results = run("at = [2]\nties = \"fleming_harrington\"", &FIVE);
    close(at(&results, 2.0).value, 1.0 / 5.0 + 1.0 / 4.0 + 1.0 / 3.0 + 1.0 / 2.0);
    close(at(&results, 2.0).std_error, (1.0f64 / 25.0 + 1.0 / 16.0 + 1.0 / 9.0 + 0.25).sqrt());
    let results = run("at = [2]\nties = \"fleming_harrington\"\nvariance = \"greenwood\"", &FIVE);
    let variance = 4.0 / 125.0 + 3.0 / 64.0 + 2.0 / 27.0 + 1.0 / 8.0;
    close(at(&results, 2.0).std_error, f64::sqrt(variance));
}

#[test]
fn the_curve_rises_from_0_to_the_last_follow_up() {
    let results = run("", &FIVE);
    let curve = &results.curves[0];
    assert_eq!(curve.measure, CurveMeasure::CumulativeHazard);
    assert_eq!((&curve.time[..], &curve.at_risk[..]), (&[0.0, 1.0, 2.0, 3.0][..], &[5, 5, 2, 1][..]));
    assert_eq!((&curve.events[..], &curve.censored[..]), (&[0, 3, 1, 0][..], &[0, 0, 0, 1][..]));
    assert_eq!(curve.estimate, [0.0, 0.6, 1.1, 1.1]);
    assert_eq!(curve.lower[0], None);
    assert!(curve.weighted_at_risk.is_empty());
    assert!(run("at = [4]", &FIVE).notices.contains(&Notice::BeyondFollowUp {
        group: None,
        at: 4.0,
        last: 3.0
    }));
}

/// Identity, `cumulative_hazard`: splitting a counted row changes nothing, and equal weights leave the estimate.
#[test]
fn splitting_a_row_changes_nothing_and_weights_of_one_are_no_weights() {
    let whole = run("at = [2]\nties = \"fleming_harrington\"", &FIVE);
    let split = [(1.0, true, 1), (1.0, true, 2), (2.0, true, 1), (3.0, false, 1)];
    assert_eq!(run("at = [2]\nties = \"fleming_harrington\"", &split).estimates, whole.estimates);
    let weighted: Vec<Patient> = FIVE.iter().map(|row| (0.0, row.0, row.1, 2.0, row.2)).collect();
    let options = "at = [2]\nweights = \"weight\"\nweight_kind = ";
    let frequency = try_run(false, &format!("{options}\"frequency\""), &weighted).unwrap();
    close(at(&frequency, 2.0).value, 1.1);
    close(at(&frequency, 2.0).std_error, (3.0f64 / 50.0 + 0.125).sqrt());
    let sampled = try_run(false, &format!("{options}\"sampling\""), &weighted).unwrap();
    close(at(&sampled, 2.0).value, 1.1);
    // Each of the five by hand: at 1 the dying add 2/25, the others −3/25; at 2 the one that dies ¼ more, the other ¼ less.
    let variance = 3.0 * (2.0f64 / 25.0).powi(2) + (0.25f64 - 0.12).powi(2) + (0.12f64 + 0.25).powi(2);
    close(at(&sampled, 2.0).std_error, variance.sqrt());
    assert_eq!(sampled.curves[0].weighted_at_risk, [10.0, 10.0, 4.0, 2.0]);
    let refused = try_run(false, &format!("{options}\"sampling\"\nvariance = \"aalen\""), &weighted);
    assert!(refused.unwrap_err().message.contains("robust"));
}

/// By hand, `cumulative_hazard`: three patients of whom two enter late: 1 + 1/2.
#[test]
fn late_entries_are_at_risk_when_they_have_entered() {
    // At 2 the only one at risk has the event; two enter at 3.
    let patients = [(1.0, 2.0, true, 1.0, 1), (3.0, 5.0, true, 1.0, 1), (3.0, 6.0, false, 1.0, 1)];
    let results = try_run(true, "at = [5]", &patients).unwrap();
    close(at(&results, 5.0).value, 1.0 + 0.5);
    assert_eq!(results.curves[0].time[0], 1.0);
    let said: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|text| text.contains("the hazard there rests on them")), "{said:?}");
    assert!(!said.iter().any(|text| text.contains("survival is 0")), "{said:?}");
}

#[test]
fn nobody_and_no_event_are_said() {
    let results = run("at = [1]", &[(2.0, false, 3)]);
    assert_eq!(at(&results, 1.0).value, Some(0.0));
    assert!(results.notices.contains(&Notice::NoEvents { group: None }));
    let empty = run("at = [1]", &[]);
    assert_eq!((at(&empty, 1.0).value, empty.curves.len()), (None, 0));
}
