//! Interactions with splines in the methods that look at a model: where all products with a factor are there, each level
//! is by itself, and what is told of a patient is what a model of the own level tells.

mod modelling;

use modelling::fixed_spline::{FIXED, run};
use modelling::{close, endpoint};
use study::{Column, Estimate, Quantity, Results};

const GROUPS: [&str; 2] = ["a", "b"];

/// Two of each value from 0 to 24 in each group, by turns with and without the event, more often so where x is large in a and
/// where it is small in b; those without it are followed for long.
fn patients(keep: &dyn Fn(u32) -> bool) -> Vec<Column> {
    let (mut x, mut group, mut event, mut time) = (vec![], vec![], vec![], vec![]);
    for row in (0..100u32).filter(|row| keep(row % 2)) {
        let (value, own) = (f64::from(row / 4), row % 2);
        let towards = if own == 0 { value } else { 24.0 - value };
        x.push(value);
        group.push(own);
        event.push(f64::from(row * 7 % 25) < 6.0 + 0.5 * towards);
        time.push(if event[event.len() - 1] { f64::from(1 + row * 13 % 17) } else { 60.0 });
    }
    let events: Vec<Option<bool>> = event.iter().map(|event| Some(*event)).collect();
    let mut columns = vec![
        Column::flag("y", &events),
        Column::number("x", x),
        Column::category("g", &GROUPS, group),
        Column::flag("os.competing", &vec![Some(false); event.len()]),
    ];
    columns.extend(endpoint(&time, &event));
    columns
}

fn everybody() -> Vec<Column> {
    patients(&|_| true)
}

/// Those of one group, without the column that tells them apart.
fn only(group: u32) -> Vec<Column> {
    patients(&|own| own == group)
}

fn crossed() -> String {
    format!("[\"{FIXED}\", \"g\", \"{FIXED}:g\"]")
}

fn all(results: &Results, quantity: Quantity) -> Vec<&Estimate> {
    results.estimates.iter().filter(|row| row.quantity == quantity).collect()
}

fn only_value(results: &Results, quantity: Quantity) -> f64 {
    all(results, quantity)[0].value.unwrap()
}

/// Identity, `logistic_performance`: with all products of a spline and a factor the squared errors are those of the models of
/// the levels.
#[test]
fn squared_errors_add_up() {
    let brier = |terms: &str, columns: &[Column]| {
        let results = run("logistic_performance", &format!("outcome = \"y\"\nterms = {terms}"), columns);
        only_value(&results, Quantity::Brier)
    };
    let alone = format!("[\"{FIXED}\"]");
    let halves = [0, 1].map(|group| brier(&alone, &only(group)));
    close(brier(&crossed(), &everybody()), 0.5 * (halves[0] + halves[1]), 1e-10);
}

/// Identity, `logistic_influence`: with all products of a spline and a factor the leverages are those of the models of the
/// levels, and add up to the number of parameters.
#[test]
fn leverages_are_those_of_the_levels() {
    let leverages = |terms: &str, columns: &[Column]| {
        let options = format!("outcome = \"y\"\nterms = {terms}\nshow = 100");
        let results = run("logistic_influence", &options, columns);
        let mut found: Vec<f64> =
            all(&results, Quantity::Leverage).iter().map(|row| row.value.unwrap()).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    let whole = leverages(&crossed(), &everybody());
    let alone = format!("[\"{FIXED}\"]");
    let mut parts: Vec<f64> = [0, 1].iter().flat_map(|group| leverages(&alone, &only(*group))).collect();
    parts.sort_by(f64::total_cmp);
    assert_eq!((whole.len(), parts.len()), (50, 50));
    whole.iter().zip(&parts).for_each(|(a, b)| close(*a, *b, 1e-8));
    close(whole.iter().sum(), 8.0, 1e-9);
}

/// Identity, `mixture_cure`: under an exponential law, with all products of a spline and a factor among the cured and the
/// factor among the others, the log-likelihood is the sum of those of the levels.
#[test]
fn cured_shares_by_level() {
    let likelihood = |cured: &str, terms: &str, columns: &[Column]| {
        let options = format!(
            "endpoint = \"os\"\ndistribution = \"exponential\"\ncured_terms = {cured}\nterms = {terms}"
        );
        only_value(&run("mixture_cure", &options, columns), Quantity::LogLikelihood)
    };
    let alone = format!("[\"{FIXED}\"]");
    let parts = [0, 1].map(|group| likelihood(&alone, "[]", &only(group)));
    close(likelihood(&crossed(), "[\"g\"]", &everybody()), parts[0] + parts[1], 1e-9);
}

/// Identity, `predicted_incidence`, `predicted_survival`: without competing events incidence and survival add up to 1 in a
/// model with the products of a spline and a factor.
#[test]
fn incidence_and_survival_add_up_to_one() {
    let profiles = "profiles = [{ label = \"p\", x = 17, g = \"a\" }, { label = \"q\", x = 3, g = \"b\" }]\nat = [8, 15]";
    let predicted = |method: &str, further: &str| {
        let options = format!("endpoint = \"os\"\nterms = {}\n{profiles}\n{further}", crossed());
        run(method, &options, &everybody())
    };
    let incidence = predicted("predicted_incidence", "");
    let survival = predicted("predicted_survival", "ties = \"breslow\"\nmean = false");
    let (incidence, survival) =
        (all(&incidence, Quantity::CumulativeIncidence), all(&survival, Quantity::Survival));
    assert_eq!((incidence.len(), survival.len()), (4, 4));
    for (incidence, survival) in incidence.iter().zip(survival) {
        assert_eq!((&incidence.group, incidence.at), (&survival.group, survival.at));
        close(incidence.value.unwrap() + survival.value.unwrap(), 1.0, 1e-10);
    }
}

/// The test of proportional hazards of an interaction has as many degrees of freedom as products.
#[test]
fn proportional_hazards_of_all_products() {
    let options = format!("endpoint = \"os\"\nterms = {}", crossed());
    let results = run("proportional_hazards", &options, &everybody());
    let freedom: Vec<f64> = all(&results, Quantity::ProportionalHazards)
        .iter()
        .filter(|row| row.level.is_none())
        .map(|row| row.test.as_ref().unwrap().df[0])
        .collect();
    assert_eq!(freedom, [3.0, 1.0, 3.0, 7.0]);
}

/// The martingale residuals of a model with the products of a spline and a factor add up to 0.
#[test]
fn residuals_add_up_to_none() {
    let options = format!("endpoint = \"os\"\nterms = {}\nresiduals = [\"martingale\"]", crossed());
    let results = run("cox_residuals", &options, &everybody());
    let martingale = &results.residuals[0];
    let column = martingale.columns.iter().find(|column| column.kind == study::ResidualKind::Martingale);
    let values = &column.unwrap().values;
    let sum: f64 = values.iter().zip(&martingale.n).map(|(value, n)| value.unwrap() * *n as f64).sum();
    assert!(sum.abs() < 1e-9 && values.iter().any(|value| value.unwrap() > 0.5), "{sum}");
}
