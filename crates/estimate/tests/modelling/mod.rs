//! From columns and options to the results of a model.
#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod fixed_spline;
#[path = "../table/mod.rs"]
pub(crate) mod table;

use estimate::methods::find;
use serde_json::Value;
use study::{
    Analysis, Column, ColumnSource, CountTable, Estimate, Model, Notice, ObservedValues, Plan, Problem,
    Quantity, Results, SourceText, TestName,
};
use table::{Table, renamed};

/// A plan with one analysis and the endpoint `os`, whose time is a number of months.
pub(crate) fn plan(dialect: &str, method: &str, options: &str) -> Plan {
    plan_with("", dialect, method, options)
}

/// The same; the endpoint has a further key.
fn plan_with(key: &str, dialect: &str, method: &str, options: &str) -> Plan {
    let text = format!(
        "[study]\ntitle = \"T\"\ndialect = \"{dialect}\"\n[population]\ntable = \"t\"\nid = \"i\"\n\
         [endpoints.os]\ntime = \"months\"\nevent = \"died\"\ncompeting = \"other\"\n{key}\n\
         [[analyses]]\nid = \"a\"\nmethod = \"{method}\"\n{options}\n"
    );
    Plan::parse(SourceText::new("study.toml", text)).unwrap()
}

/// Counts the columns that the method asks for, and lets it estimate.
pub(crate) fn try_run(
    dialect: &str,
    method: &str,
    options: &str,
    columns: &[Column],
    n: &[u64],
) -> Result<Results, Problem> {
    try_run_seeing(ObservedValues::new(), dialect, method, options, columns, n)
}

/// The same, told what was observed of numbers.
fn try_run_seeing(
    observed: ObservedValues,
    dialect: &str,
    method: &str,
    options: &str,
    columns: &[Column],
    n: &[u64],
) -> Result<Results, Problem> {
    let has = |name: &str| columns.iter().any(|column| column.name == name);
    let key = match (has("os.entry"), has("os.patient")) {
        (false, _) => "",
        (true, false) => "entry = \"entered\"",
        (true, true) => "entry = \"entered\"\nview = \"intervals\"",
    };
    let plan = plan_with(key, dialect, method, options);
    let analysis = &Analysis { observed, ..plan.analyses[0].clone() };
    let method = find(analysis).unwrap();
    let requests = (method.requests)(analysis, &plan)?;
    let tables: Vec<CountTable> = requests
        .iter()
        .map(|request| {
            let wanted = request.columns.iter().map(|column| column.source.column());
            let chosen =
                wanted.map(|name| columns.iter().find(|column| column.name == name).unwrap().clone());
            CountTable::new(chosen.collect(), n.to_vec()).unwrap()
        })
        .collect();
    (method.estimate)(analysis, &plan, &tables)
}

/// The same, in farr's own dialect, of patients listed one by one.
pub(crate) fn run(method: &str, options: &str, columns: &[Column]) -> Results {
    try_run("farr", method, options, columns, &vec![1; columns[0].values.len()]).unwrap()
}

/// Time and event of `os`.
pub(crate) fn endpoint(times: &[f64], events: &[bool]) -> [Column; 2] {
    let events: Vec<Option<bool>> = events.iter().map(|event| Some(*event)).collect();
    [
        Column::number(&ColumnSource::Time("os".into()).column(), times.to_vec()),
        Column::flag(&ColumnSource::Event("os".into()).column(), &events),
    ]
}

/// A 2 × 2 table as two flags, `y` and `x`: events and others with x, events and others without.
pub(crate) fn two_by_two(counts: [u64; 4]) -> (Vec<Column>, Vec<u64>) {
    let y = Column::flag("y", &[Some(true), Some(false), Some(true), Some(false)]);
    let x = Column::flag("x", &[Some(true), Some(true), Some(false), Some(false)]);
    (vec![y, x], counts.to_vec())
}

/// The ratio of a term and level in a model.
pub(crate) fn ratio<'a>(results: &'a Results, model: Model, term: &str, level: Option<&str>) -> &'a Estimate {
    let found = results.estimates.iter().find(|row| {
        matches!(
            row.quantity,
            Quantity::OddsRatio | Quantity::HazardRatio | Quantity::SubdistributionHazardRatio
        ) && row.model == Some(model)
            && row.term.as_deref() == Some(term)
            && row.level.as_deref() == level
    });
    found.unwrap_or_else(|| panic!("no ratio of {term} {level:?}"))
}

/// The number of a quantity in a model.
pub(crate) fn value(results: &Results, model: Model, term: Option<&str>, quantity: Quantity) -> f64 {
    let same =
        |row: &&Estimate| row.quantity == quantity && row.model == Some(model) && row.term.as_deref() == term;
    results.estimates.iter().find(same).and_then(|row| row.value).unwrap()
}

/// Statistic, degrees of freedom and P value of a global test.
pub(crate) fn global(
    results: &Results,
    model: Model,
    term: Option<&str>,
    name: TestName,
) -> Option<(f64, f64, f64)> {
    let tests = results.estimates.iter().filter(|row| {
        row.quantity == Quantity::GlobalTest && row.model == Some(model) && row.term.as_deref() == term
    });
    let test = tests.filter_map(|row| row.test.as_ref()).find(|test| test.name == name)?;
    Some((test.statistic?, test.df[0], test.p_value?))
}

/// Terms and levels that are named as separated.
pub(crate) fn separated(results: &Results) -> Vec<(&str, Option<&str>)> {
    results
        .notices
        .iter()
        .filter_map(|notice| match notice {
            Notice::Separation { term, level, .. } => Some((term.as_str(), level.as_deref())),
            _ => None,
        })
        .collect()
}

/// Whether two numbers agree to a relative difference.
#[track_caller]
pub(crate) fn close(ours: f64, theirs: f64, relative: f64) {
    let scale = if theirs == 0.0 { 1.0 } else { theirs.abs() };
    assert!((ours - theirs).abs() <= relative * scale, "{ours:e} against {theirs:e}");
}

/// Reads the columns of a data set as the frozen file describes them.
pub(crate) fn columns(data: &Value, flags: &[(&str, &str)]) -> Vec<Column> {
    let table = Table::at(data["file"].as_str().unwrap());
    let described = data["columns"].as_array().unwrap().iter();
    described
        .map(|column| {
            let name = column["name"].as_str().unwrap();
            if let Some((_, other)) = flags.iter().find(|(own, _)| *own == name) {
                return renamed(table.flag(name), other);
            }
            let Some(levels) = column["levels"].as_array() else {
                return match name {
                    "time" | "entry" => renamed(table.number(name), &format!("os.{name}")),
                    name => table.number(name),
                };
            };
            let levels: Vec<&str> = levels.iter().map(|level| level.as_str().unwrap()).collect();
            table.levels(name, &levels)
        })
        .collect()
}
