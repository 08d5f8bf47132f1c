//! The curves of splines, pooled point by point on the logarithmic scale.

use super::Pooling;
use crate::imputation::rubin::{mean, pool_estimates};
use crate::numerics::distributions::{normal_quantile, t_quantile};
use study::results::finite;
use study::{EffectCurve, Results};

/// The pooled curves; one whose values are not the same in every data set is left out.
pub(super) fn pool(sets: &[Results], pooling: Pooling) -> Vec<EffectCurve> {
    let Some(first) = sets.first() else { return Vec::new() };
    let pooled = first.effects.iter().filter_map(|curve| {
        let same = |other: &&EffectCurve| {
            let own = other.model == curve.model && other.term == curve.term && other.held == curve.held;
            own && other.quantity == curve.quantity && other.x == curve.x
        };
        let curves: Vec<&EffectCurve> =
            sets.iter().map(|set| set.effects.iter().find(same)).collect::<Option<_>>()?;
        if curves.iter().all(|other| *other == curve) {
            return Some(curve.clone());
        }
        let ratio = |set: &Results| {
            let row = set.estimates.iter().find(|row| {
                let own = row.model == Some(curve.model) && row.term.as_ref() == Some(&curve.term);
                own && row.quantity == curve.quantity
            });
            row.map_or(f64::INFINITY, |row| pooling.df.complete(set, row))
        };
        let df = sets.iter().map(ratio).fold(f64::INFINITY, f64::min);
        Some(one(&curves, df, pooling.confidence_level))
    });
    pooled.collect()
}

fn one(curves: &[&EffectCurve], complete_df: f64, confidence_level: f64) -> EffectCurve {
    let probability = 0.5 + 0.5 * confidence_level;
    let z = normal_quantile(probability);
    let mut pooled =
        EffectCurve { ratio: Vec::new(), lower: Vec::new(), upper: Vec::new(), ..curves[0].clone() };
    for at in 0..pooled.x.len() {
        let log = |values: &[Option<f64>]| values[at].map(libm::log);
        let points: Option<Vec<(f64, f64)>> = curves
            .iter()
            .map(|curve| {
                let half = (log(&curve.upper)? - log(&curve.lower)?) / (2.0 * z);
                Some((log(&curve.ratio)?, half * half))
            })
            .collect();
        let Some((ratios, variances)) =
            points.map(|points| points.into_iter().unzip::<_, _, Vec<_>, Vec<_>>())
        else {
            for list in [&mut pooled.ratio, &mut pooled.lower, &mut pooled.upper] {
                list.push(None);
            }
            continue;
        };
        // At the value of reference nothing varies.
        let (centre, half) = match pool_estimates(&ratios, &variances, complete_df) {
            Some(found) => (found.estimate, t_quantile(probability, found.df) * found.total.sqrt()),
            None => (mean(&ratios), 0.0),
        };
        let back = |log: f64| finite(libm::exp(log));
        pooled.ratio.push(back(centre));
        pooled.lower.push(back(centre - half));
        pooled.upper.push(back(centre + half));
    }
    for bar in 0..pooled.patients.len() {
        let patients: Vec<f64> = curves.iter().map(|curve| curve.patients[bar] as f64).collect();
        pooled.patients[bar] = mean(&patients).round() as u64;
    }
    pooled
}
