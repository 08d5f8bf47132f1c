//! Time-to-event studies for tests: counted patients in, results out.
#![allow(dead_code, reason = "each test file uses its part")]

use estimate::find;
use serde_json::Value;
use std::path::Path;
use study::{Column, CountTable, MISSING, Plan, Results, SourceText};

/// Patients: time, whether the event happened, position of the group.
pub(crate) type Patients = Vec<(f64, bool, Option<u32>)>;

/// One row a patient.
pub(crate) fn counted(patients: &Patients, levels: &[&str]) -> CountTable {
    let columns = vec![
        Column::number("death.time", patients.iter().map(|row| row.0).collect()),
        Column::flag("death.event", &patients.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
        Column::category("arm", levels, patients.iter().map(|row| row.2.unwrap_or(MISSING)).collect()),
    ];
    CountTable::new(columns, vec![1; patients.len()]).unwrap()
}

/// Runs one method over the table.
pub(crate) fn run(method: &str, options: &str, table: &CountTable) -> Results {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nevent = \"e\"\n\
         [[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nendpoint = \"death\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, std::slice::from_ref(table))
        .unwrap()
}

/// The data set that a frozen case names.
pub(crate) fn read(case: &Value) -> CountTable {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle").join(case["file"].as_str().unwrap());
    let levels: Vec<&str> =
        case["levels"].as_array().unwrap().iter().map(|level| level.as_str().unwrap()).collect();
    let text = std::fs::read_to_string(file).unwrap();
    let patients: Patients = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let group = levels.iter().position(|level| *level == cells[2]).map(|code| code as u32);
            (cells[0].parse().unwrap(), cells[1] == "1", group)
        })
        .collect();
    counted(&patients, &levels)
}

/// What asks for the weights of [`read_courses`] as sampling weights.
pub(crate) const SAMPLED: &str = "weights = \"weight\"\nweight_kind = \"sampling\"\n";

/// The patients of a frozen case with entries, strata and weights, one row each.
pub(crate) fn read_courses(case: &Value) -> CountTable {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle").join(case["file"].as_str().unwrap());
    let text = std::fs::read_to_string(file).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let numbers = |at: usize| rows.iter().map(|row| row[at].parse().unwrap()).collect::<Vec<f64>>();
    let category = |name: &str, levels: &Value, at: usize| {
        let levels: Vec<&str> =
            levels.as_array().unwrap().iter().map(|level| level.as_str().unwrap()).collect();
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

/// Runs one method by group over patients who may enter late.
pub(crate) fn run_courses(method: &str, options: &str, table: &CountTable) -> Results {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.death]\ntime = \"t\"\nentry = \"s\"\n\
         event = \"e\"\n[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nendpoint = \"death\"\nby = \"arm\"\n{options}\n"
    );
    let plan = Plan::parse(SourceText::new("study.toml", text)).unwrap();
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, std::slice::from_ref(table))
        .unwrap()
}
