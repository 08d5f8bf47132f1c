//! Proofs by hand, and what is refused.

use crate::methods::find;
use study::{Column, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results, SourceText};

/// Patients: time, what ended follow-up (0 nothing, 1 the event, 2 the competing one), a number.
fn run(options: &str, patients: &[(f64, u8, f64)]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.relapse]\ntime = \"t\"\nevent = \"e\"\n\
         competing = \"c\"\n[[analyses]]\nid = \"a\"\nmethod = \"predicted_incidence\"\nendpoint = \"relapse\"\n\
         terms = [\"x\"]\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let mut patients = patients.to_vec();
    patients.sort_by(|a, b| a.0.total_cmp(&b.0));
    let flag = |cause: u8| patients.iter().map(|row| Some(row.1 == cause)).collect::<Vec<_>>();
    let table = CountTable::new(
        vec![
            Column::number("relapse.time", patients.iter().map(|row| row.0).collect()),
            Column::flag("relapse.event", &flag(1)),
            Column::flag("relapse.competing", &flag(2)),
            Column::number("x", patients.iter().map(|row| row.2).collect()),
        ],
        vec![1; patients.len()],
    )
    .unwrap();
    let entry = find(&plan.analyses[0]).unwrap();
    (entry.requests)(&plan.analyses[0], &plan)?;
    (entry.estimate)(&plan.analyses[0], &plan, &[table])
}

const PROFILES: &str = "profiles = [{ label = \"none\", x = 0 }, { label = \"one\", x = 1 }]\n";

fn row<'a>(results: &'a Results, profile: &str, at: f64) -> &'a Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == Quantity::CumulativeIncidence);
    rows.find(|row| row.group.as_deref() == Some(profile) && row.at == Some(at)).unwrap()
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() < 1e-9, "{ours} against {exact}");
}

/// Events at 1 and 2; before them somebody with x = 1 had the competing event.
const THREE: [(f64, u8, f64); 3] = [(1.0, 1, 1.0), (2.0, 1, 0.0), (0.5, 2, 1.0)];

/// By hand, `predicted_incidence`: incidence of two profiles from three patients, with the variance as a sum over them.
#[test]
fn three_patients_by_hand() {
    let results = run(&format!("{PROFILES}at = [0.7, 1, 2]\ninterval = \"plain\""), &THREE).unwrap();
    // The coefficient has e^β = θ = 1/√2, and who had the competing event stays at risk.
    let theta = 0.5f64.sqrt();
    let (s1, s2) = (2.0 * theta + 1.0, theta + 1.0);
    let (h1, h2) = (1.0 / s1, 1.0 / s2);
    close(row(&results, "none", 1.0).value, 1.0 - (-h1).exp());
    close(row(&results, "none", 2.0).value, 1.0 - (-h1 - h2).exp());
    close(row(&results, "one", 2.0).value, 1.0 - (-theta * (h1 + h2)).exp());
    assert_eq!((row(&results, "one", 0.7).value, row(&results, "one", 0.7).interval), (Some(0.0), None));

    // Nobody is censored, so that the weights are known. Each patient's part of the score and of the baseline at 2:
    let (p1, p2) = (2.0 * theta * h1, theta * h2);
    let eta = [
        (1.0 - p1) * (1.0 - theta * h1),
        -p2 + h1 * p1 + h2 * p2,
        -theta * (h1 * (1.0 - p1) + h2 * (1.0 - p2)),
    ];
    let alpha = [h1 - theta * h1 * h1, h2 - h1 * h1 - h2 * h2, -theta * (h1 * h1 + h2 * h2)];
    let information = p1 * (1.0 - p1) + p2 * (1.0 - p2);
    for (profile, x, risk) in [("none", 0.0, 1.0), ("one", 1.0, theta)] {
        let slope = risk * (x * (h1 + h2) - p1 * h1 - p2 * h2);
        let parts = alpha.iter().zip(&eta).map(|(alpha, eta)| risk * alpha + slope * eta / information);
        let variance = parts.map(|part| part * part).sum::<f64>();
        let survival = (-risk * (h1 + h2)).exp();
        // Of so few patients the parts of one profile are all 0; the error is compared as the square that is computed.
        let error = row(&results, profile, 2.0).std_error.unwrap_or(0.0);
        close(Some(error * error), survival * survival * variance);
    }
    let limits = row(&results, "none", 1.0).interval.unwrap();
    let error = row(&results, "none", 1.0).std_error.unwrap();
    close(limits.upper, (1.0 - (-h1).exp() + 1.959963984540054 * error).min(1.0));
}

#[test]
fn the_curve_begins_at_0_and_ends_with_follow_up() {
    let patients = [THREE[0], THREE[1], THREE[2], (3.0, 0, 1.0)];
    let results = run(&format!("{PROFILES}at = [2.5, 4]"), &patients).unwrap();
    let curve = &results.curves[1];
    assert_eq!((curve.group.as_deref(), curve.cause.as_deref()), (Some("one"), Some("event")));
    assert_eq!((&curve.time[..], &curve.at_risk[..]), (&[0.0, 1.0, 2.0, 3.0][..], &[4, 3, 2, 1][..]));
    assert_eq!(curve.estimate[0], 0.0);
    assert_eq!(Some(curve.estimate[2]), row(&results, "one", 2.5).value);
    assert_eq!(curve.estimate[3], curve.estimate[2]);
    assert_eq!(row(&results, "one", 2.5).interval.unwrap().lower, curve.lower[2]);
    assert!(results.notices.contains(&Notice::BeyondFollowUp { group: None, at: 4.0, last: 3.0 }));
    assert_eq!(results.estimates.len(), 2, "nothing at 4");
}

#[test]
fn what_cannot_be_predicted_is_refused_or_said() {
    let refused = |options: &str| run(options, &THREE).unwrap_err().message;
    assert!(refused("profiles = []").contains("nobody is stated"));
    assert!(refused("profiles = [{ label = \"a\" }]").contains("does not say: x"));
    assert!(refused(&format!("{PROFILES}at = [-1]")).contains("time -1"));
    // Only those with x = 1 ever have the event.
    let separated = [(1.0, 1, 1.0), (2.0, 1, 1.0), (3.0, 0, 0.0), (4.0, 0, 0.0)];
    let results = run(PROFILES, &separated).unwrap();
    let said: Vec<String> = results.notices.iter().map(ToString::to_string).collect();
    assert!(results.curves.is_empty());
    assert!(
        said.iter().any(|text| text.contains("subdistribution hazard ratio of the model is infinite")),
        "{said:?}"
    );
}
