//! The imputations of a study: counted once for all analyses of the same patients.

use crate::progress::Progress;
use cohort::Cohort;
use estimate::imputation::{Completed, Scope, impute, scopes};
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, ImputationRun, MissingValues, Plan, Problem, Step,
};

/// The analyses that ask for imputation, each with what it must have counted.
pub(crate) fn asking(plan: &Plan) -> Result<Vec<(&Analysis, Vec<CountRequest>)>, Problem> {
    let asking = plan.analyses.iter().filter(|analysis| analysis.heading.missing == MissingValues::Impute);
    asking.map(|analysis| Ok((analysis, (estimate::find(analysis)?.requests)(analysis, plan)?))).collect()
}

/// The completed data sets of every scope.
pub(crate) struct Imputations {
    completed: Vec<(Scope, Completed)>,
    threads: usize,
}

impl Imputations {
    /// Counts and imputes; nothing is done where no analysis asks for it.
    pub(crate) fn make(cohort: &Cohort, plan: &Plan, progress: &dyn Progress) -> Result<Self, Problem> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let asking = asking(plan)?;
        // Each analysis by itself first: what is wrong with its columns is then told at its own place.
        for (analysis, requests) in &asking {
            cohort.count(analysis, requests)?;
        }
        let mut completed = Vec::new();
        for scope in scopes(plan, &asking)? {
            let analysis = &plan.analyses[scope.analyses[0]];
            further_exist(cohort, plan, analysis)?;
            progress.stage("Imputing missing values");
            let tables = cohort.count(analysis, std::slice::from_ref(&scope.request))?;
            let [table] = tables.as_slice() else {
                return Err(Problem::internal("an imputation was not given its count table"));
            };
            let sets = impute(plan, &scope, table, threads)?;
            completed.push((scope, sets));
        }
        Ok(Self { completed, threads })
    }

    /// The results of an analysis with its imputation.
    pub(crate) fn analyse(
        &self,
        plan: &Plan,
        analysis: &Analysis,
        requests: &[CountRequest],
        tables: &[CountTable],
    ) -> Result<study::Results, Problem> {
        let own = self.completed.iter().find(|(scope, _)| scope.analyses.contains(&analysis.index));
        let (_, completed) = own.ok_or_else(|| Problem::internal("an analysis lacks its imputation"))?;
        let entry = estimate::find(analysis)?;
        estimate::imputation::analyse(&entry, analysis, plan, requests, tables, completed, self.threads)
    }

    /// How they came about, where anything was imputed.
    pub(crate) fn runs(&self) -> Vec<ImputationRun> {
        let runs = self.completed.iter().map(|(_, completed)| completed.run.clone());
        runs.filter(|run| !run.chains.is_empty()).collect()
    }
}

/// Refuses a name in `[imputation]` that is no variable, at its place.
fn further_exist(cohort: &Cohort, plan: &Plan, analysis: &Analysis) -> Result<(), Problem> {
    let asked = &plan.imputation;
    let named = asked.variables.as_deref().unwrap_or_default();
    let mut problems = Vec::new();
    for (key, names) in [("variables", named), ("auxiliary", asked.auxiliary.as_slice())] {
        for (index, name) in names.iter().enumerate() {
            let path: [Step; 3] = ["imputation".into(), key.into(), index.into()];
            let request = CountRequest { columns: vec![ColumnRequest::variable(name, [])] };
            if let Err(problem) = cohort.count(analysis, &[request]) {
                // What is wrong with its values is told where they are; that it does not exist, here.
                let place =
                    if plan.variable(name).is_none() { plan.place(&path) } else { problem.place.clone() };
                problems.push(Problem { place, ..problem });
            }
        }
    }
    Problem::collect(problems)
}
