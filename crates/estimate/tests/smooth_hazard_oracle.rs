//! Smooth hazards against frozen figures of an independent program (`oracle/smooth_hazard.py`).

mod follow_up;
mod oracle;

use follow_up::{SAMPLED, read_courses, run_courses};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Quantity, Results};

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn row<'a>(results: &'a Results, quantity: Quantity, group: &Value, at: Option<f64>) -> &'a Estimate {
    let own = |row: &&Estimate| row.quantity == quantity && row.group.as_deref() == group.as_str();
    results.estimates.iter().filter(own).find(|row| row.at == at).unwrap()
}

#[test]
fn hazards_errors_and_bandwidths_agree() {
    let figures = load("smooth_hazard");
    let source = format!("Python, numpy {}", figures["versions"]["numpy"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read_courses(case);
        let mut comparison = Comparison::new("smooth hazard", case["dataset"].as_str().unwrap(), &source);
        let mut options = format!("ties = {}\n", case["ties"]);
        for key in ["until", "bandwidth", "variance"] {
            if !case[key].is_null() {
                options += &format!("{key} = {}\n", case[key]);
            }
        }
        if case["weighted"] == true {
            options += SAMPLED;
        }
        for group in array(&case["groups"]) {
            let at: Vec<String> = array(&group["rows"]).iter().map(|row| row["at"].to_string()).collect();
            let options = format!("{options}\nat = [{}]", at.join(", "));
            let results = run_courses("smooth_hazard", &options, &table);
            let level = &group["group"];
            let bandwidth = row(&results, Quantity::Bandwidth, level, None).value.unwrap();
            comparison.figure("bandwidth", bandwidth, group["bandwidth"].as_f64().unwrap());
            for theirs in array(&group["rows"]) {
                let ours = row(&results, Quantity::Hazard, level, theirs["at"].as_f64());
                let what = |figure: &str| format!("{figure} at {} in {level}", theirs["at"]);
                let hazard = theirs["hazard"].as_f64().unwrap();
                comparison.figure(&what("hazard"), ours.value.unwrap(), hazard);
                let Some(error) = theirs["std_error"].as_f64() else {
                    assert_eq!((ours.std_error, ours.interval), (None, None), "{}", what("nothing"));
                    continue;
                };
                comparison.figure(&what("error"), ours.std_error.unwrap(), error);
                let limits = ours.interval.unwrap();
                comparison.figure(&what("lower"), limits.lower.unwrap(), theirs["lower"].as_f64().unwrap());
                comparison.figure(&what("upper"), limits.upper.unwrap(), theirs["upper"].as_f64().unwrap());
            }
        }
        comparison.finish();
    }
}
