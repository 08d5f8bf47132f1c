//! Low birth weight of 189 children (Hosmer & Lemeshow 1989), as R's package MASS has it.

use crate::modelling::{run, value};
use crate::printed::Printed;
use study::{Column, Estimate, Model, Quantity, TestName};

const DATA: &str = "low birth weight";

fn births() -> Vec<Column> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../oracle/data/birthwt.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let flag = |name: &str, at: usize| {
        Column::flag(name, &rows.iter().map(|row| Some(row[at] > 0.0)).collect::<Vec<_>>())
    };
    let number = |name: &str, at: usize| Column::number(name, rows.iter().map(|row| row[at]).collect());
    let level = |name: &str, levels: &[&str], of: &dyn Fn(&[f64]) -> f64| {
        Column::category(name, levels, rows.iter().map(|row| of(row) as u32).collect())
    };
    vec![
        flag("low", 0),
        number("age", 1),
        number("lwt", 2),
        level("race", &["white", "black", "other"], &|row| row[3] - 1.0),
        flag("smoke", 4),
        flag("ptd", 5),
        flag("ht", 6),
        flag("ui", 7),
        level("ftv", &["0", "1", "2+"], &|row| row[8].min(2.0)),
    ]
}

/// Venables & Ripley 2002 (doi:10.1007/978-0-387-21706-2), section 7.2: the backward selection by Akaike's criterion, whose
/// path is printed with deviances and criteria.
#[test]
fn the_selection_of_venables_and_ripley() {
    let terms = "[\"age\", \"lwt\", \"race\", \"smoke\", \"ptd\", \"ht\", \"ui\", \"ftv\"]";
    let options = format!("outcome = \"low\"\nterms = {terms}\nbootstrap = 0");
    let results = run("stepwise", &options, &births());
    let steps: Vec<&Estimate> =
        results.estimates.iter().filter(|row| row.quantity == Quantity::SelectionStep).collect();
    let path: Vec<Option<&str>> = steps.iter().map(|row| row.term.as_deref()).collect();
    assert_eq!(path, [None, Some("ftv"), Some("age")]);
    let mut printed = Printed::of("stepwise", DATA, "Venables & Ripley 2002, section 7.2");
    for (step, criterion) in steps.iter().zip(["217.48", "214.83", "213.85"]) {
        printed.figure("criterion", step.value, criterion);
    }
    for (step, deviance) in steps[1..].iter().zip(["1.3582", "1.0179"]) {
        let test = step.test.as_ref().unwrap();
        assert_eq!(test.name, TestName::LikelihoodRatio);
        printed.figure("deviance", test.statistic, deviance);
    }
    let likelihood = value(&results, Model::Multivariable, None, Quantity::LogLikelihood);
    printed.figure("deviance of the model", Some(-2.0 * likelihood), "197.85");
    printed.finish();
}
