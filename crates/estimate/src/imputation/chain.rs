//! One chain: from random draws of the observed values through the iterations to one completed data set.

use super::frame::{Frame, Link};
use super::levels::{LevelModel, draw_levels};
use super::matching::match_means;
use super::predictors::{Predictors, location};
use crate::numerics::random::Random;
use std::collections::BTreeMap;
use study::ImputationMethod;

/// What the chains of one imputation share.
pub(super) struct Setting<'a> {
    pub(super) frame: &'a Frame,
    /// The links to be imputed, in their order.
    pub(super) order: &'a [usize],
    pub(super) iterations: u32,
    pub(super) donors: u32,
    pub(super) seed: u64,
    /// Names the streams of random numbers of a subgroup.
    pub(super) scope: &'a str,
}

/// What a chain gives.
#[derive(Debug, Clone, Default)]
pub(super) struct Course {
    /// For each link the values of its missing rows.
    pub(super) values: Vec<Vec<f64>>,
    /// For each link in the order of imputation, the mean after each iteration.
    pub(super) mean: Vec<Vec<f64>>,
    /// The same of the standard deviation.
    pub(super) standard_deviation: Vec<Vec<f64>>,
    /// For each link in that order, how many fits were augmented.
    pub(super) augmented: Vec<u32>,
    /// How many fits of a link (position in the order) left out a predictor (a link).
    pub(super) left_out: BTreeMap<(usize, usize), u32>,
    /// Fits that were impossible: their values were drawn from the observed ones.
    pub(super) failed: Vec<u32>,
}

/// Runs the chain of one data set. It depends on nothing but its setting and its number.
pub(super) fn run(setting: &Setting<'_>, set: u32) -> Course {
    let Setting { frame, order, .. } = *setting;
    let weight: Vec<f64> = frame.n.iter().map(|n| *n as f64).collect();
    let mut course = Course {
        values: vec![Vec::new(); frame.links.len()],
        mean: vec![Vec::new(); order.len()],
        standard_deviation: vec![Vec::new(); order.len()],
        augmented: vec![0; order.len()],
        failed: vec![0; order.len()],
        ..Course::default()
    };
    let mut predictors = Predictors::new(frame);
    let families: Vec<Vec<usize>> = order.iter().map(|index| frame.family(*index)).collect();
    for index in order {
        let link = &frame.links[*index];
        let values = match &link.follows {
            Some(follows) => course.values[follows.leader].iter().map(|value| follows.of(*value)).collect(),
            None => observed_draws(link, &frame.n, &mut setting.stream(set, link, 0)),
        };
        predictors.renew(*index, &link.missing, &values);
        course.values[*index] = values;
    }
    for iteration in 1..=setting.iterations {
        for (at, index) in order.iter().enumerate() {
            let link = &frame.links[*index];
            if let Some(follows) = &link.follows {
                let values = course.values[follows.leader].iter().map(|value| follows.of(*value)).collect();
                settle(&mut course, &mut predictors, link, (at, *index), values);
                continue;
            }
            let mut random = setting.stream(set, link, iteration);
            let (target, gone) = predictors.target(&families[at], &link.missing);
            gone.into_iter().for_each(|predictor| *course.left_out.entry((at, predictor)).or_default() += 1);
            let observed = link.values.iter().copied().filter(|value| !value.is_nan());
            let drawn = match (&link.codes, link.method) {
                (None, _) | (_, ImputationMethod::Pmm) => {
                    // At unit spread, whatever the unit.
                    let (centre, scale) = location(link, &weight);
                    let y: Vec<f64> = observed.clone().map(|value| (value - centre) / scale).collect();
                    let positions = match_means(&target, &y, setting.donors, &mut random);
                    let raw: Vec<f64> = observed.collect();
                    positions.map(|rows| rows.into_iter().map(|row| raw[row] + link.delta).collect())
                }
                // With one level there is nothing to choose.
                (Some(codes), _) if codes.len() < 2 => None,
                (Some(codes), method) => {
                    let level: Vec<usize> = observed.map(|value| value as usize).collect();
                    let model = match method {
                        ImputationMethod::Ordinal => LevelModel::ProportionalOdds,
                        _ => LevelModel::Polytomous,
                    };
                    let drawn = draw_levels(&target, &level, codes.len(), model, link.delta, &mut random);
                    drawn.map(|drawn| {
                        course.augmented[at] += u32::from(drawn.augmented);
                        drawn.values
                    })
                }
            };
            let values = drawn.unwrap_or_else(|| {
                course.failed[at] += u32::from(link.codes.as_ref().is_none_or(|codes| codes.len() > 1));
                observed_draws(link, &frame.n, &mut random)
            });
            settle(&mut course, &mut predictors, link, (at, *index), values);
        }
    }
    course
}

/// Takes the values of one iteration, of a link that is the `at`th in the order.
fn settle(
    course: &mut Course,
    predictors: &mut Predictors,
    link: &Link,
    (at, index): (usize, usize),
    values: Vec<f64>,
) {
    predictors.renew(index, &link.missing, &values);
    let (mean, deviation) = moments(&values);
    course.mean[at].push(mean);
    course.standard_deviation[at].push(deviation);
    course.values[index] = values;
}

impl Setting<'_> {
    /// Each data set, variable and iteration has its own random numbers, so that the order of work does not matter.
    fn stream(&self, set: u32, link: &Link, iteration: u32) -> Random {
        let name = format!("imputation{}/{set}/{}/{iteration}", self.scope, link.label.name);
        Random::named(self.seed, &name)
    }
}

/// Values of patients who have one, each patient with the same chance.
fn observed_draws(link: &Link, n: &[u64], random: &mut Random) -> Vec<f64> {
    let known: Vec<usize> = (0..n.len()).filter(|row| !link.values[*row].is_nan()).collect();
    let mut total = 0;
    let until: Vec<u64> = known
        .iter()
        .map(|row| {
            total += n[*row];
            total
        })
        .collect();
    let mut draw = || {
        let patient = random.below(total.max(1));
        link.values[known[until.partition_point(|until| *until <= patient)]]
    };
    link.missing.iter().map(|_| draw()).collect()
}

/// Mean and standard deviation (n − 1; 0 for one value).
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, if values.len() > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 })
}
