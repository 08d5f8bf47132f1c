//! Logistic regression.
//!
//! # Estimand
//! Odds ratio of the event for each level of a factor against its reference, or for one unit more of a number: alone
//! (univariable) and with all terms of the multivariable model held equal.
//! # Formula
//! logit P(event) = α + Σ βⱼ xⱼ with ℓ the log-likelihood, at its maximum (Newton's method); the ratio is exp β.
//! # Ties and censoring
//! Patients without the outcome or a term of a model are left out of it, and their number is a notice; a time that
//! may be censored is no outcome here.
//! # Assumptions
//! Independent patients; effects add up on the logit scale; a number acts linearly on it.
//! # Variance
//! Inverse of the observed information, which for the logit link is also the expected one. P values of ratios are
//! Wald's, as SPSS, SAS and R's `summary` print them; each term and the whole model also have a likelihood-ratio
//! test. Intervals are Wald's or, with `interval = "profile"`, from the profile likelihood, solved exactly.
//! # Options
//! A univariable model uses every patient with the outcome and its own term, the multivariable model those with the
//! outcome and all of its terms. Under separation the ratios that are 0 or infinite are named, with the limit that
//! they have, and the others are those of the limiting model. A term is a variable, an interaction (`a:b`), a
//! restricted cubic spline of a number (`rcs(a, 4)`) or an interaction with one (`rcs(a, 4):b`), which is told by the
//! ratio between the quartiles and the curve within each level of the other variable, or at its quartiles. The columns
//! of a spline with knots t₁ < … < tₖ are x and, for j = 1 … k − 2, [(x − tⱼ)₊³ − (x − tₖ₋₁)₊³ (tₖ − tⱼ)/(tₖ − tₖ₋₁) + (x − tₖ)₊³ (tₖ₋₁ − tⱼ)/(tₖ −
//! tₖ₋₁)]/(tₖ − t₁)². Knots that are counted stand at equidistant quantiles (type 7) of all known values: from 0.1 to
//! 0.9 for three, 0.05 to 0.95 for four to six, 0.025 to 0.975 for seven; below 100 patients the outer ones are the
//! fifth smallest and the fifth largest value.
//!
//! Where a model has interactions or several splines, further tests take columns together, by the likelihood ratio and by
//! Wald: a variable with all its interactions (whether the outcome depends on it at all, whatever the reference levels),
//! an interaction with the larger ones that contain it, all interactions, all that bends, and both of these.
//!
//! `penalty = "firth"` maximises ℓ + ½ ln |X′WX| instead, X being the columns and W the weights π(1 − π), with
//! whatever `terms` and `multivariable` say: every ratio is finite. Intervals are then from the penalized profile
//! likelihood and P values from the penalized likelihood ratio, in which the penalty stays that of the full design
//! (as in R's logistf); `interval = "wald"` gives Wald's. The standard error is from (X′WX)⁻¹ (as in brglm2; logistf
//! inverts X′W(1 + h)X, h being the leverages). Separation is still told. An entry rule looks at Wald's P value all
//! the same.
//!
//! Sampling weights, `cluster` and `variance = "robust"` make the variance robust: m/(m − 1) I⁻¹ (Σ U U′) I⁻¹, I
//! being the information, U the sum of w x (y − π) over the patients of a cluster and m the number of clusters;
//! without clusters each patient is one. Intervals and tests are then Wald's, since a likelihood ratio has no χ²
//! distribution. `interval = "score"`, for neither robust variance nor penalty, gives the values that the score test
//! does not reject, and its P values.
//!
//! `interval = "bootstrap"` is not for splines; the choice of terms by an entry rule is not repeated in the
//! replicates. A replicate in which the outcome is separated counts as infinite.
//! # References
//! Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x; Albert & Anderson 1984, doi:10.1093/biomet/71.1.1 (separation);
//! Venzon & Moolgavkar 1988, doi:10.2307/2347496 (profile likelihood); Peduzzi et al. 1996,
//! doi:10.1016/S0895-4356(96)00236-3 (events per variable); Firth 1993, doi:10.1093/biomet/80.1.27; Heinze & Schemper
//! 2002, doi:10.1002/sim.1047; Binder 1983, doi:10.2307/1402588 and Liang & Zeger 1986, doi:10.1093/biomet/73.1.13
//! (robust variance); Efron 1987, doi:10.1080/01621459.1987.10478410 (BCa); Harrell 2015, Regression Modeling
//! Strategies, section 2.4.5, doi:10.1007/978-3-319-19425-7 (splines).
//! # Worked example
//! A two-by-two table a, b, c, d: the ratio is ad/bc, the standard error of its logarithm √(1/a + 1/b + 1/c + 1/d),
//! the likelihood ratio the G² of the table.

mod blocks;
pub(super) mod complete_cases;
mod firth;
pub(super) mod fitted;
pub(super) mod likelihood;
pub(super) mod outcome;
mod penalized;
pub(super) mod resampling;
mod robust;

use crate::design::term::{Term, WrittenTerm, term_list};
use crate::interval::IntervalChoice;
use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::Variance;
use crate::methods::kaplan_meier::percent;
use crate::methods::logistic_performance::check_replicates;
use crate::methods::models::{
    ModelOptions, Multiplied, Multivariable, Setting, WeightKind, check_terms, check_weights,
    interval_sentence, multiplied, sampled, term_requests, weights_text,
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
    /// The outcome, a variable of two levels.
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
    /// Which terms are examined together: all, none (`false`), those that a rule lets in (`enter`), or others
    /// (`terms`).
    #[serde(default)]
    pub multivariable: Multivariable,
    /// How intervals are made; Wald's where absent, profile likelihood in R's dialect and with `penalty`.
    pub interval: Option<LogisticInterval>,
    /// What is added to the likelihood; nothing where absent.
    pub penalty: Option<Penalty>,
    /// A variable that says how much each patient counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// Where the variance comes from; `model` where absent, `robust` with clusters or sampling weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance: Option<Variance>,
    /// A variable of which patients of one level, for example of one hospital, are alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Replicates of `interval = "bootstrap"`, 50 to 100,000; 1000 where absent.
    pub bootstrap: Option<u64>,
    /// Which quantiles of the replicates are the limits.
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
    /// Values that the score test does not reject.
    Score,
    /// Quantiles of models fitted to patients drawn with replacement.
    Bootstrap,
}

impl From<LogisticInterval> for IntervalChoice {
    fn from(interval: LogisticInterval) -> Self {
        match interval {
            LogisticInterval::Profile => Self::Profile,
            LogisticInterval::Score => Self::Score,
            LogisticInterval::Wald | LogisticInterval::Bootstrap => Self::Wald,
        }
    }
}

impl From<IntervalChoice> for LogisticInterval {
    fn from(choice: IntervalChoice) -> Self {
        match choice {
            IntervalChoice::Wald => Self::Wald,
            IntervalChoice::Profile => Self::Profile,
            IntervalChoice::Score => Self::Score,
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

    /// Whether the variance is robust.
    fn is_robust(&self) -> bool {
        self.variance == Some(Variance::Robust)
            || self.cluster.is_some()
            || self.weight_kind == Some(WeightKind::Sampling)
    }

    /// Refuses weights, clusters and intervals that do not go together.
    fn check_weighting(&self, analysis: &Analysis) -> Result<(), Problem> {
        check_weights(analysis, self.weights.as_deref(), self.weight_kind)?;
        let refuse =
            |key: &str, message: &str, help: &str| Err(analysis.refuse(&[key.into()], message).help(help));
        if self.is_robust() && self.variance == Some(Variance::Model) {
            let message = "the variance of clusters and of sampling weights is robust";
            return refuse("variance", message, "remove `variance`, or `cluster` and `weights`");
        }
        if self.is_robust() && self.penalty.is_some() {
            let message = "a penalized likelihood has neither robust variance nor sampling weights";
            return refuse("penalty", message, "remove `penalty`, or `variance`, `cluster` and `weights`");
        }
        if self.is_robust() && self.interval.is_some_and(|interval| interval != LogisticInterval::Wald) {
            let message = "beside the robust variance intervals are Wald’s";
            return refuse("interval", message, "write interval = \"wald\", or remove it");
        }
        if self.penalty.is_some() && self.interval == Some(LogisticInterval::Score) {
            let message = "the score interval of a penalized likelihood is not known";
            return refuse("interval", message, "use `profile` or `wald` intervals");
        }
        for (key, name) in [("weights", &self.weights), ("cluster", &self.cluster)] {
            let Some(name) = name.as_deref() else { continue };
            let is_term =
                self.models().all_terms().iter().any(|(term, _)| Term::of(term).variables().contains(&name));
            if name == self.outcome || (key == "weights" && is_term) {
                let message = format!("`{name}` is the outcome or a term, and cannot be `{key}` too");
                return refuse(key, &message, "name another variable");
            }
        }
        Ok(())
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
        documentation: include_str!("logistic.rs"),
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
        options.check_weighting(analysis)?;
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
        let further = [(&options.cluster, "cluster"), (&options.weights, "weights")];
        let further = further
            .into_iter()
            .filter_map(|(name, key)| Some(ColumnRequest::variable(name.as_ref()?, [key.into()])));
        for column in term_requests(&options.models()).into_iter().chain(further) {
            if !columns.iter().any(|known| known.source == column.source) {
                columns.push(column);
            }
        }
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let (weights, kind) = (options.weights.as_deref(), options.weight_kind);
        let Multiplied { table: counted, lacking, .. } = multiplied(weights, kind, analysis, table)?;
        let table: &CountTable = &counted;
        let column = table.column(&options.outcome)?;
        let mut outcome = Binary::read(column, options.event.as_deref(), table.n(), analysis)?;
        outcome.lacking = lacking;
        if let Some((weights, of_rows)) = sampled(weights, kind, analysis, table)? {
            outcome.weigh(weights, of_rows);
        }
        let mut notices = Vec::new();
        if options.is_robust() {
            let cluster = options.cluster.as_deref().map(|cluster| table.column(cluster)).transpose()?;
            notices.extend(outcome.robust(cluster));
        }
        let interval = options.interval.unwrap_or_else(|| match options.penalty {
            Some(Penalty::Firth) => LogisticInterval::Profile,
            None if options.is_robust() => LogisticInterval::Wald,
            None => default_interval(plan.dialect(Convention::LogisticInterval)).into(),
        });
        let resolved = LogisticOptions {
            event: outcome.event.clone().or_else(|| options.event.clone()),
            interval: Some(interval),
            variance: options.is_robust().then_some(Variance::Robust).or(options.variance),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.outcome = Some(column.name.clone());
        results.variables.push(column.label());
        results.notices = notices;
        for name in options.cluster.iter().chain(&options.weights) {
            // A frequency is gone from the table that it has multiplied.
            if let Ok(column) = tables[0].column(name) {
                results.variables.push(column.label());
            }
        }
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
    let label =
        |name: &String| plan.variable(name).map_or(name.as_str(), |variable| variable.text()).to_string();
    text.extend(weights_text(options.weights.as_ref(), options.weight_kind, plan));
    if options.is_robust() {
        let by = options.cluster.as_ref().map_or("patient".into(), label);
        text.push(format!("Standard errors are robust (sandwich with the factor m/(m − 1)), by {by}."));
    }
    text.push(match (interval, options.penalty) {
        (LogisticInterval::Bootstrap, _) => options.bootstrap_sentence(confidence_level),
        (_, None) => interval_sentence(interval.into(), confidence_level),
        (_, Some(Penalty::Firth)) => penalized::interval_sentence(interval.into(), confidence_level),
    });
    text
}
