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
