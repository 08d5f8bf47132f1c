//! Cox regression with strata, delayed entry, weights, clusters, exact ties and competing events against R.

mod modelling;
mod oracle;

use modelling::{columns, global, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Model, Quantity, Results, TestName};

fn compare(comparison: &mut Comparison, ours: &Results, theirs: &Value) {
    let figure = |value: &Value| value.as_f64().unwrap();
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let what = |name: &str| format!("{term} {level:?} {name}");
        let row = ratio(ours, Model::Multivariable, term, level);
        let (beta, std_error) = (figure(&column["beta"]), figure(&column["std_error"]));
        comparison.figure(&what("ratio"), row.value.unwrap(), beta.exp());
        comparison.figure(&what("standard error"), row.std_error.unwrap(), std_error);
        let test = row.test.as_ref().unwrap();
        comparison.figure(&what("P"), test.p_value.unwrap(), figure(&column["p_value"]));
    }
    for (name, test) in [(TestName::Wald, &theirs["wald"]), (TestName::Score, &theirs["score"])] {
        let ours = global(ours, Model::Multivariable, None, name).unwrap();
        assert_eq!(ours.1, figure(&test["df"]));
        comparison.figure(&format!("{name:?}"), ours.0, figure(&test["statistic"]));
    }
    let single = |quantity| value(ours, Model::Multivariable, None, quantity);
    comparison.figure("log-likelihood", single(Quantity::LogLikelihood), figure(&theirs["log_likelihood"]));
    comparison.figure("null", single(Quantity::NullLogLikelihood), figure(&theirs["null_log_likelihood"]));
    let ratio = global(ours, Model::Multivariable, None, TestName::LikelihoodRatio);
    assert_eq!(ratio.is_none(), theirs["robust"].as_bool().unwrap(), "a pseudo-likelihood has no ratio test");
}

#[test]
fn cox_agrees_with_coxph_in_its_extensions() {
    let oracle = load("cox_extensions");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 30);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let flags = [("event", "os.event"), ("competing", "os.competing")];
        let columns = columns(&case["data"], &flags);
        let options = format!(
            "endpoint = \"os\"\nties = {}\nterms = {}\n{}",
            case["ties"],
            case["terms"],
            case["options"].as_str().unwrap()
        );
        let ours = try_run("farr", "cox", &options, &columns, &vec![1; columns[0].values.len()]);
        let ours = ours.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let mut comparison = Comparison::new("cox", name, "R 4.2.2 survival 3.5-3 coxph");
        compare(&mut comparison, &ours, case);
        comparison.finish();
    }
}
