//! Low birth weight of 189 children (Hosmer & Lemeshow 1989), as R's package MASS has it.

use crate::modelling::table::Table;
use crate::modelling::{ratio, run, value};
use crate::printed::Printed;
use crate::rows::row;
use study::{Column, Estimate, Model, Quantity, TestName};

const DATA: &str = "low birth weight";

fn births() -> Vec<Column> {
    let table = Table::read("birthwt");
    let level = |name: &str, levels: &[&str], of: fn(f64) -> f64| {
        let codes = table.numbers(name).into_iter().map(|value| of(value) as u32).collect();
        Column::category(name, levels, codes)
    };
    // Venables and Ripley look at whether there was a premature labour, not at how many.
    let premature: Vec<_> = table.numbers("ptl").iter().map(|labours| Some(*labours > 0.0)).collect();
    vec![
        table.flag("low"),
        table.number("age"),
        table.number("lwt"),
        level("race", &["white", "black", "other"], |race| race - 1.0),
        table.flag("smoke"),
        Column::flag("ptd", &premature),
        table.flag("ht"),
        table.flag("ui"),
        level("ftv", &["0", "1", "2+"], |visits| visits.min(2.0)),
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

/// Venables & Ripley 2002, section 7.2: the coefficients and deviances of the model that the selection begins with.
#[test]
fn the_model_of_venables_and_ripley() {
    let terms = "[\"age\", \"lwt\", \"race\", \"smoke\", \"ptd\", \"ht\", \"ui\", \"ftv\"]";
    let results = run("logistic", &format!("outcome = \"low\"\nterms = {terms}"), &births());
    let mut printed = Printed::of("logistic", DATA, "Venables & Ripley 2002, section 7.2");
    printed.figure("intercept", row(&results, Quantity::Intercept, None, None).value, "0.8230");
    for (term, level, beta) in [
        ("age", None, "-0.0372"),
        ("lwt", None, "-0.0157"),
        ("race", Some("black"), "1.1924"),
        ("race", Some("other"), "0.7407"),
        ("smoke", Some("yes"), "0.7555"),
        ("ptd", Some("yes"), "1.3438"),
        ("ht", Some("yes"), "1.9132"),
        ("ui", Some("yes"), "0.6802"),
        ("ftv", Some("1"), "-0.4364"),
        ("ftv", Some("2+"), "0.1790"),
    ] {
        let ours = ratio(&results, Model::Multivariable, term, level);
        printed.figure(term, ours.value.map(f64::ln), beta);
    }
    for (quantity, deviance) in [(Quantity::LogLikelihood, "195.48"), (Quantity::NullLogLikelihood, "234.67")]
    {
        let likelihood = value(&results, Model::Multivariable, None, quantity);
        printed.figure("deviance", Some(-2.0 * likelihood), deviance);
    }
    printed.finish();
}
