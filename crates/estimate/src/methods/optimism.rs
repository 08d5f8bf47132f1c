//! How much better a model looks on the patients it was made from, and how far its figures vary: Harrell's bootstrap.
//!
//! # Formula
//! Of each replicate, the figure of its own model on the replicate less that of the same model on the patients themselves; the
//! mean over replicates is the optimism, which is subtracted from the apparent figure. The errors of calibration have no
//! standard error of their own: theirs is the standard deviation, over the replicates, of the figure of the replicate's own
//! model on the replicate, which holds the making of the model too. Taking off the optimism moves the figure and not its
//! spread (Noma et al.), so that the corrected figure has the same standard error. Limits are the figure ± z standard errors
//! within 0 and 1: quantiles of the replicates would not do, since a distance from a curve is larger, on average, where the
//! curve is drawn from a replicate.
//!
//! # References
//! Harrell, Lee & Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4. Efron & Gong 1983,
//! doi:10.1080/00031305.1983.10483087. Noma et al. 2021, doi:10.1002/sim.9148 (location-shifted intervals).

use super::calibration_curve::ERRORS;
use crate::numerics::distributions::normal_quantile;
use crate::numerics::parallel::in_order;
use crate::numerics::sums::{Moments, mean_of_finite};
use study::results::finite;
use study::{Estimate, Interval, IntervalMethod, Quantity, Results};

/// The figures of the model of one replicate.
pub(super) struct Replicate {
    /// On the replicate.
    pub(super) own: Vec<f64>,
    /// On the patients themselves.
    pub(super) original: Vec<f64>,
}

/// What the bootstrap says of each figure.
pub(super) struct Optimism {
    /// The mean difference.
    pub(super) mean: Vec<f64>,
    /// The standard deviation of the figure of the replicate; not a number where fewer than two have one.
    std_error: Vec<f64>,
    /// Replicates without finite figures.
    pub(super) lost: u64,
}

impl Optimism {
    /// Over so many replicates, each of which is given its number.
    pub(super) fn of(replicates: u64, one: impl Fn(usize) -> Option<Replicate> + Sync) -> Self {
        let kept: Vec<Replicate> = in_order(replicates as usize, one).into_iter().flatten().collect();
        let figures = 0..kept.first().map_or(0, |first| first.own.len());
        let mean = |at| mean_of_finite(kept.iter().map(|one| one.own[at] - one.original[at]));
        let spread = |at: usize| {
            let own = kept.iter().map(|one| one.own[at]).filter(|own| own.is_finite());
            Moments::of(own.map(|own| (own, 1))).standard_deviation().unwrap_or(f64::NAN)
        };
        Self {
            mean: figures.clone().map(mean).collect(),
            std_error: figures.map(spread).collect(),
            lost: replicates - kept.len() as u64,
        }
    }

    /// Writes optimism and corrected figure of each of `examined`, and the limits of those that have them from here alone.
    pub(super) fn write(
        &self,
        examined: &[(Quantity, Option<f64>)],
        apparent: &[f64],
        confidence_level: f64,
        results: &mut Results,
    ) {
        let z = normal_quantile(0.5 + 0.5 * confidence_level);
        let figures = examined.iter().zip(apparent).zip(self.mean.iter().zip(&self.std_error));
        for (((quantity, at), apparent), (optimism, std_error)) in figures {
            if !apparent.is_finite() {
                continue;
            }
            let spread = finite(*std_error).filter(|_| ERRORS.contains(quantity));
            let limited = |row: Estimate| {
                let Some((value, std_error)) = row.value.zip(spread) else { return row };
                let interval = Interval {
                    lower: finite((value - z * std_error).clamp(0.0, 1.0)),
                    upper: finite((value + z * std_error).clamp(0.0, 1.0)),
                    confidence_level,
                    method: IntervalMethod::Wald,
                };
                Estimate { std_error: Some(std_error), interval: Some(interval), ..row }
            };
            let is_apparent = |row: &&mut Estimate| {
                row.quantity == *quantity && row.at == *at && row.level.is_none() && row.group.is_none()
            };
            if let Some(row) = results.estimates.iter_mut().find(is_apparent) {
                *row = limited(row.clone());
            }
            let row = |level: &str, value| Estimate {
                level: Some(level.into()),
                at: *at,
                ..Estimate::new(*quantity, value)
            };
            let corrected = limited(row("corrected", apparent - optimism));
            results.estimates.extend([row("optimism", *optimism), corrected]);
        }
    }
}
