//! Bad input: a clear message or a typed notice, never a panic, nothing lost.

#[allow(dead_code)]
mod farr;

use farr::{farr, said, study, text};
use serde_json::Value;
use std::fs;

const PLAN: &str = r#"[study]
title = "T"
[population]
table = "patients"
id = "id"
[endpoints.survival]
start = "surgery"
end = "last"
event = "died"
[[analyses]]
id = "table-1"
method = "baseline"
by = "arm"
variables = ["sex", "age"]
[[analyses]]
id = "figure-1"
method = "kaplan_meier"
endpoint = "survival"
by = "arm"
at = [12]
[[analyses]]
id = "table-2"
method = "logistic"
outcome = "response"
event = "yes"
terms = ["sex", "age"]
[[analyses]]
id = "table-3"
method = "cox"
endpoint = "survival"
terms = ["sex", "age"]
"#;

const HEADER: &str = "id,arm,sex,age,response,surgery,last,died\n";

/// Twelve patients without anything wrong.
fn rows() -> Vec<String> {
    let sound = [
        "A,female,50,yes,2015-01-01,2017-01-01,true",
        "A,female,61,no,2015-02-01,2019-02-01,false",
        "A,male,47,yes,2015-03-01,2018-07-01,false",
        "A,male,72,no,2015-04-01,2016-01-01,true",
        "A,male,66,no,2015-05-01,2016-05-01,true",
        "A,female,58,yes,2015-06-01,2019-06-01,false",
        "B,female,49,no,2016-01-01,2017-06-01,true",
        "B,male,63,no,2016-02-01,2019-02-01,false",
        "B,male,55,yes,2016-03-01,2018-03-01,true",
        "B,female,70,no,2016-04-01,2016-11-01,true",
        "B,male,44,yes,2016-05-01,2019-05-01,false",
        "B,female,68,no,2016-06-01,2018-01-01,true",
    ];
    sound.iter().enumerate().map(|(index, row)| format!("P{index},{row}")).collect()
}

fn table(rows: &[String]) -> String {
    format!("{HEADER}{}\n", rows.join("\n"))
}

/// Runs a plan over one table; what was said, and the results if there are any.
fn run(plan: &str, patients: &str) -> (String, i32, Option<Value>) {
    let folder = study(plan, &[("registry/patients.csv", patients)]);
    let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-q"]));
    assert!(!errors.contains("panicked"), "{errors}");
    let results = fs::read(folder.path().join("results/results.json")).ok();
    assert_eq!(results.is_some(), code == 0, "{errors}");
    (errors, code, results.map(|bytes| serde_json::from_slice(&bytes).unwrap()))
}

/// The refusal of a table.
fn refused(patients: &str) -> String {
    let (errors, code, _) = run(PLAN, patients);
    assert_eq!(code, 2, "{errors}");
    errors
}

/// The refusal with patients named.
fn identified(patients: &str) -> String {
    let folder = study(PLAN, &[("registry/patients.csv", patients)]);
    said(&farr(&["run", text(folder.path()), "-q", "--identify"])).1
}

/// The codes of the notices of one analysis.
fn notices(results: &Value, analysis: &str) -> Vec<String> {
    let all = results["analyses"].as_array().unwrap();
    let one = all.iter().find(|results| results["analysis"] == analysis).unwrap();
    let notices = one["notices"].as_array().unwrap();
    notices.iter().map(|notice| notice["code"].as_str().unwrap().to_string()).collect()
}

/// The results of a table that is odd and not wrong.
fn accepted(patients: &str) -> Value {
    let (errors, code, results) = run(PLAN, patients);
    assert_eq!(code, 0, "{errors}");
    assert!(!results.as_ref().unwrap().to_string().contains("NaN"));
    results.unwrap()
}

#[test]
fn sound_input_runs() {
    let results = accepted(&table(&rows()));
    assert_eq!(results["flow"]["included"], 12);
}

#[test]
fn an_empty_file_and_one_with_a_header_only_are_refused() {
    let empty = refused("");
    assert!(empty.contains("patients.csv") && empty.contains("empty"), "{empty}");
    let header = refused(HEADER);
    assert!(
        header.contains("no row") || header.contains("nobody") || header.contains("no patient"),
        "{header}"
    );
}

#[test]
fn a_ragged_row_is_named_by_its_line() {
    let mut rows = rows();
    rows[4].push_str(",surplus");
    let said = refused(&table(&rows));
    assert!(said.contains("patients.csv:6"), "{said}");
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let said = refused(&table(&rows()).replacen("sex", "arm", 1));
    assert!(said.contains("`arm`"), "{said}");
}

#[test]
fn a_patient_who_stands_twice_is_refused_and_named_on_request() {
    let mut rows = rows();
    rows.push(rows[3].clone());
    let said = refused(&table(&rows));
    assert!(said.contains("1 patient stands in more than one row") && !said.contains("P3"), "{said}");
    assert!(identified(&table(&rows)).contains("patients: P3"));
}

#[test]
fn death_before_surgery_is_refused_and_the_patient_named_on_request() {
    let patients = table(&rows()).replace("2015-04-01,2016-01-01", "2016-04-01,2016-01-01");
    let said = refused(&patients);
    assert!(said.contains("survival") && !said.contains("P3"), "{said}");
    assert!(identified(&patients).contains("patients: P3"));
}

#[test]
fn an_event_with_three_values_is_refused_with_the_values() {
    let patients = table(&rows()).replace(",true", ",1").replace(",false", ",0").replacen(",1\n", ",2\n", 1);
    let said = refused(&patients);
    assert!(said.contains('2') && said.contains("died"), "{said}");
}

#[test]
fn a_group_with_one_patient_gives_notices() {
    let mut rows = rows();
    rows.retain(|row| !row.contains(",B,") || row.starts_with("P6,"));
    let results = accepted(&table(&rows));
    assert!(notices(&results, "table-1").contains(&"single_patient".into()), "{results}");
}

#[test]
fn a_variable_with_one_level_gives_notices() {
    let results = accepted(&table(&rows()).replace("female", "male"));
    assert!(notices(&results, "table-1").contains(&"single_level".into()));
    assert!(notices(&results, "table-2").contains(&"single_level".into()));
}

#[test]
fn all_values_missing_gives_notices() {
    let rows: Vec<String> = rows()
        .iter()
        .map(|row| {
            row.split(',').enumerate().map(|(i, c)| if i == 3 { "" } else { c }).collect::<Vec<_>>().join(",")
        })
        .collect();
    let plan =
        PLAN.replace("[endpoints.survival]", "[variables.age]\nkind = \"number\"\n[endpoints.survival]");
    let (errors, code, results) = run(&plan, &table(&rows));
    assert_eq!(code, 0, "{errors}");
    let results = results.unwrap();
    for analysis in ["table-1", "table-2", "table-3"] {
        assert!(notices(&results, analysis).contains(&"all_missing".into()), "{analysis}: {results:#}");
    }
}

#[test]
fn events_in_all_and_in_none_give_results_or_notices() {
    accepted(&table(&rows()).replace(",false", ",true"));
    let none = accepted(&table(&rows()).replace(",true", ",false"));
    assert!(notices(&none, "figure-1").contains(&"no_events".into()));
    assert!(notices(&none, "table-3").contains(&"no_events".into()));
}

#[test]
fn one_outcome_only_gives_a_notice() {
    let levels =
        "[variables.response]\nlevels = [{ value = \"yes\" }, { value = \"no\" }]\n[endpoints.survival]";
    let plan = PLAN.replace("[endpoints.survival]", levels);
    let (errors, code, results) = run(&plan, &table(&rows()).replace(",yes,", ",no,"));
    assert_eq!(code, 0, "{errors}");
    let results = results.unwrap();
    assert!(notices(&results, "table-2").contains(&"one_outcome".into()));
}

#[test]
fn complete_separation_is_named_and_its_estimate_withheld() {
    let patients = table(&rows()).replace(",yes,", ",no,").replace("female,", "woman,");
    let patients = patients
        .lines()
        .map(|line| if line.contains("woman") { line.replace(",no,", ",yes,") } else { line.into() })
        .collect::<Vec<_>>()
        .join("\n");
    let results = accepted(&patients);
    assert!(notices(&results, "table-2").contains(&"separation".into()));
}

#[test]
fn a_view_that_selects_nothing_is_refused() {
    let plan = PLAN.replace("table = \"patients\"", "view = \"nobody\"");
    let folder = study(
        &plan,
        &[
            ("registry/patients.csv", &table(&rows())),
            ("sql/nobody.sql", "select * from patients where age > 200"),
        ],
    );
    let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-q"]));
    assert_eq!(code, 2);
    assert!(errors.contains("nobody"), "{errors}");
}

#[test]
fn views_that_need_each_other_are_refused_with_the_circle() {
    let plan = PLAN.replace("table = \"patients\"", "view = \"one\"");
    let folder = study(
        &plan,
        &[
            ("registry/patients.csv", &table(&rows())),
            ("sql/one.sql", "select * from two"),
            ("sql/two.sql", "select * from one"),
        ],
    );
    let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-q"]));
    assert_eq!(code, 2);
    assert!(errors.contains("one") && errors.contains("two") && errors.contains(".sql"), "{errors}");
}

#[test]
fn sql_that_writes_is_refused() {
    let plan = PLAN.replace("table = \"patients\"", "view = \"evil\"");
    let folder = study(
        &plan,
        &[("registry/patients.csv", &table(&rows())), ("sql/evil.sql", "copy patients to 'stolen.csv'")],
    );
    let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-q"]));
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("evil.sql"), "{errors}");
}

#[test]
fn unknown_names_in_the_plan_are_refused_with_line_and_nearest() {
    for (wrong, right, line) in [
        ("terms = [\"sx\", \"age\"]", "did you mean `sex`", "study.toml:26"),
        ("terms = [\"sex\", \"age\"]\ninterval = \"profil\"", "profile", "study.toml:27"),
        ("terms = [\"sex\", \"age\"]\nunivariate = true", "did you mean `univariable`", "study.toml:27"),
    ] {
        let plan = PLAN.replacen("terms = [\"sex\", \"age\"]", wrong, 1);
        let (errors, code, _) = run(&plan, &table(&rows()));
        assert_eq!(code, 2);
        assert!(errors.contains(right) && errors.contains(line), "{errors}");
    }
    let (errors, code, _) = run(&PLAN.replace("\"kaplan_meier\"", "\"kaplan_meyer\""), &table(&rows()));
    assert_eq!(code, 2);
    assert!(errors.contains("did you mean `kaplan_meier`"), "{errors}");
}

#[test]
fn a_refused_run_leaves_the_old_results() {
    let folder = study(PLAN, &[("registry/patients.csv", &table(&rows()))]);
    assert_eq!(said(&farr(&["run", text(folder.path()), "-q"])).2, 0);
    let report = folder.path().join("results/report.html");
    let before = fs::read(&report).unwrap();
    fs::write(folder.path().join("registry/patients.csv"), "").unwrap();
    assert_eq!(said(&farr(&["run", text(folder.path()), "-q"])).2, 2);
    assert!(fs::read(&report).unwrap() == before);
}

#[test]
fn an_unwritable_output_is_refused_before_anything_is_computed() {
    let folder = study(PLAN, &[("registry/patients.csv", &table(&rows())), ("taken", "a file")]);
    let below_a_file = folder.path().join("taken/results");
    let (_, errors, code) = said(&farr(&["run", text(folder.path()), "-o", text(&below_a_file), "-q"]));
    assert_eq!(code, 2);
    assert!(errors.contains("cannot write"), "{errors}");
    assert_eq!(fs::read_to_string(folder.path().join("taken")).unwrap(), "a file");
}

/// Runs farr where no file may grow beyond 4 KiB, as on a full disk. The signal that says so either kills the
/// program half-way, or is ignored and becomes an error of writing.
#[cfg(target_os = "linux")]
fn run_without_room(signal: &str) -> (String, i32) {
    let folder = study(PLAN, &[("registry/patients.csv", &table(&rows()))]);
    assert_eq!(said(&farr(&["run", text(folder.path()), "-q"])).2, 0);
    let report = folder.path().join("results/report.html");
    let before = fs::read(&report).unwrap();
    let script = format!("{signal}; ulimit -f 4; exec \"$0\" run \"$1\" -q");
    let arguments = ["-c", &script, env!("CARGO_BIN_EXE_farr"), text(folder.path())];
    let output = std::process::Command::new("bash").args(arguments).output().unwrap();
    assert!(fs::read(&report).unwrap() == before, "the old results are damaged");
    assert_eq!(said(&farr(&["run", text(folder.path()), "-q"])).2, 0, "the next run cannot write");
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
    let (_, errors, code) = said(&output);
    (errors, code)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_leaves_the_old_results() {
    let (errors, code) = run_without_room("trap '' XFSZ");
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("cannot write the results"), "{errors}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_killed_half_way_leaves_the_old_results() {
    let (_, code) = run_without_room("true");
    assert_eq!(code, -1);
}

#[test]
fn a_million_levels_end_in_a_result_or_a_message() {
    let mut patients = String::from("id,arm,code\n");
    for index in 0..1_000_000 {
        patients.push_str(&format!("{index},{},c{index}\n", if index % 2 == 0 { "A" } else { "B" }));
    }
    let plan = "[study]\ntitle = \"T\"\n[population]\ntable = \"patients\"\nid = \"id\"\n[[analyses]]\n\
                id = \"t\"\nmethod = \"baseline\"\nby = \"arm\"\nvariables = [\"code\"]\n";
    let (errors, code, _) = run(plan, &patients);
    assert!(code == 0 || code == 2, "{errors}");
}
