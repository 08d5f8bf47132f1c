//! Cumulative incidence with delayed entry against survfit, through the whole method: counts in, rows out.

mod modelling;
mod oracle;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use study::{Column, ColumnSource, Notice, Quantity, Results};

#[test]
fn late_entries_are_at_risk_after_they_enter() {
    let figures = load("incidence_late");
    let version = figures["versions"]["survival"].as_str().unwrap();
    let cases = figures["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let columns = columns(&case["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        let n = vec![1; columns[0].values.len()];
        let name = case["name"].as_str().unwrap();
        let source = format!("R survival {version}, survfit; variance by Aalen’s formula");
        let mut comparison = Comparison::new("cumulative incidence, delayed entry", name, &source);
        for group in case["groups"].as_array().unwrap() {
            for (cause, times) in ["event", "competing"].iter().zip(group["causes"].as_array().unwrap()) {
                for theirs in times.as_array().unwrap() {
                    let at = &theirs["at"];
                    let options = format!("endpoint = \"os\"\nby = \"group\"\nat = [{at}]");
                    let results = try_run("farr", "cumulative_incidence", &options, &columns, &n).unwrap();
                    let row = results.estimates.iter().find(|row| {
                        row.quantity == Quantity::CumulativeIncidence
                            && row.level.as_deref() == Some(cause)
                            && row.group.as_deref() == group["group"].as_str()
                    });
                    let row = row.unwrap();
                    let what = |figure: &str| format!("{figure} of {cause} at {at} in {}", group["group"]);
                    let figure = |name: &str| theirs[name].as_f64().unwrap();
                    assert_eq!(row.n, theirs["n"].as_u64(), "{}", what("number at risk"));
                    comparison.figure(&what("incidence"), row.value.unwrap(), figure("estimate"));
                    let variance = row.std_error.unwrap_or(0.0).powi(2);
                    comparison.figure(&what("variance"), variance, figure("variance"));
                }
            }
        }
        comparison.finish();
    }
}

/// Patients: entry, time, what ended follow-up (0 nothing, 1 the event, 2 the competing one), group.
fn run(options: &str, patients: &[(f64, f64, u8, u32)]) -> Results {
    let flag = |cause: u8| patients.iter().map(|row| Some(row.2 == cause)).collect::<Vec<_>>();
    let name = |source: fn(String) -> ColumnSource| source("os".into()).column();
    let columns = [
        Column::number(&name(ColumnSource::Time), patients.iter().map(|row| row.1).collect()),
        Column::flag(&name(ColumnSource::Event), &flag(1)),
        Column::flag(&name(ColumnSource::Competing), &flag(2)),
        Column::number(&name(ColumnSource::Entry), patients.iter().map(|row| row.0).collect()),
        Column::category("arm", &["a", "b"], patients.iter().map(|row| row.3).collect()),
    ];
    let options = format!("endpoint = \"os\"\n{options}");
    try_run("farr", "cumulative_incidence", &options, &columns, &vec![1; patients.len()]).unwrap()
}

/// By hand, `cumulative_incidence`: two patients from the start and two who enter at 1½: an event at 1 of two, the
/// competing one at 2 of three, an event at 3 of two.
#[test]
fn incidence_with_late_entries_by_hand() {
    let patients = [(0.0, 1.0, 1, 0), (0.0, 2.0, 2, 0), (1.5, 3.0, 1, 0), (1.5, 4.0, 0, 0)];
    let results = run("at = [1, 2, 3]", &patients);
    let of = |cause: &str| -> Vec<f64> {
        let rows = results.estimates.iter().filter(|row| row.level.as_deref() == Some(cause));
        rows.filter_map(|row| row.value).collect()
    };
    let close = |ours: Vec<f64>, exact: [f64; 3]| {
        assert!(ours.iter().zip(exact).all(|(a, b)| (a - b).abs() < 1e-15), "{ours:?}");
    };
    close(of("event"), [0.5, 0.5, 0.5 + 0.5 * (2.0 / 3.0) * 0.5]);
    close(of("competing"), [0.0, 0.5 / 3.0, 0.5 / 3.0]);
    let risk: Vec<u64> = results.estimates.iter().take(3).filter_map(|row| row.n).collect();
    assert_eq!(risk, [2, 3, 2]);
    let curve = &results.curves[0];
    assert_eq!(
        (curve.time.as_slice(), curve.at_risk.as_slice()),
        (&[0.0, 1.0, 1.5, 2.0, 3.0, 4.0][..], &[2, 2, 1, 3, 2, 1][..])
    );
    assert_eq!(curve.censored, [0, 0, 0, 0, 0, 1]);
    assert!(results.methods_text.iter().any(|text| text.contains("left truncation")));
}

#[test]
fn what_late_entries_do_to_curves_and_tests_is_told() {
    let patients = [(1.0, 2.0, 1, 0), (1.0, 2.0, 2, 0), (3.0, 5.0, 1, 0), (0.0, 6.0, 2, 1), (3.0, 7.0, 1, 1)];
    let results = run("by = \"arm\"\nat = [5]", &patients);
    assert!(!results.estimates.iter().any(|row| row.quantity == Quantity::GlobalTest));
    let told: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    let says = |what: &str| assert_eq!(told.iter().filter(|text| text.contains(what)).count(), 1, "{told:?}");
    says("Gray’s is not defined where patients come under observation late");
    says("At 2.0 the only 2 at risk in the group “a” had an event, before others entered");
    assert!(results.notices.contains(&Notice::LateStart { group: Some("a".into()), at: 1.0 }));
    // Without the late ones the groups are tested.
    let early: Vec<_> = patients.iter().map(|row| (0.0, row.1, row.2, row.3)).collect();
    assert!(run("by = \"arm\"", &early).estimates.iter().any(|row| row.quantity == Quantity::GlobalTest));
}
