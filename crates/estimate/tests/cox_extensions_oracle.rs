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

/// The same figures where the rows are known to be intervals of patients, who then are counted, not their rows. Events
/// that a patient has more than once make the variance robust, as coxph does when it is told who is who.
#[test]
fn intervals_have_the_figures_of_their_rows() {
    let oracle = load("cox_extensions");
    let mut compared = 0;
    for case in oracle["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let clustered = name.contains("cluster");
        let mut columns = columns(&case["data"], &[("event", "os.event")]);
        let Some(patient) = columns.iter_mut().find(|column| column.name == "patient") else { continue };
        patient.name = "os.patient".into();
        let further = case["options"].as_str().unwrap().replace("cluster = \"patient\"", "");
        let model = if clustered || name.contains("exact") { "" } else { "variance = \"model\"" };
        let options = format!(
            "endpoint = \"os\"\nties = {}\nterms = {}\n{further}\n{model}",
            case["ties"], case["terms"],
        );
        let ours = try_run("farr", "cox", &options, &columns, &vec![1; columns[0].values.len()]).unwrap();
        let mut comparison =
            Comparison::new("cox", &format!("{name}, patients"), "R 4.2.2 survival 3.5-3 coxph");
        compare(&mut comparison, &ours, case);
        comparison.finish();
        let (patients, with) = match name.split(' ').next().unwrap() {
            "heart" => (103, 75),
            "cgd" => (128, 44),
            "bladder2" => (85, 47),
            _ => continue,
        };
        assert_eq!(ours.participants.analysed, patients, "{name}");
        assert_eq!(ours.groups[0].events, Some(with), "{name}");
        compared += 1;
    }
    assert!(compared >= 8, "{compared}");
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

#[test]
fn coefficients_that_change_with_time_agree_with_coxph() {
    let oracle = load("cox_time_dependent");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 8);
    let figure = |value: &Value| value.as_f64().unwrap();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let n = vec![1; columns[0].values.len()];
        let options = format!(
            "endpoint = \"os\"\nties = {}\nterms = {}\n{}",
            case["ties"],
            case["terms"],
            case["options"].as_str().unwrap()
        );
        let ours = try_run("farr", "cox", &options, &columns, &n).unwrap();
        let mut comparison =
            Comparison::new("cox", &format!("{name}, time-dependent"), "R 4.2.2 survival 3.5-3 coxph");
        for column in case["columns"].as_array().unwrap() {
            let term = column["term"].as_str().unwrap();
            let level = (term == "trt").then_some("2");
            let row = ratio(&ours, Model::Multivariable, term, level);
            comparison.figure(term, row.value.unwrap().ln(), figure(&column["beta"]));
            comparison.figure("standard error", row.std_error.unwrap(), figure(&column["std_error"]));
        }
        let single = |quantity| value(&ours, Model::Multivariable, None, quantity);
        comparison.figure("value", single(Quantity::LogLikelihood), figure(&case["log_likelihood"]));
        comparison.figure("null", single(Quantity::NullLogLikelihood), figure(&case["null_log_likelihood"]));
        comparison.finish();
        // Pieces of follow-up are no patients.
        assert_eq!(ours.participants.analysed, n.len() as u64, "{name}");
    }
}
