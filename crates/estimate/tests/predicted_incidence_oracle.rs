//! Predicted cumulative incidence against frozen figures of cmprsk and of base R (`oracle/predicted_incidence.R`).

mod modelling;
mod oracle;

use modelling::{columns, run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::Quantity;

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

/// The profiles of a case as the plan has them.
fn profiles(case: &Value) -> String {
    let one = |profile: &Value| {
        let values = profile["values"].as_object().unwrap().iter();
        let values: Vec<String> = values.map(|(term, value)| format!("{term} = {value}")).collect();
        format!("{{ label = {}, {} }}", profile["label"], values.join(", "))
    };
    array(&case["profiles"]).iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn incidence_of_profiles_and_its_limits_agree() {
    let figures = load("predicted_incidence");
    let version = figures["versions"]["cmprsk"].as_str().unwrap();
    for case in array(&figures["cases"]) {
        let columns = columns(&case["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        let source = format!("R cmprsk {version}, predict.crr; base R");
        let mut comparison = Comparison::new("predicted incidence", case["name"].as_str().unwrap(), &source);
        for theirs in array(&case["rows"]) {
            let at = &theirs["at"];
            for scale in ["complementary_log_log", "plain"] {
                let options = format!(
                    "endpoint = \"os\"\nterms = {}\nprofiles = [{}]\nat = [{at}]\ninterval = \"{scale}\"",
                    case["terms"],
                    profiles(case)
                );
                let results = run("predicted_incidence", &options, &columns);
                let mut rows =
                    results.estimates.iter().filter(|row| row.quantity == Quantity::CumulativeIncidence);
                let ours = rows.find(|row| row.group.as_deref() == theirs["profile"].as_str()).unwrap();
                let what = |figure: &str| format!("{figure} of {} at {at}, {scale}", theirs["profile"]);
                let figure = |name: &str| theirs[name].as_f64().unwrap();
                comparison.figure(&what("incidence"), ours.value.unwrap(), figure("incidence"));
                comparison.figure(&what("error"), ours.std_error.unwrap(), figure("std_error"));
                let limits = ours.interval.unwrap();
                let (lower, upper) = match scale {
                    "plain" => (theirs["plain"][0].as_f64().unwrap(), theirs["plain"][1].as_f64().unwrap()),
                    _ => (figure("lower"), figure("upper")),
                };
                comparison.figure(&what("lower"), limits.lower.unwrap(), lower);
                comparison.figure(&what("upper"), limits.upper.unwrap(), upper);
            }
        }
        comparison.finish();
    }
}
