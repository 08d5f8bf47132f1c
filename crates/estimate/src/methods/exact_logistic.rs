//! Exact conditional logistic regression, for data too small or too sparse for a large-sample theory.
//!
//! # Estimand
//! Odds ratio of the event for each level of a factor against its reference, or for one unit more of a number.
//! # Formula
//! logit P(event) = αₛ + Σ βⱼxⱼ, αₛ one for each stratum. Given the number of events of each stratum and the
//! statistics Tₖ = Σ yxₖ of all other columns (y being 1 with the event, 0 without), the distribution of Tⱼ involves
//! βⱼ alone: P(Tⱼ = t) is in proportion to c(t) exp(βⱼt), c(t) being the number of ways to reach t. All ways are
//! counted (the multivariate shift algorithm).
//!
//! The estimate is the conditional maximum-likelihood one: the β under which T is expected to be what was observed.
//! Where T is the least or the largest possible value, that estimate is infinite, and the median unbiased estimate
//! stands in its place, the β under which P(T = t) is one half. The limits are the β under which P(T ≥ t) and P(T ≤
//! t) are half of one minus the confidence level; with `mid_p` half of P(T = t) is left out of both.
//!
//! A term of several columns is also tested as a whole, under β = 0, where all outcomes with the same other
//! statistics are equally probable. `score`: the share of them with (t − μ)′Σ⁻¹(t − μ) at least the observed one, μ
//! and Σ being mean and covariance of T; `probability`: the share whose t is no more probable than the observed one.
//! # Ties and censoring
//! Numbers are taken as the decimals they are written as, so that equal sums are equal.
//! # Assumptions
//! Independent patients; effects add up on the logit scale. Nothing is asked of the number of patients.
//! # Variance
//! None: exact limits are cautious (their coverage is at least the confidence level). The standard error of a
//! conditional maximum-likelihood estimate is one over the standard deviation of T under it; a median unbiased
//! estimate has none.
//! # Options
//! `twice_smaller_tail` is what SAS, Stata and LogXact print, and agrees with the limits. Beyond `states` values that
//! the statistics may take together, or 300 times as many additions, the ratio is withheld, and a notice says what to
//! do; `states` may be up to 100,000,000, each taking about a hundred bytes.
//! # References
//! Cox 1970, The Analysis of Binary Data; Hirji, Mehta & Patel 1987, doi:10.2307/2289388; Hirji, Tsiatis & Mehta
//! 1989, doi:10.1080/00031305.1989.10475610 (median unbiased estimates); Mehta & Patel 1995,
//! doi:10.1002/sim.4780141908.
//! # Worked example
//! Two of two exposed and none of two others have the event: T is 0, 1 or 2 in 1, 4 and 1 ways. P(T = 2) is one half
//! where ψ² = 4ψ + 1, so that the median unbiased odds ratio is 2 + √5; P = 2 · 1/6.

pub mod conditional;
pub mod joint;
mod options;
mod rows;
pub mod shift;
mod strata;

pub use options::{ExactInterval, ExactLogisticOptions, ExactP, TermTest};

use crate::design::Covariate;
use crate::method::{About, Method, one_table, outline};
use crate::methods::dichotomy::{Dichotomy, Keys};
use crate::methods::kaplan_meier::percent;
use crate::missing::excluded_or_all;
use rows::Exact;
use study::{Analysis, ColumnRequest, CountRequest, CountTable, MissingCount, Model, Plan, Problem, Results};

/// Exact conditional logistic regression; see the head of this file.
#[derive(Debug, Clone, Copy)]
pub struct ExactLogistic;

impl Method for ExactLogistic {
    const ABOUT: About = About {
        name: "exact_logistic",
        title: "Exact logistic regression",
        summary: "Which variables go with a binary outcome, where patients or events are few: exact odds ratios.",
        documentation: include_str!("exact_logistic.rs"),
        references: &[
            "Hirji, Mehta & Patel 1987, doi:10.2307/2289388",
            "Hirji, Tsiatis & Mehta 1989, doi:10.1080/00031305.1989.10475610",
            "Mehta & Patel 1995, doi:10.1002/sim.4780141908",
        ],
    };
    type Options = ExactLogisticOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        options.check(analysis, plan)?;
        let mut columns = vec![ColumnRequest::variable(&options.outcome, ["outcome".into()])];
        columns
            .extend(options.strata.iter().map(|strata| ColumnRequest::variable(strata, ["strata".into()])));
        let terms = options.terms.iter().enumerate();
        columns.extend(terms.map(|(i, term)| ColumnRequest::variable(term, ["terms".into(), i.into()])));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let column = table.column(&options.outcome)?;
        let keys = Keys { variable: "outcome", level: "event", other_than_reference: false };
        let outcome = Dichotomy::read(column, options.event.as_deref(), &keys, analysis)?;
        let applied = ExactLogisticOptions { event: Some(outcome.level.clone()), ..options.clone() };
        let mut results = outline::<Self>(&applied, analysis)?;
        results.outcome = Some(column.name.clone());
        results.variables.push(column.label());
        let read = |name: &str, place: &[study::Step]| {
            let column = table.column(name)?;
            Covariate::read(column).map_err(|problem| problem.at(analysis.place(place)))
        };
        let mut covariates = Vec::new();
        for (index, term) in options.terms.iter().enumerate() {
            covariates.push(read(term, &["terms".into(), index.into()])?);
            results.variables.push(table.column(term)?.label());
        }
        let strata = options.strata.as_deref().map(|strata| read(strata, &["strata".into()])).transpose()?;
        if let Some(name) = &options.strata {
            results.variables.push(table.column(name)?.label());
        }
        results.methods_text = methods_text(&applied, plan.study.confidence_level);
        let mut exact = Exact {
            options,
            table,
            outcome: &outcome,
            covariates: &covariates,
            strata: strata.as_ref(),
            confidence_level: plan.study.confidence_level,
            results: &mut results,
        };
        exact.count_missing();
        let all: Vec<usize> = (0..covariates.len()).collect();
        let mut largest = 0;
        if options.univariable {
            for term in &all {
                largest = largest.max(exact.model(Model::Univariable, &[*term])?);
            }
        }
        if options.multivariable {
            largest = exact.model(Model::Multivariable, &all)?;
        }
        results.participants.analysed = largest;
        Ok(results)
    }
}

impl Exact<'_> {
    /// Says who lacks which value.
    fn count_missing(&mut self) {
        let n = self.table.n();
        let lacking = |absent: &dyn Fn(usize) -> bool| -> u64 {
            (0..n.len()).filter(|row| absent(*row)).map(|row| n[row]).sum()
        };
        let mut missing = vec![MissingCount {
            variable: self.options.outcome.clone(),
            n: lacking(&|row| self.outcome.has[row].is_none()),
        }];
        for covariate in self.strata.into_iter().chain(self.covariates) {
            let n = lacking(&|row| covariate.codes[row] == crate::design::ABSENT);
            missing.push(MissingCount { variable: covariate.name.clone(), n });
        }
        let all = self.table.total();
        self.results.notices.extend(excluded_or_all(&missing, all));
        self.results.participants.eligible = all;
        self.results.participants.missing = missing;
    }
}

fn methods_text(options: &ExactLogisticOptions, confidence_level: f64) -> Vec<String> {
    let event = options.event.as_deref().unwrap_or_default();
    let given = options.strata.as_ref().map_or(String::new(), |strata| format!(" within strata of {strata}"));
    let limits = match options.interval {
        ExactInterval::Exact => "exact",
        ExactInterval::MidP => "exact with half of the observed outcome’s probability (mid-P)",
    };
    vec![
        format!(
            "Odds ratios of “{event}” were estimated by exact conditional logistic regression{given}: by conditional \
             maximum likelihood, or as median unbiased estimates where that is infinite."
        ),
        format!(
            "{}% confidence intervals are {limits}; P values are {}.",
            percent(confidence_level),
            options.p_value.words()
        ),
    ]
}
