//! Does a subdistribution hazard ratio change with time?
//!
//! # Formula
//! The score test of θ = 0 in β(t) = β + θ(g(t) − ḡ), with β at its estimate. With x − x̄ the residual of an event and V
//! the weighted variance of x over those at risk, U = Σ (g − ḡ)(x − x̄) changes with patient i by ρᵢ = ζᵢ(g) − J I⁻¹ ζᵢ: ζ
//! is the score with the estimated weights that the variance of β is made of, ζ(g) the same with g − ḡ before every
//! term, I = Σ V and J = Σ (g − ḡ) V. The statistic is U′(Σ ρρ′)⁻¹U over the columns of a term. ḡ is the mean of g over
//! the events.
//!
//! # References
//! Zhou, Fine & Laird 2013, doi:10.1002/sim.5815.

use super::course::End;
use super::likelihood::Subdistribution;
use super::outcome::CompetingTimes;
use super::sandwich::{information, scores, unchanging};
use crate::design::Covariate;
use crate::methods::models::{Together, withhold};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::gram::add_gram;
use crate::numerics::symmetric::solve;
use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::results::finite;
use study::{Estimate, Model, Notice, Problem, Quantity, Results, Test, TestName};

/// A function of time with which a coefficient may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The cumulative incidence of the event just before the time: events are then spread evenly.
    Incidence,
    /// The time itself.
    Identity,
    /// The natural logarithm of the time, which must be above 0.
    Log,
}

impl Change {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Incidence => "the cumulative incidence of the event",
            Self::Identity => "time",
            Self::Log => "the logarithm of time",
        }
    }

    /// Its value at each position of a time; `times` are those of the rows of the table.
    pub(super) fn of_times(
        self,
        model: &Subdistribution,
        outcome: &CompetingTimes<'_>,
        times: &[f64],
    ) -> Result<Vec<f64>, Problem> {
        let positions = outcome.first.times.iter().copied().max().map_or(0, |last| last as usize + 1);
        let mut values = vec![0.0; positions];
        match self {
            Self::Incidence => incidences(model, &mut values),
            Self::Identity | Self::Log => {
                let log = |time: f64| if self == Self::Log { libm::log(time) } else { time };
                outcome
                    .first
                    .times
                    .iter()
                    .zip(times)
                    .for_each(|(at, time)| values[*at as usize] = log(*time));
            }
        }
        let mut events = model.strata.iter().flatten().filter(|exit| exit.end == End::Event);
        if events.any(|exit| !values[exit.time as usize].is_finite()) {
            return Err(Problem::input("an event happens at time 0, which has no logarithm"));
        }
        Ok(values)
    }
}

/// F̂(t−) of Aalen and Johansen, of all patients of a model.
fn incidences(model: &Subdistribution, values: &mut [f64]) {
    let mut leaving = vec![(0.0, 0.0); values.len()];
    for exit in model.strata.iter().flatten() {
        let (events, others) = &mut leaving[exit.time as usize];
        match exit.end {
            End::Event => *events += exit.n,
            End::Competing => *others += exit.n,
            End::Censored => {}
        }
    }
    let (mut free, mut incidence) = (1.0, 0.0);
    for ((value, (events, others)), at_risk) in values.iter_mut().zip(leaving).zip(&model.censoring.at_risk) {
        *value = incidence;
        if *at_risk > 0.0 {
            incidence += free * events / at_risk;
            free *= (at_risk - events - others) / at_risk;
        }
    }
}

/// Writes the test of each term, of each column of a term with several, and of all terms together.
pub(super) fn write(fitted: &Together<'_, Subdistribution>, g: &[f64], results: &mut Results) {
    let departure = Departure::of(fitted, g);
    let mut row = |term: Option<String>, level: Option<String>, columns: &[usize]| {
        results.estimates.push(Estimate {
            model: Some(Model::Multivariable),
            term,
            level,
            test: Some(departure.test(columns)),
            ..Estimate::new(Quantity::ProportionalHazards, f64::NAN)
        });
    };
    for (index, covariate) in fitted.covariates.iter().enumerate() {
        let columns = fitted.design.columns_of(index);
        if columns.is_empty() {
            continue;
        }
        row(Some(covariate.name.clone()), None, &columns);
        if columns.len() > 1 {
            for column in &columns {
                row(Some(covariate.name.clone()), name(covariate, fitted, *column), &[*column]);
            }
        }
    }
    let all: Vec<usize> = (0..fitted.design.columns.len()).collect();
    row(None, None, &all);
    if departure.test(&all).statistic.is_none() {
        let message =
            "The events are too few, or at too few times, to see whether all ratios change with time.";
        results.notices.push(Notice::Other { message: message.into() });
    }
}

fn name(covariate: &Covariate<'_>, fitted: &Together<'_, Subdistribution>, column: usize) -> Option<String> {
    covariate.column_name(&fitted.design.columns[column])
}

/// U, and its variance.
struct Departure {
    score: Vec<f64>,
    variance: Mat<f64>,
}

impl Departure {
    fn of(fitted: &Together<'_, Subdistribution>, g: &[f64]) -> Self {
        let Together { model, beta, inverse, .. } = fitted;
        let p = model.columns;
        let (_, risk, risk_x) = model.risks(beta);
        let walks = model.walks(&risk, &risk_x);
        let centred = centred(model, g);
        let changing = |time: u32| centred[time as usize];
        let own = scores(model, &walks, &risk, &risk_x, &unchanging);
        let mut influence = scores(model, &walks, &risk, &risk_x, &changing);
        let squares = |influence: &[f64]| {
            let mut sum = Mat::zeros(p, p);
            add_gram(influence, p, &model.counts(), &mut sum);
            sum
        };
        let usual = squares(&influence);
        let moved = information(model, &walks, &risk, &changing) * inverse;
        for (rho, zeta) in influence.chunks_exact_mut(p).zip(own.chunks_exact(p)) {
            for (i, rho) in rho.iter_mut().enumerate() {
                *rho -= zeta.iter().enumerate().map(|(j, zeta)| moved[(i, j)] * zeta).sum::<f64>();
            }
        }
        // Where g is the same at all times that tell of β, nothing but rounding is left.
        let mut variance = squares(&influence);
        withhold(&mut variance, &usual);
        let mut score = vec![0.0; p];
        for (walk, exits) in walks.iter().zip(model.strata.iter()) {
            for at in 0..walk.times.len() {
                for exit in exits[walk.exits(at)].iter().filter(|exit| exit.end == End::Event) {
                    let weight = exit.n * changing(exit.time);
                    let x = model.row(exit.pattern as usize).iter().zip(walk.mean(at));
                    score.iter_mut().zip(x).for_each(|(sum, (x, mean))| *sum += weight * (x - mean));
                }
            }
        }
        Self { score, variance }
    }

    /// The test of some columns; without a statistic where the events cannot tell.
    fn test(&self, columns: &[usize]) -> Test {
        let score: Vec<f64> = columns.iter().map(|column| self.score[*column]).collect();
        let among =
            Mat::from_fn(columns.len(), columns.len(), |i, j| self.variance[(columns[i], columns[j])]);
        let solved = solve(&among, &score);
        let statistic = solved.and_then(|solved| finite(solved.iter().zip(&score).map(|(a, b)| a * b).sum()));
        let df = columns.len() as f64;
        let p_value = statistic.and_then(|statistic| finite(chi_squared_upper(statistic, df)));
        Test { name: TestName::Score, statistic, df: vec![df], p_value, reason: None }
    }
}

/// g less its mean over the events, of unit size, so that squares neither vanish nor overflow; 0 where nobody has the
/// event.
fn centred(model: &Subdistribution, g: &[f64]) -> Vec<f64> {
    let events = || model.strata.iter().flatten().filter(|exit| exit.end == End::Event);
    let n: f64 = events().map(|exit| exit.n).sum();
    // Relative to the first event: times far from 0 then lose no digits.
    let origin = events().next().map_or(0.0, |exit| g[exit.time as usize]);
    let mean: f64 = events().map(|exit| exit.n / n * (g[exit.time as usize] - origin)).sum();
    let mut centred = vec![0.0; g.len()];
    events().for_each(|exit| centred[exit.time as usize] = (g[exit.time as usize] - origin) - mean);
    let largest = centred.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    if largest > 0.0 {
        centred.iter_mut().for_each(|value| *value /= largest);
    }
    centred
}
