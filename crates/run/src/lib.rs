//! Ties the stages together: registry → counts → estimates → review → report → files.
//!
//! This crate owns files, the clock and progress; it computes no statistic and draws no display.

pub mod assemble;
pub mod check;
mod columns;
pub mod conventions;
mod dialects;
pub mod flat;
mod follow_up;
mod imputation;
pub mod manual;
pub mod output;
pub mod progress;
pub mod provenance;
pub mod schema;
mod share;
pub mod start;
pub mod study_folder;
mod timeline;
pub mod why;

pub use assemble::{ExplainDialects, StudyRun, assemble};
pub use check::{StudyCheck, check, write_queries};
pub use cohort::simulate::{RegistryRequest, TableFormat, simulate, simulate_registry};
pub use cohort::{ClinicalView, clinical_views};
pub use cohort::{SMALL, ShareOptions, ShareReport, SharedTable, built_in_rules};
pub use cohort::{StepKind, Why, WhyStep, Zero};
pub use follow_up::{FollowUpReport, follow_up, write_due};
pub use progress::{Progress, Silent};
pub use share::share;
pub use study_folder::read_plan;
pub use timeline::{SwimmerQuestion, swimmers, timeline};
pub use why::why;

use std::path::{Path, PathBuf};
use study::Problem;

/// The version of farr that is running.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Runs a study and replaces its results, whole or not at all.
///
/// `folder` holds `study.toml`; the results go to `output`, or to `results/` in the study folder.
///
/// # Errors
/// Whatever is wrong with plan, data or disk. What was in the output folder before is then untouched.
pub fn run(
    folder: &Path,
    output: Option<&Path>,
    explain: ExplainDialects,
    progress: &dyn Progress,
) -> Result<(StudyRun, PathBuf), Problem> {
    let plan = read_plan(folder)?;
    let target = output.map_or_else(|| folder.join("results"), Path::to_path_buf);
    let slot = output::Slot::claim(&target)?;
    let run = assemble(folder, &plan, explain, progress)?;
    progress.stage("Writing the report");
    slot.replace(&output::files(&run)?)?;
    Ok((run, target))
}
