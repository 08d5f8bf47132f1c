//! Generalised variance inflation against R, and what must not change it.

mod modelling;
mod oracle;

use modelling::{columns, run, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Quantity, Results};

fn inflation(results: &Results, quantity: Quantity, term: &str) -> Option<(f64, u64)> {
    let same = |row: &&study::Estimate| row.quantity == quantity && row.term.as_deref() == Some(term);
    results.estimates.iter().find(same).and_then(|row| Some((row.value?, row.n?)))
}

fn compare(comparison: &mut Comparison, ours: &Results, case: &Value) {
    for row in case["rows"].as_array().unwrap() {
        let term = row["term"].as_str().unwrap();
        let (gvif, df) = inflation(ours, Quantity::VarianceInflation, term).unwrap();
        let (root, _) = inflation(ours, Quantity::ErrorInflation, term).unwrap();
        assert_eq!(df as f64, row["df"].as_f64().unwrap(), "{term}");
        comparison.figure(&format!("{term} GVIF"), gvif, row["gvif"].as_f64().unwrap());
        comparison.figure(&format!("{term} root"), root, row["root"].as_f64().unwrap());
    }
}

#[test]
fn inflation_agrees_with_r() {
    let oracle = load("variance_inflation");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 4);
    for case in cases {
        let terms = &case["asked"];
        let (method, heading, event) = match case["outcome"].as_str() {
            Some(outcome) => ("logistic", format!("outcome = \"{outcome}\""), outcome),
            None => ("cox", "endpoint = \"os\"\nties = \"efron\"".to_string(), "event"),
        };
        let name = if method == "cox" { "os.event" } else { event };
        let columns = columns(&case["data"], &[(event, name)]);
        let n = vec![1; columns[0].values.len()];
        let options = format!("{heading}\nterms = {terms}");
        let source = "R 4.2.2, determinants as in car::vif; rms 6.3 vif";
        let mut comparison = Comparison::new(
            method,
            &format!("{}, variance inflation", case["name"].as_str().unwrap()),
            source,
        );
        compare(&mut comparison, &try_run("farr", method, &options, &columns, &n).unwrap(), case);
        if method == "logistic" {
            let performance = try_run("farr", "logistic_performance", &options, &columns, &n).unwrap();
            compare(&mut comparison, &performance, case);
        }
        comparison.finish();
    }
}

/// Identity, `logistic`: units and reference levels leave the variance inflation, and each of two terms inflates the
/// other alike.
#[test]
fn units_and_reference_levels_are_of_no_account() {
    let y: Vec<Option<bool>> = (0..90).map(|i| Some((i * 31 + i * i) % 7 < 3)).collect();
    let x: Vec<f64> = (0..90).map(|i| f64::from(i * 13 % 41)).collect();
    let group = |codes: [u32; 3]| (0..90).map(|i| codes[((i * 13 % 41) / 14) as usize % 3]).collect();
    let fitted = |unit: f64, levels: [&str; 3], codes: [u32; 3]| {
        let columns = [
            Column::flag("y", &y),
            Column::number("x", x.iter().map(|x| x * unit).collect()),
            Column::category("g", &levels, group(codes)),
        ];
        let results = run("logistic", "outcome = \"y\"\nterms = [\"x\", \"g\"]", &columns);
        ["x", "g"].map(|term| inflation(&results, Quantity::VarianceInflation, term).unwrap().0)
    };
    let plain = fitted(1.0, ["a", "b", "c"], [0, 1, 2]);
    for other in [fitted(1e-12, ["a", "b", "c"], [0, 1, 2]), fitted(1e12, ["c", "a", "b"], [1, 2, 0])] {
        for (a, b) in plain.iter().zip(other) {
            assert!((a - b).abs() < 1e-9 * a, "{plain:?} {other:?}");
        }
    }
    // Of two terms each inflates the other alike.
    assert!((plain[0] - plain[1]).abs() < 1e-9 && plain[0] > 3.0, "{plain:?}");
}

#[test]
fn no_figures_without_a_finite_model_of_several_terms() {
    let y: Vec<Option<bool>> = (0..20).map(|i| Some(i < 8)).collect();
    let apart = Column::number("x", (0..20).map(f64::from).collect());
    let other = Column::number("z", (0..20).map(|i| f64::from(i * 7 % 5)).collect());
    let columns = [Column::flag("y", &y), apart, other];
    for terms in ["[\"x\", \"z\"]", "[\"z\"]"] {
        let results = run("logistic", &format!("outcome = \"y\"\nterms = {terms}"), &columns);
        assert_eq!(inflation(&results, Quantity::VarianceInflation, "z"), None, "{terms}");
    }
}
