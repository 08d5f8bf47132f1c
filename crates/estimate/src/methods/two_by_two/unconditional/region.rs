//! A tail of tables, and how probable it can be.

use crate::methods::two_by_two::Fourfold;

/// Weights that are smaller, relatively to the largest, are left out.
const NEGLIGIBLE: f64 = 1e-22;
/// Stretches of the nuisance risk at first.
const STRETCHES: u32 = 16;
/// The shortest stretch: beyond, rounding decides.
const SHORTEST: f64 = 1e-11;

/// Risks along a line: start + slope × t for t from 0 to 1, slopes not negative.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) start: [f64; 2],
    pub(super) slope: [f64; 2],
}

impl Line {
    fn risk(&self, group: usize, t: f64) -> f64 {
        (self.start[group] + self.slope[group] * t).min(1.0)
    }
}

/// Tables that with each also hold those with more events among the exposed and fewer among the others.
pub(super) struct Region {
    sizes: [u64; 2],
    /// For each number of events among the exposed, how many numbers from 0 on among the others.
    widths: Vec<usize>,
}

impl Region {
    /// From whether it holds a table.
    pub(super) fn of(n1: u64, n2: u64, holds: impl Fn(&Fourfold) -> bool) -> Self {
        let mut width = 0;
        let widths = (0..=n1)
            .map(|x1| {
                while width <= n2 && holds(&Fourfold { x1, n1, x2: width, n2 }) {
                    width += 1;
                }
                width as usize
            })
            .collect();
        Self { sizes: [n1, n2], widths }
    }

    /// Whether its probability is certain to be no more than a limit at all risks of a line.
    ///
    /// Between the ends of a stretch of length h a function exceeds the larger of its values there by no more than h²/8
    /// times its largest second derivative; stretches for which that is not enough are halved.
    pub(super) fn stays_below(&self, line: &Line, limit: f64) -> bool {
        let mut mass = [Binomial::default(), Binomial::default()];
        let mut probability = |t: f64| self.probability(&mut mass, [line.risk(0, t), line.risk(1, t)]);
        let place = |index: u32| f64::from(index) / f64::from(STRETCHES);
        let values: Vec<f64> = (0..=STRETCHES).map(|index| probability(place(index))).collect();
        if values.iter().any(|value| *value > limit) {
            return false;
        }
        let mut open: Vec<[(f64, f64); 2]> = (0..STRETCHES)
            .zip(values.windows(2))
            .map(|(index, ends)| [(place(index), ends[0]), (place(index + 1), ends[1])])
            .collect();
        while let Some([(from, low), (to, high)]) = open.pop() {
            let length = to - from;
            if low.max(high) + 0.125 * length * length * self.curvature(line, from, to) <= limit {
                continue;
            }
            let middle = 0.5 * (from + to);
            let value = probability(middle);
            if value > limit || length < SHORTEST {
                return false;
            }
            open.extend([[(from, low), (middle, value)], [(middle, value), (to, high)]]);
        }
        true
    }

    /// More than the second derivative of the probability can be between two places of a line.
    ///
    /// For one group it is n(n − 1) E(Δ²f) ≤ n², and E(f (ℓ′² + ℓ″)) ≤ E|ℓ′² + ℓ″|/2 ≤ n/(pq), f being 0 or 1 and ℓ the
    /// logarithm of the likelihood; mixed derivatives are no more than the roots of both together.
    fn curvature(&self, line: &Line, from: f64, to: f64) -> f64 {
        let group = |index: usize| {
            let n = self.sizes[index] as f64;
            let least = [from, to]
                .map(|t| line.risk(index, t))
                .map(|p| p * (1.0 - p))
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            line.slope[index] * n.min((n / least).sqrt())
        };
        (group(0) + group(1)).powi(2)
    }

    fn probability(&self, [first, second]: &mut [Binomial; 2], risks: [f64; 2]) -> f64 {
        first.fill(self.sizes[0], risks[0]);
        second.fill(self.sizes[1], risks[1]);
        second.accumulate();
        let widths = self.widths.iter().skip(first.start);
        widths.zip(&first.weights).map(|(width, weight)| weight * second.below(*width)).sum()
    }
}

/// The binomial distribution where it is not negligible.
#[derive(Debug, Default)]
struct Binomial {
    start: usize,
    weights: Vec<f64>,
}

impl Binomial {
    /// Outwards from the most probable number, by ratios of neighbours.
    fn fill(&mut self, n: u64, p: f64) {
        let mode = (((n + 1) as f64 * p) as u64).min(n);
        let odds = p / (1.0 - p);
        self.weights.clear();
        let (mut x, mut weight) = (mode, 1.0);
        while weight > NEGLIGIBLE {
            self.weights.push(weight);
            if x == 0 {
                break;
            }
            weight *= x as f64 / ((n - x + 1) as f64 * odds);
            x -= 1;
        }
        self.start = mode as usize + 1 - self.weights.len();
        self.weights.reverse();
        let (mut x, mut weight) = (mode, 1.0);
        while x < n {
            weight *= (n - x) as f64 * odds / (x + 1) as f64;
            x += 1;
            if weight <= NEGLIGIBLE {
                break;
            }
            self.weights.push(weight);
        }
        let total: f64 = self.weights.iter().sum();
        self.weights.iter_mut().for_each(|weight| *weight /= total);
    }

    /// From now on each weight is the sum of all up to it.
    fn accumulate(&mut self) {
        let mut sum = 0.0;
        for weight in &mut self.weights {
            sum += *weight;
            *weight = sum;
        }
    }

    /// Probability of less than a number, once accumulated.
    fn below(&self, number: usize) -> f64 {
        match number.checked_sub(self.start + 1) {
            None => 0.0,
            Some(place) => self.weights[place.min(self.weights.len() - 1)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(n1: u64, n2: u64) -> impl Iterator<Item = Fourfold> {
        (0..=n1).flat_map(move |x1| (0..=n2).map(move |x2| Fourfold { x1, n1, x2, n2 }))
    }

    #[test]
    fn probabilities_are_those_of_all_tables() {
        let holds = |table: &Fourfold| 3 * table.x1 >= 2 * table.x2 + 5;
        let region = Region::of(7, 11, holds);
        let ways = |n: u64, x: u64| (0..x).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64);
        let mass = |n: u64, x: u64, p: f64| ways(n, x) * p.powi(x as i32) * (1.0 - p).powi((n - x) as i32);
        let mut binomials = [Binomial::default(), Binomial::default()];
        for risks in [[0.3, 0.6], [0.0, 0.2], [1.0, 0.5], [0.999, 0.001], [1.0, 0.0], [0.0, 0.0]] {
            let expected: f64 = all(7, 11)
                .filter(holds)
                .map(|table| mass(7, table.x1, risks[0]) * mass(11, table.x2, risks[1]))
                .sum();
            let ours = region.probability(&mut binomials, risks);
            assert!((ours - expected).abs() < 1e-15, "{risks:?}: {ours} {expected}");
        }
    }

    #[test]
    fn the_largest_probability_is_found_between_the_places() {
        // One of one against none of one, equal risks: p(1 − p) is 1/4 at p = 1/2; two of two against none: 1/16.
        let equal = Line { start: [0.0, 0.0], slope: [1.0, 1.0] };
        let one = Region::of(1, 1, |table| table.x1 == 1 && table.x2 == 0);
        assert!(one.stays_below(&equal, 0.25) && !one.stays_below(&equal, 0.25 - 1e-13));
        // p₂ = 0.3 t, p₁ = 0.2 + 0.7 t: (0.2 + 0.7 t)(1 − 0.3 t) is largest at t = 1 with 0.63.
        let line = Line { start: [0.2, 0.0], slope: [0.7, 0.3] };
        assert!(one.stays_below(&line, 0.63 + 1e-14) && !one.stays_below(&line, 0.63 - 1e-13));
        // x₁ ≥ 2 of 3, whoever of one: 3p²q + p³ at p = (1 + 1e-9)/2, where no place is, and its neighbourhood.
        let region = Region::of(3, 1, |table| table.x1 == 2 && table.x2 == 0 || table.x1 == 3);
        let value = |p: f64| 3.0 * p * p * (1.0 - p) * (1.0 - p) + p.powi(3);
        let highest = (0..=1_000_000).map(|index| value(f64::from(index) * 1e-6)).fold(0.0, f64::max);
        assert!(region.stays_below(&equal, highest + 1e-11) && !region.stays_below(&equal, highest - 1e-11));
    }

    #[test]
    fn no_second_derivative_exceeds_its_bound() {
        let region = Region::of(6, 9, |table| 9 * table.x1 > 6 * table.x2 + 7);
        let mut mass = [Binomial::default(), Binomial::default()];
        for line in [
            Line { start: [0.0, 0.0], slope: [1.0, 1.0] },
            Line { start: [0.25, 0.0], slope: [0.75, 0.75] },
            Line { start: [0.0, 0.0], slope: [0.2, 1.0] },
        ] {
            for index in 1..200 {
                let (t, h) = (f64::from(index) / 200.0, 1e-4);
                let mut at = |t: f64| region.probability(&mut mass, [line.risk(0, t), line.risk(1, t)]);
                let second = (at(t + h) - 2.0 * at(t) + at(t - h)) / (h * h);
                assert!(second.abs() <= region.curvature(&line, t - h, t + h) + 1e-6, "{t} {second}");
            }
        }
    }
}
