//! Everything that is wrong with a study, and everything that was inferred: nothing is computed.

use crate::study_folder::read_plan;
use cohort::CheckReport;
use std::path::Path;
use study::{Analysis, CountRequest, Plan, Problem};

/// What a check of a study gives.
#[derive(Debug)]
pub struct StudyCheck {
    /// The plan.
    pub plan: Plan,
    /// What was found in the registry, the views and the variables.
    pub report: CheckReport,
}

/// Checks the study in a folder.
///
/// # Errors
/// The plan itself cannot be read; everything else that is wrong is in the report.
pub fn check(folder: &Path) -> Result<StudyCheck, Problem> {
    let plan = read_plan(folder)?;
    let mut requests: Vec<(&Analysis, Vec<CountRequest>)> = Vec::new();
    for analysis in &plan.analyses {
        requests.push((analysis, (estimate::find(analysis)?.requests)(analysis, &plan)?));
    }
    // What imputation needs beyond the analyses themselves.
    for scope in estimate::imputation::scopes(&plan, &crate::imputation::asking(&plan)?)? {
        requests.push((&plan.analyses[scope.analyses[0]], vec![scope.request]));
    }
    let report = cohort::check(folder, &plan, &requests);
    Ok(StudyCheck { plan, report })
}
