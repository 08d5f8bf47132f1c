//! Firth's penalized Cox regression against figures computed with 40 digits.

mod modelling;
mod oracle;

use modelling::{columns, global, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{IntervalMethod, Model, Notice, Quantity, TestName};

#[test]
fn cox_firth_agrees_with_its_definition() {
    let oracle = load("cox_firth");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 8);
    let figure = |value: &Value| value.as_f64().unwrap();
    let model = Model::Multivariable;
    for case in cases {
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let options = format!(
            "endpoint = \"os\"\npenalty = \"firth\"\nties = {}\nterms = {}\n{}",
            case["ties"],
            case["terms"],
            case["options"].as_str().unwrap()
        );
        let ours = try_run("farr", "cox", &options, &columns, &vec![1; columns[0].values.len()]).unwrap();
        let name = format!("{}, {}", case["name"].as_str().unwrap(), case["ties"].as_str().unwrap());
        let mut comparison = Comparison::new("cox (Firth)", &name, "mpmath, 40 digits");
        for column in case["columns"].as_array().unwrap() {
            let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
            let row = ratio(&ours, model, term, level);
            comparison.figure(&format!("{term} β"), row.value.unwrap().ln(), figure(&column["beta"]));
            comparison.figure("standard error", row.std_error.unwrap(), figure(&column["std_error"]));
            let interval = row.interval.unwrap();
            assert_eq!(interval.method, IntervalMethod::PenalizedProfileLikelihood);
            comparison.figure("lower", interval.lower.unwrap().ln(), figure(&column["profile"][0]));
            comparison.figure("upper", interval.upper.unwrap().ln(), figure(&column["profile"][1]));
            let test = row.test.as_ref().unwrap();
            assert_eq!(test.name, TestName::PenalizedLikelihoodRatio);
            comparison.figure("test", test.statistic.unwrap(), figure(&column["test"]["statistic"]));
            comparison.figure("P", test.p_value.unwrap(), figure(&column["test"]["p_value"]));
        }
        let single = |quantity| value(&ours, model, None, quantity);
        comparison.figure("value", single(Quantity::LogLikelihood), figure(&case["log_likelihood"]));
        comparison.figure("null", single(Quantity::NullLogLikelihood), figure(&case["null_log_likelihood"]));
        let whole = global(&ours, model, None, TestName::PenalizedLikelihoodRatio).unwrap();
        comparison.figure("whole", whole.0, figure(&case["likelihood_ratio"]["statistic"]));
        comparison.finish();
        let separated =
            ours.notices.iter().any(|notice| matches!(notice, Notice::PenalizedSeparation { .. }));
        assert_eq!(separated, case["name"] == "separated");
    }
}
