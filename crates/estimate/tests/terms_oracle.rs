//! Interactions and restricted cubic splines against R.

mod modelling;
mod oracle;

use modelling::{columns, global, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Model, Quantity, Results, Test, TestName};

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn compare_test(
    comparison: &mut Comparison,
    what: &str,
    (statistic, df, p): (f64, f64, f64),
    theirs: &Value,
) {
    assert_eq!(df, figure(&theirs["df"]), "{what}");
    // A small difference of two log-likelihoods has no more decimals than they have.
    let offset = if figure(&theirs["statistic"]) < 0.01 { 1.0 } else { 0.0 };
    comparison.figure(
        &format!("{what} statistic"),
        statistic + offset,
        figure(&theirs["statistic"]) + offset,
    );
    if figure(&theirs["p_value"]) > 1e-30 {
        comparison.figure(&format!("{what} P"), p, figure(&theirs["p_value"]));
    }
}

fn nonlinear(results: &Results, model: Model, term: &str, name: TestName) -> (f64, f64, f64) {
    let rows = results.estimates.iter().filter(|row| {
        row.quantity == Quantity::Nonlinearity
            && row.model == Some(model)
            && row.term.as_deref() == Some(term)
    });
    let tests: Vec<&Test> = rows.filter_map(|row| row.test.as_ref()).collect();
    let test = tests.into_iter().find(|test| test.name == name).unwrap();
    (test.statistic.unwrap(), test.df[0], test.p_value.unwrap())
}

fn compare_columns(
    comparison: &mut Comparison,
    wald: &Results,
    profile: &Results,
    model: Model,
    theirs: &Value,
) {
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let what = |name: &str| format!("{model:?} {term} {level:?} {name}");
        let (beta, std_error) = (figure(&column["beta"]), figure(&column["std_error"]));
        if column["spline"] == true {
            let row = wald.estimates.iter().find(|row| {
                row.quantity == Quantity::Coefficient
                    && (row.model, row.term.as_deref(), row.level.as_deref())
                        == (Some(model), Some(term), level)
            });
            comparison.figure(&what("coefficient"), row.unwrap().value.unwrap(), beta);
            comparison.figure(&what("standard error"), row.unwrap().std_error.unwrap(), std_error);
            continue;
        }
        let row = ratio(wald, model, term, level);
        comparison.figure(&what("ratio"), row.value.unwrap(), beta.exp());
        comparison.figure(&what("standard error"), row.std_error.unwrap(), std_error);
        comparison.figure(
            &what("Wald"),
            row.test.as_ref().unwrap().statistic.unwrap(),
            (beta / std_error).powi(2),
        );
        let limits = ratio(profile, model, term, level).interval.unwrap();
        comparison.figure(&what("lower"), limits.lower.unwrap(), figure(&column["profile"][0]).exp());
        comparison.figure(&what("upper"), limits.upper.unwrap(), figure(&column["profile"][1]).exp());
    }
}

fn compare_splines(comparison: &mut Comparison, wald: &Results, model: Model, theirs: &Value) {
    for spline in theirs["splines"].as_array().unwrap() {
        let term = spline["term"].as_str().unwrap();
        let what = |name: &str| format!("{model:?} {term} {name}");
        let curve = wald.effects.iter().find(|curve| curve.model == model && curve.term == term).unwrap();
        let knots = spline["knots"].as_array().unwrap();
        assert_eq!(curve.knots.len(), knots.len(), "{}", what("knots"));
        for (ours, theirs) in curve.knots.iter().zip(knots) {
            comparison.figure(&what("knot"), *ours, figure(theirs));
        }
        let high = figure(&spline["quartiles"][2]).to_string();
        let row = ratio(wald, model, term, Some(&high));
        comparison.figure(&what("ratio"), row.value.unwrap(), figure(&spline["ratio"][0]).exp());
        comparison.figure(&what("its error"), row.std_error.unwrap(), figure(&spline["ratio"][1]));
        comparison.figure(&what("reference"), curve.reference, figure(&spline["quartiles"][1]));
        let z = 1.959_963_984_540_054;
        for (index, point) in spline["curve"].as_array().unwrap().iter().enumerate() {
            let at = 50 * index;
            comparison.figure(&what("x"), curve.x[at], figure(&spline["x"][index]));
            let (log, error) = (figure(&point[0]), figure(&point[1]));
            comparison.figure(&what("curve"), curve.ratio[at].unwrap(), log.exp());
            comparison.figure(&what("curve, lower"), curve.lower[at].unwrap(), (log - z * error).exp());
            comparison.figure(&what("curve, upper"), curve.upper[at].unwrap(), (log + z * error).exp());
        }
        let bend = &spline["nonlinear"];
        let ratio = nonlinear(wald, model, term, TestName::LikelihoodRatio);
        compare_test(comparison, &what("bend"), ratio, &bend["likelihood_ratio"]);
        compare_test(comparison, &what("bend"), nonlinear(wald, model, term, TestName::Wald), &bend["wald"]);
    }
}

fn compare(comparison: &mut Comparison, wald: &Results, profile: &Results, model: Model, theirs: &Value) {
    compare_columns(comparison, wald, profile, model, theirs);
    for test in theirs["tests"].as_array().unwrap() {
        let term = test["term"].as_str();
        let what = format!("{model:?} {term:?}");
        let ratio = global(wald, model, term, TestName::LikelihoodRatio).unwrap();
        compare_test(comparison, &what, ratio, &test["test"]["likelihood_ratio"]);
        if figure(&test["test"]["wald"]["df"]) > 1.0 {
            let joint = global(wald, model, term, TestName::Wald).unwrap();
            compare_test(comparison, &what, joint, &test["test"]["wald"]);
        }
    }
    compare_splines(comparison, wald, model, theirs);
    let term = (model == Model::Univariable).then(|| theirs["tests"][0]["term"].as_str().unwrap());
    let single = |quantity| value(wald, model, term, quantity);
    comparison.figure("log-likelihood", single(Quantity::LogLikelihood), figure(&theirs["log_likelihood"]));
    if theirs["intercept"].is_array() {
        comparison.figure("intercept", single(Quantity::Intercept), figure(&theirs["intercept"][0]));
    }
}

fn check(case: &Value, method: &str, heading: &str, columns: &[Column], source: &str) {
    let fitted = |interval: &str| {
        let terms = &case["asked"];
        let options = format!("{heading}\nterms = {terms}\nunivariable = true\ninterval = \"{interval}\"");
        try_run("farr", method, &options, columns, &vec![1; columns[0].values.len()]).unwrap()
    };
    let (wald, profile) = (fitted("wald"), fitted("profile"));
    let name = format!("{}, interactions and splines", case["name"].as_str().unwrap());
    let mut comparison = Comparison::new(method, &name, source);
    compare(&mut comparison, &wald, &profile, Model::Multivariable, &case["multivariable"]);
    for theirs in case["univariable"].as_array().unwrap() {
        compare(&mut comparison, &wald, &profile, Model::Univariable, theirs);
    }
    comparison.finish();
}

#[test]
fn interactions_and_splines_agree_with_r() {
    let oracle = load("terms");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 8);
    for case in cases {
        match case["outcome"].as_str() {
            Some(outcome) => {
                let columns = columns(&case["data"], &[(outcome, outcome)]);
                let heading = format!("outcome = \"{outcome}\"");
                check(case, "logistic", &heading, &columns, "R 4.2.2 glm, Hmisc rcspline.eval");
            }
            None => {
                let columns = columns(&case["data"], &[("event", "os.event")]);
                let heading = "endpoint = \"os\"\nties = \"efron\"";
                check(case, "cox", heading, &columns, "R 4.2.2 survival 3.5-3 coxph, Hmisc rcspline.eval");
            }
        }
    }
}
