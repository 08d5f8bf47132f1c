//! Bootstrap intervals of odds ratios.
//!
//! # Formula
//! Patients are drawn with replacement, counted rows as a multinomial; the model is fitted anew to each replicate. The
//! percentile interval has the quantiles α/2 and 1 − α/2 of the coefficients, of rank (B + 1)p. BCa moves them to
//! Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z))), with z₀ = Φ⁻¹(share of replicates below the estimate) and the acceleration
//! a = Σ L³ / (6 (Σ L²)^{3/2}), L the infinitesimal jackknife (X′WX)⁻¹xᵢ(yᵢ − πᵢ). A separated replicate counts as ±∞,
//! beyond every finite one; a limit among those does not exist.
//!
//! # References
//! Efron 1987, doi:10.1080/01621459.1987.10478410. DiCiccio & Efron 1996, doi:10.1214/ss/1032280214.

use super::complete_cases::complete_rows;
use super::fitted::{FittedModel, Lost};
use super::outcome::Binary;
use super::{LogisticOptions, REPLICATES};
use crate::design::{Covariate, Term};
use crate::methods::models::read_terms;
use crate::numerics::distributions::{normal_quantile, normal_upper};
use crate::numerics::parallel::in_order;
use crate::numerics::random::Random;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::results::finite;
use study::{
    Analysis, CountTable, Interval, IntervalMethod, Model, Notice, Plan, Problem, Quantity, Results,
};

/// The generator of one replicate.
pub(in crate::methods) fn stream(seed: u64, analysis: &str, replicate: u64) -> Random {
    Random::named(seed, &format!("{analysis} bootstrap {replicate}"))
}

/// The coefficients of all replicates.
pub(super) struct Replicates {
    /// For each parameter its values in ascending order; infinite where a replicate is separated.
    values: Vec<Vec<f64>>,
    /// Replicates without estimates.
    pub(super) lost: u64,
    /// Replicates that are separated.
    pub(super) separated: u64,
}

/// Which quantiles of the replicates make a bootstrap interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BootstrapInterval {
    /// Those that leave equal shares outside.
    #[default]
    Percentile,
    /// The same, corrected for bias and acceleration.
    Bca,
}

impl Replicates {
    /// Draws and fits.
    pub(super) fn new(fitted: &FittedModel, replicates: u64, seed: u64, name: &str) -> Self {
        let all = in_order(replicates as usize, |replicate| {
            let (events, others) = fitted.replicate(stream(seed, name, replicate as u64));
            fitted.refit(&events, &others)
        });
        let mut found = Self { values: vec![Vec::new(); fitted.beta.len()], lost: 0, separated: 0 };
        for replicate in all {
            let estimates: Vec<Option<f64>> = match replicate {
                Ok(beta) => beta.into_iter().map(Some).collect(),
                Err(Lost::Separated(estimates)) => {
                    found.separated += 1;
                    estimates
                }
                Err(Lost::Undetermined) => {
                    found.lost += 1;
                    continue;
                }
            };
            for (values, estimate) in found.values.iter_mut().zip(estimates) {
                values.extend(estimate);
            }
        }
        found.values.iter_mut().for_each(|values| values.sort_unstable_by(f64::total_cmp));
        found
    }

    /// Both limits of a parameter, where they exist.
    pub(super) fn limits(
        &self,
        fitted: &FittedModel,
        parameter: usize,
        quantiles: BootstrapInterval,
        confidence_level: f64,
    ) -> [Option<f64>; 2] {
        let values = &self.values[parameter];
        let tail = 0.5 * (1.0 - confidence_level);
        let estimate = fitted.beta[parameter];
        [tail, 1.0 - tail].map(|share| {
            let share = match quantiles {
                BootstrapInterval::Percentile => share,
                BootstrapInterval::Bca => {
                    let below = values.partition_point(|value| *value < estimate) as f64;
                    let bias = normal_quantile(below / values.len() as f64);
                    let from = bias + normal_quantile(share);
                    normal_upper(-(bias + from / (1.0 - acceleration(fitted, parameter) * from)))
                }
            };
            quantile(values, share).filter(|limit| limit.is_finite())
        })
    }
}

/// The quantile of rank (B + 1)p among ascending values; none beyond the first or last of them.
fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let rank = (values.len() as f64 + 1.0) * share;
    if rank.is_nan() || rank < 1.0 || rank > values.len() as f64 {
        return None;
    }
    let below = rank.floor();
    let low = values[below as usize - 1];
    let part = rank - below;
    if part == 0.0 {
        return Some(low);
    }
    let high = values[below as usize];
    Some(if low == high { low } else { low + part * (high - low) })
}

/// By the infinitesimal jackknife.
fn acceleration(fitted: &FittedModel, parameter: usize) -> f64 {
    let model = &fitted.model;
    let row = fitted.covariance.col_as_slice(parameter);
    let (mut squares, mut cubes) = (0.0, 0.0);
    for pattern in 0..model.events.len() {
        let probability = model.point(pattern, model.x.product(pattern, &fitted.beta)).probability;
        let along = model.x.product(pattern, row);
        for (n, residual) in
            [(model.events[pattern], 1.0 - probability), (model.others[pattern], -probability)]
        {
            let influence = along * residual;
            squares += n * influence * influence;
            cubes += n * influence * influence * influence;
        }
    }
    cubes / (6.0 * squares * squares.sqrt())
}

/// Puts bootstrap intervals in the place of the others.
pub(super) fn bootstrap_intervals(
    options: &LogisticOptions,
    outcome: &Binary,
    table: &CountTable,
    analysis: &Analysis,
    plan: &Plan,
    results: &mut Results,
) -> Result<(), Problem> {
    let read = read_terms(table, analysis, &options.models().all_terms())?;
    let mut models: Vec<(Model, Vec<String>)> = Vec::new();
    for row in results.estimates.iter().filter(|row| row.quantity == Quantity::OddsRatio) {
        let (Some(model), Some(term)) = (row.model, &row.term) else { continue };
        match models
            .iter_mut()
            .find(|(known, terms)| *known == model && (model != Model::Univariable || terms[0] == *term))
        {
            Some((_, terms)) if !terms.contains(term) => terms.push(term.clone()),
            Some(_) => {}
            None => models.push((model, vec![term.clone()])),
        }
    }
    for (model, terms) in models {
        // An interaction alone has its main effects beside it.
        let whole = Term::of(&terms[0]);
        let beside = |name: &str| model == Model::Univariable && Term::of(name).is_within(&whole);
        let covariates: Vec<&Covariate> = read
            .covariates
            .iter()
            .filter(|covariate| terms.contains(&covariate.name) || beside(&covariate.name))
            .collect();
        let rows = complete_rows(outcome, &covariates, table.rows());
        let name = match model {
            Model::Univariable => format!("Univariable model of {}", terms[0]),
            _ => "Multivariable model".into(),
        };
        let replicates = options.bootstrap.unwrap_or(REPLICATES);
        let fitted = FittedModel::new(outcome, &covariates, &rows, options.penalty).ok();
        let drawn = fitted.as_ref().map(|fitted| {
            let stream = format!("{} {name}", analysis.id());
            Replicates::new(fitted, replicates, plan.study.seed, &stream)
        });
        let limits = |term: &str, level: Option<&str>| {
            let (fitted, drawn) = (fitted.as_ref()?, drawn.as_ref()?);
            let at = fitted.design.columns.iter().position(|column| {
                let covariate = covariates[column.covariate];
                covariate.name == term && column.level.map(|code| covariate.level(code)) == level
            })?;
            let scale = fitted.design.columns[at].scale;
            let quantiles = options.bootstrap_interval;
            let limits = drawn.limits(fitted, at + 1, quantiles, plan.study.confidence_level);
            Some(limits.map(|limit| limit.and_then(|limit| finite(libm::exp(limit / scale)))))
        };
        let same = |row: &study::Estimate| {
            row.model == Some(model)
                && row.quantity == Quantity::OddsRatio
                && (model != Model::Univariable || row.term.as_deref() == Some(&terms[0]))
        };
        let mut unbounded = Vec::new();
        for row in results.estimates.iter_mut().filter(|row| same(row)) {
            let Some(Interval { confidence_level, .. }) = row.interval else { continue };
            let (term, level) = (row.term.clone().unwrap_or_default(), row.level.clone());
            let found = limits(&term, level.as_deref());
            row.interval =
                found.filter(|limits| limits.iter().any(Option::is_some)).map(|[lower, upper]| Interval {
                    lower,
                    upper,
                    confidence_level,
                    method: match options.bootstrap_interval {
                        BootstrapInterval::Percentile => IntervalMethod::BootstrapPercentile,
                        BootstrapInterval::Bca => IntervalMethod::BootstrapBca,
                    },
                });
            if row.interval.is_none_or(|interval| interval.lower.is_none() || interval.upper.is_none()) {
                unbounded.push(Notice::UnboundedInterval { term, level });
            }
        }
        results.notices.extend(unbounded);
        results.notices.extend(lost(&name, replicates, drawn.as_ref()));
    }
    Ok(())
}

/// What is told of replicates that have no finite estimate.
fn lost(name: &str, replicates: u64, drawn: Option<&Replicates>) -> Vec<Notice> {
    let Some(drawn) = drawn else {
        let message = format!(
            "{name}: there are no bootstrap intervals, because not all of its estimates are finite; with \
             `penalty = \"firth\"` they would be."
        );
        return vec![Notice::Other { message }];
    };
    let mut notices = Vec::new();
    if drawn.lost > 0 {
        notices.push(Notice::ReplicatesLost { model: name.into(), lost: drawn.lost, of: replicates });
    }
    if drawn.separated > 0 {
        let message = format!(
            "{name}: {} of {replicates} bootstrap replicates are separated; their ratios count as 0 or infinite.",
            drawn.separated
        );
        notices.push(Notice::Other { message });
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_have_rank_b_plus_one() {
        let values: Vec<f64> = (1..=19).map(f64::from).collect();
        assert_eq!(quantile(&values, 0.05), Some(1.0));
        assert_eq!(quantile(&values, 0.125), Some(2.5));
        assert_eq!(quantile(&values, 0.95), Some(19.0));
        assert_eq!(quantile(&values, 0.96), None);
        let infinite = [f64::NEG_INFINITY, f64::NEG_INFINITY, 1.0, 2.0, f64::INFINITY];
        assert_eq!(quantile(&infinite, 0.25).unwrap(), f64::NEG_INFINITY);
        assert_eq!(quantile(&infinite, 0.5), Some(1.0));
    }
}
