//! Interactions and restricted cubic splines against R.

mod modelling;
mod oracle;

use modelling::{columns, global, ratio, try_run, value};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, EffectCurve, Model, Quantity, Results, Test, TestName};

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
    tested(results, model, (Quantity::Nonlinearity, Some(term)), name).unwrap()
}

fn tested(
    results: &Results,
    model: Model,
    (quantity, term): (Quantity, Option<&str>),
    name: TestName,
) -> Option<(f64, f64, f64)> {
    let rows = results
        .estimates
        .iter()
        .filter(|row| row.quantity == quantity && row.model == Some(model) && row.term.as_deref() == term);
    let tests: Vec<&Test> = rows.filter_map(|row| row.test.as_ref()).collect();
    let test = tests.into_iter().find(|test| test.name == name)?;
    Some((test.statistic?, test.df[0], test.p_value?))
}

/// The tests of several terms together, as R has them and no others.
fn compare_together(
    comparison: &mut Comparison,
    wald: &Results,
    score: Option<&Results>,
    model: Model,
    theirs: &Value,
) {
    let quantities = [
        Quantity::TotalEffect,
        Quantity::TotalInteraction,
        Quantity::TotalNonlinearity,
        Quantity::LinearAdditive,
    ];
    let all = theirs["together"].as_array().unwrap();
    let own = wald.estimates.iter().filter(|row| {
        let test = row.test.as_ref().is_some_and(|test| test.name == TestName::Wald);
        row.model == Some(model) && quantities.contains(&row.quantity) && test
    });
    let own: Vec<_> = own.map(|row| (row.quantity, row.term.as_deref())).collect();
    assert_eq!(own.len(), all.len(), "{model:?} {own:?}");
    for theirs in all {
        let quantity: Quantity = serde_json::from_value(theirs["quantity"].clone()).unwrap();
        let what = (quantity, theirs["term"].as_str());
        let name = format!("{model:?} {what:?}");
        let test = &theirs["test"];
        let ratio = tested(wald, model, what, TestName::LikelihoodRatio).unwrap();
        compare_test(comparison, &name, ratio, &test["likelihood_ratio"]);
        compare_test(comparison, &name, tested(wald, model, what, TestName::Wald).unwrap(), &test["wald"]);
        if let Some(score) = score {
            let score = tested(score, model, what, TestName::Score).unwrap();
            compare_test(comparison, &format!("{name} score"), score, &test["score"]);
        }
    }
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

/// Whether a text is what R held: a level, or nearly the same number.
fn is_held(text: &str, theirs: &Value) -> bool {
    match (text.parse::<f64>(), theirs.as_f64()) {
        (Ok(own), Some(theirs)) => (own - theirs).abs() <= 1e-9 * theirs.abs(),
        _ => theirs.as_str() == Some(text),
    }
}

/// The ratios of a spline within the levels, or at values, of the other variables of an interaction.
fn compare_within(comparison: &mut Comparison, wald: &Results, model: Model, theirs: &Value) {
    for crossed in theirs["within"].as_array().unwrap() {
        let term = crossed["term"].as_str().unwrap();
        let all = crossed["within"].as_array().unwrap();
        let rows = || {
            let own = wald.estimates.iter().filter(|row| row.quantity.is_ratio() && row.model == Some(model));
            own.filter(|row| row.term.as_deref() == Some(term))
        };
        assert_eq!(rows().count(), all.len(), "{model:?} {term}");
        for within in all {
            let spline = within["spline"].as_str().unwrap();
            let others: Vec<&str> =
                within["others"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            let held = within["held"].as_array().unwrap();
            let what = |name: &str| format!("{model:?} {term} {spline} {held:?} {name}");
            // The compared number, those that are held with their names, the levels of the factors.
            let numbers: Vec<usize> = (0..held.len()).filter(|at| held[*at].is_number()).collect();
            let levels: Vec<usize> = (0..held.len()).filter(|at| held[*at].is_string()).collect();
            let row = rows()
                .find(|row| {
                    let parts: Vec<&str> = row.level.as_deref().unwrap().split(':').collect();
                    let named = |part: &str, name: &str| -> Option<String> {
                        Some(part.strip_prefix(name)?.strip_prefix('=')?.to_string())
                    };
                    let number = |(at, part): (&usize, &&str)| {
                        named(part, others[*at]).is_some_and(|text| is_held(&text, &held[*at]))
                    };
                    named(parts[0], spline).is_some()
                        && numbers.iter().zip(&parts[1..]).all(number)
                        && levels
                            .iter()
                            .zip(&parts[1 + numbers.len()..])
                            .all(|(at, part)| is_held(part, &held[*at]))
                })
                .unwrap();
            comparison.figure(&what("ratio"), row.value.unwrap(), figure(&within["ratio"][0]).exp());
            comparison.figure(&what("its error"), row.std_error.unwrap(), figure(&within["ratio"][1]));
            let patients = numbers.is_empty().then(|| within["n"].as_u64().unwrap());
            assert_eq!(row.of, patients, "{}", what("patients"));
            let same = |curve: &&EffectCurve| {
                let own = curve.model == model && curve.term == spline && curve.held.len() == others.len();
                own && curve
                    .held
                    .iter()
                    .zip(others.iter().zip(held))
                    .all(|(own, (name, theirs))| own.variable == **name && is_held(&own.level, theirs))
            };
            let curve = wald.effects.iter().find(same);
            let Some(points) = within["curve"].as_array() else {
                assert!(curve.is_none(), "{}", what("curve"));
                continue;
            };
            let curve = curve.unwrap();
            let z = 1.959_963_984_540_054;
            for (index, point) in points.iter().enumerate() {
                let at = 50 * index;
                let (log, error) = (figure(&point[0]), figure(&point[1]));
                comparison.figure(&what("x"), curve.x[at], figure(&within["x"][index]));
                comparison.figure(&what("curve"), curve.ratio[at].unwrap(), log.exp());
                comparison.figure(&what("lower"), curve.lower[at].unwrap(), (log - z * error).exp());
                comparison.figure(&what("upper"), curve.upper[at].unwrap(), (log + z * error).exp());
            }
        }
        let bend = &crossed["nonlinear"];
        for (name, theirs) in
            [(TestName::LikelihoodRatio, &bend["likelihood_ratio"]), (TestName::Wald, &bend["wald"])]
        {
            let own = nonlinear(wald, model, term, name);
            compare_test(comparison, &format!("{model:?} {term} bend"), own, theirs);
        }
    }
}

fn compare(
    comparison: &mut Comparison,
    [wald, profile]: [&Results; 2],
    score: Option<&Results>,
    model: Model,
    theirs: &Value,
) {
    compare_columns(comparison, wald, profile, model, theirs);
    compare_within(comparison, wald, model, theirs);
    compare_together(comparison, wald, score, model, theirs);
    for test in theirs["tests"].as_array().unwrap() {
        let term = test["term"].as_str();
        let what = format!("{model:?} {term:?}");
        let ratio = global(wald, model, term, TestName::LikelihoodRatio).unwrap();
        compare_test(comparison, &what, ratio, &test["test"]["likelihood_ratio"]);
        if figure(&test["test"]["wald"]["df"]) > 1.0 {
            let joint = global(wald, model, term, TestName::Wald).unwrap();
            compare_test(comparison, &what, joint, &test["test"]["wald"]);
        }
        if let Some(score) = score {
            let score = global(score, model, term, TestName::Score).unwrap();
            compare_test(comparison, &format!("{what} score"), score, &test["test"]["score"]);
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
    let [wald, profile] = ["wald", "profile"].map(fitted);
    // Cox models have no score intervals.
    let score = if method == "logistic" { Some(fitted("score")) } else { None };
    let name = format!("{}, interactions and splines", case["name"].as_str().unwrap());
    let mut comparison = Comparison::new(method, &name, source);
    compare(&mut comparison, [&wald, &profile], score.as_ref(), Model::Multivariable, &case["multivariable"]);
    for theirs in case["univariable"].as_array().unwrap() {
        compare(&mut comparison, [&wald, &profile], score.as_ref(), Model::Univariable, theirs);
    }
    comparison.finish();
}

#[test]
fn interactions_and_splines_agree_with_r() {
    let oracle = load("terms");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 13);
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
