//! The baseline table under sampling weights, and Welch's analysis of variance, against R (`oracle/baseline_weights.R`).

mod oracle;

use estimate::methods::tests::{Frequencies, welch_anova::welch_anova};
use oracle::Comparison;
use serde_json::Value;
use std::path::Path;
use study::{Column, CountTable, Estimate, Plan, Quantity, SourceText};

/// A column of the births as the oracle wrote them.
fn births(name: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path.join("../../oracle/data/baseline_weights_birthwt.csv")).unwrap();
    let mut lines = text.lines();
    let place = lines.next().unwrap().split(',').position(|column| column == name).unwrap();
    lines.map(|line| line.split(',').nth(place).unwrap().to_string()).collect()
}

fn number(name: &str) -> Column {
    Column::number(name, births(name).iter().map(|value| value.parse().unwrap()).collect())
}

fn category(name: &str, levels: &[&str]) -> Column {
    let values = births(name);
    let codes = values.iter().map(|value| levels.iter().position(|l| l == value).unwrap() as u32);
    Column::category(name, levels, codes.collect())
}

fn real(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn weighted_descriptions_agree_with_r() {
    let frozen = oracle::load("baseline_weights");
    let text = |entry: &Value| entry["variable"].as_str().unwrap().to_string();
    let all = |list: &str| frozen[list].as_array().unwrap().clone();
    let (numbers, levels) = (all("numbers"), all("levels"));
    let columns = numbers.iter().map(|entry| number(&text(entry))).chain(levels.iter().map(|entry| {
        let names: Vec<&str> =
            entry["levels"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
        category(&text(entry), &names)
    }));
    let tables: Vec<CountTable> = columns
        .map(|column| {
            let n = column.values.len();
            CountTable::new(vec![category("smoke", &["0", "1"]), column, number("w")], vec![1; n]).unwrap()
        })
        .collect();
    let plan = "[study]\ntitle = \"T\"\n[population]\ntable = \"births\"\n[[analyses]]\nid = \"t\"\n\
                method = \"baseline\"\nby = \"smoke\"\nsmd = true\nweights = \"w\"\nweight_kind = \"sampling\"\n\
                variables = [\"age\", \"lwt\", \"bwt\", \"race\", \"ht\", \"ftv\"]\n";
    let plan = Plan::parse(SourceText::new("study.toml", plan)).unwrap();
    let method = estimate::find(&plan.analyses[0]).unwrap();
    let results = (method.estimate)(&plan.analyses[0], &plan, &tables).unwrap();
    let find = |quantity: Quantity, term: Option<&str>, level: Option<&str>, group: Option<&str>| {
        let own = |row: &&Estimate| {
            row.quantity == quantity
                && row.term.as_deref() == term
                && row.level.as_deref() == level
                && row.group.as_deref() == group
        };
        results.estimates.iter().find(own).and_then(|row| row.value).unwrap()
    };
    let mut comparison = Comparison::new(
        "baseline, sampling weights",
        "birthwt, weighted by the inverse probability of smoking",
        "R cov.wt, svytable",
    );
    for (group, theirs) in [Some("0"), Some("1"), None].into_iter().zip(all("effective")) {
        let ours = find(Quantity::EffectivePatients, None, None, group);
        comparison.figure("effective number", ours, real(&theirs));
    }
    for entry in &numbers {
        let term = text(entry);
        for (place, group) in ["0", "1"].into_iter().enumerate() {
            let ours = |quantity| find(quantity, Some(&term), None, Some(group));
            comparison.figure("mean", ours(Quantity::Mean), real(&entry["mean"][place]));
            comparison.figure("sd", ours(Quantity::StandardDeviation), real(&entry["sd"][place]));
        }
        let ours = find(Quantity::StandardizedMeanDifference, Some(&term), None, None);
        comparison.figure("standardized difference", ours, real(&entry["smd"]));
    }
    for entry in &levels {
        let term = text(entry);
        for (place, level) in entry["levels"].as_array().unwrap().iter().enumerate() {
            for (key, group) in [("first", "0"), ("second", "1")] {
                let ours = find(Quantity::Proportion, Some(&term), level.as_str(), Some(group));
                comparison.figure("share", ours, real(&entry[key][place]));
            }
        }
        let ours = find(Quantity::StandardizedMeanDifference, Some(&term), None, None);
        comparison.figure("standardized difference", ours, real(&entry["smd"]));
    }
    comparison.finish();
}

#[test]
fn welchs_analysis_of_variance_agrees_with_r() {
    for entry in oracle::load("baseline_weights")["welch"].as_array().unwrap() {
        let groups = entry["groups"].as_array().unwrap().iter().map(|group| {
            let values = group.as_array().unwrap().iter();
            Frequencies::new(values.map(|value| (real(value), 1))).moments()
        });
        let test = welch_anova(&groups.collect::<Vec<_>>());
        let name = entry["name"].as_str().unwrap();
        let mut comparison = Comparison::new("Welch’s analysis of variance", name, "R oneway.test");
        let theirs = &entry["welch"];
        comparison.figure("F", test.statistic.unwrap(), real(&theirs["statistic"]));
        comparison.figure("degrees of freedom above", test.df[0], real(&theirs["df"][0]));
        comparison.figure("degrees of freedom below", test.df[1], real(&theirs["df"][1]));
        comparison.figure("P", test.p_value.unwrap(), real(&theirs["p"]));
        comparison.finish();
    }
}
