//! Parametric survival regression against R's survreg, through the whole method: counts in, rows out.

mod modelling;
mod oracle;

use modelling::{columns, global, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Estimate, Interval, Model, Quantity, Results, TestName};

const Z: f64 = 1.959_963_984_540_054;

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn estimate(options: &str, columns: &[Column]) -> Results {
    let n = vec![1; columns[0].values.len()];
    try_run("farr", "parametric_survival", options, columns, &n).unwrap()
}

fn row<'a>(
    results: &'a Results,
    quantity: Quantity,
    term: Option<&str>,
    level: Option<&str>,
) -> &'a Estimate {
    let mut rows = results.estimates.iter().filter(|row| row.quantity == quantity);
    rows.find(|row| row.term.as_deref() == term && row.level.as_deref() == level)
        .unwrap_or_else(|| panic!("no {quantity:?} of {term:?} {level:?}"))
}

/// Both limits; one beyond the largest number has none.
fn limits(comparison: &mut Comparison, what: &str, row: &Estimate, theirs: [f64; 2]) {
    let Interval { lower, upper, .. } = row.interval.unwrap();
    for (side, ours, theirs) in [("lower", lower, theirs[0]), ("upper", upper, theirs[1])] {
        match ours {
            Some(ours) => comparison.figure(&format!("{what} {side}"), ours, theirs),
            None => {
                assert!(theirs.is_infinite() || theirs == 0.0, "{what} {side}: {theirs} in R, and none here")
            }
        }
    }
}

/// Logarithms of ratios and of their limits, their errors and tests.
fn compare_ratios(comparison: &mut Comparison, wald: &Results, profile: &Results, case: &Value) {
    for column in case["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str(), column["level"].as_str());
        for (quantity, theirs) in [(Quantity::TimeRatio, column), (Quantity::HazardRatio, &column["hazard"])]
        {
            if theirs.is_null() {
                continue;
            }
            let what = |name: &str| format!("{quantity:?} {term:?} {level:?} {name}");
            let ours = row(wald, quantity, term, level);
            let (beta, error) = (figure(&theirs["beta"]), figure(&theirs["std_error"]));
            comparison.figure(&what("ratio"), ours.value.unwrap(), beta.exp());
            comparison.figure(&what("standard error"), ours.std_error.unwrap(), error);
            let wald = [(beta - Z * error).exp(), (beta + Z * error).exp()];
            limits(comparison, &what("Wald"), ours, wald);
            if quantity == Quantity::TimeRatio {
                let p = ours.test.as_ref().unwrap().p_value.unwrap();
                comparison.figure(&what("P"), p, figure(&theirs["p_value"]));
            }
            let ours = row(profile, quantity, term, level);
            let likelihood = [0, 1].map(|side| figure(&theirs["profile"][side]).exp());
            limits(comparison, &what("profile"), ours, likelihood);
        }
    }
}

fn compare_whole(comparison: &mut Comparison, ours: &Results, case: &Value) {
    let law = case["law"].as_str();
    let mut number = |what: &str, row: &Estimate, name: &str| {
        comparison.figure(what, row.value.unwrap(), figure(&case[name]));
    };
    number("log-likelihood", row(ours, Quantity::LogLikelihood, None, law), "log_likelihood");
    number("log-likelihood of the model", row(ours, Quantity::LogLikelihood, None, None), "log_likelihood");
    number("null", row(ours, Quantity::NullLogLikelihood, None, None), "null_log_likelihood");
    number("AIC", row(ours, Quantity::Aic, None, law), "aic");
    number("AIC of the model", row(ours, Quantity::Aic, None, None), "aic");
    number("BIC", row(ours, Quantity::Bic, None, law), "bic");
    let intercept = row(ours, Quantity::Intercept, None, None);
    comparison.figure("intercept", intercept.value.unwrap(), figure(&case["intercept"][0]));
    comparison.figure("its error", intercept.std_error.unwrap(), figure(&case["intercept"][1]));
    if law != Some("exponential") {
        let scale = row(ours, Quantity::Scale, None, None);
        comparison.figure("scale", scale.value.unwrap(), figure(&case["scale"][0]));
        comparison.figure("its error", scale.std_error.unwrap(), figure(&case["scale"][1]));
    }
    for test in case["tests"].as_array().unwrap() {
        let term = test["term"].as_str();
        for (name, key) in [(TestName::LikelihoodRatio, "likelihood_ratio"), (TestName::Wald, "wald")] {
            let theirs = &test[key];
            let Some((statistic, df, p)) = global(ours, Model::Multivariable, term, name) else {
                // The joint Wald test of one column is its own.
                assert_eq!((name, figure(&theirs["df"])), (TestName::Wald, 1.0));
                continue;
            };
            assert_eq!(df, figure(&theirs["df"]));
            // A difference of two log-likelihoods has no more decimals than they have.
            let offset = if figure(&theirs["statistic"]) < 0.1 { 1.0 } else { 0.0 };
            let what = format!("{key} {term:?}");
            comparison.figure(&what, statistic + offset, figure(&theirs["statistic"]) + offset);
            if offset == 0.0 {
                comparison.figure(&format!("{what} P"), p, figure(&theirs["p_value"]));
            }
        }
    }
}

fn compare_predictions(comparison: &mut Comparison, ours: &Results, case: &Value) {
    let (profile, label) = (Some("profile"), Some("first"));
    let median = row(ours, Quantity::PredictedQuantile, profile, label);
    let (value, error) = (figure(&case["median"][0]), figure(&case["median"][1]));
    comparison.figure("median", median.value.unwrap(), value);
    comparison.figure("its error", median.std_error.unwrap(), error);
    limits(comparison, "median", median, [-Z, Z].map(|z| value * (z * error).exp()));
    let survival = row(ours, Quantity::PredictedSurvival, profile, label);
    comparison.figure("survival", survival.value.unwrap(), figure(&case["survival"][0]));
    limits(comparison, "survival", survival, [1, 2].map(|side| figure(&case["survival"][side])));
}

#[test]
fn every_law_agrees_with_survreg() {
    let figures = load("parametric_survival");
    let source = format!("R survival {}, survreg", figures["versions"]["survival"].as_str().unwrap());
    for case in figures["cases"].as_array().unwrap() {
        let columns = columns(&case["data"], &[("event", "os.event")]);
        let terms: Vec<&str> =
            case["terms"].as_array().unwrap().iter().map(|term| term.as_str().unwrap()).collect();
        let values = terms.iter().zip(case["values"].as_array().unwrap());
        let values: Vec<String> = values.map(|(term, value)| format!("{term} = {value}")).collect();
        let options = format!(
            "endpoint = \"os\"\nterms = {terms:?}\ndistribution = {law}\nat = [{at}]\nprofiles = [{{ label = \
             \"first\", {} }}]\ninterval = ",
            values.join(", "),
            law = case["law"],
            at = case["at"],
        );
        let name = format!("{} ({})", case["name"].as_str().unwrap(), case["law"].as_str().unwrap());
        let mut comparison = Comparison::new("parametric survival", &name, &source);
        let wald = estimate(&format!("{options}\"wald\""), &columns);
        let profile = estimate(&format!("{options}\"profile\""), &columns);
        compare_ratios(&mut comparison, &wald, &profile, case);
        compare_whole(&mut comparison, &wald, case);
        compare_predictions(&mut comparison, &wald, case);
        comparison.finish();
    }
}
