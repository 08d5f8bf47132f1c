//! Methods at a landmark against R, whose functions were given the patients followed beyond it.

mod modelling;
mod oracle;

use modelling::{columns, run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Notice, Quantity, Results};

fn quantity(row: &Value) -> Quantity {
    serde_json::from_value(row["quantity"].clone()).unwrap()
}

/// The row of all that names it.
fn find<'a>(ours: &'a Results, theirs: &Value) -> &'a Estimate {
    let same = |row: &&Estimate| {
        row.quantity == quantity(theirs)
            && row.term.as_deref() == theirs["term"].as_str()
            && row.level.as_deref() == theirs["level"].as_str()
            && row.group.as_deref() == theirs["group"].as_str()
            && row.at == theirs["at"].as_f64()
    };
    ours.estimates.iter().find(same).unwrap_or_else(|| panic!("no row for {theirs}"))
}

#[test]
fn methods_at_a_landmark_agree_with_r() {
    let frozen = load("landmark");
    let version = |name: &str| frozen["versions"][name].as_str().unwrap().to_string();
    let source = format!("R survival {}, cmprsk {}, at a landmark", version("survival"), version("cmprsk"));
    for case in frozen["cases"].as_array().unwrap() {
        let columns = columns(&case["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        for analysis in case["analyses"].as_array().unwrap() {
            let method = analysis["method"].as_str().unwrap();
            let options = analysis["options"].as_str().unwrap();
            let options = format!("endpoint = \"os\"\n{options}\nlandmark = {}", case["landmark"]);
            let ours = run(method, &options, &columns);
            let mut comparison = Comparison::new(method, case["name"].as_str().unwrap(), &source);
            for theirs in analysis["rows"].as_array().unwrap() {
                let row = find(&ours, theirs);
                let what = theirs.to_string();
                comparison.figure(&what, row.value.unwrap(), theirs["value"].as_f64().unwrap());
                if let Some(error) = theirs["std_error"].as_f64() {
                    comparison.figure(&what, row.std_error.unwrap(), error);
                }
            }
            for theirs in analysis["tests"].as_array().unwrap() {
                let own = |row: &&Estimate| {
                    row.quantity == quantity(theirs) && row.level.as_deref() == theirs["level"].as_str()
                };
                let row = ours.estimates.iter().find(own).unwrap();
                let statistic = row.test.as_ref().and_then(|test| test.statistic).unwrap();
                comparison.figure("test", statistic, theirs["statistic"].as_f64().unwrap());
            }
            comparison.finish();
            // Of the other cause the event and the competing one change places.
            let [mut events, mut competing] = ["events", "competing"].map(|key| case[key].as_u64().unwrap());
            if options.contains("cause") {
                std::mem::swap(&mut events, &mut competing);
            }
            let left = Notice::LeftOutAtLandmark {
                at: case["landmark"].as_f64().unwrap(),
                unit: "months".into(),
                events,
                competing: Some(competing),
                censored: case["censored"].as_u64().unwrap(),
            };
            assert!(ours.notices.contains(&left), "{method}: {:?}", ours.notices);
            let n = case["n"].as_u64().unwrap();
            assert_eq!((ours.participants.eligible, ours.participants.analysed), (n, n), "{method}");
        }
    }
}
