//! Logistic regression.
//!
//! # Estimand
//! Odds ratio of the event for each level of a factor against its reference, or for one unit more of a number:
//! alone (univariable) and with all terms of the multivariable model held equal.
//! # Formula
//! logit P(event) = α + Σ βⱼ xⱼ, by maximum likelihood (Newton's method); the ratio is exp β.
//! # Assumptions
//! Independent patients; effects add up on the logit scale; a number acts linearly on it.
//! # Variance
//! Inverse of the observed information, which for the logit link is also the expected one. P values of ratios are
//! Wald's, as SPSS, SAS and R's `summary` print them; each term and the whole model also have a likelihood-ratio
//! test. Intervals are Wald's or, with `interval = "profile"`, from the profile likelihood, solved exactly.
//! # Options
//! `outcome`, `event`, `terms`, `univariable`, `multivariable`, `interval` (default `wald`; `profile` in the dialect
//! `r`, whose `confint` gives that). A univariable model uses every patient with the outcome and its own term, the
//! multivariable model those with the outcome and all of its terms. Under separation the infinite ratios are
//! withheld and named, and the others are those of the limiting model.
//! # References
//! Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x; Albert & Anderson 1984, doi:10.1093/biomet/71.1.1;
//! Venzon & Moolgavkar 1988, doi:10.2307/2347496; Peduzzi et al. 1996, doi:10.1016/S0895-4356(96)00236-3.

mod likelihood;
mod outcome;

use crate::interval::IntervalChoice;
use crate::method::{About, Method, outline};
use crate::methods::models::{
    ModelOptions, Multivariable, Setting, check_terms, interval_sentence, term_requests,
};
use outcome::Binary;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, ColumnRequest, Convention, CountRequest, CountTable, Dialect, Plan, Problem, Results};

/// Logistic regression; see the head of this file.
pub struct Logistic;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogisticOptions {
    /// A variable of two levels.
    pub outcome: String,
    /// The level whose odds are modelled: `yes`, `true` or `1` where absent.
    pub event: Option<String>,
    /// Variables, in the order of the table.
    pub terms: Vec<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Which terms are examined together.
    #[serde(default)]
    pub multivariable: Multivariable,
    /// How intervals are made.
    pub interval: Option<IntervalChoice>,
}

impl LogisticOptions {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: self.univariable, multivariable: &self.multivariable }
    }
}

impl Method for Logistic {
    const ABOUT: About = About {
        name: "logistic",
        title: "Logistic regression",
        summary: "Which variables go with a binary outcome, alone and together: odds ratios.",
        references: &[
            "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x",
            "Albert & Anderson 1984, doi:10.1093/biomet/71.1.1",
            "Venzon & Moolgavkar 1988, doi:10.2307/2347496",
            "Peduzzi et al. 1996, doi:10.1016/S0895-4356(96)00236-3",
        ],
    };
    type Options = LogisticOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        check_terms(&options.models(), analysis, plan, &options.outcome)?;
        let mut columns = vec![ColumnRequest::variable(&options.outcome, ["outcome".into()])];
        columns.extend(term_requests(&options.models()));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let [table] = tables else { return Err(Problem::internal("logistic needs one count table")) };
        let column = table.column(&options.outcome)?;
        let outcome = Binary::read(column, options.event.as_deref(), table.n(), analysis)?;
        let interval =
            options.interval.unwrap_or(default_interval(plan.dialect(Convention::LogisticInterval)));
        let resolved = LogisticOptions {
            event: outcome.event.clone().or_else(|| options.event.clone()),
            interval: Some(interval),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.outcome = Some(column.name.clone());
        results.variables.push(column.label());
        results.methods_text = methods_text(options, &outcome, interval, plan);
        let setting = Setting { analysis, plan, table, options: options.models(), interval };
        setting.model(&outcome, &column.name, &mut results)?;
        Ok(results)
    }
}

/// The interval of an odds ratio that each program prints when not told otherwise.
pub(crate) fn default_interval(dialect: Dialect) -> IntervalChoice {
    if dialect == Dialect::R { IntervalChoice::Profile } else { IntervalChoice::Wald }
}

fn methods_text(
    options: &LogisticOptions,
    outcome: &Binary,
    interval: IntervalChoice,
    plan: &Plan,
) -> Vec<String> {
    let event = outcome.event.as_deref().unwrap_or_default();
    let models = options.models();
    let mut text = vec![format!(
        "Odds ratios of “{event}” were estimated by {} logistic regression.",
        models.adjective()
    )];
    text.extend(models.entry_sentence());
    text.push(interval_sentence(interval, plan.study.confidence_level));
    text
}
