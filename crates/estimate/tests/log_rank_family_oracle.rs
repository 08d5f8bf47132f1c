//! The log-rank family, and curves with delayed entry and sampling weights on five scales, against frozen figures
//! (`oracle/log_rank_family.R`).

mod oracle;

use estimate::find;
use oracle::{Comparison, load};
use serde_json::Value;
use std::path::Path;
use study::{Column, CountTable, Estimate, Plan, Quantity, Results, SourceText};

fn array(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// The patients of a frozen case, one row each.
fn read(case: &Value) -> CountTable {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle").join(case["file"].as_str().unwrap());
    let text = std::fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let numbers = |at: usize| rows.iter().map(|row| row[at].parse().unwrap()).collect::<Vec<f64>>();
    let category = |name: &str, levels: &Value, at: usize| {
        let levels: Vec<&str> = array(levels).iter().map(|level| level.as_str().unwrap()).collect();
        let code = |row: &Vec<&str>| levels.iter().position(|level| *level == row[at]).unwrap() as u32;
        Column::category(name, &levels, rows.iter().map(code).collect())
    };
    let events: Vec<Option<bool>> = rows.iter().map(|row| Some(row[1] == "1")).collect();
    let columns = vec![
        Column::number("death.time", numbers(0)),
        Column::flag("death.event", &events),
        category("arm", &case["levels"], 2),
        category("site", &case["strata"], 3),
        Column::number("death.entry", numbers(4)),
        Column::number("weight", numbers(5)),
    ];
    CountTable::new(columns, vec![1; rows.len()]).unwrap()
}

fn run(method: &str, options: &str, table: &CountTable) -> Results {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nentry = \"s\"\n\
         event = \"e\"\n[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nendpoint = \"death\"\nby = \"arm\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, std::slice::from_ref(table))
        .unwrap()
}

fn rows(results: &Results, quantity: Quantity) -> impl Iterator<Item = &Estimate> {
    results.estimates.iter().filter(move |row| row.quantity == quantity)
}

fn statistic(results: &Results, quantity: Quantity) -> study::Test {
    rows(results, quantity).next().unwrap().test.clone().unwrap()
}

const SAMPLED: &str = "weights = \"weight\"\nweight_kind = \"sampling\"\n";

#[test]
fn tests_of_the_family_agree() {
    let figures = load("log_rank_family");
    let source = format!("R survival {} and base R", figures["versions"]["survival"].as_str().unwrap());
    for case in array(&figures["cases"]) {
        let table = read(case);
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
            let results = run("log_rank", &options, &table);
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
        let table = read(case);
        let mut comparison = Comparison::new(
            "Kaplan–Meier",
            &format!("late, weighted, {}", case["dataset"].as_str().unwrap()),
            &source,
        );
        for curve in array(&case["curves"]) {
            for theirs in array(&curve["rows"]) {
                let weights = if case["weighted"] == true { SAMPLED } else { "" };
                let options = format!("interval = {}\nat = [{}]\n{weights}", curve["interval"], theirs["at"]);
                let results = run("kaplan_meier", &options, &table);
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
