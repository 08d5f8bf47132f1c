//! The flagship study, run by the program itself, against every figure that is known of it.

#[allow(dead_code)]
mod farr;
#[allow(dead_code)]
#[path = "../../estimate/tests/oracle/mod.rs"]
mod oracle;

use farr::{farr, root, said, text};
use oracle::Comparison;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn run(output: &Path) -> Value {
    let study = root().join("examples/crlm-pcr");
    let (_, errors, code) = said(&farr(&["run", text(&study), "-o", text(output), "--quiet"]));
    assert_eq!((code, errors.as_str()), (0, ""));
    serde_json::from_slice(&fs::read(output.join("results.json")).unwrap()).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_slice(&fs::read(root().join("examples/crlm-pcr").join(name)).unwrap()).unwrap()
}

/// The number that an entry of the map names, in the results.
fn locate(entry: &Value, results: &Value) -> Option<f64> {
    let analyses = results["analyses"].as_array().unwrap();
    let analysis = analyses.iter().find(|analysis| analysis["analysis"] == entry["analysis"])?;
    let selected = entry["select"].as_object().unwrap();
    let mut hits = analysis["estimates"].as_array().unwrap().iter().filter(|estimate| {
        selected.iter().all(|(key, value)| estimate.get(key).unwrap_or(&Value::Null) == value)
    });
    let hit = hits.next()?;
    assert!(hits.next().is_none(), "{entry} names several estimates");
    let field = entry["field"].as_str().unwrap().split('.').fold(hit, |value, key| &value[key]);
    field.as_f64()
}

#[test]
fn every_figure_of_the_reference_analysis_is_reproduced() {
    let output = tempfile::tempdir().unwrap();
    let results = run(&output.path().join("results"));
    let (map, expected) = (json("expected-map.json"), json("expected.json"));
    let mut comparison = Comparison::new(
        "whole study",
        "examples/crlm-pcr, from raw events",
        "SciPy 1.17, statsmodels 0.15, lifelines 0.30; Cox: R survival, converged",
    );
    let mut compared = 0;
    for entry in map["expected"].as_array().unwrap() {
        let exact =
            entry.get("exact").or_else(|| expected.pointer(entry["pointer"].as_str().unwrap())).unwrap();
        let ours = locate(entry, &results);
        let Some(exact) = exact.as_f64() else {
            assert_eq!(ours, None, "{entry}: there is no such number");
            continue;
        };
        let ours = ours.unwrap_or_else(|| panic!("{entry} is not in the results"));
        comparison.figure(&entry.to_string(), ours, exact);
        compared += 1;
    }
    assert_eq!(compared, 596);
    comparison.finish();
}

#[test]
fn every_printed_figure_has_the_verdict_that_its_arithmetic_gives() {
    let output = tempfile::tempdir().unwrap();
    let results = run(&output.path().join("results"));
    let mut verdicts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for comparison in results["replay"]["comparisons"].as_array().unwrap() {
        let verdict = comparison["verdict"].as_str().unwrap();
        verdicts.entry(verdict).or_default().push(comparison["id"].as_str().unwrap());
    }
    assert_eq!(verdicts["reproduced"].len(), 277);
    let impossible = [
        "table3.hai.p",
        "table3.immunotherapy.p",
        "table4.uni.location.or",
        "table4.uni.timing.or",
        "table4.uni.timing.p",
    ];
    assert_eq!(verdicts["impossible"], impossible);
    let different = [
        "table4.multi.t_category.hi",
        "table4.multi.size.hi",
        "table4.multi.irinotecan.hi",
        "table4.multi.cea.hi",
        "text.no_recurrence_pcr.pct",
    ];
    assert_eq!(verdicts["different"], different);
    assert_eq!(verdicts.len(), 3);
}

#[test]
fn patients_leave_once_and_the_totals_reconcile() {
    let output = tempfile::tempdir().unwrap();
    let flow = run(&output.path().join("results"))["flow"].clone();
    let excluded: Vec<u64> =
        flow["steps"].as_array().unwrap().iter().map(|step| step["excluded"].as_u64().unwrap()).collect();
    assert_eq!(excluded, [243, 27, 19, 14, 31, 22]);
    assert_eq!((flow["assessed"].as_u64(), flow["included"].as_u64()), (Some(850), Some(494)));
}

#[test]
fn two_runs_give_the_same_bytes() {
    let output = tempfile::tempdir().unwrap();
    let (first, second) = (output.path().join("a"), output.path().join("b"));
    run(&first);
    run(&second);
    let mut compared = 0;
    for folder in ["", "tables", "figures"] {
        for entry in fs::read_dir(first.join(folder)).unwrap() {
            let name = entry.unwrap().file_name();
            let (a, b) = (first.join(folder).join(&name), second.join(folder).join(&name));
            if a.is_file() {
                assert!(fs::read(&a).unwrap() == fs::read(&b).unwrap(), "{}", a.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 40, "{compared} files");
}

#[test]
fn the_results_fit_their_schema_types() {
    let output = tempfile::tempdir().unwrap();
    let folder = output.path().join("results");
    run(&folder);
    let bytes = fs::read(folder.join("results.json")).unwrap();
    let typed: study::StudyResults = serde_json::from_slice(&bytes).unwrap();
    let mut again = serde_json::to_vec_pretty(&typed).unwrap();
    again.push(b'\n');
    assert!(again == bytes, "reading and writing results.json changes it");
}
