//! The test of proportional subdistribution hazards against a direct computation in R, through the whole method: counts
//! in, rows out.

mod modelling;
mod oracle;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Quantity, Results, Test};

fn of_term<'a>(results: &'a Results, term: Option<&str>) -> &'a Test {
    let mut rows = results.estimates.iter();
    let row = rows.find(|row| {
        row.quantity == Quantity::ProportionalHazards && row.term.as_deref() == term && row.level.is_none()
    });
    row.unwrap_or_else(|| panic!("no test of {term:?}")).test.as_ref().unwrap()
}

fn compare(comparison: &mut Comparison, what: &str, ours: &Test, theirs: &Value) {
    let figure = |name: &str| theirs[name].as_f64().unwrap();
    comparison.figure(&format!("{what} statistic"), ours.statistic.unwrap(), figure("statistic"));
    comparison.figure(&format!("{what} P"), ours.p_value.unwrap(), figure("p_value"));
    assert_eq!(ours.df, [figure("df")]);
}

#[test]
fn changes_with_time_are_tested_as_by_the_integrals_themselves() {
    let (figures, models) = (load("fine_gray_proportionality"), load("fine_gray"));
    let cases = figures["cases"].as_array().unwrap();
    assert!(cases.len() >= 17);
    for case in cases {
        let (name, change) = (case["name"].as_str().unwrap(), case["change"].as_str().unwrap());
        let model = models["cases"].as_array().unwrap().iter().find(|model| model["name"] == name).unwrap();
        let columns = columns(&model["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        let terms = &model["multivariable"]["terms"];
        let options = format!("endpoint = \"os\"\nterms = {terms}\nproportionality = \"{change}\"");
        let n = vec![1; columns[0].values.len()];
        let ours = try_run("farr", "fine_gray", &options, &columns, &n).unwrap();
        let source = "R 4.2.2, the integrals of Zhou, Fine and Laird";
        let mut comparison = Comparison::new("fine_gray", &format!("{name}, {change}"), source);
        for theirs in case["terms"].as_array().unwrap() {
            let term = theirs["term"].as_str().unwrap();
            compare(&mut comparison, term, of_term(&ours, Some(term)), &theirs["score"]);
        }
        compare(&mut comparison, "all terms", of_term(&ours, None), &case["all"]);
        comparison.finish();
    }
}
