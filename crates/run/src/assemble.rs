//! The stages in order, from a plan to results and displays.

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

/// Reads the registry, counts, estimates, reviews and displays; writes nothing.
pub fn assemble(folder: &Path, plan: &Plan, progress: &dyn Progress) -> Result<StudyRun, Problem> {
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
        confidence_level: plan.study.confidence_level,
        flow: cohort.flow().clone(),
        analyses,
        imputations: imputations.runs(),
        findings: Vec::new(),
        replay: None,
        provenance: provenance::of(folder, plan, &cohort)?,
    };
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
    let entry = estimate::find(analysis)?;
    let requests = (entry.requests)(analysis, plan)?;
    let tables = cohort.count(analysis, &requests)?;
    let results = match analysis.heading.missing {
        MissingValues::CompleteCases => (entry.estimate)(analysis, plan, &tables),
        MissingValues::Impute => imputations.analyse(plan, analysis, &requests, &tables),
    };
    results.map_err(|problem| problem.at(analysis.place(&["id".into()])))
}
