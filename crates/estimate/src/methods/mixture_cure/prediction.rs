//! What a fitted mixture says of patients: how probable it is that they are cured, and their survival.
//!
//! # Formula
//! ĉ = 1/(1 + e^(−z′γ̂)), its limits symmetric on the logit scale; of several patients the mean, its standard error by
//! the delta method with the patients as they are. Ŝ(t) = ĉ + (1 − ĉ) Ŝᵤ(t), its limits on the scale of log(−log S), its
//! standard error from the whole covariance matrix of both parts.

use super::boundary::Found;
use super::likelihood::Mixture;
use super::share_interval::limits;
use crate::likelihood::Likelihood;
use crate::methods::parametric_survival::prediction::Width;
use crate::numerics::rank::{dot, norm};
use crate::numerics::sums::at_least_zero;
use crate::time_law::expit;
use std::cell::RefCell;
use study::results::finite;
use study::{Estimate, Interval, IntervalMethod, Quantity};

/// A patient of a model: rows of both matrices, each ending with 1, and for how large a share of some patients he stands.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) z: Vec<f64>,
    pub(super) x: Vec<f64>,
    pub(super) share: f64,
}

/// How probable it is that somebody is cured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cured {
    /// The limit of an infinite estimate: 0 or 1.
    Certain(f64),
    /// The log odds.
    LogOdds(f64),
    /// The coefficients that it rests on are not determined.
    Unknown,
}

/// A fit with the model it is of, its latency in the parameters of hazards.
pub(super) struct Predicting<'a> {
    pub(super) model: &'a Mixture,
    pub(super) found: &'a Found<'a>,
    pub(super) width: Width,
    pub(super) shares: ShareLimits,
    /// The profile limits that are known already.
    pub(super) profiled: RefCell<Vec<(Vec<f64>, Option<Interval>)>>,
}

/// Of which shares the limits are those of the profile likelihood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShareLimits {
    /// Of none: shares have parameters in common.
    Wald,
    /// Of those at the border, which have no standard error.
    AtBorder,
    /// Of all.
    Profile,
}

impl Predicting<'_> {
    fn gamma_only(&self, z: &[f64]) -> Vec<f64> {
        self.model.joined(z, &vec![0.0; self.model.latency.parameters()])
    }

    pub(super) fn cured(&self, z: &[f64]) -> Cured {
        for direction in &self.found.directions {
            let own = self.model.gamma(direction);
            let along = dot(own, z);
            if along.abs() > 1e-6 * norm(own) * norm(z) {
                return Cured::Certain(if along > 0.0 { 1.0 } else { 0.0 });
            }
        }
        match self.found.fit.combination(&self.gamma_only(z)) {
            Some((log_odds, _)) => Cured::LogOdds(log_odds),
            None => Cured::Unknown,
        }
    }

    /// The mean over patients of the probability of being cured, without the names of whom.
    pub(super) fn cured_share(&self, members: &[Member]) -> Option<Estimate> {
        let row = self.wald_share(members)?;
        let alike = members.windows(2).all(|pair| pair[0].z == pair[1].z);
        let wanted = match self.shares {
            ShareLimits::Wald => false,
            ShareLimits::AtBorder => row.interval.is_none(),
            ShareLimits::Profile => true,
        };
        match members.first().filter(|_| alike && wanted) {
            Some(member) => Some(Estimate { interval: self.profile(&member.z), ..row }),
            None => Some(row),
        }
    }

    /// The profile limits of the share of patients who are alike.
    fn profile(&self, z: &[f64]) -> Option<Interval> {
        let mut profiled = self.profiled.borrow_mut();
        if let Some((_, known)) = profiled.iter().find(|(known, _)| known == z) {
            return *known;
        }
        let limits = limits(self.model, self.found, z, self.width.z);
        let interval = limits.map(|(lower, upper)| Interval {
            method: IntervalMethod::ProfileLikelihood,
            ..self.width.interval(lower, upper)
        });
        profiled.push((z.to_vec(), interval));
        interval
    }

    fn wald_share(&self, members: &[Member]) -> Option<Estimate> {
        let mut mean = 0.0;
        let mut gradient = vec![0.0; self.model.incidence];
        for member in members {
            match self.cured(&member.z) {
                Cured::Certain(share) => mean += member.share * share,
                Cured::LogOdds(log_odds) => {
                    let (cured, uncured) = (expit(log_odds), expit(-log_odds));
                    mean += member.share * cured;
                    for (sum, z) in gradient.iter_mut().zip(&member.z) {
                        *sum += member.share * cured * uncured * z;
                    }
                }
                Cured::Unknown => return None,
            }
        }
        let row = Estimate::new(Quantity::CuredShare, mean);
        if gradient.iter().all(|value| *value == 0.0) {
            return Some(row);
        }
        let (_, variance) = self.found.fit.combination(&self.gamma_only(&gradient))?;
        let std_error = at_least_zero(variance).sqrt();
        let logit = libm::log(mean) - libm::log1p(-mean);
        let half = self.width.z * std_error / (mean * (1.0 - mean));
        Some(Estimate {
            std_error: finite(std_error),
            interval: Some(self.width.interval(expit(logit - half), expit(logit + half))),
            ..row
        })
    }

    /// y, the place of a time under the law of those who are not cured.
    fn place(&self, x: &[f64], u: f64) -> Option<(f64, Vec<f64>)> {
        let law: Vec<f64> = x.iter().copied().chain(self.model.latency.shape.then_some(u)).collect();
        let own = self.model.joined(&vec![0.0; self.model.incidence], &law);
        let (value, _) = self.found.fit.combination(&own)?;
        // The slope of a law without a shape is no parameter.
        let fixed = if self.model.latency.shape { 0.0 } else { self.model.latency.spread * u };
        Some((value + fixed, law))
    }

    fn standardised(&self, at: f64) -> f64 {
        (libm::log(at) - self.model.latency.centre) / self.model.latency.spread
    }

    /// How probable it is that a patient is cured, and his survival at a time were he not.
    pub(super) fn parts(&self, member: &Member, at: f64) -> Option<(f64, f64)> {
        let (y, _) = self.place(&member.x, self.standardised(at))?;
        let uncured = libm::exp(self.model.latency.law.log_survival(y).value);
        match self.cured(&member.z) {
            Cured::Certain(share) => Some((share, uncured)),
            Cured::LogOdds(log_odds) => Some((expit(log_odds), uncured)),
            Cured::Unknown => None,
        }
    }

    /// Survival of a patient at a time, with its limits.
    pub(super) fn survival(&self, member: &Member, at: f64) -> Option<Estimate> {
        let (y, law) = self.place(&member.x, self.standardised(at))?;
        let (cured, below) = self.parts(member, at)?;
        let uncured = 1.0 - cured;
        let value = cured + uncured * below;
        let by_y = uncured * below * self.model.latency.law.log_survival(y).slope;
        let by_a = cured * uncured * (1.0 - below);
        let gamma: Vec<f64> = member.z.iter().map(|z| z * by_a).collect();
        let law: Vec<f64> = law.iter().map(|x| x * by_y).collect();
        let row = Estimate { at: Some(at), ..Estimate::new(Quantity::PredictedSurvival, value) };
        let found = self.found.fit.combination(&self.model.joined(&gamma, &law));
        let std_error = found.map_or(f64::NAN, |(_, variance)| at_least_zero(variance).sqrt());
        let cumulative = -libm::log(value);
        let half = self.width.z * std_error / (value * cumulative);
        if !(half.is_finite() && cumulative > 0.0) {
            return Some(row);
        }
        let limit = |sign: f64| libm::exp(-cumulative * libm::exp(sign * half));
        Some(Estimate {
            std_error: finite(std_error),
            interval: Some(self.width.interval(limit(1.0), limit(-1.0))),
            ..row
        })
    }
}
