//! Elastic nets against polished paths of R's glmnet.

mod modelling;
mod oracle;

use modelling::{columns, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Quantity, Results, SeriesKind};

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn compare_rule(comparison: &mut Comparison, ours: &Results, group: &str, theirs: &Value) {
    let rows = |quantity| {
        let own = move |row: &&Estimate| row.quantity == quantity && row.group.as_deref() == Some(group);
        ours.estimates.iter().filter(own)
    };
    let lambda = rows(Quantity::Penalty).next().unwrap();
    let at = theirs["at"].as_u64().unwrap() as usize;
    assert_eq!(lambda.value.unwrap(), ours.series[0].x[at]);
    let coefficients: Vec<f64> = rows(Quantity::Coefficient).map(|row| row.value.unwrap()).collect();
    let expected = numbers(&theirs["beta"]);
    assert_eq!(coefficients.len(), expected.len());
    for (ours, theirs) in coefficients.iter().zip(&expected) {
        assert_eq!(*ours == 0.0, *theirs == 0.0);
        comparison.figure("coefficient", *ours, *theirs);
    }
    assert_eq!(lambda.n.unwrap(), expected.iter().filter(|beta| **beta != 0.0).count() as u64);
    if let Some(intercept) = theirs["intercept"].as_f64() {
        comparison.figure("intercept", rows(Quantity::Intercept).next().unwrap().value.unwrap(), intercept);
    }
}

#[test]
fn paths_and_cross_validation_agree_with_glmnet() {
    let oracle = load("elastic_net");
    let source = format!("R glmnet {}", oracle["versions"]["glmnet"].as_str().unwrap());
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 30);
    for case in cases {
        let cox = case["cox"].as_bool().unwrap();
        let terms: Vec<String> =
            case["terms"].as_array().unwrap().iter().map(|term| term.to_string()).collect();
        let what =
            if cox { "endpoint = \"os\"\nties = \"breslow\"" } else { "outcome = \"y\"\nevent = \"yes\"" };
        let alpha = figure(&case["alpha"]);
        let weights = match case["weights"].as_str() {
            Some("sampled") => "weights = \"w\"\nweight_kind = \"sampling\"\n",
            Some("counted") => "weights = \"w\"\nweight_kind = \"frequency\"\n",
            _ => "",
        };
        let options = format!(
            "{weights}{what}\nterms = [{}]\nalpha = {alpha}\nfolds_by = \"fold\"\nlambda_ratio = 1e-4",
            terms.join(", ")
        );
        let data = columns(&case["data"], &[("event", "os.event")]);
        let n = vec![1; data[0].values.len()];
        let ours = try_run("farr", "elastic_net", &options, &data, &n).unwrap();
        let dataset = format!("{}, α = {alpha}", case["dataset"].as_str().unwrap());
        let method = if cox { "elastic_net (Cox)" } else { "elastic_net (logistic)" };
        let mut comparison = Comparison::new(method, &dataset, &source);
        let paths: Vec<_> =
            ours.series.iter().filter(|one| one.kind == SeriesKind::CoefficientPath).collect();
        let validated: Vec<&Estimate> =
            ours.estimates.iter().filter(|row| row.quantity == Quantity::CrossValidatedDeviance).collect();
        for point in case["points"].as_array().unwrap() {
            let at = point["at"].as_u64().unwrap() as usize;
            comparison.figure("λ", validated[at].at.unwrap(), figure(&point["lambda"]));
            comparison.figure("deviance", validated[at].value.unwrap(), figure(&point["mean"]));
            comparison.figure("its error", validated[at].std_error.unwrap(), figure(&point["error"]));
            let expected = numbers(&point["per_deviation"]);
            assert_eq!(paths.len(), expected.len());
            for (path, theirs) in paths.iter().zip(&expected) {
                assert_eq!(path.y[at] == 0.0, *theirs == 0.0);
                comparison.figure("per deviation", path.y[at], *theirs);
            }
        }
        compare_rule(&mut comparison, &ours, "lambda_min", &case["lambda_min"]);
        compare_rule(&mut comparison, &ours, "lambda_1se", &case["lambda_1se"]);
        comparison.finish();
    }
}
