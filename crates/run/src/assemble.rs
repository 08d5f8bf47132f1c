//! The stages in order, from a plan to results and displays.

use crate::dialects::{self, Counted};
use crate::imputation::Imputations;
use crate::progress::Progress;
use crate::provenance;
use cohort::Cohort;
use report::Display;
use std::path::Path;
use study::{Analysis, MissingValues, Plan, Problem, Published, Results, SourceText, StudyResults};

/// Version of the shape of `results.json`.
pub const SCHEMA_VERSION: u32 = 1;

/// Everything that one run of a study gives.
#[derive(Debug)]
pub struct StudyRun {
    /// The numbers: `results.json`.
    pub results: StudyResults,
    /// The tables and figures.
    pub displays: Vec<Display>,
    /// Names of the review's findings that the plan says must not be there.
    pub failed: Vec<String>,
}

/// Whether the study is also computed under the conventions of other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExplainDialects {
    /// Under its own alone.
    #[default]
    No,
    /// Under each other one that could change a number.
    Yes,
}

/// Reads the registry, counts, estimates, reviews and displays; writes nothing.
pub fn assemble(
    folder: &Path,
    plan: &Plan,
    explain: ExplainDialects,
    progress: &dyn Progress,
) -> Result<StudyRun, Problem> {
    // Read before anything is computed, so that a fault in it is told at once.
    let published = plan.study.published.as_ref().map(|file| published(&folder.join(file))).transpose()?;
    let cohort = Cohort::open(folder, plan, &|name| progress.stage(name))?;
    let imputations = Imputations::make(&cohort, plan, progress)?;
    let analyses = plan
        .analyses
        .iter()
        .map(|analysis| {
            progress.stage(&format!("Computing {}", analysis.id()));
            estimate_one(&cohort, plan, analysis, &imputations)
        })
        .collect::<Result<Vec<Results>, Problem>>()?;
    let mut results = StudyResults {
        schema_version: SCHEMA_VERSION,
        title: plan.study.title.clone(),
        summary: plan.study.summary.clone(),
        warning: plan.study.warning.clone(),
        dialect: plan.study.dialect,
        conventions: plan.study.conventions.clone(),
        confidence_level: plan.study.confidence_level,
        flow: cohort.flow().clone(),
        analyses,
        imputations: imputations.runs(),
        findings: Vec::new(),
        replay: None,
        dialects: None,
        provenance: provenance::of(folder, plan, &cohort)?,
    };
    if explain == ExplainDialects::Yes {
        results.dialects = Some(dialects::compare(&cohort, plan, &imputations, &results, progress)?);
    }
    progress.stage("Reviewing the results");
    results.replay = published.map(|published| review::replay::replay(&published, &results));
    results.findings = review::review(&results);
    let failed = review::failed(&results.findings, plan);
    let displays = report::displays(&results);
    Ok(StudyRun { results, displays, failed })
}

fn published(file: &Path) -> Result<Published, Problem> {
    Published::parse(&SourceText::read(file)?)
}

fn estimate_one(
    cohort: &Cohort,
    plan: &Plan,
    analysis: &Analysis,
    imputations: &Imputations,
) -> Result<Results, Problem> {
    let requests = (estimate::find(analysis)?.requests)(analysis, plan)?;
    let tables = cohort.count(analysis, &requests)?;
    estimate_counted(plan, &Counted { analysis, requests, tables }, imputations)
}

/// The results of an analysis whose tables have been counted.
pub(crate) fn estimate_counted(
    plan: &Plan,
    counted: &Counted<'_>,
    imputations: &Imputations,
) -> Result<Results, Problem> {
    let Counted { analysis, requests, tables } = counted;
    let results = match analysis.heading.missing {
        MissingValues::CompleteCases => (estimate::find(analysis)?.estimate)(analysis, plan, tables),
        MissingValues::Impute => imputations.analyse(plan, analysis, requests, tables),
    };
    results.map_err(|problem| problem.at(analysis.place(&["id".into()])))
}
