//! Proofs by hand, and what is refused.

use crate::methods::find;
use study::{Column, CountTable, Estimate, Plan, Problem, Quantity, Results, SourceText};

/// Patients: time, what ended follow-up (0 nothing, 1 the event, 2 the competing one), a number.
fn run(options: &str, patients: &[(f64, u8, f64)]) -> Result<Results, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.relapse]\ntime = \"t\"\nevent = \"e\"\n\
         competing = \"c\"\n[endpoints.death]\ntime = \"t\"\nevent = \"d\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"fine_gray\"\nterms = [\"x\"]\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    let flag = |cause: u8| patients.iter().map(|row| Some(row.1 & cause > 0)).collect::<Vec<_>>();
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
    let requests = (entry.requests)(&plan.analyses[0], &plan)?;
    assert_eq!(requests[0].columns[0].source.column(), "relapse.time");
    (entry.estimate)(&plan.analyses[0], &plan, &[table])
}

fn ratio(results: &Results) -> &Estimate {
    let mut rows = results.estimates.iter();
    rows.find(|row| row.quantity == Quantity::SubdistributionHazardRatio).unwrap()
}

fn close(ours: Option<f64>, exact: f64) {
    let ours = ours.unwrap();
    assert!((ours - exact).abs() < 1e-9, "{ours} against {exact}");
}

/// Events at 1 and 2; before them somebody with x = 1 had the competing event.
const THREE: [(f64, u8, f64); 3] = [(1.0, 1, 1.0), (2.0, 1, 0.0), (0.5, 2, 1.0)];

/// By hand, `fine_gray`: three patients without censoring: ratio 1/√2, with the robust variance.
#[test]
fn who_had_the_competing_event_stays_at_risk() {
    // θ/(2θ + 1) · 1/(θ + 1) is largest at θ = 1/√2. Without him it would grow for ever.
    let results = run("endpoint = \"relapse\"", &THREE).unwrap();
    let found = ratio(&results);
    close(found.value, 0.5f64.sqrt());
    assert_eq!((found.n, found.of), (Some(2), Some(3)));

    // Nobody is censored: the variance is Σ η² / I², η being the parts of the score.
    let theta = 0.5f64.sqrt();
    let (h1, h2) = (1.0 / (2.0 * theta + 1.0), 1.0 / (theta + 1.0));
    let (p1, p2) = (2.0 * theta * h1, theta * h2);
    let eta = [
        (1.0 - p1) * (1.0 - theta * h1),
        -p2 + h1 * p1 + h2 * p2,
        -theta * (h1 * (1.0 - p1) + h2 * (1.0 - p2)),
    ];
    let information = p1 * (1.0 - p1) + p2 * (1.0 - p2);
    let meat: f64 = eta.iter().map(|eta| eta * eta).sum();
    close(found.std_error, meat.sqrt() / information);
    close(found.test.as_ref().unwrap().statistic, (theta.ln() * information).powi(2) / meat);
}

/// By hand, `fine_gray`: four patients, one censored before, at or after the competing event: ratios √2, √(16/21) and
/// 1/√2.
#[test]
fn his_weight_falls_with_the_chance_of_still_being_followed() {
    // One of two is censored at 3/2: at 2 he counts one half. θ/(2θ + 2) · 1/(1 + θ/2) is largest at √2.
    let patients = [THREE[0], THREE[1], THREE[2], (1.5, 0, 0.0)];
    close(ratio(&run("endpoint = \"relapse\"", &patients).unwrap()).value, 2.0f64.sqrt());
    // A censoring at the time of his event came after it: he bears it. One before it he does not.
    let late = [THREE[0], THREE[1], THREE[2], (0.5, 0, 0.0)];
    // G(1/2−) = 1 and G = 3/4 from then on: θ/(θ + 1 + ¾θ) · 1/(1 + ¾θ).
    let theta = (16.0f64 / 21.0).sqrt();
    close(ratio(&run("endpoint = \"relapse\"", &late).unwrap()).value, theta);
    let early = [THREE[0], THREE[1], THREE[2], (0.25, 0, 0.0)];
    close(ratio(&run("endpoint = \"relapse\"", &early).unwrap()).value, 0.5f64.sqrt());
}

#[test]
fn a_weighted_likelihood_makes_no_test() {
    let results = run("endpoint = \"relapse\"\nunivariable = true", &THREE).unwrap();
    assert!(!results.estimates.iter().any(|row| row.quantity == Quantity::Aic));
    let names: Vec<_> =
        results.estimates.iter().filter_map(|row| row.test.as_ref()).map(|test| test.name).collect();
    assert!(names.iter().all(|name| *name == study::TestName::Wald), "{names:?}");
}

#[test]
fn what_cannot_be_modelled_is_refused_or_told() {
    let problem = run("endpoint = \"death\"", &THREE).unwrap_err();
    assert_eq!(problem.message, "the endpoint `death` names no competing event");
    assert!(run("endpoint = \"relapse\"", &[(1.0, 3, 0.0)]).is_err());
    let told = run("endpoint = \"relapse\"", &[(1.0, 2, 0.0), (2.0, 0, 1.0)]).unwrap();
    assert_eq!(told.notices, [study::Notice::NoEvents { group: None }]);
    assert_eq!(ratio(&told).value, None);
}

#[test]
fn a_competing_event_that_nobody_has_is_told() {
    let said = |patients: &[(f64, u8, f64)]| {
        let results = run("endpoint = \"relapse\"", patients).unwrap();
        results.notices.iter().any(|notice| notice.to_string().contains("nobody has it"))
    };
    let without = [(1.0, 1, 1.0), (2.0, 1, 0.0), (3.0, 0, 1.0), (4.0, 1, 1.0)];
    let with = [(1.0, 1, 1.0), (2.0, 2, 0.0), (3.0, 0, 1.0), (4.0, 1, 1.0)];
    assert_eq!((said(&without), said(&with)), (true, false));
}

#[test]
fn an_infinite_ratio_is_named() {
    let patients = [(1.0, 1, 1.0), (2.0, 1, 1.0), (3.0, 0, 0.0), (1.5, 2, 0.0)];
    let results = run("endpoint = \"relapse\"", &patients).unwrap();
    assert_eq!(ratio(&results).value, None);
    assert!(results.notices.iter().any(|notice| matches!(notice, study::Notice::Separation { .. })));
}

fn change(results: &Results) -> &study::Test {
    let row = results.estimates.iter().find(|row| row.quantity == Quantity::ProportionalHazards);
    row.unwrap().test.as_ref().unwrap()
}

/// By hand, `fine_gray`: the test of a change with time of three patients without censoring.
#[test]
fn a_ratio_that_changes_with_time_is_tested_with_the_robust_variance() {
    let results = run("endpoint = \"relapse\"\nproportionality = \"identity\"", &THREE).unwrap();
    // The times of the two events less their mean are −1 and 1, but for a factor.
    let (theta, g) = (0.5f64.sqrt(), [-1.0, 1.0]);
    let h = [1.0 / (2.0 * theta + 1.0), 1.0 / (theta + 1.0)];
    let p = [2.0 * theta * h[0], theta * h[1]];
    let eta = |g: [f64; 2]| {
        [
            g[0] * (1.0 - p[0]) * (1.0 - theta * h[0]),
            -g[1] * p[1] + g[0] * h[0] * p[0] + g[1] * h[1] * p[1],
            -theta * (g[0] * h[0] * (1.0 - p[0]) + g[1] * h[1] * (1.0 - p[1])),
        ]
    };
    let information = |g: [f64; 2]| g[0] * p[0] * (1.0 - p[0]) + g[1] * p[1] * (1.0 - p[1]);
    let moved = information(g) / information([1.0, 1.0]);
    let parts = eta(g).into_iter().zip(eta([1.0, 1.0])).map(|(changing, own)| changing - moved * own);
    let variance: f64 = parts.map(|part| part * part).sum();
    let score = g[0] * (1.0 - p[0]) - g[1] * p[1];
    let test = change(&results);
    close(test.statistic, score * score / variance);
    assert_eq!(test.df, [1.0]);
}

#[test]
fn a_change_that_cannot_be_tested_is_refused_or_told() {
    let log = "endpoint = \"relapse\"\nproportionality = \"log\"";
    let at_once = [(0.0, 1, 1.0), (2.0, 1, 0.0), (3.0, 1, 1.0), (4.0, 2, 0.0)];
    let problem = run(log, &at_once).unwrap_err();
    assert_eq!(problem.message, "an event happens at time 0, which has no logarithm");
    assert!(problem.help.unwrap().contains("`incidence`"));
    // Somebody who leaves at 0 without the event is in no logarithm.
    let beside = [(0.0, 2, 1.0), (2.0, 1, 0.0), (3.0, 1, 1.0), (4.0, 1, 0.0)];
    assert!(change(&run(log, &beside).unwrap()).statistic.is_some());
    let alone = format!("{log}\nunivariable = true\nmultivariable = false");
    assert_eq!(run(&alone, &beside).unwrap_err().message, "there is no multivariable model to be examined");
    let says = |patients: &[(f64, u8, f64)], what: &str| {
        let results = run(log, patients).unwrap();
        assert!(results.notices.iter().any(|notice| notice.to_string().contains(what)), "{what}");
        results
    };
    let tied = [(1.0, 1, 1.0), (1.0, 1, 0.0), (2.0, 0, 0.0), (0.5, 2, 1.0)];
    assert_eq!(change(&says(&tied, "at too few times")).statistic, None);
    let infinite = [(1.0, 1, 1.0), (2.0, 1, 1.0), (3.0, 0, 0.0), (1.5, 2, 0.0)];
    let told = says(&infinite, "cannot be tested, since not all of them are finite");
    assert!(!told.estimates.iter().any(|row| row.quantity == Quantity::ProportionalHazards));
}
