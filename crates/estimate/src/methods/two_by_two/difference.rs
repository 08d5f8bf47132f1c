//! The risk difference.
//!
//! # Estimand
//! Risk of the exposed less that of the others.
//! # Formula
//! d = p̂₁ − p̂₂. Wald: d ± z √(p̂₁q̂₁/n₁ + p̂₂q̂₂/n₂); corrected for continuity, wider on both sides by
//! k (1/n₁ + 1/n₂), k = ½ or what takes d to 0 (as R's prop.test). Newcombe: from Wilson's limits l, u of both risks,
//! d − √((p̂₁ − l₁)² + (u₂ − p̂₂)²) and d + √((u₁ − p̂₁)² + (p̂₂ − l₂)²).
//! Miettinen–Nurminen: the δ with (d − δ)² = z² (p̃₁q̃₁/n₁ + p̃₂q̃₂/n₂) N/(N − 1), p̃ the most likely risks with
//! p̃₁ − p̃₂ = δ.
//! # References
//! Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I (method 10).
//! Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211.

use super::fourfold::{Effect, Fourfold};
use super::risk::{wilson, z_of};
use crate::numerics::root;
use study::results::finite;

/// The difference alone.
fn plain(table: &Fourfold) -> Effect {
    let [p1, p2] = table.risks();
    Effect { value: finite(p1 - p2), ..Effect::default() }
}

/// With Wald limits; none where both risks are 0 or 1, where their estimated variance is 0.
pub fn wald(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = plain(table);
    let [a, b, c, d] = table.real_cells();
    let (n1, n2) = (table.n1 as f64, table.n2 as f64);
    let std_error = (a / n1 * (b / n1) / n1 + c / n2 * (d / n2) / n2).sqrt();
    let (Some(value), true) = (effect.value, std_error > 0.0) else { return effect };
    let half = z_of(confidence_level) * std_error;
    Effect { std_error: Some(std_error), lower: Some(value - half), upper: Some(value + half), ..effect }
}

/// With Wald limits corrected for continuity, within what a difference can be.
pub fn wald_corrected(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = wald(table, confidence_level);
    let parts = 1.0 / table.n1 as f64 + 1.0 / table.n2 as f64;
    let wider = (0.5 * parts).min(effect.value.unwrap_or(0.0).abs());
    Effect {
        lower: effect.lower.map(|lower| (lower - wider).max(-1.0)),
        upper: effect.upper.map(|upper| (upper + wider).min(1.0)),
        ..effect
    }
}

/// With Newcombe's limits.
pub fn newcombe(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = plain(table);
    let first = wilson(table.x1, table.n1, confidence_level);
    let second = wilson(table.x2, table.n2, confidence_level);
    let (Some(value), Some([l1, u1]), Some([l2, u2])) = (effect.value, first, second) else { return effect };
    let [p1, p2] = table.risks();
    Effect {
        lower: Some(value - (p1 - l1).hypot(u2 - p2)),
        upper: Some(value + (u1 - p1).hypot(p2 - l2)),
        ..effect
    }
}

/// With Miettinen and Nurminen's limits.
pub fn miettinen_nurminen(table: &Fourfold, confidence_level: f64) -> Effect {
    if 2 * u128::from(table.events()) > u128::from(table.total()) {
        // Small risks keep their digits where their complements would not.
        return miettinen_nurminen(&table.complement(), confidence_level).negated();
    }
    let effect = plain(table);
    let (Some(value), true) = (effect.value, table.total() > 1) else { return effect };
    let z = z_of(confidence_level);
    let standardized = |delta: f64| score(table, delta);
    let lower = if value <= -1.0 { Some(-1.0) } else { root::between(|d| standardized(d) - z, -1.0, value) };
    let upper = if value >= 1.0 { Some(1.0) } else { root::between(|d| standardized(d) + z, value, 1.0) };
    Effect { lower, upper, ..effect }
}

/// How far the difference is from δ, in standard errors of the most likely risks whose difference is δ.
pub(super) fn score(table: &Fourfold, delta: f64) -> f64 {
    let [p1, p2] = table.risks();
    let distance = (p1 - p2) - delta;
    if distance == 0.0 {
        return 0.0;
    }
    let (low, high) = constrained(table, delta);
    let (n1, n2) = (table.n1 as f64, table.n2 as f64);
    let total = n1 + n2;
    let variance = (low * (1.0 - low) / n1 + high * (1.0 - high) / n2) * (total / (total - 1.0));
    distance / variance.max(0.0).sqrt()
}

/// The most likely risks whose difference is δ. The likelihood is concave in the second: its slope falls.
fn constrained(table: &Fourfold, delta: f64) -> (f64, f64) {
    let [a, b, c, d] = table.real_cells();
    let part = |count: f64, risk: f64| if count == 0.0 { 0.0 } else { count / risk.max(0.0) };
    // Measured from its lower end, where one of the risks is 0.
    let (shift1, shift2) = (delta.max(0.0), (-delta).max(0.0));
    let length = (1.0 - delta.abs()).max(0.0);
    let slope = |t: f64| {
        let rest = length - t;
        part(a, t + shift1) + part(c, t + shift2) - part(b, rest + shift2) - part(d, rest + shift1)
    };
    let t = if slope(0.0) <= 0.0 {
        0.0
    } else if slope(length) >= 0.0 {
        length
    } else {
        root::between(slope, 0.0, length).unwrap_or(0.0)
    };
    (t + shift1, t + shift2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newcombes_own_examples() {
        // Newcombe 1998, Table II: 56/70 − 48/80, 9/10 − 3/10, 5/56 − 0/29, 0/10 − 0/20 by method 10, four decimals.
        for (cells, lower, upper) in [
            ([56, 14, 48, 32], 0.0524, 0.3339),
            ([9, 1, 3, 7], 0.1705, 0.8090),
            ([5, 51, 0, 29], -0.0381, 0.1926),
            ([0, 10, 0, 20], -0.1611, 0.2775),
            ([10, 0, 0, 10], 0.6075, 1.0),
        ] {
            let effect = newcombe(&Fourfold::of_cells(cells), 0.95);
            assert!((effect.lower.unwrap() - lower).abs() < 5e-5, "{effect:?}");
            assert!((effect.upper.unwrap() - upper).abs() < 5e-5, "{effect:?}");
        }
        // The same table by method 6, which is Miettinen and Nurminen's: 0.0528 to 0.3382.
        let effect = miettinen_nurminen(&Fourfold::of_cells([56, 14, 48, 32]), 0.95);
        assert!(
            (effect.lower.unwrap() - 0.0528).abs() < 5e-5 && (effect.upper.unwrap() - 0.3382).abs() < 5e-5
        );
    }

    #[test]
    fn a_correction_goes_no_further_than_to_no_difference() {
        // 10 of 20 against 5 of 20: half of 1/20 + 1/20 wider; 10 of 20 against 10 of 20: not wider at all.
        let [apart, alike] = [[10, 10, 5, 15], [10, 10, 10, 10]].map(Fourfold::of_cells);
        let plain = wald(&apart, 0.95);
        let corrected = wald_corrected(&apart, 0.95);
        assert!((plain.lower.unwrap() - corrected.lower.unwrap() - 0.05).abs() < 1e-15);
        assert!((corrected.upper.unwrap() - plain.upper.unwrap() - 0.05).abs() < 1e-15);
        assert_eq!(wald(&alike, 0.95), wald_corrected(&alike, 0.95));
        // R 4.2.2: prop.test(c(15, 3), c(20, 20))$conf.int.
        let effect = wald_corrected(&Fourfold::of_cells([15, 5, 3, 17]), 0.95);
        assert!((effect.lower.unwrap() - 0.304_026_472_103_332_95).abs() < 1e-14, "{effect:?}");
        assert!((effect.upper.unwrap() - 0.895_973_527_896_667).abs() < 1e-14, "{effect:?}");
    }

    /// By hand, `two_by_two`: the variance of a difference of 15/20 and 10/40.
    #[test]
    fn wald_by_hand() {
        // 15/20 − 10/40 = 1/2, variance (3/16)/20 + (3/16)/40.
        let effect = wald(&Fourfold::of_cells([15, 5, 10, 30]), 0.95);
        let std_error = (0.1875_f64 / 20.0 + 0.1875 / 40.0).sqrt();
        assert_eq!(effect.value, Some(0.5));
        assert!((effect.std_error.unwrap() - std_error).abs() < 1e-15);
        assert!((effect.upper.unwrap() - 0.5 - z_of(0.95) * std_error).abs() < 1e-15);
        assert_eq!(wald(&Fourfold::of_cells([0, 4, 0, 5]), 0.95).lower, None);
        assert_eq!(wald(&Fourfold::of_cells([0, 0, 1, 5]), 0.95), Effect::default());
    }

    /// By hand, `two_by_two`: Miettinen and Nurminen’s limits of the difference between none and none, in closed form.
    #[test]
    fn nobody_and_everybody_have_limits() {
        // Nobody in either group of n: at δ > 0 the second risk is 0, the first δ: δ² = z² δ(1 − δ)/n · 2n/(2n − 1).
        let n = 12.0;
        let effect = miettinen_nurminen(&Fourfold::of_cells([0, 12, 0, 12]), 0.95);
        let k = z_of(0.95).powi(2) / n * (2.0 * n / (2.0 * n - 1.0));
        assert!((effect.upper.unwrap() - k / (1.0 + k)).abs() < 1e-14, "{effect:?}");
        assert!((effect.lower.unwrap() + k / (1.0 + k)).abs() < 1e-14);
        let all = miettinen_nurminen(&Fourfold::of_cells([7, 0, 0, 9]), 0.95);
        assert_eq!((all.value, all.upper), (Some(1.0), Some(1.0)));
        assert!(all.lower.unwrap() < 1.0);
    }
}
