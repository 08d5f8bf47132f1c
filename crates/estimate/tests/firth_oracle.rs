//! Firth's penalized logistic regression against R.

mod modelling;
mod oracle;

use modelling::{columns, global, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{IntervalMethod, Model, Quantity, Results, TestName};

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// A statistic that is a small difference of two log-likelihoods has no more decimals than they have.
fn compare_test(comparison: &mut Comparison, what: &str, ours: (Option<f64>, Option<f64>), theirs: &Value) {
    let statistic = figure(&theirs["statistic"]);
    let offset = if statistic < 0.01 { 1.0 } else { 0.0 };
    comparison.figure(&format!("{what} statistic"), ours.0.unwrap() + offset, statistic + offset);
    comparison.figure(&format!("{what} P"), ours.1.unwrap(), figure(&theirs["p_value"]));
}

fn compare(comparison: &mut Comparison, profile: &Results, wald: &Results, model: Model, theirs: &Value) {
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let what = |name: &str| format!("{model:?} {term} {level:?} {name}");
        let row = ratio(profile, model, term, level);
        let (beta, std_error) = (figure(&column["beta"]), figure(&column["std_error"]));
        comparison.figure(&what("β"), row.value.unwrap().ln(), beta);
        comparison.figure(&what("standard error"), row.std_error.unwrap(), std_error);
        let test = row.test.as_ref().unwrap();
        assert_eq!(test.name, TestName::PenalizedLikelihoodRatio);
        compare_test(comparison, &what("test"), (test.statistic, test.p_value), &column["test"]);
        let interval = row.interval.unwrap();
        assert_eq!(interval.method, IntervalMethod::PenalizedProfileLikelihood);
        comparison.figure(&what("lower"), interval.lower.unwrap().ln(), figure(&column["profile"][0]));
        comparison.figure(&what("upper"), interval.upper.unwrap().ln(), figure(&column["profile"][1]));
        let row = ratio(wald, model, term, level);
        let z = row.test.as_ref().unwrap().statistic.unwrap();
        comparison.figure(&what("Wald"), z, (beta / std_error).powi(2));
    }
    for test in theirs["tests"].as_array().unwrap() {
        let term = test["term"].as_str();
        for (key, name) in
            [("likelihood_ratio", TestName::PenalizedLikelihoodRatio), ("wald", TestName::Wald)]
        {
            if key == "wald" && test[key]["df"] == 1 {
                continue;
            }
            let (statistic, df, p) = global(profile, model, term, name).unwrap();
            assert_eq!(df, figure(&test[key]["df"]));
            compare_test(
                comparison,
                &format!("{model:?} {term:?} {key}"),
                (Some(statistic), Some(p)),
                &test[key],
            );
        }
    }
    let term = (model == Model::Univariable).then(|| theirs["terms"][0].as_str().unwrap());
    for (quantity, key) in
        [(Quantity::LogLikelihood, "log_likelihood"), (Quantity::NullLogLikelihood, "null_log_likelihood")]
    {
        comparison.figure(key, value(profile, model, term, quantity), figure(&theirs[key]));
    }
    let (statistic, _, p) = global(profile, model, term, TestName::PenalizedLikelihoodRatio).unwrap();
    compare_test(comparison, "whole", (Some(statistic), Some(p)), &theirs["likelihood_ratio"]);
    let intercept = profile.estimates.iter().find(|row| {
        row.quantity == Quantity::Intercept && row.model == Some(model) && row.term.as_deref() == term
    });
    comparison.figure("intercept", intercept.unwrap().value.unwrap(), figure(&theirs["intercept"][0]));
    comparison.figure("its error", intercept.unwrap().std_error.unwrap(), figure(&theirs["intercept"][1]));
}

#[test]
fn firth_agrees_with_brglm2_and_penalized_profiles() {
    let oracle = load("firth");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 3);
    for case in cases {
        let outcome = case["outcome"].as_str().unwrap();
        let columns = columns(&case["data"], &[(outcome, outcome)]);
        let terms = &case["multivariable"]["terms"];
        let fitted = |interval: &str| {
            let options = format!(
                "outcome = \"{outcome}\"\nterms = {terms}\nunivariable = true\npenalty = \"firth\"\n{interval}"
            );
            try_run("farr", "logistic", &options, &columns, &vec![1; columns[0].values.len()]).unwrap()
        };
        let (profile, wald) = (fitted(""), fitted("interval = \"wald\""));
        let source = "R 4.2.2 brglm2 0.9, profile in base R";
        let mut comparison = Comparison::new("logistic", case["name"].as_str().unwrap(), source);
        compare(&mut comparison, &profile, &wald, Model::Multivariable, &case["multivariable"]);
        for theirs in case["univariable"].as_array().unwrap() {
            compare(&mut comparison, &profile, &wald, Model::Univariable, theirs);
        }
        comparison.finish();
    }
}
