//! A study folder in a temporary place.

// Each test file uses its own part of it.
#![allow(dead_code, unreachable_pub)]

use cohort::{Answers, CheckOptions, CheckReport, Cohort, check};
use study::{
    Column, ColumnRequest, ColumnSource, CountRequest, CountTable, MISSING, Plan, Problem, SourceText, Values,
};
use tempfile::TempDir;

/// A folder, deleted at the end.
pub struct Folder(TempDir);

/// A study folder with some files, by path and content.
pub fn folder(files: &[(&str, &[u8])]) -> Folder {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    Folder(folder)
}

/// A plan from what follows its title.
pub fn plan(text: &str) -> Plan {
    let text = format!("[study]\ntitle = \"T\"\n{text}");
    Plan::parse(SourceText::new("study.toml", text)).unwrap_or_else(|problem| panic!("{problem}"))
}

impl Folder {
    pub fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    pub fn open(&self, plan: &Plan) -> Result<Cohort, Problem> {
        Cohort::open(self.path(), plan, &|_| {})
    }

    /// The problem of opening, as text without the name of the temporary folder.
    pub fn refusal(&self, plan: &Plan) -> String {
        match self.open(plan) {
            Ok(_) => panic!("this was not refused"),
            Err(problem) => self.shown(&problem),
        }
    }

    pub fn shown(&self, problem: &Problem) -> String {
        problem.to_string().replace(&format!("{}/", self.path().display()), "")
    }

    pub fn check_answered(&self, plan: &Plan, answers: &Answers) -> CheckReport {
        check(self.path(), plan, &[], &CheckOptions { answers, progress: &|_| {} })
    }

    pub fn check(&self, plan: &Plan) -> CheckReport {
        self.check_answered(plan, &Answers::new())
    }
}

/// A request of variables; `NAME.time` and `NAME.event` are those of an endpoint.
pub fn request(names: &[&str]) -> CountRequest {
    let columns = names.iter().map(|name| match name.split_once('.') {
        Some((endpoint, "time")) => {
            ColumnRequest { source: ColumnSource::Time(endpoint.into()), path: vec!["endpoint".into()] }
        }
        Some((endpoint, "patient")) => ColumnRequest::patient(endpoint, ["endpoint".into()]),
        Some((endpoint, "entry")) => ColumnRequest::entry(endpoint, ["endpoint".into()]),
        Some((endpoint, "competing")) => ColumnRequest::competing(endpoint, ["endpoint".into()]),
        Some((endpoint, _)) => {
            ColumnRequest { source: ColumnSource::Event(endpoint.into()), path: vec!["endpoint".into()] }
        }
        None => ColumnRequest::variable(name, ["terms".into()]),
    });
    CountRequest { columns: columns.collect() }
}

/// The count table of the plan's first analysis.
pub fn count(cohort: &Cohort, plan: &Plan, names: &[&str]) -> Result<CountTable, Problem> {
    let tables = cohort.count(&plan.analyses[0], &[request(names)])?;
    Ok(tables.into_iter().next().unwrap())
}

/// One value as text, `-` for missing.
fn value(column: &Column, row: usize) -> String {
    match &column.values {
        _ if column.is_missing(row) => "-".into(),
        Values::Category { levels, codes } => levels[codes[row] as usize].value.clone(),
        Values::Number(values) => values[row].to_string(),
    }
}

/// A count table as text: values, then how many.
pub fn rows(table: &CountTable) -> Vec<String> {
    let row = |row: usize| {
        let values: Vec<String> = table.columns().iter().map(|column| value(column, row)).collect();
        format!("{} × {}", values.join(" "), table.n()[row])
    };
    assert!(table.columns().iter().all(|column| match &column.values {
        Values::Category { levels, codes } =>
            codes.iter().all(|code| *code == MISSING || (*code as usize) < levels.len()),
        Values::Number(values) => values.iter().all(|value| !value.is_infinite()),
    }));
    (0..table.rows()).map(row).collect()
}
