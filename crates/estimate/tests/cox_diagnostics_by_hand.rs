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
