//! What follows a Cox model, by hand and by identities.

mod modelling;

use modelling::{close, endpoint, run, try_run};
use study::{Column, Estimate, Notice, Quantity, ResidualKind, ResidualUnit, Results};

/// Six patients whose estimates have closed forms: Therneau & Grambsch 2000, *Modeling Survival Data*, appendix E.
fn six_patients() -> Vec<Column> {
    let times = [9.0, 1.0, 1.0, 6.0, 6.0, 8.0];
    let [time, event] = endpoint(&times, &[true, true, false, true, true, false]);
    vec![time, event, Column::number("x", vec![0.0, 1.0, 1.0, 1.0, 0.0, 0.0])]
}

const BRESLOW: &str = "endpoint = \"os\"\nterms = [\"x\"]\nties = \"breslow\"\n";

fn column(results: &Results, kind: ResidualKind, term: Option<&str>) -> Vec<(f64, bool, f64)> {
    let rows = results.residuals.iter().find(|rows| rows.unit == ResidualUnit::CountedRow).unwrap();
    let values = rows.column(kind, term, None).unwrap();
    (0..values.len()).map(|row| (rows.time[row], rows.event[row], values[row].unwrap())).collect()
}

fn rows(results: &Results, quantity: Quantity) -> Vec<&Estimate> {
    results.estimates.iter().filter(|row| row.quantity == quantity).collect()
}

/// By hand, `cox_residuals`: the martingale residuals of six patients from the baseline hazard 1/(3r + 3), 2/(r + 3),
/// 1.
#[test]
fn martingale_residuals_of_six_patients() {
    let r = 0.5 * (3.0 + 33f64.sqrt());
    // Λ₀ after 1, 6 and 9: 1/(3r + 3), + 2/(r + 3), + 1.
    let (first, second) = (1.0 / (3.0 * r + 3.0), 2.0 / (r + 3.0));
    let results = run("cox_residuals", BRESLOW, &six_patients());
    let mut found: Vec<f64> =
        column(&results, ResidualKind::Martingale, None).iter().map(|(_, _, value)| *value).collect();
    let mut exact = vec![
        1.0 - r * first,
        -r * first,
        1.0 - r * (first + second),
        1.0 - first - second,
        -first - second,
        1.0 - (first + second + 1.0),
    ];
    found.sort_by(f64::total_cmp);
    exact.sort_by(f64::total_cmp);
    for (found, exact) in found.iter().zip(&exact) {
        assert!((found - exact).abs() < 1e-12, "{found} {exact}");
    }
    assert!(found.iter().sum::<f64>().abs() < 1e-12);
    for kind in [ResidualKind::Score, ResidualKind::Dfbeta] {
        let sum: f64 = column(&results, kind, Some("x")).iter().map(|(_, _, value)| value).sum();
        assert!(sum.abs() < 1e-12, "{kind:?} {sum}");
    }
}

/// By hand, `predicted_survival`: survival of two profiles from the baseline hazard of six patients.
#[test]
fn predicted_survival_of_six_patients() {
    let r = 0.5 * (3.0 + 33f64.sqrt());
    let (first, second) = (1.0 / (3.0 * r + 3.0), 2.0 / (r + 3.0));
    let options = format!(
        "{BRESLOW}at = [1, 6]\nprofiles = [{{ label = \"one\", x = 1 }}, {{ label = \"none\", x = 0 }}]"
    );
    let results = run("predicted_survival", &options, &six_patients());
    let survival: Vec<f64> =
        rows(&results, Quantity::Survival).iter().map(|row| row.value.unwrap()).collect();
    let exact = [-r * first, -r * (first + second), -first, -first - second].map(f64::exp);
    for (found, exact) in survival.iter().zip(exact) {
        close(*found, exact, 1e-12);
    }
}

/// By hand, `concordance`: nine comparable pairs of six patients: 5 agree and 4 tie; the score turned round gives 1 −
/// C.
#[test]
fn concordance_of_six_patients() {
    // Earlier event and who outlives it: 1 (x = 1) with 5 others, of them x = 1 twice: 3 concordant, 2 tied; 6 (x = 1) with
    // x = 0 twice: 2 concordant; 6 (x = 0) with x = 0 twice: 2 tied; 9 with nobody.
    let results = run("concordance", "endpoint = \"os\"\nscore = \"x\"", &six_patients());
    let [row] = rows(&results, Quantity::Concordance)[..] else { panic!("{results:?}") };
    close(row.value.unwrap(), (5.0 + 0.5 * 4.0) / 9.0, 1e-14);
    let mut columns = six_patients();
    columns[2] = Column::number("x", vec![0.0, -1.0, -1.0, -1.0, 0.0, 0.0]);
    let turned = run("concordance", "endpoint = \"os\"\nscore = \"x\"", &columns);
    let [other] = rows(&turned, Quantity::Concordance)[..] else { panic!("{turned:?}") };
    close(other.value.unwrap(), 1.0 - row.value.unwrap(), 1e-14);
    close(other.std_error.unwrap(), row.std_error.unwrap(), 1e-12);
}

/// Identity, `proportional_hazards`, `concordance`, `predicted_survival`, `cox_residuals`: splitting counted rows
/// changes nothing.
#[test]
fn splitting_a_counted_row_and_units_change_nothing() {
    let times: Vec<f64> = (0..24).map(|i| f64::from(i * 7 % 12)).collect();
    let events: Vec<bool> = (0..24).map(|i| i % 3 != 1).collect();
    let x: Vec<f64> = (0..24).map(|i| f64::from(i * 5 % 11)).collect();
    let columns = |times: &[f64], events: &[bool], x: Vec<f64>| {
        let [time, event] = endpoint(times, events);
        vec![time, event, Column::number("x", x)]
    };
    let own = columns(&times, &events, x.clone());
    let repeated = columns(&times.repeat(2), &events.repeat(2), x.repeat(2));
    for (method, options) in [
        ("proportional_hazards", "endpoint = \"os\"\nterms = [\"x\"]"),
        ("concordance", "endpoint = \"os\"\nscore = \"x\"\ntime_weights = \"uno\""),
        ("predicted_survival", "endpoint = \"os\"\nterms = [\"x\"]\nat = [3, 8]"),
        ("cox_residuals", "endpoint = \"os\"\nterms = [\"x\"]"),
    ] {
        let counted = try_run("farr", method, options, &own, &[2; 24]).unwrap();
        let split = try_run("farr", method, options, &repeated, &[1; 48]).unwrap();
        assert_eq!(counted, split, "{method}");
    }
    let test = |scale: f64| {
        let columns = columns(&times, &events, x.iter().map(|x| x * scale).collect());
        let results = run("proportional_hazards", "endpoint = \"os\"\nterms = [\"x\"]", &columns);
        rows(&results, Quantity::ProportionalHazards)[0].test.as_ref().unwrap().statistic.unwrap()
    };
    close(test(1e12), test(1.0), 1e-10);
    close(test(1e-12), test(1.0), 1e-10);
}

#[test]
fn what_cannot_be_computed_is_said() {
    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 4.0], &[false; 4]);
    let x = Column::number("x", vec![0.0, 1.0, 2.0, 3.0]);
    for method in ["proportional_hazards", "cox_residuals", "predicted_survival"] {
        let columns = [time.clone(), event.clone(), x.clone()];
        let none = run(method, "endpoint = \"os\"\nterms = [\"x\"]", &columns);
        assert!(
            none.estimates.is_empty() && none.notices.contains(&Notice::NoEvents { group: None }),
            "{method}"
        );
        // The first to have the event has the highest value each time: the ratio is infinite.
        let [time, event] = endpoint(&[4.0, 3.0, 2.0, 1.0], &[true; 4]);
        let infinite = run(method, "endpoint = \"os\"\nterms = [\"x\"]", &[time, event, x.clone()]);
        assert!(infinite.estimates.is_empty() && !infinite.notices.is_empty(), "{method}");
    }
    let refused = |options: &str| {
        let options = format!("{BRESLOW}{options}");
        try_run("farr", "predicted_survival", &options, &six_patients(), &[1; 6]).unwrap_err().message
    };
    assert!(refused("profiles = [{ label = \"a\" }]").contains("does not say: x"));
    assert!(refused("profiles = [{ label = \"a\", x = 1, y = 2 }]").contains("`y` is no term"));
    assert!(refused("adjusted_by = \"x\"").contains("need levels"));
}

/// By hand, `proportional_hazards`: three of 6 + 6 have the event at 1 and three of 4 + 5 at 2, so that r = √5/2, and with two
/// event times every function of time gives χ² = (6√5 − 13)²/(27√5 − 60).
#[test]
fn a_change_between_two_times_by_hand() {
    // Of the exposed two at 1 and one at 2: 1 = r/(r + 1) + 4r/(4r + 5). The two shares are p and 1 − p, p = 5 − 2√5, so
    // that the variance of x is p(1 − p) at both times, the score (g₁ − g₂)(2 − 3p), and its variance beside β
    // 3p(1 − p)(g₁ − g₂)²/2.
    let times = [vec![1.0; 3], vec![2.0; 3], vec![3.0; 6]].concat();
    let [time, event] = endpoint(&times, &(0..12).map(|i| i < 6).collect::<Vec<_>>());
    let x = Column::number("x", vec![1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
    let root = 5f64.sqrt();
    for transform in ["km", "rank", "identity", "log"] {
        let options = format!("{BRESLOW}transform = \"{transform}\"");
        let results = run("proportional_hazards", &options, &[time.clone(), event.clone(), x.clone()]);
        let found = rows(&results, Quantity::ProportionalHazards);
        assert_eq!(found.len(), 2, "the term, and all terms");
        for row in found {
            let test = row.test.as_ref().unwrap();
            // Of 6√5 − 13 two digits are lost.
            close(test.statistic.unwrap(), (6.0 * root - 13.0).powi(2) / (27.0 * root - 60.0), 1e-11);
            assert_eq!(test.df, [1.0]);
        }
    }
}

/// Identity, `predicted_survival`, `cumulative_hazard`: where a term tells nothing, everybody’s survival is the
/// exponential of minus the Nelson–Aalen estimate.
#[test]
fn a_term_that_tells_nothing_leaves_the_cumulative_hazard() {
    // Each course once with x and once without.
    let times: Vec<f64> = (0..24).map(|i| f64::from(1 + i / 2 * 7 % 10)).collect();
    let events: Vec<bool> = (0..24).map(|i| i / 2 % 3 != 1).collect();
    let [time, event] = endpoint(&times, &events);
    let columns = [time, event, Column::number("x", (0..24).map(|i| f64::from(i % 2)).collect())];
    let options = format!(
        "{BRESLOW}at = [1, 4, 9]\nprofiles = [{{ label = \"one\", x = 1 }}, {{ label = \"none\", x = 0 }}]"
    );
    let predicted = run("predicted_survival", &options, &columns);
    let hazard = run("cumulative_hazard", "endpoint = \"os\"\nat = [1, 4, 9]", &columns);
    let survival = rows(&predicted, Quantity::Survival);
    assert_eq!(survival.len(), 6);
    for row in survival {
        let own = |other: &&&Estimate| other.at == row.at;
        let hazards = rows(&hazard, Quantity::CumulativeHazard);
        let exact = (-hazards.iter().find(own).unwrap().value.unwrap()).exp();
        close(row.value.unwrap(), exact, 1e-11);
    }
}

/// Identity, `concordance`: without censoring Uno’s weights say nothing, and only the order of scores and of times does.
#[test]
fn without_censoring_only_orders_matter() {
    let of = |power: i32, weights: &str| {
        let raised = |value: i32| f64::from(value).powi(power);
        let times: Vec<f64> = (0..20).map(|i| raised(1 + i * 7 % 12)).collect();
        let [time, event] = endpoint(&times, &[true; 20]);
        let x = Column::number("x", (0..20).map(|i| raised(i * 5 % 11)).collect());
        let options = format!("endpoint = \"os\"\nscore = \"x\"\ntime_weights = \"{weights}\"");
        let results = run("concordance", &options, &[time, event, x]);
        let row = rows(&results, Quantity::Concordance)[0].clone();
        (row.value.unwrap(), row.std_error.unwrap())
    };
    let plain = of(1, "harrell");
    assert!((plain.0 - 0.5).abs() > 0.01, "{plain:?}");
    for other in [of(1, "uno"), of(3, "harrell"), of(3, "uno")] {
        close(other.0, plain.0, 1e-13);
        close(other.1, plain.1, 1e-12);
    }
}
