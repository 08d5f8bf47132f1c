//! Difficult fits against R: many covariates, many strata, extreme units, all events tied; and that what follows a Cox model
//! has an answer there too.

mod modelling;
mod oracle;

use modelling::{endpoint, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Model, Quantity, Results};

/// Whole numbers from 0 to 1008 without visible order, as `oracle/hard_cases.R` makes them.
fn mixed(i: u64, j: u64) -> u64 {
    let a = (i * 7919 + j * 104_729 + 17) % 1009;
    (a * a + 31 * i + (i * j) % 97) % 1009
}

struct Data {
    x: Vec<Vec<f64>>,
    time: Vec<f64>,
    event: Vec<bool>,
    y: Vec<Option<bool>>,
}

impl Data {
    fn new(n: u64, p: u64) -> Self {
        let share = |i, j| mixed(i, j) as f64 / 1009.0;
        let x: Vec<Vec<f64>> = (1..=p).map(|j| (1..=n).map(|i| share(i, j)).collect()).collect();
        let row = |i: u64| (x[0][i as usize - 1], x[1][i as usize - 1]);
        let time = |i: u64| 1.0 + (2000.0 * share(i, 501) / (1.0 + 3.0 * row(i).0 + 2.0 * row(i).1)).floor();
        let y = |i: u64| Some(share(i, 503) < 0.25 + 0.5 * row(i).0 * row(i).1);
        let event = |i: u64| !mixed(i, 502).is_multiple_of(3);
        let (time, event, y) =
            ((1..=n).map(time).collect(), (1..=n).map(event).collect(), (1..=n).map(y).collect());
        Self { x, time, event, y }
    }

    /// The covariates with a factor and an offset each.
    fn moved(mut self, factors: &[f64], offsets: &[f64]) -> Self {
        for ((x, factor), offset) in self.x.iter_mut().zip(factors).zip(offsets) {
            x.iter_mut().for_each(|x| *x = *x * factor + offset);
        }
        self
    }

    fn columns(&self) -> Vec<Column> {
        let [time, event] = endpoint(&self.time, &self.event);
        let numbers = self.x.iter().enumerate();
        let numbers = numbers.map(|(j, x)| Column::number(&format!("x{j:03}"), x.clone()));
        [time, event, Column::flag("y", &self.y)].into_iter().chain(numbers).collect()
    }

    fn terms(&self) -> String {
        let names: Vec<String> = (0..self.x.len()).map(|j| format!("\"x{j:03}\"")).collect();
        format!("terms = [{}]", names.join(", "))
    }

    fn run(&self, method: &str, options: &str, further: &[Column]) -> Results {
        let columns: Vec<Column> = self.columns().into_iter().chain(further.iter().cloned()).collect();
        let options = format!("{}\n{options}", self.terms());
        try_run("farr", method, &options, &columns, &vec![1; self.time.len()]).unwrap()
    }
}

fn compare(name: &str, method: &str, ours: &Results, theirs: &Value) {
    let source = if method == "cox" { "R 4.2.2 survival 3.5-3 coxph" } else { "R 4.2.2 glm" };
    let mut comparison = Comparison::new(method, name, source);
    let numbers = |key: &str| -> Vec<f64> {
        theirs[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
    };
    let (beta, std_error) = (numbers("beta"), numbers("std_error"));
    for (j, (beta, std_error)) in beta.iter().zip(&std_error).enumerate() {
        let row = ratio(ours, Model::Multivariable, &format!("x{j:03}"), None);
        comparison.figure(&format!("standard error {j}"), row.std_error.unwrap(), *std_error);
        // In errors: a ratio of nearly 1 for a tiny unit has no digits left, and one of nearly 0 no more than its error.
        let wald = row.test.as_ref().and_then(|test| test.statistic).unwrap().sqrt();
        comparison.figure(&format!("Wald {j}"), wald + 10.0, (beta / std_error).abs() + 10.0);
        if let Some(ratio) = row.value.filter(|_| beta.abs() > 1e-3) {
            comparison.figure(&format!("beta {j}"), ratio.ln() / std_error + 10.0, beta / std_error + 10.0);
        }
    }
    let value = value(ours, Model::Multivariable, None, Quantity::LogLikelihood);
    comparison.figure("log-likelihood", value, theirs["log_likelihood"].as_f64().unwrap());
    comparison.finish();
}

const COX: &str = "endpoint = \"os\"";
const LOGISTIC: &str = "outcome = \"y\"";

fn frozen(name: &str) -> Value {
    let all = load("hard_cases");
    all["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone()
}

#[test]
fn two_hundred_covariates_agree_with_r() {
    let name = "200 covariates";
    let (data, theirs) = (Data::new(1500, 200), frozen(name));
    compare(name, "cox", &data.run("cox", COX, &[]), &theirs["cox"]);
    compare(name, "logistic", &data.run("logistic", LOGISTIC, &[]), &theirs["logistic"]);
}

#[test]
fn a_thousand_strata_agree_with_r() {
    let name = "1000 strata";
    let (data, theirs) = (Data::new(3000, 3), frozen(name));
    let sets = [Column::number("set", (0..3000).map(|i| f64::from(i % 1000)).collect())];
    let options = format!("{COX}\nstrata = [\"set\"]");
    compare(name, "cox", &data.run("cox", &options, &sets), &theirs["cox"]);
    // What follows the model has an answer, or says why it has none.
    for method in ["proportional_hazards", "cox_residuals"] {
        let found = data.run(method, &options, &sets);
        let all = found.estimates.iter().filter(|row| row.quantity == Quantity::ProportionalHazards);
        assert!(
            all.clone().all(|row| row.test.as_ref().is_some_and(|test| test.p_value.is_some())),
            "{method}"
        );
        assert!(!found.residuals.is_empty(), "{method}");
    }
    let columns: Vec<Column> = data.columns().into_iter().chain(sets).collect();
    let options = format!("{}\n{options}", data.terms());
    let refused = try_run("farr", "predicted_survival", &options, &columns, &[1; 3000]).unwrap_err();
    assert!(refused.message.contains("1000 strata"), "{refused}");
    assert!(refused.place.is_some() && refused.help.is_some());
}

#[test]
fn all_events_tied_agree_with_r() {
    let mut data = Data::new(3000, 3);
    data.time = vec![5.0; 3000];
    data.event = (1..=3000).map(|i| i % 5 == 0).collect();
    for ties in ["efron", "breslow"] {
        let name = format!("all events tied, {ties}");
        let ours = data.run("cox", &format!("{COX}\nties = \"{ties}\""), &[]);
        compare(&name, "cox", &ours, &frozen(&name)["cox"]);
    }
    // Nobody outlives an event otherwise than by being censored at its time.
    let ours = data.run("cox", &format!("{COX}\nperformance = true"), &[]);
    assert!(ours.estimates.iter().any(|row| row.quantity == Quantity::Concordance && row.value.is_some()));
}

#[test]
fn extreme_units_and_offsets_agree_with_r() {
    let units = ("units of 1e12 and 1e-12", [1e12, 1e-12, 1.0], [0.0; 3]);
    let far = ("far from 0", [1.0; 3], [1e6, 0.0, 0.0]);
    for (name, factors, offsets) in [units, far] {
        let (data, theirs) = (Data::new(3000, 3).moved(&factors, &offsets), frozen(name));
        compare(name, "cox", &data.run("cox", COX, &[]), &theirs["cox"]);
        compare(name, "logistic", &data.run("logistic", LOGISTIC, &[]), &theirs["logistic"]);
    }
}

/// Constant and dependent columns are left out and named, whatever follows the model.
#[test]
fn rank_deficient_models_are_followed() {
    let mut data = Data::new(400, 2);
    let sum = data.x[0].iter().zip(&data.x[1]).map(|(a, b)| a - 2.0 * b).collect();
    data.x.extend([sum, vec![7.0; 400]]);
    let two = Data::new(400, 2);
    let at = "at = [100, 400]";
    for (method, options) in [
        ("proportional_hazards", ""),
        ("cox_residuals", ""),
        ("predicted_survival", at),
        ("survival_performance", at),
    ] {
        let options = format!("{COX}\n{options}");
        let (ours, plain) = (data.run(method, &options, &[]), two.run(method, &options, &[]));
        for name in ["x002", "x003"] {
            let named = |notice: &study::Notice| format!("{notice:?}").contains(name);
            assert!(ours.notices.iter().any(named), "{method} {name}: {:?}", ours.notices);
        }
        for (a, b) in ours.estimates.iter().zip(&plain.estimates) {
            let (Some(a), Some(b)) = (a.value, b.value) else { continue };
            assert!((a - b).abs() <= 1e-9 * b.abs().max(1e-6), "{method}: {a} {b}");
        }
    }
}
