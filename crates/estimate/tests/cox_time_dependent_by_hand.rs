//! Coefficients of Cox models that change with time: two times worked by hand, the test of the change, and what is missing.

mod modelling;

use modelling::{close, endpoint, ratio, run, value};
use study::{Column, Estimate, Model, Notice, Quantity, Results};

const WHOLE: Model = Model::Multivariable;

fn x(values: &[f64]) -> Column {
    Column::number("x", values.to_vec())
}

fn events(values: &[u8]) -> Vec<bool> {
    values.iter().map(|value| *value == 1).collect()
}

fn of<'a>(results: &'a Results, term: &str) -> &'a Estimate {
    ratio(results, WHOLE, term, None)
}

fn cox(options: &str, columns: &[Column]) -> Results {
    run("cox", &format!("endpoint = \"os\"\n{options}"), columns)
}

/// At 1, 2 of 6 exposed and 1 of 6 others have the event, at 2, 1 of 4 and 2 of 5: under Breslow's ties the ratio of each
/// time alone is 2 and 5/8. A coefficient β + γ g(t) has both.
///
/// By hand, `cox`: hazard ratios 2 and 5/8 at two times, as a linear, logarithmic and stepwise change.
#[test]
fn a_coefficient_that_changes_between_two_times() {
    let times = [vec![1.0; 3], vec![2.0; 3], vec![3.0; 6]].concat();
    let died: Vec<bool> = (0..12).map(|i| i < 6).collect();
    let exposed = [1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0];
    let [time, event] = endpoint(&times, &died);
    let columns = [time, event, x(&exposed)];
    let fit = |function: &str| {
        cox(
            &format!(
                "ties = \"breslow\"\nterms = [\"x\"]\ntime_dependent = [{{ term = \"x\", {function} }}]"
            ),
            &columns,
        )
    };
    let gamma = (5f64 / 16.0).ln();
    let linear = fit("function = \"linear\"");
    // A missing value is one of x, not of the columns made of it.
    let mut lacking = exposed;
    lacking[11] = f64::NAN;
    let [time, event] = endpoint(&times, &died);
    for function in ["function = \"log\"", "function = \"steps\", at = [1]"] {
        let options = format!("terms = [\"x\"]\ntime_dependent = [{{ term = \"x\", {function} }}]");
        let results = cox(&options, &[time.clone(), event.clone(), x(&lacking)]);
        let missing = results.participants.missing.iter().filter(|missing| missing.n > 0);
        assert_eq!(missing.map(|missing| missing.variable.as_str()).collect::<Vec<_>>(), ["x"]);
        let left_out = Notice::MissingExcluded { variable: "x".into(), n: 1 };
        let told = results.notices.iter().filter(|notice| matches!(notice, Notice::MissingExcluded { .. }));
        assert_eq!(told.collect::<Vec<_>>(), [&left_out]);
    }
    close(of(&linear, "x").value.unwrap(), 6.4, 1e-11);
    close(of(&linear, "x × time").value.unwrap().ln(), gamma, 1e-11);
    let log = fit("function = \"log\"");
    close(of(&log, "x").value.unwrap(), 2.0, 1e-11);
    close(of(&log, "x × log(time)").value.unwrap().ln(), gamma / 2f64.ln(), 1e-11);
    let steps = fit("function = \"steps\", at = [1]");
    close(of(&steps, "x (0–1)").value.unwrap(), 2.0, 1e-11);
    close(of(&steps, "x (from 1)").value.unwrap(), 0.625, 1e-11);
    // Information at 1: 3 · ⅔ · ⅓; at 2: 3 · ⅓ · ⅔.
    close(of(&steps, "x (from 1)").std_error.unwrap(), 1.5f64.sqrt(), 1e-11);
    for results in [&linear, &log, &steps] {
        assert_eq!(results.participants.analysed, 12);
        assert_eq!(results.groups[0].events, Some(6));
        let value_at = |r: f64, d: f64, a: f64, b: f64| d * r.ln() - 3.0 * (a * r + b).ln();
        let ll = value_at(2.0, 2.0, 6.0, 6.0) + value_at(0.625, 1.0, 4.0, 5.0);
        close(value(results, WHOLE, None, Quantity::LogLikelihood), ll, 1e-12);
        // The difference of the logarithms of two ratios, each with the variance 3/2.
        let (statistic, df) = change_of(results, "x").unwrap();
        assert_eq!(df, 1.0);
        close(statistic, gamma * gamma / 3.0, 1e-11);
    }
    // Periods before the first event and after the last have no ratio, and are not compared.
    let steps = fit("function = \"steps\", at = [0.5, 1, 20]");
    close(change_of(&steps, "x").unwrap().0, gamma * gamma / 3.0, 1e-11);
    assert_eq!(change_of(&fit("function = \"steps\", at = [20]"), "x"), None);
}

/// Wald’s test of whether a coefficient changes.
fn change_of(results: &Results, term: &str) -> Option<(f64, f64)> {
    let own =
        |row: &&Estimate| row.quantity == Quantity::ProportionalHazards && row.term.as_deref() == Some(term);
    let test = results.estimates.iter().find(own)?.test.as_ref()?;
    Some((test.statistic?, test.df[0]))
}

/// Three levels whose ratios change freely between two times: the test has one degree of freedom for each level and further
/// time, and does not depend on which level is the reference, as a test of all of them together.
#[test]
fn the_levels_of_a_term_change_together() {
    let times: Vec<f64> = (0..60).map(|i| f64::from(1 + (i * 7) % 20)).collect();
    let died: Vec<bool> = (0..60).map(|i| i % 5 != 2).collect();
    let levels: Vec<u32> = (0..60).map(|i| (i * i + i / 7) % 3).collect();
    let mut order: Vec<usize> = (0..60).collect();
    order.sort_by(|a, b| times[*a].total_cmp(&times[*b]));
    let [time, event] = endpoint(
        &order.iter().map(|i| times[*i]).collect::<Vec<_>>(),
        &order.iter().map(|i| died[*i]).collect::<Vec<_>>(),
    );
    let fit = |reference: u32, function: &str| {
        let codes = order.iter().map(|i| levels[*i]).collect();
        let g = Column { reference: Some(reference), ..Column::category("g", &["a", "b", "c"], codes) };
        let options = format!("terms = [\"g\"]\ntime_dependent = [{{ term = \"g\", {function} }}]");
        change_of(&cox(&options, &[time.clone(), event.clone(), g]), "g").unwrap()
    };
    for (function, df) in [("function = \"linear\"", 2.0), ("function = \"steps\", at = [5, 12]", 4.0)] {
        let first = fit(0, function);
        assert_eq!(first.1, df);
        close(fit(2, function).0, first.0, 1e-9);
    }
}

/// Its columns lack what the variable lacks, which is said once and of the variable.
#[test]
fn what_a_changing_term_lacks_is_said_once() {
    let [time, event] = endpoint(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &events(&[1, 1, 0, 1, 1, 1]));
    let columns = [time, event, x(&[1.0, 0.0, f64::NAN, 3.0, f64::NAN, 0.5])];
    for function in ["function = \"log\"", "function = \"steps\", at = [2]"] {
        let options =
            format!("endpoint = \"os\"\nterms = [\"x\"]\ntime_dependent = [{{ term = \"x\", {function} }}]");
        let results = run("cox", &options, &columns);
        let missing: Vec<(&str, u64)> =
            results.participants.missing.iter().map(|one| (one.variable.as_str(), one.n)).collect();
        assert_eq!(missing, [("os", 0), ("x", 2)], "{function}");
        let told = |notice: &&Notice| matches!(notice, Notice::MissingExcluded { .. });
        let told: Vec<&Notice> = results.notices.iter().filter(told).collect();
        assert_eq!(told, [&Notice::MissingExcluded { variable: "x".into(), n: 2 }], "{function}");
    }
}
