//! Multiple imputation by chained equations.
//!
//! # Estimand
//! That of the analysis, in all of its patients: those with missing values among them.
//! # Formula
//! Each variable with missing values has a model of its own, given all others. Starting from random draws of the observed
//! values, the models are gone through in turn; each time parameters are drawn from their posterior and then a value for
//! each patient who lacks it. After some rounds the data set is taken. Numbers are imputed by predictive mean matching
//! (`matching`), levels by logistic, proportional odds or polytomous regression (`levels`). An endpoint predicts by
//! its event and by the cumulative hazard of the patient's own time (`nelson_aalen`). Every method then runs
//! unchanged on each completed data set, and the rows of its results are pooled (`rubin`, `pool`).
//! # Assumptions
//! Values are missing at random given the variables of the imputation model; that model holds every variable of the
//! analyses and their outcomes. Outcomes that are missing take part in the chain, so that their patients' covariates do,
//! but are missing again in the completed data (von Hippel 2007), unless the plan names them.
//! # Variance
//! Rubin's rules with the degrees of freedom of Barnard and Rubin.
//! # Options
//! `[imputation]` of the plan ([`study::Imputation`]); `missing = "impute"` of an analysis.
//! # References
//! van Buuren, Boshuizen & Knook 1999, doi:10.1002/(SICI)1097-0258(19990330)18:6<681::AID-SIM71>3.0.CO;2-R; White,
//! Royston & Wood 2011, doi:10.1002/sim.4067; White & Royston 2009, doi:10.1002/sim.3618; von Hippel 2007,
//! doi:10.1111/j.1467-9531.2007.00180.x.
//! # Worked example
//! `rubin` pools a published example in its tests.

mod analyse;
mod chain;
mod congenial;
mod derived;
mod frame;
mod knots;
mod levels;
mod matching;
mod mixing;
pub mod multinomial;
mod nelson_aalen;
pub mod ordinal;
mod pool;
mod posterior;
mod predictors;
pub mod rubin;
mod scope;
mod selection;
mod sentences;
mod target;

pub use analyse::analyse;
pub(crate) use pool::PooledDf;
pub use pool::{Pooling, pool};
pub use scope::{Scope, scopes};

use chain::{Course, Setting};
use frame::{Frame, Link};
use study::{Chain, CountTable, ImputationRun, Notice, Plan, Problem};

/// The completed data sets of a scope.
#[derive(Debug, Clone)]
pub struct Completed {
    /// One table a data set, with the columns of the scope's request. One alone where nothing was missing.
    pub tables: Vec<CountTable>,
    /// How they came about.
    pub run: ImputationRun,
}

/// Imputes the counted columns of a scope. The result does not depend on the number of threads.
pub fn impute(plan: &Plan, scope: &Scope, table: &CountTable, threads: usize) -> Result<Completed, Problem> {
    let frame = Frame::new(plan, scope, table)?;
    let asked = &plan.imputation;
    let order = if frame.is_incomplete() { frame.order() } else { Vec::new() };
    let mut run = ImputationRun {
        analyses: scope.analyses.iter().map(|index| plan.analyses[*index].id().to_string()).collect(),
        r#where: scope.condition.clone(),
        sets: asked.sets,
        iterations: asked.iterations,
        donors: asked.donors,
        predictors: frame
            .links
            .iter()
            .filter(|link| link.predicts)
            .map(|link| link.label.label.clone())
            .collect(),
        chains: Vec::new(),
        notices: nothing_observed(scope, table)?,
    };
    run.notices.extend(derived::apart(&frame.links, plan));
    run.notices.extend(frame.with_too_many_levels());
    if order.is_empty() {
        return Ok(Completed { tables: vec![table.clone()], run });
    }
    let condition = scope.condition.as_deref().unwrap_or_default();
    let setting = Setting {
        frame: &frame,
        order: &order,
        iterations: asked.iterations,
        donors: asked.donors,
        seed: plan.study.seed,
        scope: condition,
    };
    let sets: Vec<u32> = (1..=asked.sets).collect();
    let courses = in_parallel(&sets, threads, |set| chain::run(&setting, *set));
    let total = table.total();
    for (at, index) in order.iter().enumerate() {
        let link = &frame.links[*index];
        describe(&mut run, &frame, link, &courses, at, total);
    }
    let tables = courses.iter().map(|course| frame.complete(&course.values)).collect::<Result<_, _>>()?;
    Ok(Completed { tables, run })
}

/// Does the same with each item on several threads; the results are in the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let share = items.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = items
            .chunks(share)
            .map(|items| scope.spawn(move || items.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let done = running.into_iter().map(|thread| thread.join());
        done.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// Variables that nobody has: they stay missing.
fn nothing_observed(scope: &Scope, table: &CountTable) -> Result<Vec<Notice>, Problem> {
    let mut notices = Vec::new();
    for name in &scope.imputed {
        let column = table.column(name)?;
        if (0..table.rows()).all(|row| column.is_missing(row)) {
            notices.push(Notice::AllMissing { variable: name.clone() });
        }
    }
    Ok(notices)
}

/// Adds the course of one variable to the account of the imputation.
fn describe(run: &mut ImputationRun, frame: &Frame, link: &Link, courses: &[Course], at: usize, of: u64) {
    let name = || known(link).clone();
    let column = |part: &dyn Fn(&Course) -> Vec<f64>| courses.iter().map(part).collect::<Vec<_>>();
    let mean = column(&|course| course.mean[at].clone());
    let r_hat = mixing::ratio(&mean);
    let n = link.missing.len() as u64;
    let fits = courses.len() as u32 * run.iterations;
    let augmented: u32 = courses.iter().map(|course| course.augmented[at]).sum();
    let failed: u32 = courses.iter().map(|course| course.failed[at]).sum();
    if augmented > 0 {
        run.notices.push(Notice::ImputationAugmented { variable: name(), fits: augmented, of: fits });
    }
    if failed > 0 {
        let message = format!(
            "{}: its imputation model could not be fitted in {failed} of {fits} fits; values were drawn from the observed ones.",
            name()
        );
        run.notices.push(Notice::Other { message });
    }
    for (predictor, other) in frame.links.iter().enumerate() {
        let times: u32 = courses.iter().filter_map(|course| course.left_out.get(&(at, predictor))).sum();
        if 2 * times > fits && !frame.stands_twice(predictor) {
            run.notices
                .push(Notice::ImputationCollinear { variable: name(), predictor: other.label.label.clone() });
        }
    }
    if link.returns.is_none() {
        return;
    }
    if let Some(follows) = &link.follows {
        let with = known(&frame.links[follows.leader]).clone();
        run.notices.push(Notice::ImputedTogether { variable: name(), with });
    }
    if 2 * n > of {
        run.notices.push(Notice::MostlyMissing { variable: name(), n, of });
    }
    if let Some(r_hat) = r_hat.filter(|r_hat| *r_hat > mixing::LIMIT) {
        run.notices.push(Notice::ChainsNotMixed { variable: name(), r_hat });
    }
    run.chains.push(Chain {
        variable: link.label.clone(),
        method: link.method,
        n,
        of,
        r_hat,
        mean,
        standard_deviation: column(&|course| course.standard_deviation[at].clone()),
    });
}

/// What only the chain knows has no name in the results, but a label.
fn known(link: &Link) -> &String {
    if link.returns.is_some() { &link.label.name } else { &link.label.label }
}
