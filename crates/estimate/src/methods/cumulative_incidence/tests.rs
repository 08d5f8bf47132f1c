//! Proofs by hand, and what is said where there is nothing to estimate.

use crate::methods::find;
use study::{Column, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results, SourceText, TestName};

/// Patients: time, what ended follow-up (0 nothing, 1 the event, 2 the competing one), group.
fn run(options: &str, patients: &[(f64, u8, u32)], levels: &[&str]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.relapse]\ntime = \"t\"\nevent = \"e\"\n\
         competing = \"c\"\ncompeting_label = \"Death\"\n[endpoints.death]\ntime = \"t\"\nevent = \"d\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"cumulative_incidence\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let flag = |cause: u8| patients.iter().map(|row| Some(row.1 & cause > 0)).collect::<Vec<_>>();
    let table = CountTable::new(
        vec![
            Column::number("relapse.time", patients.iter().map(|row| row.0).collect()),
            Column::flag("relapse.event", &flag(1)),
            Column::category("arm", levels, patients.iter().map(|row| row.2).collect()),
            Column::flag("relapse.competing", &flag(2)),
        ],
        vec![1; patients.len()],
    )
    .unwrap();
    let entry = find(&plan.analyses[0]).unwrap();
    let requests = (entry.requests)(&plan.analyses[0], &plan)?;
    assert!(requests[0].columns.iter().any(|column| column.source.column() == "relapse.competing"));
    (entry.estimate)(&plan.analyses[0], &plan, &[table])
}

fn row<'a>(results: &'a Results, quantity: Quantity, cause: &str, at: Option<f64>) -> &'a Estimate {
    let mut rows = results
        .estimates
        .iter()
        .filter(|row| row.quantity == quantity && row.level.as_deref() == Some(cause) && row.at == at);
    let found = rows.next().unwrap();
    assert!(rows.next().is_none(), "one row is meant");
    found
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() < 1e-14, "{ours} against {exact}");
}

/// An event at 1, a competing one at 2, censored at 3, an event at 4.
const FOUR: [(f64, u8, u32); 4] = [(1.0, 1, 0), (2.0, 2, 0), (3.0, 0, 0), (4.0, 1, 0)];

/// By hand, `cumulative_incidence`: four patients: incidence 3/4 and its variance 23/72.
#[test]
fn incidence_and_variance_by_hand() {
    let options = "endpoint = \"relapse\"\nat = [1, 3, 4, 9]\ninterval = \"plain\"";
    let results = run(options, &FOUR, &["x"]).unwrap();
    let event = |at: f64| row(&results, Quantity::CumulativeIncidence, "event", Some(at));
    close(event(1.0).value, 0.25);
    close(event(1.0).std_error, 0.25);
    close(event(3.0).value, 0.25);
    close(event(4.0).value, 0.75);
    // At 4 the curve has risen by 1/2 since, so that φ = 1/3 of the event at 1, ψ = 1 of the competing one, φ = 1 of the
    // last: 1/16 · 1/9 + 1/16 + 1/4.
    close(event(4.0).std_error, (23.0f64 / 72.0).sqrt());
    // All have had one or the other event or left: nothing more can happen.
    close(event(9.0).value, 0.75);
    let competing = row(&results, Quantity::CumulativeIncidence, "competing", Some(4.0));
    close(competing.value, 0.25);
    assert_eq!((event(3.0).n, event(4.0).n, event(9.0).n), (Some(2), Some(1), Some(0)));
    let limits = event(1.0).interval.unwrap();
    assert_eq!(limits.lower, Some(0.0));
    close(limits.upper, 0.25 * (1.0 + 1.959_963_984_540_054));
    let curve = &results.curves[0];
    assert_eq!((curve.cause.as_deref(), curve.estimate[0]), (Some("event"), 0.0));
    assert_eq!(
        (curve.events.as_slice(), curve.censored.as_slice()),
        (&[0, 1, 0, 0, 1][..], &[0, 0, 0, 1, 0][..])
    );
}

/// By hand, `cumulative_incidence`: Gray’s test of four patients with and without a competing event before.
#[test]
fn grays_test_by_hand() {
    let options = "endpoint = \"relapse\"\nby = \"arm\"";
    let statistic = |patients: &[(f64, u8, u32)]| {
        let results = run(options, patients, &["a", "b"]).unwrap();
        row(&results, Quantity::GlobalTest, "event", None).test.clone().unwrap().statistic
    };
    // One event while two and two are at risk: z = 1/2, V = 2 · 1/8.
    close(statistic(&[(1.0, 1, 0), (2.0, 0, 0), (3.0, 0, 1), (3.0, 0, 1)]), 1.0);
    // One of the second group had the competing event before. He stays at risk in spirit: z = 1/2 still, but his
    // leaving adds (1/4 · 2)² / 4 to V.
    close(statistic(&[(1.0, 1, 0), (2.0, 0, 0), (0.5, 2, 1), (3.0, 0, 1)]), 0.25 / (0.25 + 1.0 / 16.0));
}

#[test]
fn what_is_not_followed_is_withheld() {
    let patients = [(1.0, 1, 0), (2.0, 2, 0), (5.0, 0, 0), (8.0, 0, 1)];
    let results = run("endpoint = \"relapse\"\nby = \"arm\"\nat = [6]", &patients, &["a", "b"]).unwrap();
    let beyond = Notice::BeyondFollowUp { group: Some("a".into()), at: 6.0, last: 5.0 };
    assert_eq!(
        results.notices.iter().filter(|notice| **notice == beyond).count(),
        1,
        "said once for both causes"
    );
    assert!(results.notices.contains(&Notice::NoEvents { group: Some("b".into()) }));
    let rows: Vec<_> =
        results.estimates.iter().filter(|row| row.at == Some(6.0)).map(|row| row.value).collect();
    assert_eq!(rows, [None, Some(0.0), None, Some(0.0)]);
}

#[test]
fn an_endpoint_without_competing_event_and_a_patient_with_both_are_refused() {
    let problem = run("endpoint = \"death\"", &FOUR, &["x"]).unwrap_err();
    assert_eq!(problem.message, "the endpoint `death` names no competing event");
    let problem = run("endpoint = \"relapse\"", &[(1.0, 3, 0)], &["x"]).unwrap_err();
    assert_eq!(problem.message, "a patient has the event and a competing one");
    assert!(run("endpoint = \"relapse\"\nat = [0]", &FOUR, &["x"]).is_err());
}

#[test]
fn what_cannot_be_compared_is_told() {
    let said = |patients: &[(f64, u8, u32)]| -> Vec<String> {
        let results = run("endpoint = \"relapse\"\nby = \"arm\"", patients, &["a", "b"]).unwrap();
        results.notices.iter().map(ToString::to_string).collect()
    };
    let one = said(&FOUR);
    assert_eq!(one, ["No patients in the group “b”.", "arm: one level only, nothing to compare."]);
    let none = said(&[(1.0, 0, 0), (2.0, 0, 1)]);
    assert!(none.iter().any(|text| text.starts_with("Death: nobody has it")), "{none:?}");
    assert!(none.iter().any(|text| text.starts_with("relapse: no test")), "{none:?}");
}

/// By hand, `cumulative_incidence`: incidence of 2/3 against 1/4 at one time: difference, error and test.
#[test]
fn incidence_at_a_time_is_compared() {
    // In a one of four has the event by 2, in b two of three.
    let patients =
        [(1.0, 1, 0), (3.0, 2, 0), (3.0, 0, 0), (4.0, 0, 0), (1.0, 1, 1), (2.0, 1, 1), (5.0, 0, 1)];
    let options = "endpoint = \"relapse\"\nby = \"arm\"\nat = [2]\ntest = false\ndifference = ";
    let results = run(&format!("{options}\"plain\""), &patients, &["a", "b"]).unwrap();
    let found = row(&results, Quantity::IncidenceDifference, "event", Some(2.0));
    assert_eq!((found.group.as_deref(), found.reference.as_deref()), (Some("b"), Some("a")));
    close(found.value, 2.0 / 3.0 - 0.25);
    // In a 1/16; in b the curve has risen by one third since the first, φ = ½ of it: 1/36 + 1/9.
    let variance = 1.0 / 16.0 + 1.0 / 36.0 + 1.0 / 9.0;
    close(found.std_error, f64::sqrt(variance));
    let test = found.test.as_ref().unwrap();
    close(test.statistic, (2.0f64 / 3.0 - 0.25).powi(2) / variance);
    assert_eq!((test.name, &test.df[..]), (TestName::IncidenceAtTime, &[1.0][..]));
    // The other way round nothing changes but the sign.
    let turned = run(&format!("{options}\"plain\"\nreference = \"b\""), &patients, &["a", "b"]).unwrap();
    let turned = row(&turned, Quantity::IncidenceDifference, "event", Some(2.0));
    close(turned.value, 0.25 - 2.0 / 3.0);
    assert_eq!(turned.test, found.test);
    // Of the competing event nobody has had any by then: a difference without a test, and that is said.
    let none = row(&results, Quantity::IncidenceDifference, "competing", Some(2.0));
    assert_eq!((none.value, none.std_error, &none.test), (Some(0.0), None, &None));
    let said: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|text| text.starts_with("“b” and “a” at 2 (competing): no test")), "{said:?}");
    let refused = run("endpoint = \"relapse\"\ndifference = \"log\"\nat = [2]", &patients, &["a", "b"]);
    assert!(refused.unwrap_err().message.contains("no groups"));
}
