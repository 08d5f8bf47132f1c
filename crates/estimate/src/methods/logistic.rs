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
//! `r`, whose `confint` gives that), `penalty`, `bootstrap`, `bootstrap_interval`. A univariable model uses every patient
//! with the outcome and its own term, the multivariable model those with the outcome and all of its terms. Under
//! separation the infinite ratios are withheld and named, and the others are those of the limiting model. Terms are
//! variables, interactions of them (`a:b`) and restricted cubic splines of numbers (`rcs(a, 4)`), as
//! `crate::design::term` reads them.
//!
//! `penalty = "firth"` maximises ℓ + ½ ln |X′WX| instead, with whatever `terms` and `multivariable` say: every ratio is
//! finite. Intervals are then from the penalized profile likelihood and P values from the penalized likelihood ratio,
//! in which the penalty stays that of the full design (as in R's logistf); `interval = "wald"` gives Wald's. The
//! standard error is from (X′WX)⁻¹ (as in brglm2; logistf inverts X′W(1 + h)X). Separation is still told. An entry rule
//! looks at Wald's P value all the same.
//!
//! `interval = "bootstrap"` takes limits from `bootstrap` replicates (default 1000), by `bootstrap_interval`
//! (`percentile` by default, `bca`); the choice of terms by an entry rule is not repeated in them.
//! # References
//! Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x; Albert & Anderson 1984, doi:10.1093/biomet/71.1.1;
//! Venzon & Moolgavkar 1988, doi:10.2307/2347496; Peduzzi et al. 1996, doi:10.1016/S0895-4356(96)00236-3;
//! Firth 1993, doi:10.1093/biomet/80.1.27; Heinze & Schemper 2002, doi:10.1002/sim.1047.

mod blocks;
pub(super) mod complete_cases;
mod firth;
pub(super) mod fitted;
pub(super) mod likelihood;
pub(super) mod outcome;
mod penalized;
pub(super) mod resampling;

use crate::design::term::{Term, WrittenTerm, term_list};
use crate::interval::IntervalChoice;
use crate::method::{About, Method, outline};
use crate::methods::kaplan_meier::percent;
use crate::methods::logistic_performance::check_replicates;
use crate::methods::models::{
    ModelOptions, Multivariable, Setting, check_terms, interval_sentence, term_requests,
};
use outcome::Binary;
use penalized::Penalized;
pub(super) use penalized::interval_sentence as penalized_sentence;
pub use resampling::BootstrapInterval;
use resampling::bootstrap_intervals;
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
    /// Variables, interactions and splines, in the order of the table.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// Whether each term is also examined alone.
    #[serde(default)]
    pub univariable: bool,
    /// Which terms are examined together.
    #[serde(default)]
    pub multivariable: Multivariable,
    /// How intervals are made.
    pub interval: Option<LogisticInterval>,
    /// What is added to the likelihood: nothing where absent.
    pub penalty: Option<Penalty>,
    /// Replicates of `interval = "bootstrap"`: 1000 where absent.
    pub bootstrap: Option<u64>,
    /// Which of their quantiles are the limits.
    #[serde(default)]
    pub bootstrap_interval: BootstrapInterval,
}

/// How intervals of odds ratios may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogisticInterval {
    /// Estimate ± z × standard error.
    Wald,
    /// Values that the likelihood-ratio test does not reject.
    Profile,
    /// Quantiles of models fitted to patients drawn with replacement.
    Bootstrap,
}

impl From<LogisticInterval> for IntervalChoice {
    fn from(interval: LogisticInterval) -> Self {
        match interval {
            LogisticInterval::Profile => Self::Profile,
            LogisticInterval::Wald | LogisticInterval::Bootstrap => Self::Wald,
        }
    }
}

impl From<IntervalChoice> for LogisticInterval {
    fn from(choice: IntervalChoice) -> Self {
        match choice {
            IntervalChoice::Wald => Self::Wald,
            IntervalChoice::Profile => Self::Profile,
        }
    }
}

/// Bootstrap replicates where the plan names no number.
const REPLICATES: u64 = 1000;

/// What may be added to the likelihood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// Firth's: half the logarithm of the determinant of the information. Estimates are finite under separation, and
    /// less biased where events are few.
    Firth,
}

impl LogisticOptions {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: self.univariable, multivariable: &self.multivariable }
    }

    fn bootstrap_sentence(&self, confidence_level: f64) -> String {
        let limits = match self.bootstrap_interval {
            BootstrapInterval::Percentile => "percentiles",
            BootstrapInterval::Bca => "bias-corrected and accelerated (BCa) limits",
        };
        format!(
            "P values of ratios are Wald’s; {}% confidence intervals are {limits} of {} bootstrap replicates.",
            percent(confidence_level),
            self.bootstrap.unwrap_or(REPLICATES)
        )
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
            "Firth 1993, doi:10.1093/biomet/80.1.27",
            "Heinze & Schemper 2002, doi:10.1002/sim.1047",
        ],
    };
    type Options = LogisticOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        check_terms(&options.models(), analysis, plan, &options.outcome)?;
        check_replicates(options.bootstrap, analysis)?;
        if options.bootstrap.is_some() && options.interval != Some(LogisticInterval::Bootstrap) {
            let message = "`bootstrap` is asked for, but the intervals are not the bootstrap’s";
            let help = "write `interval = \"bootstrap\"` beside it, or remove it";
            return Err(analysis.refuse(&["bootstrap".into()], message).help(help));
        }
        let bends = |(term, _): &(&str, Vec<study::Step>)| matches!(Term::of(term), Term::Spline { .. });
        if options.interval == Some(LogisticInterval::Bootstrap)
            && let Some((term, path)) = options.models().all_terms().into_iter().find(bends)
        {
            let message = format!("`{term}` has no bootstrap intervals: they are of single coefficients");
            return Err(analysis.refuse(&path, message).help("use `wald` or `profile` intervals"));
        }
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
        let interval = options.interval.unwrap_or_else(|| match options.penalty {
            Some(Penalty::Firth) => LogisticInterval::Profile,
            None => default_interval(plan.dialect(Convention::LogisticInterval)).into(),
        });
        let resolved = LogisticOptions {
            event: outcome.event.clone().or_else(|| options.event.clone()),
            interval: Some(interval),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.outcome = Some(column.name.clone());
        results.variables.push(column.label());
        results.methods_text = methods_text(options, &outcome, interval, plan);
        let setting = Setting { analysis, plan, table, options: options.models(), interval: interval.into() };
        match options.penalty {
            None => setting.model(&outcome, &column.name, &mut results)?,
            Some(Penalty::Firth) => setting.model(&Penalized(&outcome), &column.name, &mut results)?,
        }
        if interval == LogisticInterval::Bootstrap {
            bootstrap_intervals(options, &outcome, table, analysis, plan, &mut results)?;
        }
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
    interval: LogisticInterval,
    plan: &Plan,
) -> Vec<String> {
    let event = outcome.event.as_deref().unwrap_or_default();
    let models = options.models();
    let penalized = options.penalty.map_or("", |_| " with Firth’s penalized likelihood (Jeffreys prior)");
    let mut text = vec![format!(
        "Odds ratios of “{event}” were estimated by {} logistic regression{penalized}.",
        models.adjective()
    )];
    text.extend(models.entry_sentence());
    let confidence_level = plan.study.confidence_level;
    text.push(match (interval, options.penalty) {
        (LogisticInterval::Bootstrap, _) => options.bootstrap_sentence(confidence_level),
        (_, None) => interval_sentence(interval.into(), confidence_level),
        (_, Some(Penalty::Firth)) => penalized::interval_sentence(interval.into(), confidence_level),
    });
    text
}
