//! By how much the cumulative hazard rises at each event time, and what that adds to its variance.

use crate::influence::{self, Increment};
use crate::life_table::{LifeTable, Weighing};
use crate::methods::models::WeightKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use study::{Analysis, Problem};

/// How tied events are handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HazardTies {
    /// Together: d/n, of d events among n at risk.
    #[default]
    NelsonAalen,
    /// As if one after the other: 1/n + 1/(n − 1) + … to d terms.
    FlemingHarrington,
}

impl HazardTies {
    /// The estimator in words.
    pub(in crate::methods) fn text(self) -> &'static str {
        match self {
            Self::NelsonAalen => "the Nelson–Aalen method",
            Self::FlemingHarrington => {
                "the Nelson–Aalen method with Fleming and Harrington’s correction for ties"
            }
        }
    }
}

/// The variance of a hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HazardVariance {
    /// That of a Poisson count: d/n².
    Aalen,
    /// That of a binomial count, as Greenwood's: d(n − d)/n³.
    Greenwood,
}

impl HazardVariance {
    /// The variance that is used: none of them with sampling weights, Aalen's where none is wanted.
    pub(in crate::methods) fn resolved(wanted: Option<Self>, kind: Option<WeightKind>) -> Option<Self> {
        match kind {
            Some(WeightKind::Sampling) => None,
            _ => Some(wanted.unwrap_or(Self::Aalen)),
        }
    }

    /// In words.
    pub(in crate::methods) fn words(used: Option<Self>) -> &'static str {
        match used {
            Some(Self::Aalen) => "Aalen’s variance",
            Some(Self::Greenwood) => "a binomial variance (Greenwood)",
            None => "a robust variance",
        }
    }
}

/// Refuses a variance beside sampling weights, which have their own.
pub(in crate::methods) fn check_variance(
    analysis: &Analysis,
    variance: Option<HazardVariance>,
    kind: Option<WeightKind>,
) -> Result<(), Problem> {
    if variance.is_some() && kind == Some(WeightKind::Sampling) {
        return Err(analysis
            .refuse(&["variance".into()], "with sampling weights the variance is the robust one")
            .help("remove `variance`"));
    }
    Ok(())
}

/// The rises of a cumulative hazard at the distinct times of a life table; 0 where nobody has the event.
pub(in crate::methods) struct Rise {
    /// dΛ.
    pub(in crate::methods) hazard: Vec<f64>,
    /// Its variance, where patients are only counted.
    variance: Vec<f64>,
    /// What it changes with the weight of a patient, for the robust variance.
    influence: Vec<Increment>,
}

/// One of them.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    hazard: f64,
    aalen: f64,
    greenwood: f64,
    /// Derivatives by the sum of weights at risk and of events.
    by_risk: f64,
    by_events: f64,
}

impl Step {
    /// `d` patients of weight `weight` together have the event, of a weight `at_risk`.
    fn of(d: u64, weight: f64, at_risk: f64, ties: HazardTies) -> Self {
        let mut step = Self::default();
        let count = d as f64;
        let (times, share) = match ties {
            HazardTies::NelsonAalen => (1, weight),
            HazardTies::FlemingHarrington => (d, weight / count),
        };
        for k in 0..times {
            let left = at_risk - k as f64 * share;
            step.hazard += share / left;
            step.aalen += share / (left * left);
            step.greenwood += share * (left - share) / (left * left * left);
            step.by_risk -= share / (left * left);
            // Of a share of the events, with what has left before it.
            step.by_events += (1.0 / left + share * k as f64 / (left * left)) * (share / weight);
        }
        step
    }
}

impl Rise {
    /// Nobody's with sampling weights has a variance here: it is the robust one.
    pub(in crate::methods) fn of(
        table: &LifeTable,
        ties: HazardTies,
        variance: Option<HazardVariance>,
    ) -> Self {
        let mut rise = Self { hazard: Vec::new(), variance: Vec::new(), influence: Vec::new() };
        for index in 0..table.time.len() {
            let d = table.events[index];
            let step = match d {
                0 => Step::default(),
                _ => Step::of(d, table.event_weight(index), table.weight_at_risk(index), ties),
            };
            rise.hazard.push(step.hazard);
            rise.variance.push(match variance {
                Some(HazardVariance::Greenwood) => step.greenwood.max(0.0),
                _ => step.aalen,
            });
            rise.influence.push(Increment { surviving: step.by_risk, dying: step.by_risk + step.by_events });
        }
        rise
    }

    /// Λ̂ and its variance after each distinct time.
    pub(in crate::methods) fn cumulated(&self, table: &LifeTable) -> Cumulated {
        let variance = match table.weighing() {
            Weighing::Sampled => influence::variances(table, &self.influence),
            Weighing::Counted => running(&self.variance),
        };
        Cumulated { hazard: running(&self.hazard), variance }
    }

    /// Σ w dΛ over some distinct times, and its variance; `weight` is w of a time.
    pub(in crate::methods) fn weighed(
        &self,
        table: &LifeTable,
        reach: Range<usize>,
        weight: impl Fn(f64) -> f64,
    ) -> (f64, f64) {
        let weights: Vec<f64> = table.time[reach.clone()].iter().map(|time| weight(*time)).collect();
        let hazard = weights.iter().zip(&self.hazard[reach.clone()]).map(|(w, rise)| w * rise).sum();
        let variance = match table.weighing() {
            Weighing::Counted => {
                weights.iter().zip(&self.variance[reach]).map(|(w, variance)| w * w * variance).sum()
            }
            Weighing::Sampled => {
                let mut increments = vec![Increment::default(); table.time.len()];
                let own = increments[reach.clone()].iter_mut().zip(&self.influence[reach]).zip(&weights);
                for ((increment, own), w) in own {
                    *increment = Increment { surviving: w * own.surviving, dying: w * own.dying };
                }
                influence::variances(table, &increments).last().copied().unwrap_or(0.0)
            }
        };
        (hazard, variance)
    }
}

/// A cumulative hazard and its variance.
pub(in crate::methods) struct Cumulated {
    hazard: Vec<f64>,
    variance: Vec<f64>,
}

impl Cumulated {
    /// Both after so many distinct times.
    pub(in crate::methods) fn after(&self, passed: usize) -> (f64, f64) {
        passed.checked_sub(1).map_or((0.0, 0.0), |at| (self.hazard[at], self.variance[at]))
    }
}

fn running(parts: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    parts
        .iter()
        .map(|part| {
            sum += part;
            sum
        })
        .collect()
}
