//! Elastic net: logistic or Cox regression with coefficients that a penalty shrinks, many of them to nothing.
//!
//! # Estimand
//! Odds or hazard ratios of a rule of prediction: those that predict the outcome of further patients best, not those
//! of a model held to be true. A term whose ratio is 1 is not in the rule.
//! # Formula
//! The minimum of −ℓ(β)/n + λ Σ (α|γⱼ| + (1 − α)γⱼ²/2), with ℓ the log-likelihood or Breslow's or Efron's partial
//! one, n the patients, α the option `alpha` and γⱼ the coefficient for one standard deviation more of column j (with
//! n in its denominator; for one unit with `standardise = false`). Sampling weights weigh ℓ, the means and the
//! standard deviations, and n is their sum. The intercept and the terms of `keep` have no penalty. λ runs over
//! `lambdas` values from the least that leaves nothing in the model, evenly on the logarithm, down to `lambda_ratio`
//! times it. Each point is solved until the optimality conditions hold to 10⁻¹² of the largest gradient; there is no
//! early end of the path.
//! # Cross-validation
//! The patients are dealt into folds at random with the study's seed, so that each fold has its share of events and
//! all have as many patients, to one; `folds_by` takes the levels of a variable instead. The path of each fold is
//! fitted to the patients of the others, with their own standardisation, at the penalties of the full path. With Lₖ
//! the mean loss of the nₖ patients (events, of times) held out in fold k of K: mean Σ nₖLₖ/Σ nₖ, standard error √(Σ
//! nₖ(Lₖ − mean)²/Σ nₖ/(K − 1)). Reported are the λ of the best mean (`lambda_min`) and the largest whose mean is
//! within one standard error of it (`lambda_1se`).
//!
//! With `repeats` the patients are dealt anew R times: the mean is that of the R means, the standard error √(Σ
//! se²/R), since the patients are the same every time. What is left of the chance of the dealing is told: the
//! standard deviation of the R means at the best penalty over √R.
//! # Ties and censoring
//! As in `cox`. Strata have a baseline hazard each.
//! # Assumptions
//! Those of the model without penalty; separation is none of them: a penalty keeps every coefficient finite.
//! # Variance
//! None is given: after shrinkage and choice by the same patients neither a standard error nor an interval nor a P
//! value means what it says.
//! # Options
//! Either `outcome` (with `event`) or `endpoint` (with `ties`, `strata`, `cause` and `landmark` as in `cox`, but no
//! exact ties). With frequencies as weights a row stands for so many patients; with sampling weights each patient
//! counts so much, and folds have as many patients, whatever they count. Imputed data are refused, since each set may
//! choose other terms.
//!
//! Each column is penalized by itself. Of a factor these are the levels against the reference: it may keep some of
//! them only, and another reference level is another penalty. Of a spline they are the straight line and what each
//! further column bends it, uncorrelated with the columns before it, so that a bend can go and the line stay;
//! coefficients are told for the columns of the formula.
//! # References
//! Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x; Zou & Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x;
//! Friedman, Hastie & Tibshirani 2010, doi:10.18637/jss.v033.i01; Simon et al. 2011, doi:10.18637/jss.v039.i05;
//! Hastie, Tibshirani & Friedman 2009, doi:10.1007/978-0-387-84858-7, section 7.10 (cross-validation); Roberts &
//! Nowak 2014, doi:10.1016/j.csda.2013.09.008 (repetition).
//! # Worked example
//! 10 of 20 with and 4 of 20 without a flag have the event; its column is ±1 in standard deviations. Under the lasso
//! the conditions give the risks 0.5 − λ and 0.2 + λ: at λ = 0.15 both are 0.35 and the ratio is 1.

mod cross_validation;
mod fitted;
mod folds;
mod minimise;
mod options;
mod path;
mod reported;
mod subject;
#[cfg(test)]
mod tests;

pub use options::{ElasticNetOptions, Measure};

use crate::design::{ABSENT, Covariate};
use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{self, CoxOptions};
use crate::methods::logistic::outcome::Binary;
use crate::methods::modelled::Modelled;
use crate::methods::models::{
    Multiplied, ReadTerms, multiplied, read_terms, sampled, term_sentences, weights_text,
};
use reported::Reported;
use study::{Analysis, CountRequest, CountTable, Plan, Problem, Results, VariableLabel};
use subject::{Ground, Hazards, Logit};

/// Elastic net; see the head of this file.
pub struct ElasticNet;

impl Method for ElasticNet {
    const ABOUT: About = About {
        name: "elastic_net",
        title: "Elastic net",
        summary: "Which terms predict a binary outcome or the time to an event best, with ratios shrunken by a penalty that \
                  cross-validation chooses.",
        documentation: include_str!("elastic_net.rs"),
        references: &[
            "Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x",
            "Zou & Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x",
            "Friedman, Hastie & Tibshirani 2010, doi:10.18637/jss.v033.i01",
            "Simon, Friedman, Hastie & Tibshirani 2011, doi:10.18637/jss.v039.i05",
        ],
    };
    type Options = ElasticNetOptions;

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
        let (weights, kind) = (options.weights.as_deref(), options.weight_kind);
        let weighing = options.weights.iter().map(|name| Ok(table.column(name)?.label()));
        let weighing: Vec<VariableLabel> = weighing.collect::<Result<_, Problem>>()?;
        let modelled = options.question().modelled(analysis, plan)?;
        let Multiplied { table: counted, lacking, mut notices, .. } = match &modelled {
            Modelled::Outcome(_) => multiplied(weights, kind, analysis, table)?,
            Modelled::Endpoint(_, cox) => {
                let weighed =
                    CoxOptions { weights: options.weights.clone(), weight_kind: kind, ..cox.clone() };
                cox::multiplied(&weighed, analysis, plan, table)?
            }
        };
        let table: &CountTable = &counted;
        let sampled = sampled(weights, kind, analysis, table)?;
        let of_rows = sampled.as_ref().map(|(_, of_rows)| of_rows.clone());
        let ReadTerms { covariates, labels } = read_terms(table, analysis, &options.question().placed())?;
        let told: Vec<&Covariate> = covariates.iter().collect();
        let by = options.folds_by.as_deref().map(|by| table.column(by)).transpose()?;
        let complete = |known: &dyn Fn(usize) -> bool| -> Vec<u32> {
            let whole = |row: &u32| {
                let row = *row as usize;
                known(row)
                    && told.iter().all(|covariate| covariate.codes[row] != ABSENT)
                    && by.is_none_or(|by| !by.is_missing(row))
            };
            (0..table.rows() as u32).filter(whole).collect()
        };
        match modelled {
            Modelled::Outcome(name) => {
                let column = table.column(name)?;
                let mut outcome = Binary::read(column, options.event.as_deref(), table.n(), analysis)?;
                outcome.lacking = lacking;
                if let Some((weights, of_rows)) = sampled {
                    outcome.weigh(weights, of_rows);
                }
                let event = outcome.event.clone().or_else(|| options.event.clone());
                let resolved = ElasticNetOptions { event, folds: options.drawn(), ..options.clone() };
                let mut results = outline::<Self>(&resolved, analysis)?;
                results.outcome = Some(name.into());
                results.variables.push(column.label());
                results.variables.extend(labels.into_iter().chain(weighing));
                let event = outcome.event.as_deref().unwrap_or_default();
                let model = format!("Odds ratios of “{event}” were estimated by logistic regression");
                results.methods_text = methods_text(&resolved, &model, plan);
                results.methods_text.extend(term_sentences(&covariates, &results));
                let rows = complete(&|row| crate::methods::models::Outcome::is_known(&outcome, row));
                let subject =
                    Logit { outcome: &outcome, ground: Ground::new(&told, &rows, table.n(), of_rows) };
                Reported {
                    options: &resolved,
                    analysis,
                    plan,
                    table,
                    covariates: &told,
                    by,
                    subject: &subject,
                }
                .write(name, &mut results);
                Ok(results)
            }
            Modelled::Endpoint(endpoint, mut cox) => {
                let mut times = cox::read(&mut cox, analysis, endpoint, table, &mut notices)?;
                times.lacking.extend(lacking);
                if let Some((weights, of_rows)) = sampled {
                    times.weigh(weights, of_rows);
                }
                let resolved =
                    ElasticNetOptions { ties: cox.ties, folds: options.drawn(), ..options.clone() };
                let mut results = outline::<Self>(&resolved, analysis)?;
                cox::name_outcome(&cox, endpoint, &mut results);
                results.variables.extend(labels.into_iter().chain(weighing));
                for name in &options.strata {
                    results.variables.push(table.column(name)?.label());
                }
                results.notices = notices;
                let model = format!(
                    "Hazard ratios for {} were estimated by Cox regression",
                    cox.event_text(endpoint)
                );
                results.methods_text = methods_text(&resolved, &model, plan);
                results.methods_text.extend(cox.follow_up_text(endpoint));
                results.methods_text.extend(term_sentences(&covariates, &results));
                let rows = complete(&|row| crate::methods::models::Outcome::is_known(&times, row));
                let subject =
                    Hazards { outcome: &times, ground: Ground::new(&told, &rows, table.n(), of_rows) };
                Reported {
                    options: &resolved,
                    analysis,
                    plan,
                    table,
                    covariates: &told,
                    by,
                    subject: &subject,
                }
                .write(&endpoint.name, &mut results);
                Ok(results)
            }
        }
    }
}

/// Parts of the cross-validation where the plan does not say.
const FOLDS: u64 = 10;

impl ElasticNetOptions {
    /// How many parts are drawn; none where a variable names them.
    fn drawn(&self) -> Option<u64> {
        self.folds_by.is_none().then(|| self.folds.unwrap_or(FOLDS))
    }
}

fn methods_text(options: &ElasticNetOptions, model: &str, plan: &Plan) -> Vec<String> {
    let label =
        |name: &String| plan.variable(name).map_or(name.as_str(), |variable| variable.text()).to_lowercase();
    let penalty = match options.alpha {
        1.0 => "a lasso penalty".to_string(),
        0.0 => "a ridge penalty".to_string(),
        alpha => format!("an elastic-net penalty (α = {alpha})"),
    };
    let per = if options.standardise { "standardised" } else { "unstandardised" };
    let parts = match (&options.folds_by, options.folds) {
        (Some(by), _) => format!("the patients of one {} held out at a time", label(by)),
        (None, folds) => {
            let repeated = match options.repeats.unwrap_or(1) {
                1 => String::new(),
                repeats => format!(", dealt {repeats} times and averaged,"),
            };
            format!("{} folds of patients{repeated}", folds.unwrap_or(FOLDS))
        }
    };
    let measure = match options.measure {
        Measure::Deviance => "deviance",
        Measure::Auc => "area under the ROC curve",
    };
    let mut text = vec![
        format!("{model} with {penalty} on the {per} coefficients."),
        format!(
            "Of {} values of the penalty, cross-validation with {parts} chose the one with the best {measure} and the \
             largest one within one standard error of it.",
            options.lambdas
        ),
    ];
    text.extend(weights_text(options.weights.as_ref(), options.weight_kind, plan));
    if !options.strata.is_empty() {
        let strata: Vec<String> = options.strata.iter().map(label).collect();
        text.push(format!("The model is stratified by {}.", strata.join(" and ")));
    }
    if !options.keep.is_empty() {
        let kept: Vec<String> = options.keep.iter().map(label).collect();
        text.push(format!("Not penalized: {}.", kept.join(", ")));
    }
    text
}
