//! Time-to-event studies for tests: counted patients in, results out.
#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../table/mod.rs"]
mod table;

use estimate::find;
use serde_json::Value;
use study::{Column, CountTable, MISSING, Plan, Results, SourceText};
use table::{Table, renamed};

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
    let table = Table::at(case["file"].as_str().unwrap());
    let levels = texts(&case["levels"]);
    let (events, groups) = (table.ones("event"), table.codes("group", &levels));
    let patients: Patients =
        table.numbers("time").into_iter().zip(events).zip(groups).map(|((t, e), g)| (t, e, g)).collect();
    counted(&patients, &levels)
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

/// What asks for the weights of [`read_courses`] as sampling weights.
pub(crate) const SAMPLED: &str = "weights = \"weight\"\nweight_kind = \"sampling\"\n";

/// The patients of a frozen case with entries, strata and weights, one row each.
pub(crate) fn read_courses(case: &Value) -> CountTable {
    let table = Table::at(case["file"].as_str().unwrap());
    let columns = vec![
        renamed(table.number("time"), "death.time"),
        renamed(table.flag("event"), "death.event"),
        renamed(table.levels("group", &texts(&case["levels"])), "arm"),
        renamed(table.levels("stratum", &texts(&case["strata"])), "site"),
        renamed(table.number("entry"), "death.entry"),
        table.number("weight"),
    ];
    CountTable::new(columns, vec![1; table.rows()]).unwrap()
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
