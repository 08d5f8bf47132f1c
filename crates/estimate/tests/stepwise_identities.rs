//! A selection ends in a model that is the same as if nothing had been selected.

mod modelling;

use modelling::{endpoint, run, try_run};
use study::{Column, Estimate, Model, Quantity, Results};

const N: usize = 90;

/// Numbers that look random, and of which x matters, g and z hardly.
fn columns(times: usize) -> Vec<Column> {
    let rows = || (0..N * times).map(|row| (if times > 1 { N * times - 1 - row } else { row }) % N);
    let of = |value: fn(usize) -> f64| rows().map(value).collect::<Vec<f64>>();
    let flag = |value: fn(usize) -> bool| rows().map(value).collect::<Vec<bool>>();
    let known = |flags: &[bool]| flags.iter().map(|flag| Some(*flag)).collect::<Vec<_>>();
    let outcome = flag(|i| (i * 37 + i * i) % 17 < 5 + i * 5 % 9);
    let [time, event] = endpoint(&of(|i| (1 + (i * i + 11 * i) % 29 + 2 * (9 - i * 5 % 9)) as f64), &outcome);
    vec![
        time,
        event,
        Column::flag("y", &known(&outcome)),
        Column::number("x", of(|i| (i * 5 % 9) as f64)),
        Column::flag("z", &known(&flag(|i| i % 4 == 1))),
        Column::category("g", &["a", "b", "c"], rows().map(|i| (i * 7 % 3) as u32).collect()),
    ]
}

const MODELS: [(&str, &str); 2] = [("logistic", "outcome = \"y\"\n"), ("cox", "endpoint = \"os\"\n")];

/// The ratios of the model.
fn model(results: &Results) -> Vec<Estimate> {
    let own = |row: &&Estimate| {
        row.model == Some(Model::Multivariable)
            && matches!(row.quantity, Quantity::OddsRatio | Quantity::HazardRatio)
    };
    results.estimates.iter().filter(own).cloned().collect()
}

fn steps(results: &Results) -> Vec<&Estimate> {
    results.estimates.iter().filter(|row| row.quantity == Quantity::SelectionStep).collect()
}

fn terms(rows: &[Estimate]) -> String {
    let mut names: Vec<String> = rows.iter().map(|row| format!("{:?}", row.term.as_ref().unwrap())).collect();
    names.dedup();
    names.join(", ")
}

/// Identity, `stepwise`, `logistic`, `cox`: where no term leaves the model is the full one, and otherwise that of the terms
/// that were chosen, whose Akaike’s criterion the last step has.
#[test]
fn the_last_model_is_that_of_its_terms() {
    let columns = columns(1);
    for (method, what) in MODELS {
        let mut chosen = Vec::new();
        for selection in [
            "criterion = \"p_value\"\nstay = 0.999",
            "direction = \"backward\"",
            "direction = \"forward\"",
            "direction = \"both\"\nstart = \"none\"",
            "keep = [\"z\"]",
        ] {
            let options = format!("{what}terms = [\"x\", \"z\", \"g\"]\nbootstrap = 0\n{selection}");
            let selected = run("stepwise", &options, &columns);
            let rows = model(&selected);
            let fitted = run(method, &format!("{what}terms = [{}]", terms(&rows)), &columns);
            assert_eq!(rows, model(&fitted), "{method} {selection}");
            let aic = fitted.estimates.iter().find(|row| row.quantity == Quantity::Aic).unwrap();
            let last = steps(&selected).last().unwrap().value.unwrap();
            assert!((last - aic.value.unwrap()).abs() < 1e-9, "{method} {selection} {last} {aic:?}");
            chosen.push(terms(&rows));
        }
        assert_eq!(chosen[0].matches(',').count(), 2, "{chosen:?}");
        assert!(
            chosen[1..4].iter().all(|terms| terms.contains("\"x\"") && terms != &chosen[0]),
            "{chosen:?}"
        );
    }
}

/// Identity, `stepwise`: the order of patients and splitting counted rows change neither the steps nor the model.
#[test]
fn order_and_splitting_change_nothing() {
    let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a == b,
    };
    for (_, what) in MODELS {
        for criterion in ["aic", "bic", "p_value"] {
            let options =
                format!("{what}terms = [\"x\", \"z\", \"g\"]\nbootstrap = 0\ncriterion = \"{criterion}\"");
            let counted = try_run("farr", "stepwise", &options, &columns(1), &[2; N]).unwrap();
            let listed = try_run("farr", "stepwise", &options, &columns(2), &[1; 2 * N]).unwrap();
            let both = || counted.estimates.iter().zip(&listed.estimates);
            assert_eq!(counted.estimates.len(), listed.estimates.len());
            for (one, other) in both() {
                assert_eq!((&one.term, &one.level, one.n), (&other.term, &other.level, other.n));
                assert!(close(one.value, other.value), "{one:?} {other:?}");
                assert!(close(one.std_error, other.std_error), "{one:?} {other:?}");
            }
            assert!(steps(&counted).len() > 1, "{options}");
        }
    }
}
