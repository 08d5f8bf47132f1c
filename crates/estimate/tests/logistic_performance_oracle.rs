//! Performance of, and influence on, a logistic model against R.

mod modelling;
mod oracle;

use modelling::{columns, ratio, try_run};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Column, Estimate, Model, Quantity, Results, Series, TestName};

fn figure(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn find<'a>(results: &'a Results, quantity: Quantity, group: Option<&str>) -> &'a Estimate {
    let found = results
        .estimates
        .iter()
        .find(|row| row.quantity == quantity && row.group.as_deref() == group && row.level.is_none());
    found.unwrap_or_else(|| panic!("no {quantity:?} of {group:?}"))
}

fn test_of(results: &Results, name: TestName, group: Option<&str>) -> (f64, f64) {
    let tests = results.estimates.iter().filter(|row| row.group.as_deref() == group);
    let test = tests.filter_map(|row| row.test.as_ref()).find(|test| test.name == name).unwrap();
    (test.statistic.unwrap(), test.p_value.unwrap())
}

fn compare_performance(comparison: &mut Comparison, ours: &Results, logit: &Results, theirs: &Value) {
    for (quantity, key) in [
        (Quantity::NagelkerkeR2, "nagelkerke"),
        (Quantity::CoxSnellR2, "cox_snell"),
        (Quantity::McFaddenR2, "mcfadden"),
        (Quantity::Auc, "auc"),
        (Quantity::Brier, "brier"),
    ] {
        comparison.figure(key, find(ours, quantity, None).value.unwrap(), figure(&theirs[key]));
    }
    let auc = find(ours, Quantity::Auc, None);
    comparison.figure("AUC error", auc.std_error.unwrap(), figure(&theirs["auc_error"]));
    let z = 1.959_963_984_540_054;
    let (value, width) = (figure(&theirs["auc"]), z * figure(&theirs["auc_error"]));
    comparison.figure("lower", auc.interval.unwrap().lower.unwrap(), value - width);
    comparison.figure("upper", auc.interval.unwrap().upper.unwrap(), (value + width).min(1.0));
    let limits = find(logit, Quantity::Auc, None).interval.unwrap();
    comparison.figure("logit lower", limits.lower.unwrap(), figure(&theirs["logit"][0]));
    comparison.figure("logit upper", limits.upper.unwrap(), figure(&theirs["logit"][1]));
    // By construction, and to rounding.
    let single = |quantity| find(ours, quantity, None).value.unwrap();
    comparison.figure("calibration slope", single(Quantity::CalibrationSlope), 1.0);
    comparison.figure("calibration intercept", single(Quantity::CalibrationIntercept), 0.0);
    let groups: Vec<&Estimate> =
        ours.estimates.iter().filter(|row| row.quantity == Quantity::ObservedRisk).collect();
    let expected = theirs["groups"].as_array().unwrap();
    assert_eq!(groups.len(), expected.len());
    for (ours, theirs) in groups.iter().zip(expected) {
        assert_eq!([ours.n, ours.of], [theirs[0].as_u64(), theirs[1].as_u64()]);
        comparison.figure("expected", ours.at.unwrap() * ours.of.unwrap() as f64, figure(&theirs[2]));
    }
    let (statistic, p) = test_of(ours, TestName::HosmerLemeshow, None);
    comparison.figure("Hosmer–Lemeshow", statistic, figure(&theirs["hosmer_lemeshow"]["statistic"]));
    comparison.figure("its P", p, figure(&theirs["hosmer_lemeshow"]["p_value"]));
}

/// The curve is thinned where it has very many points; the area beneath what is left stays close.
fn area(series: &Series) -> f64 {
    let points: Vec<(f64, f64)> = series.x.iter().copied().zip(series.y.iter().copied()).collect();
    points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * 0.5 * (pair[0].1 + pair[1].1)).sum()
}

fn compare_models(comparison: &mut Comparison, ours: &Results, index: usize, theirs: &Value) {
    let group = (index + 2).to_string();
    let group = Some(group.as_str());
    comparison.figure("other AUC", find(ours, Quantity::Auc, group).value.unwrap(), figure(&theirs["auc"]));
    let row = find(ours, Quantity::AucDifference, group);
    comparison.figure("difference", row.value.unwrap(), figure(&theirs["difference"]));
    comparison.figure("its error", row.std_error.unwrap(), figure(&theirs["std_error"]));
    let test = row.test.as_ref().unwrap();
    assert_eq!(test.name, TestName::DeLong);
    comparison.figure("its P", test.p_value.unwrap(), figure(&theirs["p_value"]));
    let (statistic, _) = test_of(ours, TestName::LikelihoodRatio, group);
    comparison.figure("likelihood ratio", statistic, figure(&theirs["likelihood_ratio"]));
}

fn compare_influence(comparison: &mut Comparison, ours: &Results, theirs: &Value) {
    let listed: Vec<&str> = ours.groups.iter().filter_map(|group| group.level.as_deref()).collect();
    for (group, theirs) in listed.iter().zip(theirs.as_array().unwrap()) {
        for (quantity, key) in [
            (Quantity::Leverage, "leverage"),
            (Quantity::PearsonResidual, "pearson"),
            (Quantity::StandardizedResidual, "standardized"),
            (Quantity::DevianceResidual, "deviance"),
            (Quantity::CooksDistance, "cooks"),
        ] {
            let row = find(ours, quantity, Some(group));
            assert_eq!([row.n, row.of], [theirs["n"].as_u64(), theirs["of"].as_u64()]);
            comparison.figure(key, row.value.unwrap(), figure(&theirs[key]));
        }
        let changes = ours
            .estimates
            .iter()
            .filter(|row| row.quantity == Quantity::DfBetas && row.group.as_deref() == Some(group));
        let changes: Vec<f64> = changes.map(|row| row.value.unwrap()).collect();
        let expected = theirs["dfbetas"].as_array().unwrap();
        assert_eq!(changes.len(), expected.len());
        for (ours, theirs) in changes.iter().zip(expected) {
            comparison.figure("dfbetas", *ours, figure(theirs));
        }
    }
}

fn run(method: &str, heading: &str, columns: &[Column]) -> Results {
    try_run("farr", method, heading, columns, &vec![1; columns[0].values.len()]).unwrap()
}

#[test]
fn performance_agrees_with_proc_and_base_r() {
    let oracle = load("logistic_performance");
    let cases = oracle["cases"].as_array().unwrap();
    assert!(cases.len() >= 5);
    for case in cases {
        let outcome = case["outcome"].as_str().unwrap();
        let columns = columns(&case["data"], &[(outcome, outcome)]);
        let heading =
            format!("outcome = \"{outcome}\"\nterms = {}\ncompare = {}", case["terms"], case["compare"]);
        let ours = run("logistic_performance", &heading, &columns);
        let logit = run("logistic_performance", &format!("{heading}\nauc_interval = \"logit\""), &columns);
        let name = case["name"].as_str().unwrap();
        let mut comparison = Comparison::new("logistic_performance", name, "R 4.2.2 pROC 1.18.0 and base R");
        compare_performance(&mut comparison, &ours, &logit, &case["performance"]);
        for (index, theirs) in case["comparisons"].as_array().unwrap().iter().enumerate() {
            compare_models(&mut comparison, &ours, index, theirs);
        }
        comparison.finish();
        let auc = find(&ours, Quantity::Auc, None).value.unwrap();
        assert!((area(&ours.series[0]) - auc).abs() < 1e-3, "{} {auc}", area(&ours.series[0]));
    }
}

#[test]
fn influence_agrees_with_r() {
    let oracle = load("logistic_performance");
    for case in oracle["cases"].as_array().unwrap() {
        let outcome = case["outcome"].as_str().unwrap();
        let columns = columns(&case["data"], &[(outcome, outcome)]);
        let heading = format!("outcome = \"{outcome}\"\nterms = {}\nshow = 20", case["terms"]);
        let ours = run("logistic_influence", &heading, &columns);
        let name = case["name"].as_str().unwrap();
        let mut comparison = Comparison::new("logistic_influence", name, "R 4.2.2 stats");
        compare_influence(&mut comparison, &ours, &case["influence"]);
        comparison.finish();
    }
}

/// The same generator draws the same replicates; numpy computes the rest.
#[test]
fn the_bootstrap_agrees_replicate_by_replicate() {
    let oracle = load("logistic_bootstrap");
    let columns = columns(&oracle["data"], &[("low", "low")]);
    let replicates = &oracle["replicates"];
    let heading = format!("outcome = \"low\"\nterms = {}\nbootstrap = {replicates}", oracle["terms"]);
    let mut comparison = Comparison::new("logistic_performance", "birthwt, bootstrap", "numpy 2");
    let ours = run("logistic_performance", &heading, &columns);
    let examined = [
        Quantity::Auc,
        Quantity::NagelkerkeR2,
        Quantity::Brier,
        Quantity::CalibrationIntercept,
        Quantity::CalibrationSlope,
        Quantity::CalibrationIndex,
        Quantity::CalibrationE50,
        Quantity::CalibrationE90,
        Quantity::CalibrationEmax,
    ];
    for (at, quantity) in examined.into_iter().enumerate() {
        for level in ["optimism", "corrected"] {
            let is_row = |row: &&Estimate| row.quantity == quantity && row.level.as_deref() == Some(level);
            let row = ours.estimates.iter().find(is_row).unwrap();
            comparison.figure(level, row.value.unwrap(), figure(&oracle[level][at]));
        }
        // Only the errors along the curve have their spread from the bootstrap.
        let apparent = find(&ours, quantity, None);
        let is_corrected =
            |row: &&Estimate| row.quantity == quantity && row.level.as_deref() == Some("corrected");
        let corrected = ours.estimates.iter().find(is_corrected).unwrap();
        if at >= 5 {
            for row in [apparent, corrected] {
                comparison.figure("std_error", row.std_error.unwrap(), figure(&oracle["std_error"][at]));
                let (value, half) = (row.value.unwrap(), 1.959_963_984_540_054 * row.std_error.unwrap());
                let limits = row.interval.unwrap();
                comparison.figure("lower", limits.lower.unwrap(), (value - half).max(0.0));
                comparison.figure("upper", limits.upper.unwrap(), value + half);
            }
        } else {
            assert!(corrected.interval.is_none(), "{quantity:?}");
        }
    }
    comparison.finish();
    for interval in ["percentile", "bca"] {
        let heading = format!("{heading}\ninterval = \"bootstrap\"\nbootstrap_interval = \"{interval}\"");
        let ours = run("logistic", &heading, &columns);
        let mut comparison = Comparison::new("logistic", "birthwt, bootstrap", "numpy 2");
        for theirs in oracle["limits"].as_array().unwrap() {
            let (term, level) = (theirs["term"].as_str().unwrap(), theirs["level"].as_str());
            let limits = ratio(&ours, Model::Multivariable, term, level).interval.unwrap();
            comparison.figure("lower", limits.lower.unwrap().ln(), figure(&theirs[interval][0]));
            comparison.figure("upper", limits.upper.unwrap().ln(), figure(&theirs[interval][1]));
        }
        comparison.finish();
    }
}
