//! Which covariate patterns drive a logistic model.
//!
//! # Estimand
//! None: a description of the fit. Patients of the same values of all terms are one covariate pattern and leave or
//! stay together; where every pattern is a single patient, the figures are those of R's `hatvalues`,
//! `cooks.distance`, `rstandard(type = "pearson")` and `residuals`. Where several share one, R fitted to single
//! patients gives each a part: the leverages of the patients of a pattern add up to that of the pattern, residuals
//! and distances do not (Hosmer, Lemeshow & Pregibon look at patterns, as here).
//! # Formula
//! Of pattern j with mⱼ patients, yⱼ events, risk πⱼ and covariates xⱼ, X being the columns and W the weights of all:
//! vⱼ = mⱼπⱼ(1 − πⱼ), leverage hⱼ = vⱼ xⱼ′(X′WX)⁻¹xⱼ, Pearson residual rⱼ = (yⱼ − mⱼπⱼ)/√vⱼ, standardized rⱼ/√(1 −
//! hⱼ), deviance residual ±√(2 (yⱼ ln(yⱼ/mⱼπⱼ) + (mⱼ − yⱼ) ln((mⱼ − yⱼ)/mⱼ(1 − πⱼ)))), Cook's distance rⱼ² hⱼ/((1 −
//! hⱼ)² p) with p parameters. Leaving the pattern out moves the coefficients by about (X′WX)⁻¹xⱼ(yⱼ − mⱼπⱼ)/(1 − hⱼ)
//! (one Newton step); dfbetas is that over the standard error, as SAS has it. R's `dfbetas` of a `glm` takes the
//! deviance residual in place of Pearson's and so is another figure.
//! # Ties and censoring
//! Equal distances keep the order of the patterns, which is that of their values, term by term.
//! # Assumptions
//! Those of the model. One Newton step falls short for patterns that the model cannot do without.
//! # Variance
//! (X′WX)⁻¹ of the model, whatever variance it reports; the figures themselves have no interval.
//! # Options
//! `penalty` as in `logistic`: the formulas are the same, without the change of the penalty itself.
//! # References
//! Pregibon 1981, doi:10.1214/aos/1176345513; Cook 1977, doi:10.1080/00401706.1977.10489493; Hosmer, Lemeshow &
//! Sturdivant 2013, doi:10.1002/9781118548387, chapter 5.3.
//! # Worked example
//! Three patterns of four patients at −1, 0 and 1, with 3, 0 and 3 events: both coefficients are 0 and X′WX is
//! diagonal with 3 and 2, so that the pattern at 1 has the leverage 1/3 + 1/2, the residual 1, standardized √6, and
//! Cook's distance 15.

mod diagnostics;
mod options;

use crate::design::{Covariate, Scale};
use crate::method::{About, Method, one_table, outline};
use crate::methods::logistic::complete_cases::CompleteCases;
use crate::methods::logistic::fitted::FittedModel;
use crate::methods::models::requests_of;
use diagnostics::{Diagnostics, of_patterns};
pub use options::LogisticInfluenceOptions;
use study::results::finite;
use study::{
    Analysis, ColumnRequest, CountRequest, CountTable, Estimate, Group, Plan, Problem, Quantity, Results,
    Series, SeriesKind,
};

/// Patterns of a figure beyond which those of the smallest distances are left out.
const MOST_POINTS: usize = 2000;

/// Which patterns drive a model; see the head of this file.
pub struct LogisticInfluence;

impl Method for LogisticInfluence {
    const ABOUT: About = About {
        name: "logistic_influence",
        title: "Influence on a logistic model",
        summary: "Which patients, by the values they share, drive a logistic model or are badly explained by it?",
        documentation: include_str!("logistic_influence.rs"),
        references: &[
            "Pregibon 1981, doi:10.1214/aos/1176345513",
            "Cook 1977, doi:10.1080/00401706.1977.10489493",
        ],
    };
    type Options = LogisticInfluenceOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        options.check(analysis, plan)?;
        let mut columns = vec![ColumnRequest::variable(&options.outcome, ["outcome".into()])];
        columns.extend(requests_of(&options.placed_terms()));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        _: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let terms = options.placed_terms();
        let cases = CompleteCases::read(table, analysis, &options.outcome, options.event.as_deref(), &terms)?;
        let resolved = LogisticInfluenceOptions {
            event: cases.outcome.event.clone().or_else(|| options.event.clone()),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        cases.describe(&mut results)?;
        results.methods_text = vec![format!(
            "Influence on the logistic model{} was examined by covariate pattern: leverage, Pearson and deviance \
             residuals, Cook’s distance, and the change of each coefficient when a pattern is left out (one step).",
            options.penalty.map_or("", |_| " (Firth’s penalized likelihood)")
        )];
        let covariates: Vec<&Covariate> = cases.covariates.iter().collect();
        match FittedModel::new(&cases.outcome, &covariates, &cases.rows, options.penalty) {
            Ok(fitted) => {
                results.notices.extend(fitted.design.notices.iter().cloned());
                write(&mut results, options, &fitted, &covariates);
            }
            Err(notices) => {
                // A figure that does not exist, so that the report says why.
                results.estimates.push(Estimate::new(Quantity::CooksDistance, f64::NAN));
                results.notices.extend(notices);
            }
        }
        results.groups.push(cases.everybody());
        Ok(results)
    }
}

/// The rows of the most influential patterns, and the points of all.
fn write(
    results: &mut Results,
    options: &LogisticInfluenceOptions,
    fitted: &FittedModel,
    covariates: &[&Covariate],
) {
    let all = of_patterns(fitted);
    let numbers = numbers(fitted, covariates.len());
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|a, b| all[*b].distance.total_cmp(&all[*a].distance).then(numbers[*a].cmp(&numbers[*b])));
    for pattern in order.iter().take(options.show as usize) {
        let name = numbers[*pattern].to_string();
        let (events, others) = (fitted.model.events[*pattern], fitted.model.others[*pattern]);
        let (n, of) = (events as u64, (events + others) as u64);
        let label = format!("Pattern {name}");
        results.groups.push(Group { level: Some(name.clone()), label, n: of, events: Some(n) });
        let outline = Estimate {
            group: Some(name),
            n: Some(n),
            of: Some(of),
            ..Estimate::new(Quantity::PatternValue, f64::NAN)
        };
        for (index, covariate) in covariates.iter().enumerate() {
            let code = fitted.patterns.codes(index)[*pattern];
            let (value, level) = match &covariate.scale {
                Scale::Number(_) | Scale::Spline(_) => (finite(covariate.scale.value(code)), None),
                Scale::Factor { .. } => (None, Some(covariate.level(code).to_string())),
                // Its variables have values of their own.
                Scale::Interaction(_) => continue,
            };
            let term = Some(covariate.name.clone());
            results.estimates.push(Estimate { term, value, level, ..outline.clone() });
        }
        rows(results, fitted, covariates, &all[*pattern], &outline);
    }
    let mut shown: Vec<usize> = order.into_iter().take(MOST_POINTS).collect();
    shown.sort_unstable_by_key(|at| numbers[*at]);
    let distances = shown.iter().filter_map(|at| Some((numbers[*at] as f64, finite(all[*at].distance)?)));
    let (x, y) = distances.unzip();
    results.series.push(Series { x, y, ..Series::new(SeriesKind::CooksDistance) });
}

/// The number of each pattern in the order of their values, from 1: the outcome has no part in it.
fn numbers(fitted: &FittedModel, covariates: usize) -> Vec<usize> {
    let codes: Vec<&[u32]> = (0..covariates).map(|at| fitted.patterns.codes(at)).collect();
    let mut order: Vec<usize> = (0..fitted.patterns.len()).collect();
    order.sort_unstable_by(|a, b| {
        codes.iter().map(|codes| codes[*a]).cmp(codes.iter().map(|codes| codes[*b]))
    });
    let mut numbers = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, pattern)| numbers[*pattern] = place + 1);
    numbers
}

fn rows(
    results: &mut Results,
    fitted: &FittedModel,
    covariates: &[&Covariate],
    found: &Diagnostics,
    outline: &Estimate,
) {
    for (quantity, value) in [
        (Quantity::Leverage, found.leverage),
        (Quantity::PearsonResidual, found.pearson),
        (Quantity::StandardizedResidual, found.standardized),
        (Quantity::DevianceResidual, found.deviance),
        (Quantity::CooksDistance, found.distance),
    ] {
        results.estimates.push(Estimate { quantity, value: finite(value), ..outline.clone() });
    }
    for (column, change) in fitted.design.columns.iter().zip(&found.changes) {
        let covariate = covariates[column.covariate];
        results.estimates.push(Estimate {
            quantity: Quantity::DfBetas,
            term: Some(covariate.name.clone()),
            level: covariate.column_name(column),
            value: finite(*change),
            ..outline.clone()
        });
    }
}
