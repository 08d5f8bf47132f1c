//! `farr run --explain-dialects` and `farr conventions`.

#[allow(dead_code)]
mod farr;

use farr::{farr, said, study, text};
use serde_json::Value;

const PLAN: &str = r#"[study]
title = "Two groups"
[population]
table = "patients"
id = "id"
[registry]
path = "patients.csv"
[endpoints.os]
time = "months"
event = "died"
[[analyses]]
id = "cox"
method = "cox"
endpoint = "os"
terms = ["arm"]
[[analyses]]
id = "km"
method = "kaplan_meier"
endpoint = "os"
at = [4]
[[analyses]]
id = "law"
method = "parametric_survival"
endpoint = "os"
terms = ["arm"]
by = "arm"
[[analyses]]
id = "logistic"
method = "logistic"
outcome = "died"
terms = ["arm"]
interval = "wald"
"#;

const PATIENTS: &str = "id,arm,months,died\n1,a,2,1\n2,a,2,1\n3,a,4,0\n4,a,7,1\n5,a,9,0\n6,b,2,1\n7,b,5,1\n8,b,5,1\n\
                        9,b,8,0\n10,b,9,1\n11,b,9,0\n";

fn explained() -> (String, Value) {
    let folder = study(PLAN, &[("patients.csv", PATIENTS)]);
    let (out, errors, code) = said(&farr(&["run", text(folder.path()), "--explain-dialects"]));
    assert_eq!((errors.as_str(), code), ("", 0));
    let results = std::fs::read(folder.path().join("results/results.json")).unwrap();
    assert!(folder.path().join("results/tables/dialects.csv").is_file());
    (out, serde_json::from_slice(&results).unwrap())
}

fn of<'a>(results: &'a Value, analysis: &str, convention: &str) -> Vec<&'a Value> {
    let all = results["dialects"]["differences"].as_array().unwrap();
    all.iter().filter(|d| d["analysis"] == analysis && d["convention"] == convention).collect()
}

#[test]
fn each_difference_has_one_cause_and_names_the_programs() {
    let (out, results) = explained();
    let ties = of(&results, "cox", "cox_ties");
    assert_eq!(ties.len(), 1);
    assert_eq!(ties[0]["dialects"], serde_json::json!(["spss", "sas", "stata"]));
    let figures = ties[0]["figures"].as_array().unwrap();
    assert!(figures.iter().any(|f| f["quantity"] == "hazard_ratio" && f["field"] == "value"), "{figures:?}");
    assert!(!out.is_empty() && out.contains("Breslow"), "{out}");
    // Where the plan names the interval, no dialect changes it.
    assert!(of(&results, "logistic", "logistic_interval").is_empty());
    // Swapping the reference inverts the ratio.
    let swapped = of(&results, "cox", "reference_level");
    let ratio = |level: &str, field: &str| {
        let figures = swapped[0]["figures"].as_array().unwrap().iter();
        figures
            .filter(|f| f["level"] == level && f["field"] == "value")
            .find_map(|f| f[field].as_f64())
            .unwrap()
    };
    assert!((ratio("b", "own") * ratio("a", "other") - 1.0).abs() < 1e-9);
    // The curves of a law, which have no limits, are compared too.
    assert!(!of(&results, "law", "reference_level").is_empty());
    let interval = of(&results, "km", "survival_interval");
    assert_eq!(interval.len(), 2);
    assert!(interval.iter().all(|d| d["curve_points"].as_u64().unwrap() > 0));
}

#[test]
fn what_would_change_is_what_the_other_dialect_gives() {
    let (_, explained) = explained();
    let plan = PLAN.replace("[population]", "conventions = { cox_ties = \"sas\" }\n[population]");
    let folder = study(&plan, &[("patients.csv", PATIENTS)]);
    let (_, errors, code) = said(&farr(&["run", text(folder.path())]));
    assert_eq!((errors.as_str(), code), ("", 0));
    let bytes = std::fs::read(folder.path().join("results/results.json")).unwrap();
    let results: Value = serde_json::from_slice(&bytes).unwrap();
    let estimates = results["analyses"][0]["estimates"].as_array().unwrap();
    let breslow = estimates.iter().find(|e| e["quantity"] == "hazard_ratio" && e["level"] == "b").unwrap();
    let figures = of(&explained, "cox", "cox_ties")[0]["figures"].as_array().unwrap();
    let said =
        figures.iter().find(|f| f["level"] == "b" && f["field"] == "value" && f["model"] == "multivariable");
    assert_eq!(said.unwrap()["other"], breslow["value"]);
}

#[test]
fn a_convention_that_does_not_exist_is_refused_with_its_place() {
    let plan = PLAN.replace("[population]", "conventions = { cox_tie = \"sas\" }\n[population]");
    let folder = study(&plan, &[("patients.csv", PATIENTS)]);
    let (_, errors, code) = said(&farr(&["run", text(folder.path())]));
    assert_eq!(code, 2);
    assert!(errors.contains("study.toml:3") && errors.contains("cox_tie"), "{errors}");
}

#[test]
fn conventions_are_printed() {
    let (out, _, code) = said(&farr(&["conventions"]));
    assert_eq!(code, 0);
    assert!(out.contains("How do tied times enter a Cox model?") && out.contains("Efron"), "{out}");
}
