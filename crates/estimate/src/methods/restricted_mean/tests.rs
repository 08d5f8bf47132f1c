//! Proofs by hand, and what is said where there is nothing to estimate.

use crate::methods::find;
use study::{Column, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results, SourceText};

fn run(options: &str, patients: &[(f64, bool, u32)], levels: &[&str]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"restricted_mean\"\nendpoint = \"death\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let table = CountTable::new(
        vec![
            Column::number("death.time", patients.iter().map(|row| row.0).collect()),
            Column::flag("death.event", &patients.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
            Column::category("arm", levels, patients.iter().map(|row| row.2).collect()),
        ],
        vec![1; patients.len()],
    )
    .unwrap();
    let entry = find(&plan.analyses[0]).unwrap();
    (entry.requests)(&plan.analyses[0], &plan)?;
    (entry.estimate)(&plan.analyses[0], &plan, &[table])
}

fn row<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>) -> &'a Estimate {
    let mut rows =
        results.estimates.iter().filter(|row| row.quantity == quantity && row.group.as_deref() == group);
    let found = rows.next().unwrap();
    assert!(rows.next().is_none(), "one row is meant");
    found
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() < 1e-12, "{ours} against {exact}");
}

/// Four patients: events at 1 and 3, censored at 2 and 5. The curve is 1, then 3/4 from 1, then 3/8 from 3.
const FOUR: [(f64, bool, u32); 4] = [(1.0, true, 0), (2.0, false, 0), (3.0, true, 0), (5.0, false, 0)];

/// By hand, `restricted_mean`: the area 23/8 under the curve of four patients and its variance 279/768.
#[test]
fn area_and_variance_by_hand() {
    // Up to 4: 1 + 2 × 3/4 + 1 × 3/8 = 23/8. Still to come after 1: 15/8, after 3: 3/8.
    // Variance: (15/8)² / (4 × 3) + (3/8)² / (2 × 1) = 225/768 + 9/128 = 279/768.
    let results = run("horizon = 4", &FOUR, &["x"]).unwrap();
    let found = row(&results, Quantity::RestrictedMean, None);
    close(found.value, 23.0 / 8.0);
    close(found.std_error, (279.0f64 / 768.0).sqrt());
    assert_eq!((found.at, found.n), (Some(4.0), Some(1)));
    // No more than all of the time up to the horizon can be lived.
    assert_eq!(found.interval.unwrap().upper, Some(4.0));
    close(found.interval.unwrap().lower, 23.0 / 8.0 - 1.959_963_984_540_054 * (279.0f64 / 768.0).sqrt());
}

/// By hand, `restricted_mean`: an event at the horizon has no area after it and adds nothing to the variance.
#[test]
fn an_event_at_the_horizon_changes_nothing() {
    let results = run("horizon = 3", &FOUR, &["x"]).unwrap();
    let found = row(&results, Quantity::RestrictedMean, None);
    close(found.value, 2.5);
    // Only the event at 1 has area after it: 2 × 3/4.
    close(found.std_error, (2.25f64 / 12.0).sqrt());
}

/// Identity, `restricted_mean`: without censoring it is the mean of the times cut at the horizon, with their variance.
#[test]
fn without_censoring_it_is_the_mean_of_the_shortened_times() {
    let patients: Vec<_> = [1.0, 2.0, 4.0, 9.0].map(|time| (time, true, 0)).to_vec();
    // Beyond the last event the curve is 0 and the mean is the plain one; its variance divides by n.
    for (horizon, times) in [(5, [1.0, 2.0, 4.0, 5.0]), (20, [1.0, 2.0, 4.0, 9.0])] {
        let results = run(&format!("horizon = {horizon}"), &patients, &["x"]).unwrap();
        let found = row(&results, Quantity::RestrictedMean, None);
        let mean = times.iter().sum::<f64>() / 4.0;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / 4.0;
        close(found.value, mean);
        close(found.std_error, (variance / 4.0).sqrt());
    }
}

/// The four, and the same four with times doubled.
fn two_groups() -> Vec<(f64, bool, u32)> {
    FOUR.into_iter().chain(FOUR.map(|(time, event, _)| (2.0 * time, event, 1))).collect()
}

/// By hand, `restricted_mean`: difference 5/8 and ratio 28/23 of two groups of four, with their errors and the test.
#[test]
fn difference_and_ratio_by_hand() {
    // Up to 4 in group b: 1 until 2, 3/4 until 4, so 7/2; variance (3/2)² / 12 = 3/16.
    let results = run("horizon = 4\nby = \"arm\"", &two_groups(), &["a", "b"]).unwrap();
    let difference = row(&results, Quantity::RestrictedMeanDifference, Some("b"));
    assert_eq!(difference.reference.as_deref(), Some("a"));
    close(difference.value, 5.0 / 8.0);
    let variance = 279.0 / 768.0 + 3.0 / 16.0;
    close(difference.std_error, f64::sqrt(variance));
    close(difference.test.as_ref().unwrap().statistic, 25.0 / 64.0 / variance);
    let ratio = row(&results, Quantity::RestrictedMeanRatio, Some("b"));
    close(ratio.value, 28.0 / 23.0);
    let error = (279.0 / 768.0 * 64.0 / 529.0 + 3.0 / 16.0 * 4.0 / 49.0f64).sqrt();
    close(ratio.std_error, error);
    close(ratio.interval.unwrap().lower, 28.0 / 23.0 * (-1.959_963_984_540_054 * error).exp());
    assert!(!results.estimates.iter().any(|row| row.quantity == Quantity::GlobalTest));
}

#[test]
fn the_reference_may_be_chosen_and_turns_the_difference() {
    let results = run("horizon = 4\nby = \"arm\"\nreference = \"b\"", &two_groups(), &["a", "b"]).unwrap();
    close(row(&results, Quantity::RestrictedMeanDifference, Some("a")).value, -5.0 / 8.0);
    let problem =
        run("horizon = 4\nby = \"arm\"\nreference = \"c\"", &two_groups(), &["a", "b"]).unwrap_err();
    assert_eq!(problem.message, "`arm` has no level `c`");
    let problem = run("horizon = 4\nreference = \"b\"", &FOUR, &["a"]).unwrap_err();
    assert!(problem.message.contains("no groups are compared"), "{problem}");
}

/// By hand, `restricted_mean`: the test of three groups, two of them alike, is that of their common mean against the
/// third.
#[test]
fn three_groups_are_also_compared_together() {
    let mut patients = two_groups();
    patients.extend(FOUR.map(|(time, event, _)| (time, event, 2)));
    let results = run("horizon = 4\nby = \"arm\"", &patients, &["a", "b", "c"]).unwrap();
    let test = row(&results, Quantity::GlobalTest, None).test.clone().unwrap();
    assert_eq!(test.df, [2.0]);
    // Two groups are alike: their common mean has half their variance, against the third.
    close(test.statistic, 25.0 / 64.0 / (279.0 / 1536.0 + 3.0 / 16.0));
}

#[test]
fn nothing_is_extrapolated() {
    let results = run("horizon = 7\nby = \"arm\"\noverall = true", &two_groups(), &["a", "b"]).unwrap();
    assert_eq!(
        results.notices,
        [Notice::BeyondFollowUp { group: Some("a".into()), at: 7.0, last: 5.0 }],
        "group b and all patients are followed until 10"
    );
    assert_eq!(row(&results, Quantity::RestrictedMean, Some("a")).value, None);
    assert!(row(&results, Quantity::RestrictedMean, Some("b")).value.is_some());
    assert!(row(&results, Quantity::RestrictedMean, None).value.is_some());
    let difference = row(&results, Quantity::RestrictedMeanDifference, Some("b"));
    assert_eq!((difference.value, &difference.test), (None, &None));
}

/// A mean without a standard error, and a difference or ratio that is withheld, say why.
#[test]
fn means_without_an_error_say_why() {
    let patients = [(0.0, true, 0), (0.0, true, 0), (3.0, true, 1), (5.0, true, 1)];
    let results = run("horizon = 2\nby = \"arm\"", &patients, &["a", "b"]).unwrap();
    assert_eq!(row(&results, Quantity::RestrictedMean, Some("b")).value, Some(2.0));
    assert_eq!(row(&results, Quantity::RestrictedMeanRatio, Some("b")).value, None);
    let said: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "All have the event at time 0 in the group “a”: their mean of 0 has no standard error, and no ratio of means is \
             made.",
            "No event before the horizon of 2 in the group “b”: the mean has no standard error."
        ]
    );
}

#[test]
fn impossible_horizons_are_refused() {
    for horizon in ["0", "-1", "inf", "nan"] {
        assert!(run(&format!("horizon = {horizon}"), &FOUR, &["x"]).is_err());
    }
}

#[test]
fn groups_without_events_or_patients_are_told() {
    let patients = [(5.0, false, 0), (6.0, false, 0), (1.0, true, 1), (5.0, false, 1)];
    let results = run("horizon = 4\nby = \"arm\"", &patients, &["a", "b", "c"]).unwrap();
    assert!(results.notices.contains(&Notice::NoEvents { group: Some("a".into()) }));
    let found = row(&results, Quantity::RestrictedMean, Some("a"));
    assert_eq!((found.value, found.std_error, found.interval), (Some(4.0), None, None));
    assert_eq!(row(&results, Quantity::RestrictedMean, Some("c")).value, None);
    assert!(results.notices.iter().any(|notice| notice.to_string().contains("No patients in the group “c”")));
}
