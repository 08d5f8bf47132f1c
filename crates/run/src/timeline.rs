//! The time lines of one patient and of many.

use crate::check::registry_plan;
use crate::progress::Progress;
use crate::study_folder::{parent, read_plan};
use cohort::{Followed, SwimmerRequest, Zero};
use std::path::{Path, PathBuf};
use study::{PatientTimeline, Place, Plan, Problem, Swimmers};

/// The folder and the plan of a study, whose analysis set is meant, or of a registry without one: a folder of tables, or a
/// single file.
///
/// # Errors
/// There is no such path; the plan cannot be read.
pub(crate) fn study_or_registry(path: &Path) -> Result<(PathBuf, Plan, Followed), Problem> {
    if path.join("study.toml").is_file() {
        return Ok((path.to_path_buf(), read_plan(path)?, Followed::AnalysisSet));
    }
    if !path.exists() {
        return Err(Problem::input("there is no such file or folder").at(Place::Path(path.to_path_buf())));
    }
    let folder = if path.file_name().is_some() { parent(path) } else { path };
    Ok((folder.to_path_buf(), registry_plan(path)?, Followed::Registry))
}

/// Reads a registry and gives the course of one patient.
///
/// # Errors
/// Whatever is wrong with the tables; an unknown patient; a zero of which no day is known.
pub fn timeline(
    path: &Path,
    patient: &str,
    zero: Zero,
    tests: &[String],
    progress: &dyn Progress,
) -> Result<PatientTimeline, Problem> {
    let (folder, plan, _) = study_or_registry(path)?;
    cohort::timeline(&folder, &plan, patient, zero, tests, &|stage| progress.stage(stage))
}

/// What is asked of many courses.
#[derive(Debug, Clone)]
pub struct SwimmerQuestion {
    /// SQL condition over the analysis set of a study, or over a registry's table of patients.
    pub condition: Option<String>,
    /// At most so many, drawn at random where there are more.
    pub at_most: Option<usize>,
    /// The day that is counted from.
    pub zero: Zero,
    /// Whether bars have the names of patients.
    pub named: bool,
}

/// Reads a study or a registry and gives the courses of its patients.
///
/// # Errors
/// Whatever is wrong with plan or tables; a condition that nobody fulfils; more patients than can be drawn.
pub fn swimmers(
    path: &Path,
    question: SwimmerQuestion,
    progress: &dyn Progress,
) -> Result<Swimmers, Problem> {
    let (folder, plan, followed) = study_or_registry(path)?;
    let SwimmerQuestion { condition, at_most, zero, named } = question;
    let request = SwimmerRequest { followed, condition, at_most, zero, named };
    cohort::swimmers(&folder, &plan, &request, &|stage| progress.stage(stage))
}
