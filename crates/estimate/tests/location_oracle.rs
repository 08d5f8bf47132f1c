//! Comparison of a number between two groups against R.

mod modelling;
mod oracle;

use modelling::{close, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Estimate, Notice, Quantity, Results};

fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn columns(x: &[f64], y: &[f64]) -> [Column; 2] {
    let groups = (0..x.len() + y.len()).map(|row| u32::from(row < x.len())).collect();
    [Column::number("v", [x, y].concat()), Column::category("g", &["y", "x"], groups)]
}

fn run(dialect: &str, x: &[f64], y: &[f64], more: &str) -> Results {
    let options = format!("variable = \"v\"\nby = \"g\"\ngroup = \"x\"\n{more}");
    let n = vec![1; x.len() + y.len()];
    try_run(dialect, "location", &options, &columns(x, y), &n).unwrap()
}

fn row(results: &Results, quantity: Quantity) -> &Estimate {
    results.estimates.iter().find(|row| row.quantity == quantity).unwrap()
}

fn limits(row: &Estimate) -> [f64; 2] {
    let interval = row.interval.unwrap();
    [interval.lower.unwrap(), interval.upper.unwrap()]
}

#[test]
fn location_agrees_with_r() {
    for case in load("location")["cases"].as_array().unwrap() {
        let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
        let name = case["name"].as_str().unwrap();
        let mut compared =
            Comparison::new("location", name, "R t.test, wilcox.test, its limits by inversion, coin");
        for means in ["welch", "student"] {
            let results = run("farr", &x, &y, &format!("means = \"{means}\""));
            let found = row(&results, Quantity::MeanDifference);
            let theirs = numbers(&case[format!("{means}_difference")]);
            let [lower, upper] = limits(found);
            let ours = [found.value.unwrap(), found.std_error.unwrap(), lower, upper];
            ours.into_iter().zip(theirs).for_each(|(ours, theirs)| compared.figure(means, ours, theirs));
            let test = found.test.as_ref().unwrap();
            for (key, ours) in [("statistic", test.statistic.unwrap()), ("p", test.p_value.unwrap())] {
                compared.figure(key, ours, case[means][key].as_f64().unwrap());
            }
            compared.figure("df", test.df[0], numbers(&Value::Array(vec![case[means]["df"].clone()]))[0]);
        }
        for ranks in ["exact", "corrected", "uncorrected"] {
            let results = run("farr", &x, &y, &format!("ranks = \"{ranks}\""));
            let found = row(&results, Quantity::LocationShift);
            let test = found.test.as_ref().unwrap();
            compared.figure("W", test.statistic.unwrap(), case["w"].as_f64().unwrap());
            compared.figure("shift", found.value.unwrap(), case["shift"].as_f64().unwrap());
            let [lower, upper] = limits(found);
            let ours = [test.p_value.unwrap(), lower, upper];
            ours.into_iter()
                .zip(numbers(&case[ranks]))
                .for_each(|(ours, theirs)| compared.figure(ranks, ours, theirs));
        }
        compared.finish();
    }
}

/// Identity, `location`: the groups turned negate difference, shift and limits and leave P, and counted rows are
/// patients.
#[test]
fn turning_the_groups_and_splitting_rows() {
    let (x, y) = ([1.0, 1.0, 2.5, 4.0, 7.0, 9.0], [0.5, 2.5, 2.5, 3.0, 1.0]);
    for ranks in ["exact", "corrected"] {
        let one = run("farr", &x, &y, &format!("ranks = \"{ranks}\""));
        let turned = run("farr", &y, &x, &format!("ranks = \"{ranks}\""));
        for quantity in [Quantity::MeanDifference, Quantity::LocationShift] {
            let (a, b) = (row(&one, quantity), row(&turned, quantity));
            close(a.value.unwrap(), -b.value.unwrap(), 1e-14);
            close(limits(a)[0], -limits(b)[1], 1e-13);
            close(
                a.test.as_ref().unwrap().p_value.unwrap(),
                b.test.as_ref().unwrap().p_value.unwrap(),
                1e-13,
            );
        }
        // Counted rows.
        let values = vec![1.0, 2.5, 4.0, 7.0, 9.0, 0.5, 2.5, 3.0, 1.0];
        let columns = [
            Column::number("v", values),
            Column::category("g", &["y", "x"], vec![1, 1, 1, 1, 1, 0, 0, 0, 0]),
        ];
        let options = format!("variable = \"v\"\nby = \"g\"\ngroup = \"x\"\nranks = \"{ranks}\"");
        let counted = try_run("farr", "location", &options, &columns, &[2, 1, 1, 1, 1, 1, 2, 1, 1]).unwrap();
        assert_eq!(counted.estimates, one.estimates);
    }
}

#[test]
fn dialects_choose_the_tests() {
    let (x, y) = ([5.0, 7.0, 12.0, 13.0], [1.0, 4.0, 6.0]);
    let named =
        |dialect: &str, quantity| row(&run(dialect, &x, &y, ""), quantity).test.as_ref().unwrap().clone();
    assert_eq!(named("farr", Quantity::MeanDifference).name, study::TestName::Welch);
    assert_eq!(named("spss", Quantity::MeanDifference).name, study::TestName::Student);
    assert_eq!(named("r", Quantity::LocationShift).reason.as_deref(), Some("exact"));
    let spss = named("spss", Quantity::LocationShift).reason.unwrap();
    assert!(spss.contains("without continuity"), "{spss}");
}

#[test]
fn too_few_patients_are_told() {
    // Two against two: the smallest two-sided P is 1/3, so that no limits exist.
    let results = run("farr", &[1.0, 2.0], &[3.0, 4.0], "");
    let found = row(&results, Quantity::LocationShift);
    assert_eq!((found.value, found.interval), (Some(-2.0), None));
    close(found.test.as_ref().unwrap().p_value.unwrap(), 1.0 / 3.0, 1e-14);
    assert!(results.notices.iter().any(|notice| notice.to_string().contains("too few patients for limits")));
    // One against one, all equal, nobody in a group.
    for (x, y) in [(vec![1.0], vec![2.0]), (vec![3.0, 3.0], vec![3.0, 3.0]), (vec![], vec![1.0, 2.0])] {
        let results = run("farr", &x, &y, "ranks = \"exact\"");
        assert!(matches!(results.notices[..], [Notice::Other { .. }, ..]), "{:?}", results.notices);
        let finite = |value: Option<f64>| value.is_none_or(f64::is_finite);
        assert!(results.estimates.iter().all(|row| finite(row.value) && finite(row.std_error)));
    }
    // Any scale.
    for unit in [1e-12, 1e12] {
        let scaled = |values: [f64; 3]| values.map(|value| value * unit);
        let (x, y) = (scaled([5.0, 7.0, 12.0]), scaled([1.0, 4.0, 5.0]));
        close(row(&run("farr", &x, &y, ""), Quantity::LocationShift).value.unwrap() / unit, 4.0, 1e-12);
    }
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let options = "variable = \"v\"\nby = \"v\"";
    let columns = columns(&[1.0, 2.0], &[3.0]);
    let refused = try_run("farr", "location", options, &columns, &[1; 3]).unwrap_err().to_string();
    assert!(refused.contains("both the number and the groups"), "{refused}");
    let levels = Column::category("g", &["a", "b", "c"], vec![0, 1, 2]);
    let options = "variable = \"v\"\nby = \"g\"";
    let refused =
        try_run("farr", "location", options, &[columns[0].clone(), levels], &[1; 3]).unwrap_err().to_string();
    assert!(refused.contains("more than two levels"), "{refused}");
}
