//! `farr follow-up` and `farr timeline`, run by the program itself on the flagship's registry.

#[allow(dead_code)]
mod farr;

use farr::{farr, root, said, study, text};
use serde_json::Value;
use std::fs;

fn flagship() -> String {
    text(&root().join("examples/crlm-pcr")).to_string()
}

fn json(arguments: &[&str]) -> Value {
    let (out, errors, code) = said(&farr(arguments));
    assert_eq!((code, errors.as_str()), (0, ""));
    serde_json::from_str(&out).unwrap()
}

#[test]
fn follow_up_of_the_registry_is_what_others_find() {
    let registry = format!("{}/registry", flagship());
    let found = json(&["follow-up", &registry, "--on", "2020-06-30", "--json", "--identify"]);
    let wanted: Value =
        serde_json::from_slice(&fs::read(root().join("oracle/follow_up.json")).unwrap()).unwrap();
    for key in ["patients", "dead"] {
        assert_eq!(found[key], wanted[key], "{key}");
    }
    let completeness = &found["completeness"];
    for key in ["observed_days", "potential_days", "median_days"] {
        assert_eq!(completeness[key].as_f64(), wanted[key].as_f64(), "{key}");
    }
    for key in ["clark", "simplified"] {
        let (found, wanted) = (completeness[key].as_f64().unwrap(), wanted[key].as_f64().unwrap());
        assert!((found / wanted - 1.0).abs() < 1e-12, "{key}: {found} and {wanted}");
    }
    let visits: Vec<Value> = found["visits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|visit| {
            ["month", "expected", "made", "missed", "open"].map(|key| visit[key].clone()).to_vec().into()
        })
        .collect();
    assert_eq!(Value::from(visits), wanted["visits"]);
    let standing = |name: &str| {
        found["due"].as_array().unwrap().iter().filter(|one| one["standing"] == name).count() as u64
    };
    assert_eq!(Some(standing("due")), wanted["due"].as_u64());
    assert_eq!(Some(standing("overdue")), wanted["overdue"].as_u64());
}

#[test]
fn nobody_is_named_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let names = |text: &str| text.contains("P0");
    let study = flagship();
    let (out, _, code) = said(&farr(&["follow-up", &study, "--on", "2020-06-30"]));
    assert_eq!(code, 0);
    assert!(out.contains("Patients followed") && out.contains("494") && !names(&out), "{out}");
    let (out, ..) = said(&farr(&["follow-up", &study, "--on", "2020-06-30", "--json"]));
    assert!(!names(&out), "{out}");
    let (out, ..) = said(&farr(&["follow-up", &study, "--on", "2020-06-30", "--identify"]));
    assert!(names(&out), "{out}");
    let list = folder.path().join("due.csv");
    let (_, errors, code) = said(&farr(&["follow-up", &study, "--on", "2020-06-30", "--list", text(&list)]));
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(names(&fs::read_to_string(&list).unwrap()));
    let workbook = folder.path().join("due.xlsx");
    said(&farr(&["follow-up", &study, "--on", "2020-06-30", "--list", text(&workbook)]));
    assert!(fs::read(&workbook).unwrap().starts_with(b"PK"));

    let picture = folder.path().join("swimmers.svg");
    let arguments = ["timeline", &study, "--patients", "40", "-o", text(&picture)];
    let (_, errors, code) = said(&farr(&arguments));
    assert_eq!((code, errors.as_str()), (0, ""));
    let drawn = fs::read_to_string(&picture).unwrap();
    assert!(drawn.contains("40 of 494 patients, drawn at random (seed 494)") && !names(&drawn), "{drawn}");
    said(&farr(&arguments));
    assert_eq!(fs::read_to_string(&picture).unwrap(), drawn, "the same bytes");
    said(&farr(&["timeline", &study, "--patients", "40", "--identify", "-o", text(&picture)]));
    assert!(names(&fs::read_to_string(&picture).unwrap()));
    let (out, ..) = said(&farr(&["timeline", &study, "--where", "pcr = 'yes'", "--json"]));
    assert!(!names(&out));
    let found: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["bars"].as_array().unwrap().len(), 30, "as many as responded");
}

#[test]
fn the_course_of_a_patient_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("patient.svg");
    // The patient of the study's first figure: three tumours, two lines, complete response in each.
    let study = flagship();
    let (_, errors, code) = said(&farr(&["timeline", &study, "--patient", "P0781", "-o", text(&picture)]));
    assert_eq!((code, errors.as_str()), (0, ""));
    let drawn = fs::read_to_string(&picture).unwrap();
    for words in [
        "Patient P0781",
        "Female, 71 years old on the day of the operation",
        "L1, L2, L3: 0%, complete response",
        "Right hepatectomy, right hemicolectomy (R0)",
        "Pembrolizumab",
        "Months from the operation",
        "Last seen alive",
    ] {
        assert!(drawn.contains(words), "{words}");
    }
}

#[test]
fn what_cannot_be_is_refused() {
    let study_path = flagship();
    let refused = |arguments: &[&str]| {
        let (_, errors, code) = said(&farr(arguments));
        assert_eq!(code, 2, "{errors}");
        errors
    };
    assert!(refused(&["timeline", &study_path, "--patient", "P9999", "-o", "x.svg"]).contains("`P9999`"));
    assert!(refused(&["timeline", &study_path, "--patient", "P0042"]).contains("-o FILE.svg"));
    assert!(refused(&["timeline", &study_path, "--patient", "P0042", "-o", "x.bmp"]).contains(".svg, .html"));
    assert!(refused(&["timeline", &study_path, "-o", "x.svg"]).contains("--patients"));
    assert!(
        refused(&["timeline", &study_path, "--patient", "P0042", "--zero", "monday", "-o", "x.svg"])
            .contains("2006-02-01")
    );
    assert!(refused(&["follow-up", &study_path]).contains("--on"));
    assert!(refused(&["follow-up", &study_path, "--on", "30.6.2020"]).contains("2020-06-30"));
    let folder = study(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"patients\"\nid = \"patient_id\"\n",
        &[("registry/patients.csv", "patient_id\n1\n")],
    );
    assert!(refused(&["follow-up", text(folder.path()), "--on", "2020-06-30"]).contains("[follow_up]"));
}
