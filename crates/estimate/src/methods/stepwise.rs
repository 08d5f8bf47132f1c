//! Stepwise selection of terms in logistic and Cox regression.
//!
//! # Estimand
//! The ratios of the terms that a rule, fixed beforehand, leaves in the model. They are not those of a model that was
//! chosen beforehand: P values and intervals take the choice for given and are too optimistic.
//! # Formula
//! From a first model terms enter or leave one at a time, whole: a factor with all levels, a spline with all columns.
//! A term enters only beside every term that it contains, and leaves only where no interaction contains it. By
//! `p_value` the term with the largest P leaves while that exceeds `stay`, otherwise the one with the smallest P
//! enters where that is below `enter`; by `aic` or `bic` the change that lowers −2ℓ + k·parameters most is made, with
//! k = 2, or ln of the patients (of the events, for times). All models have the patients with the outcome and every
//! candidate term.
//! # Ties and censoring
//! As in `cox`; patients without the outcome or any candidate are in no model.
//! # Assumptions
//! Those of every model on the way, and that the rule was fixed before the outcome was looked at.
//! # Tests
//! Entry by the score test of the term beside the model (as SPSS and SAS do), removal by the likelihood ratio (SPSS's
//! `LR`); both can be changed. Where a test does not exist because an estimate is infinite, the likelihood ratio,
//! whose supremum is finite, stands in.
//! # Variance
//! That of the last model, as if it had been the only one. Its stability is shown by the bootstrap: the whole
//! selection is repeated on patients drawn with replacement, and the share of replicates told in which each term, and
//! this very model, was chosen.
//! # Options
//! Either `outcome` (with `event`) or `endpoint` (with `ties`, `strata`, `cause` and `landmark` as in `cox`, but no
//! exact ties); up to 60 candidates. `backward` begins with all terms, `forward` with those of `keep`, `both` with
//! `start`. `enter`, `stay`, `entry_test` and `removal_test` are for `criterion = "p_value"` alone. Imputed data are
//! refused, since each set may choose other terms.
//! # References
//! Efroymson 1960, in Ralston & Wilf, Mathematical Methods for Digital Computers, 191–203; Akaike 1974,
//! doi:10.1109/TAC.1974.1100705; Volinsky & Raftery 2000, doi:10.1111/j.0006-341X.2000.00256.x (events in BIC);
//! Sauerbrei & Schumacher 1992, doi:10.1002/sim.4780111607 (bootstrap); Heinze, Wallisch & Dunkler 2018,
//! doi:10.1002/bimj.201700067.
//! # Worked example
//! One flag, 10 of 20 against 4 of 20 events: likelihood ratio 4.05 with one degree of freedom, so that `aic` (4.05 >
//! 2) keeps it and `bic` (4.05 > ln 40 = 3.69) does too.

mod options;
mod rows;
mod search;
mod stability;
#[cfg(test)]
mod tests;

pub use options::{Criterion, Direction, EntryTest, RemovalTest, Start, StepwiseOptions};

use crate::design::{ABSENT, Covariate};
use crate::interval::IntervalChoice;
use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{Multiplied, multiplied, name_outcome, read};
use crate::methods::logistic::{default_interval, outcome::Binary};
use crate::methods::modelled::Modelled;
use crate::methods::models::{Outcome, ReadTerms, missing_values, read_terms};
use rows::Written;
use study::{Analysis, Convention, CountRequest, CountTable, MissingCount, Plan, Problem, Results};

/// Stepwise selection; see the head of this file.
pub struct Stepwise;

impl Method for Stepwise {
    const ABOUT: About = About {
        name: "stepwise",
        title: "Stepwise selection",
        summary: "Which of some candidate terms a rule fixed beforehand chooses for a logistic or Cox model, how stable that \
                  choice is, and the model that it leaves.",
        documentation: include_str!("stepwise.rs"),
        references: &[
            "Akaike 1974, doi:10.1109/TAC.1974.1100705",
            "Volinsky & Raftery 2000, doi:10.1111/j.0006-341X.2000.00256.x",
            "Sauerbrei & Schumacher 1992, doi:10.1002/sim.4780111607",
            "Heinze, Wallisch & Dunkler 2018, doi:10.1002/bimj.201700067",
            "Harrell FE. Regression Modeling Strategies. 2nd ed. Springer 2015. doi:10.1007/978-3-319-19425-7",
        ],
    };
    type Options = StepwiseOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let modelled = options.question().modelled(analysis, plan)?;
        options.check(analysis, plan)?;
        Ok(vec![CountRequest { columns: options.columns(&modelled) }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        match options.question().modelled(analysis, plan)? {
            Modelled::Outcome(name) => {
                let event = options.event.as_deref();
                let read = |table: &CountTable| Binary::read(table.column(name)?, event, table.n(), analysis);
                let outcome = read(table)?;
                let whole = complete(&outcome, table, options, analysis, name)?;
                let interval =
                    options.interval.unwrap_or(default_interval(plan.dialect(Convention::LogisticInterval)));
                let resolved = StepwiseOptions {
                    event: outcome.event.clone().or_else(|| options.event.clone()),
                    interval: Some(interval),
                    bootstrap: Some(options.replicates(whole.table.rows())),
                    ..options.applied()
                };
                let mut results = outline::<Self>(&resolved, analysis)?;
                results.outcome = Some(name.into());
                results.variables.push(table.column(name)?.label());
                let about =
                    format!("“{}” in logistic regression", outcome.event.as_deref().unwrap_or_default());
                let outcome = read(&whole.table)?;
                let (whole, followed) = (&whole, Vec::new());
                let written =
                    Written { options: &resolved, analysis, plan, whole, about, followed, interval };
                written.write(&outcome, name, &mut results)?;
                Ok(results)
            }
            Modelled::Endpoint(endpoint, mut cox) => {
                let Multiplied { table: counted, notices: left_out, .. } =
                    multiplied(&cox, analysis, plan, table)?;
                let table: &CountTable = &counted;
                let mut notices = left_out;
                let times = read(&mut cox, analysis, endpoint, table, &mut notices)?;
                let whole = complete(&times, table, options, analysis, &endpoint.name)?;
                let interval = options.interval.unwrap_or(IntervalChoice::Wald);
                let resolved = StepwiseOptions {
                    ties: cox.ties,
                    interval: Some(interval),
                    bootstrap: Some(options.replicates(whole.table.rows())),
                    ..options.applied()
                };
                let mut results = outline::<Self>(&resolved, analysis)?;
                name_outcome(&cox, endpoint, &mut results);
                results.notices = notices;
                for name in &options.strata {
                    results.variables.push(table.column(name)?.label());
                }
                let times = read(&mut cox, analysis, endpoint, &whole.table, &mut Vec::new())?;
                let about = format!("{} in Cox regression", cox.event_text(endpoint));
                let followed = cox.follow_up_text(endpoint);
                let whole = &whole;
                let written =
                    Written { options: &resolved, analysis, plan, whole, about, followed, interval };
                written.write(&times, &endpoint.name, &mut results)?;
                Ok(results)
            }
        }
    }
}

/// The patients with the outcome and every candidate, and who was left out.
struct Whole {
    table: CountTable,
    missing: Vec<MissingCount>,
    eligible: u64,
}

fn complete<O: Outcome>(
    outcome: &O,
    table: &CountTable,
    options: &StepwiseOptions,
    analysis: &Analysis,
    name: &str,
) -> Result<Whole, Problem> {
    let ReadTerms { covariates, .. } = read_terms(table, analysis, &options.question().placed())?;
    let (missing, eligible) = missing_values(outcome, table, &covariates, name);
    let known = |row: usize| {
        outcome.is_known(row) && covariates.iter().all(|covariate: &Covariate| covariate.codes[row] != ABSENT)
    };
    Ok(Whole { table: table.filter(known), missing, eligible })
}
