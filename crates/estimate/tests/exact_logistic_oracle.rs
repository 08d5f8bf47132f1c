//! Exact logistic regression against all outcomes, counted one by one in whole numbers.

mod modelling;
mod oracle;

use modelling::{columns, ratio, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, IntervalMethod, Model, Notice, Quantity, Results, TestName};

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn run(case: &Value, columns: &[Column], more: &str) -> Results {
    let strata = case["strata"].as_str().map_or(String::new(), |name| format!("strata = \"{name}\"\n"));
    let terms = &case["multivariable"]["terms"];
    let options = format!("outcome = \"y\"\nterms = {terms}\nunivariable = true\n{strata}{more}");
    try_run("farr", "exact_logistic", &options, columns, &vec![1; columns[0].values.len()]).unwrap()
}

/// A limit: both finite, or both absent.
fn limit(comparison: &mut Comparison, what: &str, ours: Option<f64>, theirs: &Value) {
    match theirs.as_f64() {
        Some(theirs) => comparison.figure(what, ours.map_or(f64::NAN, f64::ln), theirs),
        None => assert_eq!(ours, None, "{what}"),
    }
}

fn compare(comparison: &mut Comparison, results: &Results, model: Model, theirs: &Value, own: &str, p: &str) {
    for column in theirs["columns"].as_array().unwrap() {
        let (term, level) = (column["term"].as_str().unwrap(), column["level"].as_str());
        let what = |name: &str| format!("{model:?} {term} {level:?} {own} {p} {name}");
        let row = ratio(results, model, term, level);
        let Some(beta) = column["beta"].as_f64() else {
            assert_eq!((row.value, row.interval, &row.test), (None, None, &None));
            let told = Notice::Uninformative { term: term.into(), level: level.map(Into::into) };
            assert!(results.notices.contains(&told));
            continue;
        };
        comparison.figure(&what("β"), row.value.unwrap().ln(), beta);
        match column["std_error"].as_f64() {
            Some(std_error) => comparison.figure(&what("error"), row.std_error.unwrap(), std_error),
            None => {
                assert_eq!(row.std_error, None);
                let told = Notice::MedianUnbiased { term: term.into(), level: level.map(Into::into) };
                assert!(results.notices.contains(&told));
            }
        }
        let (interval, expected) = (row.interval.unwrap(), &column[own]);
        assert_eq!(
            interval.method,
            if own == "mid_p" { IntervalMethod::MidP } else { IntervalMethod::Exact }
        );
        limit(comparison, &what("lower"), interval.lower, &expected["limits"][0]);
        limit(comparison, &what("upper"), interval.upper, &expected["limits"][1]);
        comparison.figure(&what("P"), row.test.as_ref().unwrap().p_value.unwrap(), figure(&expected[p]));
    }
    for test in theirs["tests"].as_array().unwrap() {
        let found = results.estimates.iter().find(|row| {
            row.quantity == Quantity::GlobalTest
                && row.model == Some(model)
                && row.term.as_deref() == test["term"].as_str()
        });
        let found = found.unwrap().test.as_ref().unwrap();
        let what = format!("{model:?} {} as a whole", test["term"]);
        if found.name == TestName::ExactScore {
            comparison.figure(&what, found.statistic.unwrap(), figure(&test["score"]));
            comparison.figure(&what, found.p_value.unwrap(), figure(&test["score_p"]));
        } else {
            assert_eq!(found.name, TestName::ExactProbability);
            comparison.figure(&what, found.p_value.unwrap(), figure(&test["probability_p"]));
        }
    }
}

#[test]
fn exact_logistic_agrees_with_all_outcomes() {
    let oracle = load("exact_logistic");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 5);
    for case in cases {
        let columns = columns(&case["data"], &[("y", "y")]);
        let source = "all outcomes counted, mpmath with 60 digits";
        let mut comparison = Comparison::new("exact_logistic", case["name"].as_str().unwrap(), source);
        for own in ["exact", "mid_p"] {
            for p in ["twice_smaller_tail", "score", "probability"] {
                let test = if p == "score" { "score" } else { "probability" };
                let more = format!("interval = \"{own}\"\np_value = \"{p}\"\ntest = \"{test}\"");
                let results = run(case, &columns, &more);
                compare(&mut comparison, &results, Model::Multivariable, &case["multivariable"], own, p);
                for theirs in case["univariable"].as_array().unwrap() {
                    compare(&mut comparison, &results, Model::Univariable, theirs, own, p);
                }
            }
        }
        comparison.finish();
    }
}
