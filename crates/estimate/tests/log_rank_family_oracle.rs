//! The log-rank family, and curves with delayed entry and sampling weights on five scales, against frozen figures
//! (`oracle/log_rank_family.R`).

mod follow_up;
mod oracle;

use follow_up::{SAMPLED, read_courses, run_courses};
use oracle::{Comparison, load};
use serde_json::Value;
use study::{Estimate, Quantity, Results};

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn rows(results: &Results, quantity: Quantity) -> impl Iterator<Item = &Estimate> {
    results.estimates.iter().filter(move |row| row.quantity == quantity)
}

fn statistic(results: &Results, quantity: Quantity) -> study::Test {
    rows(results, quantity).next().unwrap().test.clone().unwrap()
}

#[test]
fn tests_of_the_family_agree() {
    let figures = load("log_rank_family");
    let source = format!("R survival {} and base R", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read_courses(case);
        let mut comparison =
            Comparison::new("log-rank", &format!("family, {}", case["dataset"].as_str().unwrap()), &source);
        for theirs in array(&case["tests"]) {
            let mut options = format!("test = {}\n", theirs["test"]);
            if theirs["test"] == "fleming_harrington" {
                options += &format!("rho = {}\ngamma = {}\n", theirs["rho"], theirs["gamma"]);
            }
            if case["weighted"] == true {
                options += SAMPLED;
            } else {
                options += "trend = true\npairwise = \"holm\"\n";
            }
            if theirs["strata"] == true {
                options += "strata = [\"site\"]\n";
            }
            let results = run_courses("log_rank", &options, &table);
            let test = statistic(&results, Quantity::GlobalTest);
            comparison.figure("statistic", test.statistic.unwrap(), number(&theirs["statistic"]));
            comparison.figure("P", test.p_value.unwrap(), number(&theirs["p_value"]));
            assert_eq!(test.df, [number(&theirs["df"])]);
            if case["weighted"] == true {
                continue;
            }
            let trend = statistic(&results, Quantity::TrendTest);
            comparison.figure("trend", trend.statistic.unwrap(), number(&theirs["trend"]));
            let pairs: Vec<f64> = rows(&results, Quantity::PairwiseComparison)
                .map(|row| row.test.as_ref().unwrap().p_value.unwrap())
                .collect();
            let adjusted: Vec<f64> =
                rows(&results, Quantity::AdjustedP).map(|row| row.value.unwrap()).collect();
            assert_eq!(pairs.len(), array(&theirs["pairs"]).len());
            for (ours, theirs) in pairs.iter().zip(array(&theirs["pairs"])) {
                comparison.figure("P of a pair", *ours, number(theirs));
            }
            for (ours, theirs) in adjusted.iter().zip(array(&theirs["holm"])) {
                comparison.figure("adjusted P of a pair", *ours, number(theirs));
            }
            assert_eq!(adjusted.len(), pairs.len());
        }
        comparison.finish();
    }
}

#[test]
fn late_and_weighted_curves_agree_with_survfit_on_every_scale() {
    let figures = load("log_rank_family");
    let source = format!("R survival {}, survfit", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read_courses(case);
        let mut comparison = Comparison::new(
            "Kaplan–Meier",
            &format!("late, weighted, {}", case["dataset"].as_str().unwrap()),
            &source,
        );
        for curve in array(&case["curves"]) {
            for theirs in array(&curve["rows"]) {
                let weights = if case["weighted"] == true { SAMPLED } else { "" };
                let options = format!("interval = {}\nat = [{}]\n{weights}", curve["interval"], theirs["at"]);
                let results = run_courses("kaplan_meier", &options, &table);
                let ours = rows(&results, Quantity::Survival)
                    .find(|row| row.group.as_deref() == theirs["group"].as_str())
                    .unwrap();
                let limits = ours.interval.unwrap();
                let what = |figure: &str| format!("{figure}, {} at {}", curve["interval"], theirs["at"]);
                comparison.figure(&what("survival"), ours.value.unwrap(), number(&theirs["survival"]));
                comparison.figure(&what("error"), ours.std_error.unwrap(), number(&theirs["std_error"]));
                comparison.figure(&what("lower"), limits.lower.unwrap(), number(&theirs["lower"]));
                comparison.figure(&what("upper"), limits.upper.unwrap(), number(&theirs["upper"]));
            }
        }
        comparison.finish();
    }
}
