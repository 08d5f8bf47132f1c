//! What the exact distribution of one statistic says of its coefficient.
//!
//! # Formula
//! P(T = t; β) = c(t) e^{βt} / Σ c(u) e^{βu}, c(t) the number of ways to reach t. Conditional maximum likelihood: the β
//! at which T is expected to be what was observed; its standard error is one over the standard deviation of T there.
//! Where T is the least or the largest possible value that β is infinite, and the median unbiased estimate stands in
//! its place: the β at which P(T = t) is one half. Limits: the β at which P(T ≥ t) and P(T ≤ t) are half of one minus
//! the confidence level; with `mid_p`, half of P(T = t) is left out of both.

use super::shift::Point;
use crate::numerics::root;
use crate::numerics::sums::Sum;

/// How the observed value itself is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// As extreme as what was observed.
    Whole,
    /// By half.
    Half,
}

/// Which values are as extreme as the observed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extreme {
    /// Those on its side, twice.
    SmallerTail,
    /// Those that are no more probable.
    Probability,
    /// Those that are as far from the mean.
    Score,
}

/// Two numbers that differ by no more than this, relatively, are one: rounding made them differ.
pub(super) const TIE: f64 = 1e-9;
/// Steps of the search in standardised coefficients; with ten, the whole spread of T is e¹⁰ times as probable.
const REACH: f64 = 1e7;

/// The distribution of one statistic about its observed value, under any coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditional {
    /// Values less the observed one, in units of `spread`, ascending.
    distance: Vec<f64>,
    /// Logarithms of the ways.
    ln_ways: Vec<f64>,
    /// The longest distance, in steps.
    spread: f64,
}

/// What it says under one coefficient.
struct Tilted {
    below: f64,
    here: f64,
    above: f64,
    mean: f64,
    variance: f64,
}

/// An estimate, on the scale of the statistic's steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// The estimate.
    pub value: f64,
    /// Its standard error, where it is the conditional maximum-likelihood estimate.
    pub std_error: Option<f64>,
}

impl Conditional {
    /// Of the points of one statistic, which include the observed value; none where that is the only one.
    pub fn new(points: &[Point], observed: u64) -> Option<Self> {
        let value = |point: &Point| point.sums[0];
        let away = |t: u64| if t >= observed { (t - observed) as f64 } else { -((observed - t) as f64) };
        let spread = points.iter().map(|point| away(value(point)).abs()).fold(0.0, f64::max);
        if spread == 0.0 || !points.iter().any(|point| value(point) == observed) {
            return None;
        }
        let distance = points.iter().map(|point| away(value(point)) / spread).collect();
        Some(Self { distance, ln_ways: points.iter().map(|point| point.ways.ln()).collect(), spread })
    }

    fn tilted(&self, beta: f64) -> Tilted {
        let exponent = |(distance, ln): (&f64, &f64)| ln + beta * distance;
        let pairs = || self.distance.iter().zip(&self.ln_ways);
        let largest = pairs().map(exponent).fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = pairs().map(|pair| libm::exp(exponent(pair) - largest)).collect();
        let (mut below, mut here, mut above, mut first) =
            (Sum::default(), 0.0, Sum::default(), Sum::default());
        for (distance, weight) in self.distance.iter().zip(&weights) {
            match distance.total_cmp(&0.0) {
                std::cmp::Ordering::Less => below.add(*weight),
                std::cmp::Ordering::Equal => here = *weight,
                std::cmp::Ordering::Greater => above.add(*weight),
            }
            first.add_product(*distance, *weight);
        }
        let (below, above) = (below.total(), above.total());
        let total = below + here + above;
        let mean = first.total() / total;
        let mut second = Sum::default();
        for (distance, weight) in self.distance.iter().zip(&weights) {
            second.add((distance - mean) * (distance - mean) * weight);
        }
        let [below, here, above] = [below, here, above].map(|part| part / total);
        Tilted { below, here, above, mean, variance: second.total() / total }
    }

    /// Whether no smaller, and whether no larger value is possible than the observed one.
    pub fn at_edge(&self) -> (bool, bool) {
        let edge = |value: Option<&f64>| value.is_some_and(|distance| *distance == 0.0);
        (edge(self.distance.first()), edge(self.distance.last()))
    }

    /// The conditional maximum-likelihood estimate; at an edge the median unbiased one.
    pub fn estimate(&self) -> Option<Coefficient> {
        let falling = |f: &dyn Fn(&Tilted) -> f64| root::of_falling(|beta| f(&self.tilted(beta)), 0.0, REACH);
        let raw = |beta: f64| beta / self.spread;
        match self.at_edge() {
            (false, false) => {
                let beta = falling(&|at| -at.mean)?;
                let std_error = raw(1.0 / self.tilted(beta).variance.sqrt());
                Some(Coefficient { value: raw(beta), std_error: Some(std_error).filter(|e| e.is_finite()) })
            }
            (least, _) => {
                // P(T = t) falls with β at the lower edge and rises at the upper one.
                let sign = if least { 1.0 } else { -1.0 };
                let beta = falling(&|at| sign * libm::log(2.0 * at.here))?;
                Some(Coefficient { value: raw(beta), std_error: None })
            }
        }
    }

    /// The limits; one that is infinite is absent.
    pub fn limits(&self, confidence_level: f64, tail: Tail) -> (Option<f64>, Option<f64>) {
        let half = 0.5 * (1.0 - confidence_level);
        let (least, most) = self.at_edge();
        let own = if tail == Tail::Half { 0.5 } else { 1.0 };
        let find = |f: &dyn Fn(&Tilted) -> f64| {
            root::of_falling(|beta| f(&self.tilted(beta)), 0.0, REACH).map(|beta| beta / self.spread)
        };
        let lower = || find(&|at| libm::log(half / (at.above + own * at.here)));
        let upper = || find(&|at| libm::log((at.below + own * at.here) / half));
        (if least { None } else { lower() }, if most { None } else { upper() })
    }

    /// P of β = 0, two-sided.
    pub fn p_value(&self, extreme: Extreme, tail: Tail) -> f64 {
        let at = self.tilted(0.0);
        let own = if tail == Tail::Half { 0.5 } else { 1.0 };
        if extreme == Extreme::SmallerTail {
            return (2.0 * (at.below.min(at.above) + own * at.here)).min(1.0);
        }
        let largest = self.ln_ways.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = self.ln_ways.iter().map(|ln| libm::exp(ln - largest)).collect();
        let observed = self.distance.iter().position(|distance| *distance == 0.0).unwrap_or(0);
        let size = |index: usize| match extreme {
            Extreme::Score => (self.distance[index] - at.mean).abs(),
            _ => -self.ln_ways[index],
        };
        share_as_extreme(&weights, size, observed, own)
    }
}

/// The share of the weight whose size is at least that of the observed point; what ties with it counts `own`.
pub(super) fn share_as_extreme(
    weights: &[f64],
    size: impl Fn(usize) -> f64,
    observed: usize,
    own: f64,
) -> f64 {
    let (mut all, mut extreme) = (Sum::default(), Sum::default());
    let seen = size(observed);
    let room = TIE * seen.abs() + 1e-12;
    for (index, weight) in weights.iter().enumerate() {
        let here = size(index);
        all.add(*weight);
        if here > seen + room {
            extreme.add(*weight);
        } else if here >= seen - room {
            extreme.add(own * weight);
        }
    }
    (extreme.total() / all.total()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::scaled::Scaled;

    fn of(ways: &[(u64, f64)], observed: u64) -> Conditional {
        let point = |(t, n): &(u64, f64)| Point { sums: vec![*t], ways: Scaled::new(*n) };
        Conditional::new(&ways.iter().map(point).collect::<Vec<_>>(), observed).unwrap()
    }

    fn close(ours: f64, exact: f64) {
        assert!((ours / exact - 1.0).abs() < 1e-12, "{ours:e} {exact:e}");
    }

    /// By hand, `exact_logistic`: estimate, error, exact and mid-P limits of a statistic with the ways 1, 2, 1.
    #[test]
    fn the_middle_of_two_coins_by_hand() {
        // Ways 1, 2, 1: E(T) = 1 at β = 0 with variance 1/2. P(T ≥ 1) = (2r + r²)/(1 + r)² = τ: 1 − 1/(1 + r)² = τ.
        let middle = of(&[(0, 1.0), (1, 2.0), (2, 1.0)], 1);
        let found = middle.estimate().unwrap();
        assert!(found.value.abs() < 1e-15);
        close(found.std_error.unwrap(), 2.0_f64.sqrt());
        let (lower, upper) = middle.limits(0.95, Tail::Whole);
        let exact = (1.0 / 0.975_f64.sqrt() - 1.0).ln();
        close(lower.unwrap(), exact);
        close(upper.unwrap(), -exact);
        assert_eq!(middle.p_value(Extreme::SmallerTail, Tail::Whole), 1.0);
        // Both tails without half of the middle: (r² + r)/(1 + r)² = r/(1 + r).
        close(middle.limits(0.95, Tail::Half).0.unwrap(), (0.025 / 0.975_f64).ln());
    }

    /// By hand, `exact_logistic`: the median unbiased estimate and the one limit at the edge of the ways 1, 2, 1.
    #[test]
    fn an_edge_has_a_median_unbiased_estimate_and_one_limit() {
        // P(T = 2) = r²/(1 + r)² = 1/2 where r = 1/(√2 − 1); its lower limit where it is τ.
        let edge = of(&[(0, 1.0), (1, 2.0), (2, 1.0)], 2);
        let found = edge.estimate().unwrap();
        close(found.value, -(2.0_f64.sqrt() - 1.0).ln());
        assert_eq!(found.std_error, None);
        let (lower, upper) = edge.limits(0.95, Tail::Whole);
        let root = 0.025_f64.sqrt();
        close(lower.unwrap(), (root / (1.0 - root)).ln());
        assert_eq!(upper, None);
        close(edge.p_value(Extreme::SmallerTail, Tail::Whole), 0.5);
        close(edge.p_value(Extreme::SmallerTail, Tail::Half), 0.25);
        close(edge.p_value(Extreme::Probability, Tail::Whole), 0.5);
    }

    /// By hand, `exact_logistic`: the P values by twice the tail, by probability and by score of the ways 1, 6, 3.
    #[test]
    fn the_three_rules_differ_where_the_distribution_leans() {
        // Ways 1, 6, 3 of 10; observed 2: P(T ≥ 2) = 0.3. No more probable: 1 and 3. Mean 1.2: 0 is farther off.
        let leaning = of(&[(0, 1.0), (1, 6.0), (2, 3.0)], 2);
        close(leaning.p_value(Extreme::SmallerTail, Tail::Whole), 0.6);
        close(leaning.p_value(Extreme::Probability, Tail::Whole), 0.4);
        close(leaning.p_value(Extreme::Score, Tail::Whole), 0.4);
        close(leaning.p_value(Extreme::Score, Tail::Half), 0.25);
        // Observed 1: nearer to the mean than both others.
        let middle = of(&[(0, 1.0), (1, 6.0), (2, 3.0)], 1);
        close(middle.p_value(Extreme::Score, Tail::Whole), 1.0);
    }

    #[test]
    fn a_single_value_says_nothing() {
        assert_eq!(Conditional::new(&[Point { sums: vec![3], ways: Scaled::ONE }], 3), None);
    }
}
