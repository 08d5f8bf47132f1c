//! Follow-up on a day: visits, who is due, and how complete it is.

use crate::progress::Progress;
use crate::study_folder::parent;
use crate::timeline::study_or_registry;
use cohort::Followed;
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use study::{Completeness, DuePatient, FollowUpState, Place, Problem};

/// Follow-up on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FollowUpReport {
    /// Whether only the analysis set of a study is meant.
    pub analysis_set: bool,
    /// What was counted.
    #[serde(flatten)]
    pub state: FollowUpState,
    /// How complete it is.
    pub completeness: Completeness,
}

/// Reads a study or a registry and gives its follow-up on a day.
///
/// # Errors
/// Whatever is wrong with plan or tables; a dictionary without a schedule.
pub fn follow_up(path: &Path, on: i32, progress: &dyn Progress) -> Result<FollowUpReport, Problem> {
    let (folder, plan, followed) = study_or_registry(path)?;
    let state = cohort::follow_up(&folder, &plan, followed, on, &|stage| progress.stage(stage))?;
    let completeness = estimate::completeness(&state.times, &plan)?;
    Ok(FollowUpReport { analysis_set: followed == Followed::AnalysisSet, state, completeness })
}

/// Writes the list of those who are due and overdue, as .csv or .xlsx, whole or not at all. It names patients.
///
/// # Errors
/// Another ending; a disk that cannot be written.
pub fn write_due(path: &Path, due: &[DuePatient], on: i32) -> Result<(), Problem> {
    let at = || Place::Path(path.to_path_buf());
    let table = report::formats::due_list::table(due, on);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("csv") => report::formats::csv::render(&table).into_bytes(),
        Some("xlsx") => report::formats::due_list::workbook(&table)?,
        _ => {
            return Err(Problem::input("this kind of list cannot be written")
                .at(at())
                .help("end the name in .csv or .xlsx"));
        }
    };
    let failed = |error: std::io::Error| Problem::output(format!("cannot write the list: {error}")).at(at());
    let mut file = tempfile::NamedTempFile::new_in(parent(path)).map_err(failed)?;
    file.write_all(&bytes).map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}
