//! `farr check` as the data manager runs it: what it asks, what it tells to whom, and what stays answered.

mod farr;

use farr::{farr, root, said, study, text};
use std::fs;
use std::path::Path;
use study::{Answer, DataQueries, QueryVerdict};

const PLAN: &str = "[study]\ntitle = \"T\"\n[population]\ntable = \"patients\"\nid = \"patient_id\"\n\
    [[population.exclude]]\nlabel = \"Other\"\nwhere = \"sex is null\"\n\
    [variables.age]\nkind = \"number\"\nsql = \"age_in_years(birth_date, primary_diagnosis_date)\"\n\
    [variables.kras]\nkind = \"category\"\n\
    [[analyses]]\nid = \"ages\"\nmethod = \"baseline\"\nvariables = [\"age\"]\n\
    [[analyses]]\nid = \"genes\"\nmethod = \"baseline\"\nvariables = [\"kras\"]\n";

const DICTIONARY: &str = "[tables.patients]\nkey = [\"patient_id\"]\n\
    [tables.patients.columns.birth_date]\ntype = \"date\"\n\
    [tables.patients.columns.primary_diagnosis_date]\ntype = \"date\"\n\
    [tables.operations]\nkey = [\"patient_id\", \"operation_date\"]\n\
    [tables.operations.columns.patient_id]\nreferences = \"patients.patient_id\"\n\
    [tables.operations.columns.operation_date]\ntype = \"date\"\n\
    [[rules]]\nname = \"blood-loss\"\ntable = \"operations\"\ncolumns = [\"blood_ml\"]\n\
    message = \"more blood was lost than there is\"\nwhere = \"blood_ml > 6000\"\n\
    detail = \"cast(blood_ml as varchar) || ' mL'\"\n";

/// The second patient was diagnosed before birth; two rows of one key differ; the last operation is nobody's.
const PATIENTS: &str = "patient_id,sex,birth_date,primary_diagnosis_date,kras\n\
    KM-0001,female,1950-01-01,2010-05-01,wild\n\
    KM-0002,male,2050-03-04,2011-05-01,mutated\n\
    KM-0003,male,1940-03-04,2012-05-01,wild\n";

const OPERATIONS: &str = "patient_id,operation_date,blood_ml\nKM-0001,2010-09-01,300\n\
    KM-0003,2012-09-01,300\nKM-0003,2012-09-01,9000\nKM-0009,2013-01-01,200\n";

fn folder(patients: &str, operations: &str) -> tempfile::TempDir {
    study(
        PLAN,
        &[
            ("registry/registry.toml", DICTIONARY),
            ("registry/patients.csv", patients),
            ("registry/operations.csv", operations),
        ],
    )
}

fn queries(arguments: &[&str]) -> DataQueries {
    let (out, errors, _) = said(&farr(&[&["check", "--json"], arguments].concat()));
    let value: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{errors}"));
    serde_json::from_value(value["queries"].clone()).unwrap()
}

#[test]
fn every_rule_names_table_row_and_column() {
    let folder = folder(PATIENTS, OPERATIONS);
    let data = queries(&[text(folder.path())]);
    let told: Vec<(&str, &str, &[u64], String)> = data
        .queries
        .iter()
        .map(|query| (query.rule.as_str(), query.table.as_str(), &query.rows[..], query.columns.join(" ")))
        .collect();
    assert_eq!(
        told,
        [
            ("blood-loss", "operations", &[3][..], "blood_ml".into()),
            ("born-after-diagnosis", "patients", &[2], "birth_date primary_diagnosis_date".into()),
            ("dictionary-reference", "operations", &[4], "patient_id".into()),
            ("repeated-key", "operations", &[2, 3], "patient_id operation_date".into()),
            ("repeated-key", "operations", &[2, 3], "patient_id operation_date".into()),
        ]
    );
}

#[test]
fn what_a_query_would_change_is_told() {
    let folder = folder(PATIENTS, OPERATIONS);
    let data = queries(&[text(folder.path())]);
    let impact = |rule: &str| {
        let rule = data.rules.iter().find(|one| one.rule == rule).unwrap();
        (rule.studied, rule.impact.clone().unwrap())
    };
    let (studied, born) = impact("born-after-diagnosis");
    assert_eq!((studied, born.eligibility, born.analyses), (Some(1), false, vec!["ages".to_string()]));
    let (_, blood) = impact("blood-loss");
    assert!(!blood.eligibility && blood.analyses.is_empty());
    assert_eq!(impact("dictionary-reference").0, Some(0), "nobody of this name is studied");
}

#[test]
fn nobody_is_named_unless_asked_for() {
    let folder = folder(PATIENTS, OPERATIONS);
    let path = text(folder.path());
    for arguments in [&["check", path][..], &["check", path, "--json"], &["check", path, "-q"]] {
        let (out, errors, code) = said(&farr(arguments));
        assert_eq!(code, 2, "{errors}");
        for secret in ["KM-", "2050-03-04", "9000"] {
            assert!(!out.contains(secret) && !errors.contains(secret), "{secret} in\n{out}{errors}");
        }
    }
    let (out, ..) = said(&farr(&["check", path, "--identify"]));
    assert!(out.contains("patient_id = KM-0002, birth_date = 2050-03-04"), "{out}");
    assert!(out.contains("(9000 mL)"), "{out}");
}

#[test]
fn an_answered_query_stays_answered() {
    let folder = folder(PATIENTS, &OPERATIONS.replace("KM-0009,2013-01-01,200\n", ""));
    let path = text(folder.path());
    let sheet = folder.path().join("queries.xlsx");
    let (_, errors, code) = said(&farr(&["check", path, "--xlsx", text(&sheet)]));
    assert_eq!((errors.as_str(), code), ("", 1));
    // An empty sheet answers nothing.
    assert_eq!(said(&farr(&["check", path, "--answers", text(&sheet)])).2, 1);
    let mut data = queries(&[path, "--identify"]);
    let all = data.queries.len() as u64;
    answer(&mut data, QueryVerdict::Confirmed, &sheet);
    let (out, _, code) = said(&farr(&["check", path, "--answers", text(&sheet)]));
    assert_eq!(code, 0, "{out}");
    // The answers go with their rows wherever these stand, and into the next sheet.
    let moved = PATIENTS.replacen("KM-0001", "KM-0000,male,1960-01-01,2010-05-01,wild\nKM-0001", 1);
    fs::write(folder.path().join("registry/patients.csv"), moved).unwrap();
    let next = folder.path().join("next.xlsx");
    let arguments = ["check", path, "--answers", text(&sheet), "--xlsx", text(&next)];
    assert_eq!(said(&farr(&arguments)).2, 0);
    assert_eq!(said(&farr(&["check", path, "--answers", text(&next)])).2, 0);
    // Another value is another question, and the old answer has done its duty.
    let changed = PATIENTS.replace("2050-03-04", "2051-03-04");
    fs::write(folder.path().join("registry/patients.csv"), changed).unwrap();
    let after = queries(&[path, "--answers", text(&sheet)]);
    assert_eq!((after.open().count(), after.settled, after.queries.len() as u64), (1, 1, all));
    // What is said to be corrected and still stands there is asked again.
    fs::write(folder.path().join("registry/patients.csv"), PATIENTS).unwrap();
    answer(&mut data, QueryVerdict::Corrected, &sheet);
    let (out, _, code) = said(&farr(&["check", path, "--answers", text(&sheet)]));
    assert!(code == 1 && out.contains("said to be corrected, and still there"), "{out}");
}

fn answer(data: &mut DataQueries, verdict: QueryVerdict, sheet: &Path) {
    for query in &mut data.queries {
        query.answer = Some(Answer { verdict, comment: "seen in the file".into(), by: "DM".into() });
    }
    fs::write(sheet, report::formats::query_sheet::render(data).unwrap()).unwrap();
}

#[test]
fn a_registry_is_checked_without_a_study() {
    let folder = folder(PATIENTS, OPERATIONS);
    let registry = folder.path().join("registry");
    let data = queries(&[text(&registry)]);
    assert_eq!(data.queries.len(), 5);
    assert!(data.rules.iter().all(|rule| rule.impact.is_none()));
    let (out, errors, code) = said(&farr(&["check", text(&registry.join("patients.csv"))]));
    assert_eq!(code, 2, "the dictionary knows a table that is not there: {out}{errors}");
    let (_, errors, code) = said(&farr(&["check", text(&folder.path().join("nothing"))]));
    assert!(code == 2 && errors.contains("there is no such file or folder"), "{errors}");
}

#[test]
fn values_of_identifiers_and_free_text_are_not_repeated() {
    let dictionary = "[tables.data]\nkey = [\"patient_id\"]\n[tables.data.columns.patient_id]\ntype = \"integer\"\n\
        role = \"identifier\"\n[tables.data.columns.name]\nrole = \"free_text\"\ncodes = [{ value = \"x\" }]\n\
        [tables.data.columns.size]\ntype = \"number\"\n";
    let rows = "patient_id,name,size\nKM-1,Anna,a\nKM-2,Bert,b\n";
    let plan = "[study]\ntitle = \"T\"\n[population]\ntable = \"data\"\n";
    let folder = study(plan, &[("registry/registry.toml", dictionary), ("registry/data.csv", rows)]);
    let (out, errors, code) = said(&farr(&["check", text(folder.path())]));
    assert_eq!(code, 2);
    for secret in ["KM-", "Anna", "Bert"] {
        assert!(!out.contains(secret) && !errors.contains(secret), "{out}{errors}");
    }
    assert!(errors.contains("`a` is not a number"), "{errors}");
    // Rows whose key cannot be read are still several.
    let data = queries(&[text(folder.path())]);
    let ids: std::collections::BTreeSet<&str> = data.queries.iter().map(|query| query.id.as_str()).collect();
    assert_eq!((data.queries.len(), ids.len()), (6, 6));
}

#[test]
fn rows_without_key_or_patient_may_agree() {
    let rows = "size,cea\n1,2\n1,2\n3,4\n";
    let plan = "[study]\ntitle = \"T\"\n[population]\ntable = \"data\"\n";
    let folder = study(plan, &[("registry/data.csv", rows)]);
    assert!(queries(&[text(folder.path())]).queries.is_empty());
    let known = study(plan, &[("registry/data.csv", "patient_id,cea\n1,2\n1,2\n3,4\n")]);
    let data = queries(&[text(known.path())]);
    assert_eq!((data.queries.len(), data.queries[0].rule.as_str()), (1, "repeated-row"));
    assert_eq!(data.queries[0].rows, [1, 2]);
}

#[test]
fn rows_that_equal_or_share_a_key_are_told_apart() {
    let operations = "patient_id,operation_date,blood_ml\nKM-0001,2010-09-01,1\nKM-0001,2010-09-01,1\n\
        KM-0001,2010-09-01,2\nKM-0002,2051-01-01,1\nKM-0003,2012-09-01,5\nKM-0003,2012-09-01,5\n";
    let folder = folder(PATIENTS, operations);
    let data = queries(&[text(folder.path())]);
    let of = |name: &str| {
        let rows = data.queries.iter().filter(|query| query.rule == name).map(|query| query.rows.clone());
        let found =
            data.rules.iter().find(|rule| rule.rule == name && rule.table == "operations").unwrap().found;
        (found, rows.collect::<Vec<_>>())
    };
    // Rows of one key and other values cannot be told apart by it.
    assert_eq!(of("repeated-row"), (2, vec![vec![1, 2, 3], vec![5, 6]]));
    assert_eq!(of("repeated-key"), (1, vec![vec![1, 2, 3]]));
}

#[test]
fn the_rules_that_are_built_in_are_listed() {
    let (out, _, code) = said(&farr(&["check", "--rules"]));
    assert_eq!(code, 0);
    assert!(out.contains("death-before-surgery") && out.contains("operated on after death"), "{out}");
}

#[test]
fn wrong_sheets_and_rules_are_refused_with_their_place() {
    let folder = folder(PATIENTS, OPERATIONS);
    let path = text(folder.path());
    let sheet = folder.path().join("queries.xlsx");
    fs::write(&sheet, "no workbook").unwrap();
    let (_, errors, code) = said(&farr(&["check", path, "--answers", text(&sheet)]));
    assert!(code == 2 && errors.contains("not an Excel workbook"), "{errors}");
    for (from, to, told) in [
        ("table = \"operations\"\ncolumns", "table = \"operation\"\ncolumns", "has no table `operation`"),
        ("columns = [\"blood_ml\"]", "columns = [\"blood\"]", "has no column `blood`"),
        ("blood_ml > 6000", "blod_ml > 6000", "blod_ml"),
        ("name = \"blood-loss\"", "name = \"repeated key\"", "cannot name a rule"),
        ("name = \"blood-loss\"", "name = \"born-after-diagnosis\"", "built in"),
        ("where = \"blood_ml > 6000\"\n", "", "either `where` or `sql`"),
    ] {
        assert!(DICTIONARY.contains(from), "{from}");
        fs::write(folder.path().join("registry/registry.toml"), DICTIONARY.replace(from, to)).unwrap();
        let (_, errors, code) = said(&farr(&["check", path]));
        assert!(code == 2 && errors.contains(told) && errors.contains("registry.toml:"), "{told}: {errors}");
    }
}

#[test]
fn the_flagship_registry_has_nothing_to_ask() {
    let (out, errors, code) = said(&farr(&["check", text(&root().join("examples/crlm-pcr"))]));
    assert_eq!(code, 0, "{errors}{out}");
    assert!(out.contains("and none found anything"), "{out}");
}

/// The registry has other names; views of the study stand for the tables of the model.
#[test]
fn rules_are_asked_about_views_that_stand_for_a_table() {
    let view = "select nr as patient_id, sex, geboren as birth_date, diagnose as primary_diagnosis_date, kras from kranke";
    let rows =
        PATIENTS.replacen("patient_id,sex,birth_date,primary_diagnosis_date", "nr,sex,geboren,diagnose", 1);
    let plan = PLAN.replace("table = \"patients\"", "view = \"patients\"");
    let folder = study(&plan, &[("registry/kranke.csv", &rows), ("sql/patients.sql", view)]);
    let data = queries(&[text(folder.path()), "--identify"]);
    let told: Vec<_> = data.queries.iter().map(|query| (query.rule.as_str(), query.table.as_str())).collect();
    assert_eq!(told, [("born-after-diagnosis", "patients")]);
    let query = &data.queries[0];
    let key = query.row.as_ref().unwrap().key.iter().find(|cell| cell.column == "patient_id").unwrap();
    assert_eq!((key.value.as_deref(), query.studied), (Some("KM-0002"), Some(true)));
    // What the view is made of decides what would change.
    let impact =
        data.rules.iter().find(|rule| rule.rule == "born-after-diagnosis").unwrap().impact.clone().unwrap();
    assert_eq!((impact.eligibility, impact.analyses), (false, vec!["ages".to_string()]));

    // A view that is wrong is told once, and asks nothing.
    fs::write(folder.path().join("sql/patients.sql"), "select nrr as patient_id from kranke").unwrap();
    let (out, errors, code) = said(&farr(&["check", text(folder.path()), "-q"]));
    assert_eq!((code, errors.matches("`nrr`").count()), (2, 1), "{errors}");
    assert!(out.contains("no rule could be asked"), "{out}");
}

#[test]
fn nothing_is_said_to_be_right_that_no_rule_is_about() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kranke.csv"), "nr,x\n1,2\n").unwrap();
    let (out, _, code) = said(&farr(&["check", text(folder.path()), "-q"]));
    assert!(code == 0 && out.contains("no rule is about these tables"), "{out}");
    fs::write(folder.path().join("broken.sav"), "$FL2@(#) cut off").unwrap();
    let (out, _, code) = said(&farr(&["check", text(&folder.path().join("broken.sav")), "-q"]));
    assert!(code == 2 && out.contains("no rule could be asked"), "{out}");
}
