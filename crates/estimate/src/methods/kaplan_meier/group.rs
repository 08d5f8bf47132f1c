//! The rows, curve and notices of one group.

use super::KaplanMeierOptions;
use super::conditional;
use super::curve::{Band, ProductLimit};
use super::quantile::{Reading, median};
use crate::follow_up::GroupFollowUp;
use crate::life_table::tied;
use study::{Estimate, Interval, Notice, Quantity, Results};

/// Survival at the times asked for, quantiles, follow-up and the curve of one group.
pub(super) fn estimate(
    results: &mut Results,
    group: &GroupFollowUp,
    options: &KaplanMeierOptions,
    scale: f64,
    band: &Band,
    reading: Reading,
) {
    let curve = ProductLimit::new(&group.table);
    let level = &group.level;
    group.note_whole(results);
    for at in &options.at {
        survival(results, group, &curve, *at, scale, band);
    }
    conditional::estimate(results, group, &curve, options, scale, band);
    for probability in &options.quantiles {
        let (time, interval) = curve.quantile(*probability, band, reading);
        if time.is_none() && group.table.event_count() > 0 {
            results
                .notices
                .push(Notice::QuantileNotReached { group: level.clone(), probability: *probability });
        }
        results.estimates.push(Estimate {
            group: level.clone(),
            at: Some(*probability),
            interval: Some(shown(interval, scale)),
            ..Estimate::new(Quantity::SurvivalQuantile, time.map_or(f64::NAN, |time| time / scale))
        });
    }
    follow_up(results, group, scale, band, reading);
    if group.table.n() > 0 {
        results.curves.push(curve.steps(level.clone(), scale, band));
    }
}

fn survival(
    results: &mut Results,
    group: &GroupFollowUp,
    curve: &ProductLimit<'_>,
    at: f64,
    scale: f64,
    band: &Band,
) {
    let at_risk = group.table.at_risk_at(tied(at * scale));
    let point = curve.at(at * scale);
    group.note_time(results, at, point.is_some(), scale);
    let limits = point.and_then(|point| band.scale.limits(point.survival, point.log_variance, band.z));
    results.estimates.push(Estimate {
        group: group.level.clone(),
        at: Some(at),
        std_error: point.and_then(|point| point.std_error()),
        interval: limits.map(|(lower, upper)| Interval {
            lower: Some(lower),
            upper: Some(upper),
            confidence_level: band.confidence_level,
            method: band.scale.method(),
        }),
        n: Some(at_risk),
        ..Estimate::new(Quantity::Survival, point.map_or(f64::NAN, |point| point.survival))
    });
}

/// Median follow-up by the reverse curve, and the plain median of the observed times.
pub(super) fn follow_up(
    results: &mut Results,
    group: &GroupFollowUp,
    scale: f64,
    band: &Band,
    reading: Reading,
) {
    let reversed = group.table.reversed();
    let (time, interval) = ProductLimit::new(&reversed).quantile(0.5, band, reading);
    let table = &group.table;
    let mut observed: Vec<(f64, u64)> =
        table.courses().iter().map(|course| (tied(course.time - course.entry), course.n)).collect();
    observed.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (lengths, frequencies): (Vec<f64>, Vec<u64>) = observed.into_iter().unzip();
    let observed = median(&lengths, frequencies.into_iter());
    if time.is_none() && table.n() > 0 {
        let whom = group.level.as_ref().map_or(String::new(), |level| format!(" in the group “{level}”"));
        results.notices.push(Notice::Other {
            message: format!(
                "Median follow-up (reverse Kaplan–Meier) not reached{whom}: too few are censored."
            ),
        });
    }
    let row = |quantity, value: Option<f64>| Estimate {
        group: group.level.clone(),
        n: Some(table.n()),
        ..Estimate::new(quantity, value.map_or(f64::NAN, |value| value / scale))
    };
    results
        .estimates
        .push(Estimate { interval: Some(shown(interval, scale)), ..row(Quantity::FollowUpMedian, time) });
    results.estimates.push(row(Quantity::ObservedTimeMedian, observed));
}

fn shown(interval: Interval, scale: f64) -> Interval {
    Interval {
        lower: interval.lower.map(|time| time / scale),
        upper: interval.upper.map(|time| time / scale),
        ..interval
    }
}
