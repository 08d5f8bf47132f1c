//! The odds ratio.
//!
//! # Estimand
//! Odds of the outcome of the exposed over those of the others.
//! # Formula
//! ψ = ad/bc. Wald (Woolf): ln ψ ± z √(1/a + 1/b + 1/c + 1/d), which an empty cell leaves without limits.
//! Miettinen–Nurminen: the ψ with (x₁ − n₁p̃₁)² (1/(n₁p̃₁q̃₁) + 1/(n₂p̃₂q̃₂)) (N − 1)/N = z², p̃ the most likely risks
//! with that odds ratio. Exact: see `conditional`.
//! # References
//! Woolf 1955, doi:10.1111/j.1469-1809.1955.tb01348.x. Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211.

use super::fourfold::{Effect, Fourfold};
use super::ratio::REACH;
use super::risk::z_of;
use crate::numerics::root;
use study::results::finite;

fn plain(table: &Fourfold) -> Effect {
    let [a, b, c, d] = table.real_cells();
    if !table.is_informative() {
        return Effect::default();
    }
    Effect { value: finite(a / b * (d / c)), ..Effect::default() }
}

/// With Wald limits; none with an empty cell.
pub fn wald(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = plain(table);
    if table.has_empty_cell() {
        return effect;
    }
    let std_error = table.real_cells().iter().map(|n| 1.0 / n).sum::<f64>().sqrt();
    effect.with_limits_on_log(std_error, confidence_level)
}

/// With Miettinen and Nurminen's limits.
pub fn miettinen_nurminen(table: &Fourfold, confidence_level: f64) -> Effect {
    let effect = plain(table);
    if !table.is_informative() {
        return effect;
    }
    if 2 * u128::from(table.events()) > u128::from(table.total()) {
        // Small risks keep their digits where their complements would not.
        return miettinen_nurminen(&table.complement(), confidence_level).inverted();
    }
    let z = z_of(confidence_level);
    let (n1, n2) = (table.n1 as f64, table.n2 as f64);
    let (x1, total) = (table.x1 as f64, n1 + n2);
    let standardized = |log: f64| {
        let [(p1, q1), (p2, q2)] = constrained(table, log.exp());
        let distance = x1 - n1 * p1;
        if distance == 0.0 {
            return 0.0;
        }
        distance * ((1.0 / (n1 * p1 * q1) + 1.0 / (n2 * p2 * q2)) * ((total - 1.0) / total)).sqrt()
    };
    let limit = |at: f64| root::of_falling(|log| standardized(log) - at, start(table), REACH).map(f64::exp);
    let (least, most) = range(table);
    let lower = if table.x1 == least { Some(0.0) } else { limit(z) };
    let upper = if table.x1 == most { None } else { limit(-z) };
    Effect { lower, upper, ..effect }
}

/// The most likely risks, each with its complement, whose odds ratio is ψ.
pub(super) fn constrained(table: &Fourfold, psi: f64) -> [(f64, f64); 2] {
    let (n1, n2, events) = (table.n1 as f64, table.n2 as f64, table.events() as f64);
    let a = n2 * (psi - 1.0);
    let b = n1 * psi + n2 - events * (psi - 1.0);
    let root = (b * b + 4.0 * a * events).max(0.0).sqrt();
    // Of the two forms of the root, the one that adds.
    let p2 = if b > 0.0 { 2.0 * events / (b + root) } else { (root - b) / (2.0 * a) };
    let p2 = p2.clamp(0.0, 1.0);
    let q2 = 1.0 - p2;
    let sum = q2 + p2 * psi;
    [(p2 * psi / sum, q2 / sum), (p2, q2)]
}

/// ln ψ with half a patient more in each cell.
pub(super) fn start(table: &Fourfold) -> f64 {
    let [a, b, c, d] = table.real_cells().map(|n| (n + 0.5).ln());
    a - b - c + d
}

/// Fewest and most exposed patients with the outcome that the margins allow.
pub(super) fn range(table: &Fourfold) -> (u64, u64) {
    (table.events().saturating_sub(table.n2), table.events().min(table.n1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `two_by_two`: Woolf’s variance of an odds ratio of 9.
    #[test]
    fn wald_by_hand() {
        let effect = wald(&Fourfold::of_cells([15, 5, 10, 30]), 0.95);
        assert!((effect.value.unwrap() - 9.0).abs() < 1e-14);
        let variance = 1.0_f64 / 15.0 + 0.2 + 0.1 + 1.0 / 30.0;
        assert!((effect.std_error.unwrap() - variance.sqrt()).abs() < 1e-15);
        assert!((effect.lower.unwrap() * effect.upper.unwrap() - 81.0).abs() < 1e-11);
    }

    /// Identity, `two_by_two`: risks estimated under a given odds ratio have that ratio and the observed events.
    #[test]
    fn the_constrained_risks_keep_the_margins_and_the_ratio() {
        for cells in [[3, 9, 14, 2], [1, 40, 0, 6], [80, 2, 30, 1]] {
            let table = Fourfold::of_cells(cells);
            for psi in [0.01, 0.7, 1.0, 4.0, 300.0] {
                let [(p1, q1), (p2, q2)] = constrained(&table, psi);
                let expected = table.n1 as f64 * p1 + table.n2 as f64 * p2;
                assert!((expected - table.events() as f64).abs() < 1e-10, "{cells:?} {psi}");
                assert!((p1 * q2 / (q1 * p2) / psi - 1.0).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn an_empty_cell_leaves_one_limit() {
        let none = miettinen_nurminen(&Fourfold::of_cells([0, 10, 4, 6]), 0.95);
        assert_eq!((none.value, none.lower), (Some(0.0), Some(0.0)));
        for infinite in [[4, 6, 0, 10], [10, 0, 6, 4]] {
            let infinite = miettinen_nurminen(&Fourfold::of_cells(infinite), 0.95);
            assert_eq!((infinite.value, infinite.upper), (None, None));
            assert!((infinite.lower.unwrap() * none.upper.unwrap() - 1.0).abs() < 1e-12);
        }
        assert_eq!(wald(&Fourfold::of_cells([0, 10, 4, 6]), 0.95).std_error, None);
        for empty in [[0, 10, 0, 4], [3, 0, 4, 0], [0, 0, 3, 4], [0, 0, 0, 0]] {
            let table = Fourfold::of_cells(empty);
            assert_eq!(wald(&table, 0.95), Effect::default());
            assert_eq!(miettinen_nurminen(&table, 0.95), Effect::default());
        }
    }
}
