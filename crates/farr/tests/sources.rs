//! Every format on the command line, without a dictionary.

#[allow(dead_code)]
mod farr;
#[path = "../../cohort/tests/stata/writer.rs"]
#[allow(dead_code, unreachable_pub)]
mod stata;
#[path = "../../cohort/tests/xls/writer.rs"]
#[allow(dead_code, unreachable_pub)]
mod xls;

use farr::{farr, said, text};
use std::fs;
use xls::{Cell, cell, compound, shared, stream};

/// Two patients in each format.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("patients.tsv", b"patient_id\tsex\tage\n1\tmale\t50\n2\tfemale\t60\n");
    let dta = stata::Writer {
        release: 118,
        big_endian: false,
        variables: vec![
            ("sex", "%8.0g", "sexes", "Sex of the patient"),
            ("age", "%9.0g", "", "Age at surgery"),
        ],
        rows: vec![
            vec![stata::Value::Byte(1), stata::Value::Int(50)],
            vec![stata::Value::Byte(2), stata::Value::Int(60)],
        ],
        sets: vec![("sexes", vec![(1, "male"), (2, "female")])],
    };
    write("patients.dta", &dta.bytes());
    let patients = [
        cell(0, 0, Cell::Text("sex")),
        cell(0, 1, Cell::Text("age")),
        cell(1, 0, Cell::Text("male")),
        cell(1, 1, Cell::Number(50.0)),
        cell(2, 0, Cell::Text("female")),
        cell(2, 1, Cell::Number(60.0)),
    ];
    let sheets = [("notes", true, cell(0, 0, Cell::Text("note"))), ("first visit", true, patients.concat())];
    write("clinic.xls", &compound("Workbook", &stream(&[], &shared(&[]), &sheets)));
    folder
}

#[test]
fn the_flat_commands_take_every_format_and_a_sheet_by_its_name() {
    let folder = files();
    for name in ["patients.tsv", "patients.dta", "clinic.xls#first visit"] {
        let (out, errors, code) = said(&farr(&["table", text(&folder.path().join(name))]));
        assert_eq!(code, 0, "{name}: {errors}");
        assert!(out.contains("female") && out.contains("55.0 (52.5–57.5)"), "{name}: {out}");
    }
    let refused = |name: &str| {
        let (_, errors, code) = said(&farr(&["table", text(&folder.path().join(name))]));
        assert_eq!(code, 2, "{errors}");
        errors
    };
    let several = refused("clinic.xls");
    assert!(several.contains("the workbook has 2 sheets: notes, first visit"), "{several}");
    assert!(several.contains("clinic.xls#notes"), "{several}");
    assert!(refused("clinic.xls#second").contains("no sheet `second`"));
    assert!(refused("none.sav").contains("there is no such file"));
    fs::write(folder.path().join("a.docx"), "x").unwrap();
    assert!(refused("a.docx").contains("known endings are csv, tsv, parquet, sav, zsav, dta, xlsx"));
}

#[test]
fn a_study_from_any_format_has_its_labels_and_runs() {
    let folder = files();
    for (name, part) in [
        ("patients.tsv", "[variables.age]\nlabel = \"age\"\n"),
        ("patients.dta", "[variables.sex]\nlabel = \"Sex of the patient\"\nkind = \"category\"\n"),
        ("clinic.xls#first visit", "table = \"first visit\"\n"),
    ] {
        let study = folder.path().join(format!("study of {name}"));
        let data = folder.path().join(name);
        let (_, errors, code) = said(&farr(&["new", text(&study), "--from", text(&data)]));
        assert_eq!(code, 0, "{name}: {errors}");
        let plan = fs::read_to_string(study.join("study.toml")).unwrap();
        assert!(plan.contains(part), "{plan}");
        let (out, errors, code) = said(&farr(&["run", text(&study)]));
        assert_eq!(code, 0, "{name}: {errors}");
        assert!(out.contains("2 of 2"), "{out}");
        let table = fs::read_to_string(study.join("results/tables/table-1.csv")).unwrap();
        assert!(table.contains("female"), "{name}: {table}");
    }
}

#[test]
fn a_day_is_printed_as_a_day_and_a_heading_of_two_lines_is_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("patients.csv");
    fs::write(&data, "id,operation,\"CEA\n(ug/l)\"\n1,2018-05-06,3\n2,2018-05-08,4\n3,2018-05-16,6\n")
        .unwrap();
    let (out, errors, code) = said(&farr(&["table", text(&data), "--variables", "operation"]));
    assert_eq!(code, 0, "{errors}");
    assert!(out.contains("2018-05-08 (2018-05-07 to 2018-05-12)"), "{out}");
    let study = folder.path().join("study");
    let (_, errors, code) = said(&farr(&["new", text(&study), "--from", text(&data)]));
    assert_eq!(code, 0, "{errors}");
    let plan = fs::read_to_string(study.join("study.toml")).unwrap();
    assert!(plan.contains("[variables.\"CEA (ug/l)\"]"), "{plan}");
    assert_eq!(said(&farr(&["run", text(&study)])).2, 0);
    // Of days alone there is nothing to describe, and a study all the same.
    fs::write(&data, "id,operation\n1,2018-05-06\n2,2018-05-08\n").unwrap();
    let (_, errors, code) = said(&farr(&["new", text(&folder.path().join("days")), "--from", text(&data)]));
    assert_eq!(code, 0, "{errors}");
}
