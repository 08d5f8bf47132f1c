//! Sums, means and variances of counted values, without loss of digits.
//!
//! # Formula
//! x̄ = Σ n x / Σ n; s² = Σ n (x − x̄)² / (Σ n − 1). Sums are compensated (the rounding error of each addition is
//! carried along), products with the frequency are exact, and the mean is kept as a double and its rest, so that
//! values of 10¹² that differ in the last digits keep their variance.
//!
//! # References
//! Neumaier 1974, doi:10.1002/zamm.19740540106 (compensated sum).
//! Chan, Golub & LeVeque 1983, doi:10.1080/00031305.1983.10483115 (two passes).

/// What cannot be below 0, of which rounding may have left a little less. What is undefined stays so: [`f64::max`] would
/// make 0 of it, and a variance that is not known one of somebody who knows everything.
pub fn at_least_zero(value: f64) -> f64 {
    if value < 0.0 { 0.0 } else { value }
}

/// A running sum and what its additions rounded away.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    /// Adds a number.
    pub fn add(&mut self, value: f64) {
        let sum = self.high + value;
        self.low += if self.high.abs() >= value.abs() {
            (self.high - sum) + value
        } else {
            (value - sum) + self.high
        };
        self.high = sum;
    }

    /// Adds a product without rounding it first.
    pub fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        self.low += libm::fma(a, b, -product);
    }

    /// Both sums together.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.add(other.high);
        self.low += other.low;
        self
    }

    /// The sum; what an infinite sum rounded away is no number and is left out.
    pub fn total(self) -> f64 {
        if self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

impl From<f64> for Sum {
    fn from(value: f64) -> Self {
        Self { high: value, low: 0.0 }
    }
}

/// The sum of numbers.
pub fn sum(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    values.into_iter().for_each(|value| sum.add(value));
    sum.total()
}

/// The smallest sum of squares that has all its digits.
const SMALLEST: f64 = f64::MIN_POSITIVE / f64::EPSILON;

/// Number, mean and sum of squares of counted values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// Patients.
    pub n: u64,
    mean: f64,
    rest: f64,
    /// Sum of squared differences from the mean.
    pub squares: f64,
}

impl Moments {
    /// Of values with their frequencies, which are gone through twice.
    pub fn of(values: impl Iterator<Item = (f64, u64)> + Clone) -> Self {
        let n: u64 = values.clone().map(|(_, n)| n).sum();
        let Some((origin, _)) = values.clone().find(|(_, n)| *n > 0) else { return Self::default() };
        let mut shifted = Sum::default();
        for (value, n) in values.clone() {
            shifted.add_product(value - origin, n as f64);
        }
        let offset = shifted.total() / n as f64;
        let mean = origin + offset;
        let rest = if mean.is_finite() { (origin - mean) + offset } else { 0.0 };
        let (mut squares, mut apart) = (Sum::default(), false);
        for (value, n) in values {
            let difference = (value - mean) - rest;
            squares.add(difference * difference * n as f64);
            apart |= difference != 0.0;
        }
        let squares = squares.total();
        // Squares below the smallest number with all its digits would pass for no spread: they are none that is known.
        let squares = if apart && squares < SMALLEST { f64::NAN } else { squares };
        Self { n, mean, rest, squares }
    }

    /// Arithmetic mean; absent without patients.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0 && self.mean.is_finite()).then_some(self.mean)
    }

    /// Variance with n − 1; absent below two patients.
    pub fn variance(&self) -> Option<f64> {
        (self.n > 1 && self.squares.is_finite()).then(|| self.squares / (self.n - 1) as f64)
    }

    /// Square root of the variance.
    pub fn standard_deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// This mean less another one.
    pub fn less(&self, other: &Self) -> f64 {
        (self.mean - other.mean) + (self.rest - other.rest)
    }

    /// All values of both together.
    #[must_use]
    pub fn with(&self, other: &Self) -> Self {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { *other } else { *self };
        }
        let n = self.n + other.n;
        let difference = other.less(self);
        let offset = self.rest + difference * (other.n as f64 / n as f64);
        let mean = self.mean + offset;
        let between = difference * difference * (self.n as f64 * (other.n as f64 / n as f64));
        Self { n, mean, rest: (self.mean - mean) + offset, squares: self.squares + other.squares + between }
    }
}

/// The mean of those numbers that are finite; NaN where none is.
pub fn mean_of_finite(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let finite = values.filter(|value| value.is_finite());
    sum(finite.clone()) / finite.count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_what_additions_round_away() {
        assert_eq!(sum([1.0, 1e100, 1.0, -1e100]), 2.0);
        assert_eq!(sum([]), 0.0);
    }

    #[test]
    fn mean_and_variance_by_hand() {
        // 2, 4, 4, 5: mean 15/4, squares 49/16 + 1/16 + 1/16 + 25/16 = 76/16, variance 76/48.
        let moments = Moments::of([(2.0, 1), (4.0, 2), (5.0, 1)].into_iter());
        assert_eq!((moments.n, moments.mean(), moments.squares), (4, Some(3.75), 4.75));
        assert_eq!(moments.variance(), Some(4.75 / 3.0));
        let one = Moments::of([(7.0, 1)].into_iter());
        assert_eq!((one.mean(), one.variance()), (Some(7.0), None));
        assert_eq!(Moments::of([(7.0, 0)].into_iter()).mean(), None);
    }

    #[test]
    fn a_large_offset_takes_no_digits() {
        // 10¹² + {1, 2, 3}, 100 million patients each: s² = 2/3 · n/(n − 1).
        let n = 100_000_000;
        let moments = Moments::of([1.0, 2.0, 3.0].map(|x| (1e12 + x, n)).into_iter());
        assert_eq!(moments.mean(), Some(1e12 + 2.0));
        assert_eq!(moments.variance(), Some(2e8 / (3e8 - 1.0)));
        let uneven = Moments::of([(1e12, 1), (1e12 + 1.0, 2)].into_iter());
        assert!((uneven.squares - 2.0 / 3.0).abs() < 1e-15, "{}", uneven.squares);
    }

    #[test]
    fn squares_too_small_to_be_held_are_not_0() {
        let tiny = Moments::of([(1e-300, 1), (3e-300, 1)].into_iter());
        assert!((tiny.mean().unwrap() / 2e-300 - 1.0).abs() < 1e-15 && tiny.variance().is_none());
        assert_eq!(Moments::of([(1e-300, 5)].into_iter()).variance(), Some(0.0));
    }

    #[test]
    fn two_parts_make_the_whole() {
        let values = [(1e9 + 0.5, 3), (1e9 + 1.25, 1), (1e9 - 4.0, 2), (1e9 + 8.0, 5)];
        let whole = Moments::of(values.into_iter());
        let parts = Moments::of(values[..1].iter().copied()).with(&Moments::of(values[1..].iter().copied()));
        assert_eq!(parts.mean(), whole.mean());
        assert!((parts.squares / whole.squares - 1.0).abs() < 1e-14);
    }
}
