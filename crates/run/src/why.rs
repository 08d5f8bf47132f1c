//! Why a patient has a value.

use crate::{Progress, read_plan};
use cohort::{Cohort, Keep, Why};
use std::path::Path;
use study::Problem;

/// Reads a study and follows one value of one patient down to the registry.
///
/// # Errors
/// Whatever is wrong with plan or data; an unknown patient or variable.
pub fn why(folder: &Path, patient: &str, variable: &str, progress: &dyn Progress) -> Result<Why, Problem> {
    let plan = read_plan(folder)?;
    let cohort = Cohort::open_keeping(folder, &plan, Keep::Every, &|name| progress.stage(name))?;
    cohort.why(patient, variable)
}
