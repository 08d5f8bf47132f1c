//! Cumulative hazards with delayed entry and sampling weights against frozen figures (`oracle/cumulative_hazard.R`).

mod follow_up;
mod oracle;

use follow_up::{SAMPLED, read_courses, run_courses};
use oracle::{Comparison, load};
use serde_json::Value;
use study::Quantity;

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

#[test]
fn estimates_errors_and_limits_agree_with_survfit() {
    let figures = load("cumulative_hazard");
    let source = format!("R survival {}, survfit", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read_courses(case);
        let weighted = case["weighted"] == true;
        let mut comparison = Comparison::new("cumulative hazard", case["dataset"].as_str().unwrap(), &source);
        for theirs in array(&case["rows"]).iter().flat_map(array) {
            let (at, level) = (&theirs["at"], theirs["group"].as_str());
            for variance in array(&theirs["variances"]) {
                for limits in array(&variance["limits"]) {
                    let mut options = format!(
                        "at = [{at}]\nties = {}\ninterval = {}\n",
                        theirs["ties"], limits["interval"]
                    );
                    options += &match weighted {
                        true => SAMPLED.to_string(),
                        false => format!("variance = {}", variance["variance"]),
                    };
                    let results = run_courses("cumulative_hazard", &options, &table);
                    let mut rows = results.estimates.iter();
                    let ours = rows
                        .find(|row| {
                            row.quantity == Quantity::CumulativeHazard && row.group.as_deref() == level
                        })
                        .unwrap();
                    if !weighted {
                        assert_eq!(ours.n, theirs["at_risk"].as_u64(), "{level:?} at {at}");
                    }
                    let mut compare = |what: &str, ours: Option<f64>, theirs: &Value| match theirs.as_f64() {
                        Some(theirs) => {
                            let what = format!("{what} at {at} in {level:?}, {options}");
                            comparison.figure(&what, ours.unwrap_or(f64::NAN), theirs);
                        }
                        None => assert_eq!(ours, None, "{what} at {at} in {level:?}: theirs is infinite"),
                    };
                    compare("hazard", ours.value, &theirs["hazard"]);
                    compare("error", ours.std_error, &variance["std_error"]);
                    compare("lower", ours.interval.unwrap().lower, &limits["lower"]);
                    compare("upper", ours.interval.unwrap().upper, &limits["upper"]);
                }
            }
        }
        comparison.finish();
    }
}
