//! A check of a registry without a study.

use super::{ask, finish, tables};
use crate::CheckReport;
use crate::check::single;
use crate::quality::answers::Answers;
use crate::study_folder::{Study, new_engine};
use study::{Plan, Problem};

/// Reads every table of a registry and asks what its rules ask. `plan` says where it is; nothing else of it is used.
///
/// # Errors
/// There is no registry, or its dictionary is wrong; everything else is in the report.
pub fn check_registry(
    folder: &std::path::Path,
    plan: &Plan,
    answers: &Answers,
    progress: &dyn Fn(&str),
) -> Result<CheckReport, Problem> {
    let engine = new_engine()?;
    let mut study = Study::find_numbered(folder, plan)?;
    let mut report = CheckReport::default();
    let unread = study.load_all(engine.as_ref(), progress, &mut report);
    let known = tables(&study, engine.as_ref(), None);
    let unread: Vec<Problem> = unread.into_iter().flat_map(|(_, problem)| single(problem)).collect();
    let questions = ask(&study, engine.as_ref(), &known, &unread, answers, progress)?;
    report.problems.extend(unread);
    report.problems.extend(crate::follow_up::check(&study, engine.as_ref(), None));
    let (queries, problems) = finish(questions, None);
    report.problems.extend(problems);
    report.queries = queries;
    report.inputs = study.inputs.iter().cloned().collect();
    Ok(report)
}
