//! From columns and a plan to imputed data and their pooled results.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use estimate::imputation::{Completed, analyse, impute, scopes};
use estimate::methods::find;
use study::results::Results;
use study::{Column, CountTable, MISSING, Plan, Problem, SourceText};

pub fn plan(imputation: &str, analyses: &str) -> Plan {
    try_plan(imputation, analyses).unwrap()
}

pub fn try_plan(imputation: &str, analyses: &str) -> Result<Plan, Problem> {
    let text = format!(
        "[study]\ntitle = \"T\"\nseed = 3\n[population]\ntable = \"t\"\n[variables.stage]\nordered = true\n\
         [endpoints.os]\ntime = \"months\"\nevent = \"died\"\n[imputation]\n{imputation}\n{analyses}"
    );
    Plan::parse(SourceText::new("study.toml", text))
}

pub const LOGISTIC: &str = "[[analyses]]\nid = \"a\"\nmethod = \"logistic\"\nmissing = \"impute\"\noutcome = \"y\"\n\
                        univariable = true\nterms = [\"x\", \"stage\", \"colour\", \"flag\"]\n";

/// Patients whose values hang together; every fifth to ninth of some variables is missing.
pub fn patients(holes: bool) -> Vec<Column> {
    let mut state = 12_345_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let n = 400;
    let (mut x, mut stage, mut colour, mut flag, mut y) = (vec![], vec![], vec![], vec![], vec![]);
    for row in 0..n {
        let value = ((uniform() + uniform() + uniform()) * 20.0).round();
        let level = ((value / 40.0 + uniform() * 1.6) as u32).min(2);
        let lost = |every: usize| holes && row % every == every - 1;
        x.push(if lost(5) { f64::NAN } else { value });
        stage.push(if lost(7) { MISSING } else { level });
        colour.push(if lost(9) { MISSING } else { (uniform() * 3.0) as u32 });
        flag.push(if lost(8) { None } else { Some(uniform() < 0.2 + 0.2 * f64::from(level)) });
        let event = uniform() < 0.1 + value / 100.0;
        y.push(if lost(40) { None } else { Some(event) });
    }
    vec![
        Column::flag("y", &y),
        Column::number("x", x),
        Column::category("stage", &["i", "ii", "iii"], stage),
        Column::category("colour", &["red", "green", "blue"], colour),
        Column::flag("flag", &flag),
    ]
}

/// The imputation of a plan's only scope.
pub fn completed(plan: &Plan, columns: &[Column], threads: usize) -> Result<Completed, Problem> {
    let analysis = &plan.analyses[0];
    let requests = (find(analysis)?.requests)(analysis, plan)?;
    let scope = &scopes(plan, &[(analysis, requests)])?[0];
    let chosen = scope
        .request
        .columns
        .iter()
        .map(|column| columns.iter().find(|known| known.name == column.source.column()).unwrap().clone());
    let rows = columns[0].values.len();
    impute(plan, scope, &CountTable::new(chosen.collect(), vec![1; rows])?, threads)
}

pub fn analysed(plan: &Plan, columns: &[Column]) -> Results {
    let analysis = &plan.analyses[0];
    let entry = find(analysis).unwrap();
    let requests = (entry.requests)(analysis, plan).unwrap();
    let rows = columns[0].values.len();
    let tables: Vec<CountTable> = requests
        .iter()
        .map(|request| {
            let chosen = request.columns.iter().map(|column| {
                columns.iter().find(|known| known.name == column.source.column()).unwrap().clone()
            });
            CountTable::new(chosen.collect(), vec![1; rows]).unwrap()
        })
        .collect();
    let sets = completed(plan, columns, 2).unwrap();
    analyse(&entry, analysis, plan, &requests, &tables, &sets, 2).unwrap()
}
