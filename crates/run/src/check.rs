//! Everything that is wrong with a study or a registry, and everything that was inferred: nothing is computed.

use crate::progress::Progress;
use crate::study_folder::{parent, read_plan};
use cohort::{Answers, CheckOptions, CheckReport};
use std::io::Write;
use std::path::Path;
use study::{Analysis, CountRequest, DataQueries, Place, Plan, Problem, SourceText};

/// What a check gives.
#[derive(Debug)]
pub struct StudyCheck {
    /// The plan; none where a registry was checked without a study.
    pub plan: Option<Plan>,
    /// What was found in the registry, the views and the variables.
    pub report: CheckReport,
}

/// Checks a study folder, or a registry: a folder of tables, or a single file.
///
/// # Errors
/// The plan itself or the sheet of answers cannot be read; everything else that is wrong is in the report.
pub fn check(path: &Path, answers: Option<&Path>, progress: &dyn Progress) -> Result<StudyCheck, Problem> {
    let answers = answers.map(cohort::read_answers).transpose()?.unwrap_or_default();
    let stage = |name: &str| progress.stage(name);
    if path.join("study.toml").is_file() {
        return study(path, &answers, &stage);
    }
    if !path.exists() {
        return Err(Problem::input("there is no such file or folder").at(Place::Path(path.to_path_buf())));
    }
    let plan = registry_plan(path)?;
    let folder = if path.file_name().is_some() { parent(path) } else { path };
    let report = cohort::check_registry(folder, &plan, &answers, &stage).map_err(|problem| {
        let help = "name a study folder, a folder of tables or a single table";
        if problem.help.is_none() { problem.help(help) } else { problem }
    })?;
    Ok(StudyCheck { plan: None, report })
}

/// A plan that says where a registry is, and nothing else.
pub(crate) fn registry_plan(path: &Path) -> Result<Plan, Problem> {
    let name = path.file_name().map_or(".".into(), |name| name.to_string_lossy().into_owned());
    let name = toml::Value::String(name).to_string();
    let text = format!(
        "[study]\ntitle = \"registry\"\n[registry]\npath = {name}\n[population]\ntable = \"registry\"\n"
    );
    Plan::parse(SourceText::new("study.toml", text))
}

fn study(folder: &Path, answers: &Answers, progress: &dyn Fn(&str)) -> Result<StudyCheck, Problem> {
    let plan = read_plan(folder)?;
    let mut requests: Vec<(&Analysis, Vec<CountRequest>)> = Vec::new();
    for analysis in &plan.analyses {
        requests.push((analysis, (estimate::find(analysis)?.requests)(analysis, &plan)?));
    }
    // What imputation needs beyond the analyses themselves.
    for scope in estimate::imputation::scopes(&plan, &crate::imputation::asking(&plan)?)? {
        requests.push((&plan.analyses[scope.analyses[0]], vec![scope.request]));
    }
    let report = cohort::check(folder, &plan, &requests, &CheckOptions { answers, progress });
    Ok(StudyCheck { plan: Some(plan), report })
}

/// Writes the queries to a workbook, whole or not at all. It names patients.
///
/// # Errors
/// The disk cannot be written; more queries than a sheet has rows.
pub fn write_queries(path: &Path, queries: &DataQueries) -> Result<(), Problem> {
    let bytes = report::formats::query_sheet::render(queries)?;
    let failed = |error: std::io::Error| {
        Problem::output(format!("cannot write the workbook: {error}")).at(Place::Path(path.to_path_buf()))
    };
    let mut file = tempfile::NamedTempFile::new_in(parent(path)).map_err(failed)?;
    file.write_all(&bytes).map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}
