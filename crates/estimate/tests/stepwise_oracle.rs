//! Stepwise selections against R's step() and the rules of SPSS.

mod modelling;
mod oracle;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use study::{Estimate, Quantity};

#[test]
fn every_step_agrees_with_r() {
    let oracle = load("stepwise");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 28);
    for case in cases {
        let cox = case["cox"].as_bool().unwrap();
        let terms: Vec<String> =
            case["terms"].as_array().unwrap().iter().map(|term| term.to_string()).collect();
        let what =
            if cox { "endpoint = \"os\"\nties = \"efron\"" } else { "outcome = \"y\"\nevent = \"yes\"" };
        let asked = case["options"].as_str().unwrap().replace('\'', "\"");
        let options = format!("{what}\nterms = [{}]\n{asked}\nbootstrap = 0", terms.join(", "));
        let data = columns(&case["data"], &[("event", "os.event")]);
        let n = vec![1; data[0].values.len()];
        let ours = try_run("farr", "stepwise", &options, &data, &n).unwrap();
        let source = if asked.contains("p_value") { "R 4.2, made as SPSS does" } else { "R 4.2 step" };
        let dataset = format!("{}, {}", case["dataset"].as_str().unwrap(), asked.replace('\n', ", "));
        let method = if cox { "stepwise (Cox)" } else { "stepwise (logistic)" };
        let mut comparison = Comparison::new(method, &dataset, source);
        let steps: Vec<&Estimate> =
            ours.estimates.iter().filter(|row| row.quantity == Quantity::SelectionStep).collect();
        let expected = case["steps"].as_array().unwrap();
        let told = |row: &Estimate| (row.level.clone().unwrap(), row.term.clone().unwrap());
        let ours: Vec<(String, String)> = steps[1..].iter().map(|row| told(row)).collect();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_string();
        let theirs: Vec<(String, String)> =
            expected.iter().map(|step| (text(&step["what"]), text(&step["term"]))).collect();
        assert_eq!(ours, theirs, "{dataset}");
        comparison.figure("start", steps[0].value.unwrap(), case["start"].as_f64().unwrap());
        for (row, theirs) in steps[1..].iter().zip(expected) {
            let test = row.test.as_ref().unwrap();
            comparison.figure("criterion", row.value.unwrap(), theirs["criterion"].as_f64().unwrap());
            comparison.figure(
                "statistic",
                test.statistic.unwrap(),
                theirs["test"]["statistic"].as_f64().unwrap(),
            );
            comparison.figure("df", test.df[0], theirs["test"]["df"].as_f64().unwrap());
            comparison.figure("P", test.p_value.unwrap(), theirs["test"]["p_value"].as_f64().unwrap());
        }
        comparison.finish();
    }
}
