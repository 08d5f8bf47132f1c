//! What `performance` adds to a Cox regression, and its information criteria, against R.

mod modelling;
mod oracle;

use modelling::{columns, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Model, Quantity, Results};

const SOURCE: &str = "R 4.2.2 survival 3.5-3";

fn run(case: &Value, columns: &[Column], options: &str) -> Results {
    let options = format!(
        "endpoint = \"os\"\nterms = {}\nties = {}\nperformance = true\n{options}",
        case["terms"], case["ties"]
    );
    try_run("farr", "cox", &options, columns, &vec![1; columns[0].values.len()]).unwrap()
}

fn concordance(comparison: &mut Comparison, ours: &Results, theirs: &Value) {
    let row = ours.estimates.iter().find(|row| row.quantity == Quantity::Concordance).unwrap();
    assert_eq!(row.model, Some(Model::Multivariable));
    comparison.figure("concordance", row.value.unwrap(), theirs["value"].as_f64().unwrap());
    let error = theirs["variance"].as_f64().unwrap().sqrt();
    comparison.figure("concordance error", row.std_error.unwrap(), error);
}

#[test]
fn concordance_and_criteria_agree_with_r() {
    let frozen = load("cox_diagnostics");
    for case in frozen["cases"].as_array().unwrap() {
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let ours = run(case, &columns, "");
        let mut comparison =
            Comparison::new("cox", case["name"].as_str().unwrap(), &format!("{SOURCE} performance"));
        concordance(&mut comparison, &ours, &case["concordance"]["pooled"][0]);
        for (quantity, key) in
            [(Quantity::NagelkerkeR2, "nagelkerke"), (Quantity::Aic, "aic"), (Quantity::Bic, "bic")]
        {
            let ours = value(&ours, Model::Multivariable, None, quantity);
            comparison.figure(key, ours, case["explained"][key].as_f64().unwrap());
        }
        comparison.finish();
    }
}

#[test]
fn concordance_agrees_with_r_in_strata_intervals_weights_and_clusters() {
    let frozen = load("cox_after");
    for case in frozen["cases"].as_array().unwrap() {
        let columns = columns(&case["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        let ours = run(case, &columns, case["options"].as_str().unwrap());
        let mut comparison =
            Comparison::new("cox", case["name"].as_str().unwrap(), &format!("{SOURCE} concordance"));
        concordance(&mut comparison, &ours, &case["model_concordance"]);
        comparison.finish();
    }
}

#[test]
fn nothing_is_added_that_was_not_asked_for() {
    let frozen = load("cox_diagnostics");
    let case = &frozen["cases"][0];
    let columns = columns(&case["data"], &[("event", "os.event")]);
    let options = format!("endpoint = \"os\"\nterms = {}", case["terms"]);
    let n = vec![1; columns[0].values.len()];
    let ours = try_run("farr", "cox", &options, &columns, &n).unwrap();
    let added = [Quantity::Concordance, Quantity::NagelkerkeR2, Quantity::CoxSnellR2];
    assert!(ours.estimates.iter().all(|row| !added.contains(&row.quantity)));
    assert_eq!(ours.options.get("performance"), None);
}
