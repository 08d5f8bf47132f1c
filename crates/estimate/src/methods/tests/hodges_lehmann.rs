//! Hodges–Lehmann estimates of a shift and of a centre, with the limits that belong to Wilcoxon's tests.
//!
//! # Estimand
//! Shift: the median of the difference between a patient of the first group and one of the second. Centre: the median
//! of the mean of two differences (pseudomedian).
//! # Formula
//! Shift: median of all n₁n₂ differences; centre: median of all n(n + 1)/2 means of two values, each with itself
//! included. Limits: the values that the test does not reject, which are the k-th smallest and the k-th largest of the
//! same numbers. Exact: k is the smallest number with P(W ≤ k) ≥ α/2. Asymptotic: k = ⌊M/2 − c − z₁₋α/₂ σ⌋ + 1, M how many numbers there are, c = ½ or 0 the continuity correction and σ
//! the standard deviation of the test's statistic, which allows for ties within groups.
//! # Ties and censoring
//! The closed interval of the exact limits keeps its coverage where values tie (Noether 1967).
//! # References
//! Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172. Bauer 1972, doi:10.1080/01621459.1972.10481279.
//! Noether 1967, Journal of the American Statistical Association 62:184–188.

use super::Frequencies;
use crate::numerics::sums::sum;

/// How the limits are found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Critical {
    /// The k-th number from either end; none where k is 0.
    Exact(u64),
    /// From the normal distribution: z, the variance of the statistic, the continuity correction.
    Normal {
        /// The quantile of the normal distribution.
        z: f64,
        /// The variance of the statistic.
        variance: f64,
        /// ½ or 0.
        correction: f64,
    },
}

/// An estimate with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The estimate.
    pub value: f64,
    /// The limits; absent where there are too few patients for the confidence level.
    pub limits: Option<(f64, f64)>,
}

/// The shift of the first group against the second; none where one is empty.
pub fn shift(first: &Frequencies, second: &Frequencies, critical: Critical) -> Option<Shift> {
    let [first, second] = [first, second].map(Sorted::of);
    let total = first.total() * second.total();
    let among = |at_most: f64| {
        // As x grows, fewer y are large enough: one pass over both.
        let (mut sum, mut below, mut y) = (0u128, 0u128, 0);
        for (x, n) in first.pairs() {
            while y < second.values.len() && x - second.values[y] > at_most {
                below += u128::from(second.n[y]);
                y += 1;
            }
            sum += u128::from(n) * (second.total() - below);
        }
        sum
    };
    let bounds = (first.first()? - second.last()?, first.last()? - second.first()?);
    Some(limits(total, critical, bounds, &among))
}

/// The centre of differences; none where there are none.
pub fn centre(differences: &Frequencies, critical: Critical) -> Option<Shift> {
    let all = Sorted::of(differences);
    let n = all.total();
    let mean = |a: f64, b: f64| 0.5 * a + 0.5 * b;
    let among = |at_most: f64| {
        let (mut ordered, mut alone, mut y) = (0u128, 0u128, all.values.len());
        let mut below = n;
        for (x, count) in all.pairs() {
            while y > 0 && mean(x, all.values[y - 1]) > at_most {
                y -= 1;
                below -= u128::from(all.n[y]);
            }
            ordered += u128::from(count) * below;
            alone += if mean(x, x) <= at_most { u128::from(count) } else { 0 };
        }
        (ordered + alone) / 2
    };
    Some(limits(n * (n + 1) / 2, critical, (all.first()?, all.last()?), &among))
}

/// The smallest value at or below which a statistic is with at least this probability, from the ways to reach each value;
/// 0 where the smallest value is too probable to be left out.
pub fn critical_value(ways: &[f64], probability: f64) -> u64 {
    let needed = probability * sum(ways.iter().copied());
    let mut reached = 0.0;
    for (value, ways) in ways.iter().enumerate() {
        reached += ways;
        if reached >= needed * (1.0 - 1e-13) {
            // With exactly that probability it may be left out.
            let even = reached <= needed * (1.0 + 1e-13);
            return value as u64 + u64::from(even && value == 0);
        }
    }
    0
}

fn limits(total: u128, critical: Critical, bounds: (f64, f64), among: &dyn Fn(f64) -> u128) -> Shift {
    let nth = |rank: u128| select(rank, bounds, among);
    let from_end = match critical {
        Critical::Exact(k) => u128::from(k),
        Critical::Normal { z, variance, correction } => {
            let outside = (0.5 * total as f64 - correction - z * variance.sqrt()).floor();
            if outside >= 0.0 { outside as u128 + 1 } else { 0 }
        }
    };
    let from_end = Some(from_end).filter(|k| *k > 0).map(|k| k.min(total.div_ceil(2)));
    let middle = (nth(total.div_ceil(2)), nth(total / 2 + 1));
    let value = if middle.0 == middle.1 { middle.0 } else { 0.5 * middle.0 + 0.5 * middle.1 };
    Shift { value, limits: from_end.map(|k| (nth(k), nth(total + 1 - k))) }
}

/// The smallest number at or below which `rank` of the numbers are: halving all doubles between the bounds finds that
/// number itself, however many there are, and none of them is stored.
fn select(rank: u128, bounds: (f64, f64), among: &dyn Fn(f64) -> u128) -> f64 {
    let (mut low, mut high) = (place(bounds.0), place(bounds.1));
    while low < high {
        let middle = low + (high - low) / 2;
        if among(number(middle)) >= rank { high = middle } else { low = middle + 1 }
    }
    number(low)
}

/// Doubles in their order as whole numbers.
fn place(value: f64) -> i128 {
    let bits = i128::from((value + 0.0).to_bits() & !(1 << 63));
    if value < 0.0 { -bits } else { bits }
}

fn number(place: i128) -> f64 {
    let size = f64::from_bits(place.unsigned_abs() as u64);
    if place < 0 { -size } else { size }
}

struct Sorted {
    values: Vec<f64>,
    n: Vec<u64>,
}

impl Sorted {
    fn of(frequencies: &Frequencies) -> Self {
        let (values, n) = frequencies.pairs().unzip();
        Self { values, n }
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, u64)> {
        self.values.iter().copied().zip(self.n.iter().copied())
    }

    fn total(&self) -> u128 {
        self.n.iter().map(|n| u128::from(*n)).sum()
    }

    fn first(&self) -> Option<f64> {
        self.values.first().copied()
    }

    fn last(&self) -> Option<f64> {
        self.values.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Frequencies {
        Frequencies::new(values.iter().map(|value| (*value, 1)))
    }

    /// By hand, `location`: the median of the six differences between three and two patients, and their second from
    /// either end.
    #[test]
    fn six_differences_by_hand() {
        // 5, 7, 12 less 1, 4: 1, 3, 4, 6, 8, 11. Median 5; second of either end 3 and 8.
        let found = shift(&sample(&[5.0, 7.0, 12.0]), &sample(&[1.0, 4.0]), Critical::Exact(2)).unwrap();
        assert_eq!(found, Shift { value: 5.0, limits: Some((3.0, 8.0)) });
        // M/2 − ½ − zσ = 2.5 − 1 = 1.5: the second.
        let normal = Critical::Normal { z: 1.0, variance: 1.0, correction: 0.5 };
        let found = shift(&sample(&[5.0, 7.0, 12.0]), &sample(&[1.0, 4.0]), normal).unwrap();
        assert_eq!(found.limits, Some((3.0, 8.0)));
        let wide = Critical::Normal { z: 9.0, variance: 1.0, correction: 0.5 };
        let found = shift(&sample(&[5.0, 7.0, 12.0]), &sample(&[1.0, 4.0]), wide).unwrap();
        assert_eq!(found.limits, None);
        assert_eq!(shift(&sample(&[]), &sample(&[1.0]), wide), None);
    }

    /// By hand, `location`, `paired`: how many of the smallest differences the limits leave out, of the six rankings of
    /// two among four.
    #[test]
    fn critical_values_by_hand() {
        // Of 1, 1, 2, 1, 1: 0 has probability 1/6, 0 and 1 together 1/3.
        let ways = [1.0, 1.0, 2.0, 1.0, 1.0];
        assert_eq!(critical_value(&ways, 0.1), 0);
        assert_eq!(critical_value(&ways, 0.2), 1);
        assert_eq!(critical_value(&ways, 1.0 / 6.0), 1);
        assert_eq!(critical_value(&ways, 0.4), 2);
    }

    /// By hand, `paired`: the median of the ten means of two of four differences, and their third from either end.
    #[test]
    fn means_of_two_by_hand() {
        // −2, 1, 3 (3 twice): means −2, −0.5, 0.5, 0.5, 1, 2, 2, 3, 3, 3. Median of ten: 1.5.
        let found = centre(&Frequencies::new([(3.0, 2), (-2.0, 1), (1.0, 1)]), Critical::Exact(3)).unwrap();
        assert_eq!(found, Shift { value: 1.5, limits: Some((0.5, 3.0)) });
        assert_eq!(centre(&sample(&[-0.0]), Critical::Exact(1)).unwrap().value, 0.0);
    }

    #[test]
    fn any_size_keeps_all_digits() {
        for unit in [1e-300, 1e-12, 1e12, 1e300] {
            let scaled = |values: &[f64]| sample(&values.iter().map(|v| v * unit).collect::<Vec<_>>());
            let found = shift(&scaled(&[5.0, 7.0, 12.0]), &scaled(&[1.0, 4.0]), Critical::Exact(2)).unwrap();
            assert_eq!(found.limits, Some((7.0 * unit - 4.0 * unit, 12.0 * unit - 4.0 * unit)));
        }
    }
}
