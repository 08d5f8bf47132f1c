//! Studies with a competing event for tests: patients in, results out.
#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../table/mod.rs"]
mod table;

use estimate::find;
use serde_json::Value;
use study::{Column, CountTable, MISSING, Plan, Problem, Results, SourceText};
use table::Table;

/// A patient: time, what ended follow-up (0 nothing, 1 the event, 2 the competing one), position of the group.
pub(crate) type Patient = (f64, u8, Option<u32>);

/// One row a patient.
pub(crate) fn counted(patients: &[Patient], levels: &[&str]) -> CountTable {
    let flags =
        |cause: u8| -> Vec<Option<bool>> { patients.iter().map(|row| Some(row.1 == cause)).collect() };
    let columns = vec![
        Column::number("relapse.time", patients.iter().map(|row| row.0).collect()),
        Column::flag("relapse.event", &flags(1)),
        Column::flag("relapse.competing", &flags(2)),
        Column::category("arm", levels, patients.iter().map(|row| row.2.unwrap_or(MISSING)).collect()),
    ];
    CountTable::new(columns, vec![1; patients.len()]).unwrap()
}

/// The plan of one analysis.
pub(crate) fn plan(method: &str, options: &str) -> Plan {
    let text = format!(
        "[study]\ntitle = \"T\"\n[population]\ntable = \"p\"\n[endpoints.relapse]\ntime = \"t\"\nevent = \"e\"\n\
         competing = \"c\"\n[[analyses]]\nid = \"a\"\nmethod = \"{method}\"\nendpoint = \"relapse\"\n{options}\n"
    );
    Plan::parse(SourceText::new("study.toml", text)).unwrap()
}

/// Runs one method over the table.
pub(crate) fn try_run(method: &str, options: &str, table: &CountTable) -> Result<Results, Problem> {
    let plan = plan(method, options);
    (find(&plan.analyses[0]).unwrap().estimate)(&plan.analyses[0], &plan, std::slice::from_ref(table))
}

/// The same, where nothing is to be refused.
pub(crate) fn run(method: &str, options: &str, table: &CountTable) -> Results {
    try_run(method, options, table).unwrap()
}

/// The data set that a frozen case names.
pub(crate) fn read(case: &Value) -> CountTable {
    let table = Table::at(case["file"].as_str().unwrap());
    let levels: Vec<&str> =
        case["levels"].as_array().unwrap().iter().map(|level| level.as_str().unwrap()).collect();
    let causes = table.ones("event").into_iter().zip(table.ones("competing"));
    let causes = causes.map(|(event, other)| u8::from(event) + 2 * u8::from(other));
    let groups = table.codes("group", &levels);
    let patients: Vec<Patient> =
        table.numbers("time").into_iter().zip(causes).zip(groups).map(|((t, c), g)| (t, c, g)).collect();
    counted(&patients, &levels)
}
