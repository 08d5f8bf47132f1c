//! The risk ratio.
//!
//! # Estimand
//! Risk of the exposed over that of the others.
//! # Formula
//! θ = p̂₁/p̂₂. Wald (Katz): ln θ ± z √(1/x₁ − 1/n₁ + 1/x₂ − 1/n₂), which zero events leave without limits.
//! Miettinen–Nurminen: the θ with (p̂₁ − θp̂₂)² = z² (p̃₁q̃₁/n₁ + θ² p̃₂q̃₂/n₂) N/(N − 1), p̃ the most likely risks with
//! p̃₁ = θ p̃₂; it has a limit on every side on which the ratio is not already 0 or infinite.
//! # References
//! Katz et al. 1978, doi:10.2307/2530610. Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211.

use super::fourfold::{Effect, Fourfold};
use super::risk::z_of;
use crate::numerics::root;
use study::results::finite;

/// How far from the estimate, in logarithms, a limit is sought: no table of 64-bit counts has one beyond.
pub(super) const REACH: f64 = 200.0;

fn plain(table: &Fourfold) -> Effect {
    let [p1, p2] = table.risks();
    Effect { value: finite(p1 / p2), ..Effect::default() }
}

/// With Wald limits; none with a risk of 0 or where both are 1.
pub fn wald(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = plain(table);
    let [a, b, c, d] = table.real_cells();
    let variance = b / a / (a + b) + d / c / (c + d);
    match variance > 0.0 && variance.is_finite() {
        true => effect.with_limits_on_log(variance.sqrt(), confidence_level),
        false => effect,
    }
}

/// With Miettinen and Nurminen's limits.
pub fn miettinen_nurminen(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = plain(table);
    if !table.has_both_groups() || table.events() == 0 {
        return effect;
    }
    let z = z_of(confidence_level);
    let (n1, n2) = (table.n1 as f64, table.n2 as f64);
    let (x1, x2) = (table.x1 as f64, table.x2 as f64);
    let start = ((x1 + 0.5) / (n1 + 0.5)).ln() - ((x2 + 0.5) / (n2 + 0.5)).ln();
    let limit = |at: f64| root::of_falling(|log| score(table, log.exp()) - at, start, REACH).map(f64::exp);
    let lower = if table.x1 == 0 { Some(0.0) } else { limit(z) };
    let upper = if table.x2 == 0 { None } else { limit(-z) };
    Effect { lower, upper, ..effect }
}

/// How far the first risk is from θ times the second, in standard errors of the most likely risks whose ratio is θ.
pub(super) fn score(table: &Fourfold, theta: f64) -> f64 {
    let [p1, p2] = table.risks();
    let distance = p1 - theta * p2;
    if distance == 0.0 {
        return 0.0;
    }
    let (n1, n2) = (table.n1 as f64, table.n2 as f64);
    let (x1, x2, total) = (table.x1 as f64, table.x2 as f64, n1 + n2);
    let b = n1 * theta + x1 + n2 + x2 * theta;
    let root = (b * b - 4.0 * total * theta * (x1 + x2)).max(0.0).sqrt();
    let second = (2.0 * (x1 + x2) / (b + root)).min(1.0);
    let first = (theta * second).min(1.0);
    let variance = first * (1.0 - first) / n1 + theta * theta * second * (1.0 - second) / n2;
    distance / (variance * (total / (total - 1.0))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `two_by_two`: the variance of the logarithm of a risk ratio of 3.
    #[test]
    fn wald_by_hand() {
        // 15/20 over 10/40 is 3; variance 1/15 − 1/20 + 1/10 − 1/40.
        let effect = wald(&Fourfold::of_cells([15, 5, 10, 30]), 0.95);
        assert!((effect.value.unwrap() - 3.0).abs() < 1e-15);
        let variance = 1.0_f64 / 15.0 - 0.05 + 0.1 - 0.025;
        assert!((effect.std_error.unwrap() - variance.sqrt()).abs() < 1e-15);
        assert!((effect.lower.unwrap() * effect.upper.unwrap() - 9.0).abs() < 1e-13);
    }

    /// By hand, `two_by_two`: the score limit of a risk ratio where everybody has the event, in closed form.
    #[test]
    fn without_events_there_are_limits_only_where_they_exist() {
        let none = miettinen_nurminen(&Fourfold::of_cells([0, 10, 4, 6]), 0.95);
        assert_eq!((none.value, none.lower), (Some(0.0), Some(0.0)));
        assert!(none.upper.unwrap() > 0.0);
        let infinite = miettinen_nurminen(&Fourfold::of_cells([4, 6, 0, 10]), 0.95);
        assert_eq!((infinite.value, infinite.upper), (None, None));
        // The ratio seen the other way round.
        assert!((infinite.lower.unwrap() * none.upper.unwrap() - 1.0).abs() < 1e-12);
        for empty in [[0, 10, 0, 4], [0, 0, 3, 4], [3, 4, 0, 0]] {
            for effect in
                [wald(&Fourfold::of_cells(empty), 0.95), miettinen_nurminen(&Fourfold::of_cells(empty), 0.95)]
            {
                assert_eq!(effect, Effect::default());
            }
        }
        assert_eq!(wald(&Fourfold::of_cells([0, 10, 4, 6]), 0.95).upper, None);
        let all = miettinen_nurminen(&Fourfold::of_cells([8, 0, 8, 0]), 0.95);
        // At θ < 1 the second risk is 1 and the first θ: 1 − θ = z² θ/8 · 16/15.
        let k = z_of(0.95).powi(2) / 7.5;
        assert!((all.lower.unwrap() - 1.0 / (1.0 + k)).abs() < 1e-13, "{all:?}");
    }
}
