//! Logistic and Cox regression against R.

mod modelling;
mod oracle;

use modelling::{columns, global, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Model, Quantity, Results, TestName};

fn compare_test(comparison: &mut Comparison, what: &str, ours: Option<(f64, f64, f64)>, theirs: &Value) {
    let ours = ours.unwrap_or_else(|| panic!("{what}: no test"));
    assert_eq!(ours.1, theirs["df"].as_f64().unwrap(), "{what}");
    let statistic = theirs["statistic"].as_f64().filter(|value| *value > 1e-10).unwrap_or(0.0);
    // A small difference of two log-likelihoods has no more decimals than they have.
    let offset = if statistic < 0.01 { 1.0 } else { 0.0 };
    comparison.figure(&format!("{what} statistic"), ours.0 + offset, statistic + offset);
    let p = theirs["p_value"].as_f64().unwrap();
    // A P value magnifies the relative difference of its statistic by about half of it.
    if p > 1e-30 {
        comparison.figure(&format!("{what} P"), ours.2, p);
    }
}

fn compare(comparison: &mut Comparison, wald: &Results, profile: &Results, model: Model, theirs: &Value) {
    let figure = |value: &Value| value.as_f64().unwrap();
    let univariable = model == Model::Univariable;
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let what = |name: &str| format!("{model:?} {term} {level:?} {name}");
        let ours = ratio(wald, model, term, level);
        let std_error = figure(&column["std_error"]);
        // Exactly 0 in a balanced data set: what they have instead is rounding.
        let beta =
            Some(figure(&column["beta"])).filter(|beta| (beta / std_error).abs() > 1e-12).unwrap_or(0.0);
        assert_eq!((ours.n, ours.of), (column["n"].as_u64(), column["of"].as_u64()), "{}", what("counts"));
        comparison.figure(&what("standard error"), ours.std_error.unwrap(), std_error);
        if beta.abs() < 300.0 {
            comparison.figure(&what("ratio"), ours.value.unwrap(), beta.exp());
            let interval = ours.interval.unwrap();
            let z = 1.959_963_984_540_054;
            comparison.figure(&what("lower"), interval.lower.unwrap(), (beta - z * std_error).exp());
            comparison.figure(&what("upper"), interval.upper.unwrap(), (beta + z * std_error).exp());
            let interval = ratio(profile, model, term, level).interval.unwrap();
            comparison.figure(
                &what("profile lower"),
                interval.lower.unwrap(),
                figure(&column["profile"][0]).exp(),
            );
            comparison.figure(
                &what("profile upper"),
                interval.upper.unwrap(),
                figure(&column["profile"][1]).exp(),
            );
        } else {
            // Per unit of a number in very large units: no ratio that could be written.
            assert_eq!(ours.value, None, "{}", what("ratio"));
        }
        let test = ours.test.as_ref().unwrap();
        comparison.figure(&what("Wald"), test.statistic.unwrap(), (beta / std_error).powi(2));
        comparison.figure(&what("P"), test.p_value.unwrap(), figure(&column["p_value"]));
    }
    let tests = theirs["tests"].as_array().unwrap();
    for test in tests {
        let term = test["term"].as_str();
        let ours = global(wald, model, term, TestName::LikelihoodRatio);
        compare_test(comparison, &format!("{model:?} {term:?} LR"), ours, &test["likelihood_ratio"]);
        if test["wald"]["df"].as_f64().unwrap() > 1.0 {
            let ours = global(wald, model, term, TestName::Wald);
            compare_test(comparison, &format!("{model:?} {term:?} Wald"), ours, &test["wald"]);
        }
    }
    let term = if univariable { tests[0]["term"].as_str() } else { None };
    let single = |quantity| value(wald, model, term, quantity);
    comparison.figure("log-likelihood", single(Quantity::LogLikelihood), figure(&theirs["log_likelihood"]));
    let parameters = theirs["likelihood_ratio"]["df"].as_f64().unwrap()
        + f64::from(u8::from(theirs["intercept"].is_array()));
    comparison.figure("AIC", single(Quantity::Aic), 2.0 * (parameters - figure(&theirs["log_likelihood"])));
    comparison.figure("null", single(Quantity::NullLogLikelihood), figure(&theirs["null_log_likelihood"]));
    compare_test(
        comparison,
        "whole LR",
        global(wald, model, term, TestName::LikelihoodRatio),
        &theirs["likelihood_ratio"],
    );
    if theirs["score"].is_object() {
        compare_test(comparison, "score", global(wald, model, term, TestName::Score), &theirs["score"]);
        if !univariable {
            compare_test(
                comparison,
                "whole Wald",
                global(wald, model, term, TestName::Wald),
                &theirs["wald"],
            );
        }
    }
    if let [intercept, std_error] = theirs["intercept"].as_array().map_or(&[][..], Vec::as_slice) {
        let row = wald.estimates.iter().find(|row| {
            row.quantity == Quantity::Intercept && row.model == Some(model) && row.term.as_deref() == term
        });
        comparison.figure("intercept", row.unwrap().value.unwrap(), figure(intercept));
        comparison.figure("its error", row.unwrap().std_error.unwrap(), figure(std_error));
    }
}

fn check_case(case: &Value, method: &str, heading: &str, columns: &[Column], source: &str) {
    let name = case["name"].as_str().unwrap();
    let terms = &case["multivariable"]["terms"];
    let fitted = |interval: &str| {
        let options = format!("{heading}\nterms = {terms}\nunivariable = true\ninterval = \"{interval}\"");
        try_run("farr", method, &options, columns, &vec![1; columns[0].values.len()]).unwrap()
    };
    let (wald, profile) = (fitted("wald"), fitted("profile"));
    let mut comparison = Comparison::new(method, name, source);
    compare(&mut comparison, &wald, &profile, Model::Multivariable, &case["multivariable"]);
    for theirs in case["univariable"].as_array().unwrap() {
        compare(&mut comparison, &wald, &profile, Model::Univariable, theirs);
    }
    comparison.finish();
}

#[test]
fn logistic_agrees_with_glm() {
    let oracle = load("logistic");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 6);
    for case in cases {
        let outcome = case["outcome"].as_str().unwrap();
        let columns = columns(&case["data"], &[(outcome, outcome)]);
        check_case(case, "logistic", &format!("outcome = \"{outcome}\""), &columns, "R 4.2.2 glm");
    }
}

#[test]
fn cox_agrees_with_coxph() {
    let oracle = load("cox");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 16);
    for case in cases {
        let ties = case["ties"].as_str().unwrap();
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let heading = format!("endpoint = \"os\"\nties = \"{ties}\"");
        check_case(case, "cox", &heading, &columns, &format!("R 4.2.2 survival 3.5-3 coxph, {ties}"));
    }
}

fn compare_subdistribution(comparison: &mut Comparison, ours: &Results, model: Model, theirs: &Value) {
    let figure = |value: &Value| value.as_f64().unwrap();
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let what = |name: &str| format!("{model:?} {term} {level:?} {name}");
        let row = ratio(ours, model, term, level);
        let (beta, std_error) = (figure(&column["beta"]), figure(&column["std_error"]));
        assert_eq!(row.quantity, Quantity::SubdistributionHazardRatio);
        assert_eq!((row.n, row.of), (column["n"].as_u64(), column["of"].as_u64()), "{}", what("counts"));
        comparison.figure(&what("ratio"), row.value.unwrap().ln(), beta);
        comparison.figure(&what("standard error"), row.std_error.unwrap(), std_error);
        let test = row.test.as_ref().unwrap();
        comparison.figure(&what("Wald"), test.statistic.unwrap(), (beta / std_error).powi(2));
        comparison.figure(&what("P"), test.p_value.unwrap(), figure(&column["p_value"]));
    }
    for test in theirs["tests"].as_array().unwrap() {
        if figure(&test["wald"]["df"]) > 1.0 {
            let term = test["term"].as_str();
            let found = global(ours, model, term, TestName::Wald);
            compare_test(comparison, &format!("{model:?} {term:?} Wald"), found, &test["wald"]);
        }
    }
    let term = (model == Model::Univariable).then(|| theirs["terms"][0].as_str().unwrap());
    let single = |quantity| value(ours, model, term, quantity);
    comparison.figure("log-likelihood", single(Quantity::LogLikelihood), figure(&theirs["log_likelihood"]));
    comparison.figure("null", single(Quantity::NullLogLikelihood), figure(&theirs["null_log_likelihood"]));
    if term.is_none() {
        compare_test(comparison, "whole Wald", global(ours, model, None, TestName::Wald), &theirs["wald"]);
    }
    assert_eq!(
        global(ours, model, term, TestName::LikelihoodRatio),
        None,
        "a weighted likelihood has no test"
    );
}

#[test]
fn fine_gray_agrees_with_crr() {
    let oracle = load("fine_gray");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 6);
    for case in cases {
        let columns = columns(&case["data"], &[("event", "os.event"), ("competing", "os.competing")]);
        let terms = &case["multivariable"]["terms"];
        let options = format!("endpoint = \"os\"\nterms = {terms}\nunivariable = true");
        let n = vec![1; columns[0].values.len()];
        let ours = try_run("farr", "fine_gray", &options, &columns, &n).unwrap();
        let name = case["name"].as_str().unwrap();
        let mut comparison = Comparison::new("fine_gray", name, "R 4.2.2 cmprsk 2.2.11 crr");
        compare_subdistribution(&mut comparison, &ours, Model::Multivariable, &case["multivariable"]);
        for theirs in case["univariable"].as_array().unwrap() {
            compare_subdistribution(&mut comparison, &ours, Model::Univariable, theirs);
        }
        comparison.finish();
    }
}
