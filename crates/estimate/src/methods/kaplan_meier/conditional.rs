//! Survival for a further time of those who are free of the event at a given one.
//!
//! # Formula
//! Ŝ(s | t) = Ŝ(t + s) / Ŝ(t), which is the product of 1 − dᵢ/nᵢ over the event times in (t, t + s]. Its logarithm has the
//! variance of Greenwood's sum over the same times, or with sampling weights the infinitesimal jackknife of that product.
//!
//! # Worked example
//! Events at 1, 2, 3 and 4, one censored at 5: Ŝ(2) = 3/5, Ŝ(4) = 1/5, so that Ŝ(2 | 2) = 2/3 · 1/2 = 1/3, with the sum
//! 1/(3·2) + 1/(2·1) = 2/3.
//!
//! # References
//! Zabor et al. 2013, doi:10.1200/JCO.2013.49.7768 (clinical use). Klein & Moeschberger 2003, Survival Analysis, chapter 4.

use super::KaplanMeierOptions;
use super::curve::{Band, ProductLimit};
use crate::follow_up::GroupFollowUp;
use crate::life_table::tied;
use study::{Analysis, Estimate, Interval, Problem, Quantity, Results};

/// Refuses times that nobody can have passed, and a condition without a further time.
pub(super) fn check(options: &KaplanMeierOptions, analysis: &Analysis) -> Result<(), Problem> {
    for (index, given) in options.conditional.iter().enumerate() {
        if !(*given > 0.0 && given.is_finite()) {
            return Err(analysis
                .refuse(
                    &["conditional".into(), index.into()],
                    format!("no survival can be conditional on time {given}"),
                )
                .help("give times after 0, in the endpoint's unit"));
        }
    }
    if !options.conditional.is_empty() && options.at.is_empty() {
        return Err(analysis
            .refuse(&["conditional".into()], "no further time is given over which survival is estimated")
            .help("give the further times with `at`, for example at = [12]"));
    }
    Ok(())
}

/// The rows of one group: each time given, with each further time.
pub(super) fn estimate(
    results: &mut Results,
    group: &GroupFollowUp,
    unconditional: &ProductLimit<'_>,
    options: &KaplanMeierOptions,
    scale: f64,
    band: &Band,
) {
    for given in &options.conditional {
        // After a curve has come down to 0 nobody is left of whom anything could be said.
        let reached = unconditional.at(given * scale).is_some_and(|point| point.survival > 0.0);
        let curve = ProductLimit::after(&group.table, tied(given * scale));
        for further in &options.at {
            let until = (given + further) * scale;
            let point = if reached { curve.at(until) } else { None };
            let at_risk = group.table.at_risk_at(tied(until));
            group.note_time(results, given + further, point.is_some(), scale);
            let limits =
                point.and_then(|point| band.scale.limits(point.survival, point.log_variance, band.z));
            results.estimates.push(Estimate {
                level: Some(given.to_string()),
                group: group.level.clone(),
                at: Some(*further),
                std_error: point.and_then(|point| point.std_error()),
                interval: limits.map(|(lower, upper)| Interval {
                    lower: Some(lower),
                    upper: Some(upper),
                    confidence_level: band.confidence_level,
                    method: band.scale.method(),
                }),
                n: Some(at_risk),
                ..Estimate::new(Quantity::ConditionalSurvival, point.map_or(f64::NAN, |point| point.survival))
            });
        }
    }
}
