//! Smooth calibration curves against flexible models of R.

mod modelling;
mod oracle;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Quantity, Results, Series, SeriesKind};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn series<'a>(ours: &'a Results, kind: SeriesKind, group: Option<&str>) -> &'a Series {
    ours.series.iter().find(|one| one.kind == kind && one.group.as_deref() == group).unwrap()
}

#[test]
fn curves_and_their_errors_agree_with_those_of_r() {
    let frozen = load("calibration_curve");
    let cases = frozen["cases"].as_array().unwrap();
    assert!(cases.len() >= 12);
    for case in cases {
        let (name, method) = (case["name"].as_str().unwrap(), case["method"].as_str().unwrap());
        let (terms, more) = (&case["terms"], case["options"].as_str().unwrap());
        let curves = case["curves"].as_array().unwrap();
        let at: Vec<f64> = curves.iter().filter_map(|curve| curve["at"].as_f64()).collect();
        let (flags, options) = match case["outcome"].as_str() {
            Some(outcome) => (vec![(outcome, outcome)], format!("outcome = \"{outcome}\"\nterms = {terms}")),
            None => (
                vec![("event", "os.event")],
                format!("endpoint = \"os\"\nterms = {terms}\nat = {at:?}\nties = \"efron\"\n{more}"),
            ),
        };
        let columns = columns(&case["data"], &flags);
        let ours = try_run("farr", method, &options, &columns, &vec![1; columns[0].values.len()]).unwrap();
        let mut comparison = Comparison::new(method, name, "R 4.2.2 coxph, glm, Hmisc: calibration curve");
        for curve in curves {
            let at = curve["at"].as_f64();
            let indices = numbers(&curve["indices"]);
            for (quantity, theirs) in [
                Quantity::CalibrationIndex,
                Quantity::CalibrationE50,
                Quantity::CalibrationE90,
                Quantity::CalibrationEmax,
            ]
            .into_iter()
            .zip(indices)
            {
                let own = |row: &&Estimate| row.quantity == quantity && row.at == at && row.level.is_none();
                let found = ours.estimates.iter().find(own).unwrap().value.unwrap();
                comparison.figure(&format!("{quantity:?} {at:?}"), found, theirs);
            }
            let group = at.map(|at| at.to_string());
            let found = series(&ours, SeriesKind::Calibration, group.as_deref());
            assert_eq!(found.x.len(), 100);
            for (key, values) in
                [("x", &found.x), ("estimate", &found.y), ("lower", &found.lower), ("upper", &found.upper)]
            {
                for (k, theirs) in [0, 19, 49, 80, 99].into_iter().zip(numbers(&curve[key])) {
                    comparison.figure(&format!("{key} {k} {at:?}"), values[k], theirs);
                }
            }
            let shares = series(&ours, SeriesKind::PredictedRisk, group.as_deref());
            comparison.figure("shares", shares.y.iter().sum(), 1.0);
        }
        comparison.finish();
    }
}

/// Of two levels there are two predicted risks, through which no curve can be told from another.
#[test]
fn two_risks_have_no_curve() {
    let (columns, n) = modelling::two_by_two([12, 8, 5, 15]);
    let options = "outcome = \"y\"\nterms = [\"x\"]\nbootstrap = 50";
    let ours = try_run("farr", "logistic_performance", options, &columns, &n).unwrap();
    assert!(ours.estimates.iter().all(|row| row.quantity != Quantity::CalibrationIndex));
    let said = |notice: &study::Notice| matches!(notice, study::Notice::Other { message } if message.contains("no smooth calibration curve"));
    assert!(ours.notices.iter().any(said));
    assert!(ours.estimates.iter().any(|row| row.level.as_deref() == Some("corrected")));
}
