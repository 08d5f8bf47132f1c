//! The odds ratio given both margins: Fisher's noncentral hypergeometric distribution.
//!
//! # Estimand
//! The odds ratio ψ.
//! # Formula
//! P(x; ψ) ∝ p(x) ψˣ, p the hypergeometric probability of x exposed patients with the outcome. The estimate is the ψ
//! at which the expected x is the observed one (conditional maximum likelihood; not ad/bc). The limits are the ψ at
//! which P(X ≥ x) and P(X ≤ x) are half of one minus the confidence level.
//! # Variance
//! None: the interval is exact, and cautious (its coverage is at least the confidence level).
//! # References
//! Fisher 1935, doi:10.2307/2342435. Cornfield 1956, Proc 3rd Berkeley Symp 4:135–148.
//! Baptista & Pike 1977, doi:10.2307/2346959.

use super::fourfold::{Effect, Fourfold};
use super::odds::{self, range, start};
use super::ratio::REACH;
use crate::numerics::hypergeometric::Hypergeometric;
use crate::numerics::root;
use crate::numerics::sums::Sum;

/// The conditional estimate and its exact limits.
pub fn exact(table: &Fourfold, confidence_level: f64) -> Effect {
    if !table.is_informative() {
        return Effect::default();
    }
    let (least, most) = range(table);
    let tail = 0.5 * (1.0 - confidence_level);
    let noncentral = |log: f64| Noncentral::new(table, log);
    let find = |f: &dyn Fn(f64) -> f64| root::of_falling(f, start(table), REACH).map(f64::exp);
    // P(X ≤ x) and x − E(X) fall as ψ rises; P(X ≥ x) rises.
    let (at_least, at_most) = (table.x1 == least, table.x1 == most);
    Effect {
        value: match (at_least, at_most) {
            (true, _) => Some(0.0),
            (_, true) => None,
            _ => find(&|log| -noncentral(log).excess),
        },
        std_error: None,
        lower: if at_least { Some(0.0) } else { find(&|log| (tail / noncentral(log).at_or_above).ln()) },
        upper: if at_most { None } else { find(&|log| (noncentral(log).at_or_below / tail).ln()) },
    }
}

/// The ratio ad/bc of the observed counts with the exact conditional limits.
pub fn sample(table: &Fourfold, confidence_level: f64) -> Effect {
    Effect { value: odds::wald(table, confidence_level).value, ..exact(table, confidence_level) }
}

/// What the distribution says of the observed number.
struct Noncentral {
    /// Its mean less the observed number.
    excess: f64,
    at_or_below: f64,
    at_or_above: f64,
}

impl Noncentral {
    /// Summed outwards from the most probable number, until nothing is added any more.
    fn new(table: &Fourfold, log_ratio: f64) -> Self {
        let distribution = Hypergeometric { marked: table.n1, unmarked: table.n2, drawn: table.events() };
        let (least, most) = (distribution.least(), distribution.most());
        let (x, psi) = (table.x1, log_ratio.exp());
        let mode = mode(&distribution, psi);
        let (mut below, mut above, mut here) = (Sum::default(), Sum::default(), 0.0);
        let mut moment = Sum::default();
        let mut add = |k: u64, weight: f64| {
            match k.cmp(&x) {
                std::cmp::Ordering::Less => below.add(weight),
                std::cmp::Ordering::Equal => here = weight,
                std::cmp::Ordering::Greater => above.add(weight),
            }
            let distance = if k >= x { (k - x) as f64 } else { -((x - k) as f64) };
            moment.add(distance * weight);
        };
        add(mode, 1.0);
        let (mut k, mut weight) = (mode, 1.0);
        while k < most && weight > 1e-25 {
            weight *= distribution.ratio_up(k) * psi;
            k += 1;
            add(k, weight);
        }
        let (mut k, mut weight) = (mode, 1.0);
        while k > least && weight > 1e-25 {
            k -= 1;
            weight /= distribution.ratio_up(k) * psi;
            add(k, weight);
        }
        let (below, above, moment) = (below.total(), above.total(), moment.total());
        let all = below + here + above;
        Self { excess: moment / all, at_or_below: (below + here) / all, at_or_above: (above + here) / all }
    }
}

/// The most probable number: ratios of neighbours fall, so that halving finds where they pass 1.
fn mode(distribution: &Hypergeometric, psi: f64) -> u64 {
    let (mut low, mut high) = (distribution.least(), distribution.most());
    while low < high {
        let middle = low + (high - low) / 2;
        if distribution.ratio_up(middle) * psi >= 1.0 { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: Option<f64>, exact: f64) {
        assert!((ours.unwrap() / exact - 1.0).abs() < 1e-12, "{ours:?} {exact}");
    }

    /// By hand, `two_by_two`: the exact limits of the odds ratio with all margins 2 solve a quadratic equation.
    #[test]
    fn two_against_two_by_hand() {
        // Margins of 2: weights 1, 4ψ, ψ². One of the exposed: E(X) = (4ψ + 2ψ²)/(1 + 4ψ + ψ²) = 1 at ψ = 1.
        // P(X ≥ 1) = (4ψ + ψ²)/(1 + 4ψ + ψ²) = t where (1 − t)(4ψ + ψ²) = t.
        let effect = exact(&Fourfold::of_cells([1, 1, 1, 1]), 0.95);
        close(effect.value, 1.0);
        let lower = -2.0 + (4.0_f64 + 0.025 / 0.975).sqrt();
        close(effect.lower, lower);
        close(effect.upper, 1.0 / lower);
    }

    /// By hand, `two_by_two`: the one exact limit of an infinite odds ratio solves a quadratic equation.
    #[test]
    fn at_the_edge_one_limit_is_infinite() {
        // Both exposed, nobody else: P(X ≥ 2) = ψ²/(1 + 4ψ + ψ²) = t where (1 − t)ψ² − 4tψ − t = 0.
        let effect = exact(&Fourfold::of_cells([2, 0, 0, 2]), 0.95);
        assert_eq!((effect.value, effect.upper), (None, None));
        let t: f64 = 0.025;
        close(effect.lower, (4.0 * t + (16.0 * t * t + 4.0 * t * (1.0 - t)).sqrt()) / (2.0 * (1.0 - t)));
        let effect = exact(&Fourfold::of_cells([0, 2, 2, 0]), 0.95);
        assert_eq!((effect.value, effect.lower), (Some(0.0), Some(0.0)));
        assert_eq!(exact(&Fourfold::of_cells([0, 2, 0, 7]), 0.95), Effect::default());
    }

    #[test]
    fn statas_own_example() {
        // stata.com, "Odds-ratio calculator": cci 12 16 55 125, exact limits by default. Its search of the limits ends early:
        // beside them stand those of thirty digits (mpmath, sums of the noncentral distribution).
        let effect = sample(&Fourfold::of_cells([12, 55, 16, 125]), 0.95);
        for (ours, printed, exact) in [
            (effect.value, 1.704_545, 12.0 * 125.0 / (55.0 * 16.0)),
            (effect.lower, 0.684_821_2, 0.684_697_643_567_970_2),
            (effect.upper, 4.125_435, 4.126_435_663_740_285),
        ] {
            assert!((ours.unwrap() / printed - 1.0).abs() < 3e-4, "{effect:?}");
            assert!((ours.unwrap() / exact - 1.0).abs() < 1e-12, "{effect:?}");
        }
    }

    #[test]
    fn a_large_table_has_the_limits_of_the_normal_distribution() {
        let table = Fourfold::of_cells([300_000_000, 200_000_000, 250_000_000, 250_000_000]);
        let (ours, wald) = (exact(&table, 0.95), super::super::odds::wald(&table, 0.95));
        for (ours, wald) in [(ours.value, wald.value), (ours.lower, wald.lower), (ours.upper, wald.upper)] {
            assert!((ours.unwrap() / wald.unwrap() - 1.0).abs() < 1e-8);
        }
    }
}
