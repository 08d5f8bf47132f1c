//! Imputation of levels: a model of their probabilities, its parameters drawn from their posterior, then a level drawn for
//! each patient.
//!
//! # Formula
//! The parameters are drawn from N(β̂, I(β̂)⁻¹). Where the model is separated, so that β̂ does not exist, it is augmented:
//! for each predictor and each level two observations at the mean ± one standard deviation of that predictor and the
//! means of the others, with a total weight of the number of predictors plus one.
//! # References
//! White, Daniel & Royston 2010, doi:10.1016/j.csda.2010.04.005 (augmentation); Rubin 1987,
//! doi:10.1002/9780470316696 (5.3).

use super::multinomial::{Multinomial, probabilities};
use super::ordinal::{ProportionalOdds, cumulative};
use super::posterior::perturbation;
use super::target::Target;
use crate::design::select_columns;
use crate::likelihood::{Likelihood, Maximum, maximise};
use crate::numerics::random::Random;
use crate::numerics::rank::norm;
use crate::numerics::symmetric::{inverse, least_eigenvalue};

/// What was drawn, and whether the model had to be augmented.
pub(super) struct Drawn {
    pub(super) values: Vec<f64>,
    pub(super) augmented: bool,
}

/// How the levels are modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LevelModel {
    Polytomous,
    ProportionalOdds,
}

/// Levels for the rows of `target` that lack one; `delta` is added to the log-odds of the second of two levels.
pub(super) fn draw_levels(
    target: &Target,
    level: &[usize],
    levels: usize,
    model: LevelModel,
    delta: f64,
    random: &mut Random,
) -> Option<Drawn> {
    // The cut points of proportional odds take the place of the intercept.
    let first = usize::from(model == LevelModel::ProportionalOdds);
    let kept: Vec<usize> = (first..target.columns).collect();
    let observed = select_columns(&target.observed, target.columns, &kept);
    let missing = select_columns(&target.missing, target.columns, &kept);
    let mut sample =
        Sample { x: observed, columns: kept.len(), level: level.to_vec(), weight: target.weight.clone() };
    let mut maximum = sample.fit(levels, model);
    let augmented = !sample.has_maximum(&maximum);
    if augmented {
        sample.augment(levels, 1 - first);
        maximum = sample.fit(levels, model);
    }
    let covariance = inverse(&maximum.at.information)?;
    let mut draw = || -> Option<Vec<f64>> {
        let step = perturbation(&covariance, random)?;
        Some(maximum.beta.iter().zip(step).map(|(beta, step)| beta + step).collect())
    };
    let mut parameters = draw()?;
    if model == LevelModel::ProportionalOdds {
        // The normal approximation reaches where cut points would cross; the posterior does not.
        let ascending = |cuts: &[f64]| cuts.windows(2).all(|pair| pair[0] < pair[1]);
        for _ in 0..100 {
            if ascending(&parameters[..levels - 1]) {
                break;
            }
            parameters = draw()?;
        }
        parameters[..levels - 1].sort_by(f64::total_cmp);
    }
    let rows = target.missing.len() / target.columns;
    let columns = sample.columns;
    let mut share = Vec::with_capacity(levels);
    let values = (0..rows).map(|row| {
        let x = &missing[row * columns..(row + 1) * columns];
        let below: Vec<f64> = match model {
            LevelModel::ProportionalOdds => cumulative(x, &parameters, levels),
            LevelModel::Polytomous => {
                let shifted = shifted(&parameters, delta, levels);
                probabilities(x, shifted.as_deref().unwrap_or(&parameters), levels, &mut share);
                share
                    .iter()
                    .take(levels - 1)
                    .scan(0.0, |sum, share| {
                        *sum += share;
                        Some(*sum)
                    })
                    .collect()
            }
        };
        let u = random.uniform();
        below.iter().filter(|below| u >= **below).count() as f64
    });
    Some(Drawn { values: values.collect(), augmented })
}

/// The parameters with a shift of the intercept, for two levels.
fn shifted(parameters: &[f64], delta: f64, levels: usize) -> Option<Vec<f64>> {
    if delta == 0.0 || levels != 2 {
        return None;
    }
    let mut shifted = parameters.to_vec();
    shifted[0] += delta;
    Some(shifted)
}

/// The rows on which a model of levels is fitted.
struct Sample {
    x: Vec<f64>,
    columns: usize,
    level: Vec<usize>,
    weight: Vec<f64>,
}

/// Newton steps before a fit is held to be separated. Without separation, eight are usual.
const LIMIT: u32 = 40;

impl Sample {
    fn fit(&self, levels: usize, model: LevelModel) -> Maximum {
        let Self { x, columns, level, weight } = self;
        let columns = *columns;
        match model {
            LevelModel::Polytomous => climb(&Multinomial { x, columns, level, levels, weight }),
            LevelModel::ProportionalOdds => climb(&ProportionalOdds { x, columns, level, levels, weight }),
        }
    }

    /// The certificate of `regression`: where a likelihood rises for ever along some direction, the least eigenvalue of
    /// its information is no larger than the score times the length of a row.
    fn has_maximum(&self, maximum: &Maximum) -> bool {
        let information = &maximum.at.information;
        let largest = (0..information.nrows()).map(|k| information[(k, k)]).fold(0.0, f64::max);
        let reach = self.x.chunks_exact(self.columns.max(1)).map(norm).fold(1.0, f64::max);
        let least = least_eigenvalue(information) - 1e-12 * largest;
        maximum.converged && least > 100.0 * reach * norm(&maximum.at.score)
    }

    /// Adds the observations of White, Daniel and Royston; `first` is the number of intercepts in front.
    fn augment(&mut self, levels: usize, first: usize) {
        let (p, total) = (self.columns, self.weight.iter().sum::<f64>());
        let mean_of = |f: &dyn Fn(f64, usize) -> f64, k: usize| -> f64 {
            self.x.chunks_exact(p).zip(&self.weight).map(|(x, w)| w * f(x[k], k)).sum::<f64>() / total
        };
        let mean: Vec<f64> = (0..p).map(|k| mean_of(&|x, _| x, k)).collect();
        let spread: Vec<f64> =
            (0..p).map(|k| mean_of(&|x, k| (x - mean[k]) * (x - mean[k]), k).sqrt()).collect();
        let predictors = p - first;
        let weight = (predictors as f64 + 1.0) / (2 * predictors * levels) as f64;
        for k in first..p {
            for level in 0..levels {
                for sign in [-1.0, 1.0] {
                    let mut x = mean.clone();
                    x[k] += sign * spread[k];
                    self.x.extend(x);
                    self.level.push(level);
                    self.weight.push(weight);
                }
            }
        }
    }
}

fn climb(model: &impl Likelihood) -> Maximum {
    maximise(model, model.start(), &[], LIMIT)
}
