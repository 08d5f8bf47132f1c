//! Why a patient has a value.

use crate::{Progress, read_plan};
use cohort::{Cohort, Why};
use std::path::Path;
use study::Problem;

/// Reads a study and follows one value of one patient down to the registry.
///
/// # Errors
/// Whatever is wrong with plan or data; an unknown patient or variable.
pub fn why(folder: &Path, patient: &str, variable: &str, progress: &dyn Progress) -> Result<Why, Problem> {
    let plan = read_plan(folder)?;
    Cohort::open(folder, &plan, &|name| progress.stage(name))?.why(patient, variable)
}
