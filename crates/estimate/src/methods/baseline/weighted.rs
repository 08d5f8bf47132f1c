//! Patients who count unequally: shares, moments and quantiles under sampling weights.
//!
//! # Formula
//! With the weight w of each patient: share Σ w of those with the level / Σ w; x̄ = Σ w x / Σ w;
//! s² = Σ w (x − x̄)² · Σ w / ((Σ w)² − Σ w²), the usual variance where all weigh the same. Quantile: the smallest value up
//! to which at least the share p of the weights lies; where just that share does, the middle between it and the next.
//! Effective number of patients: (Σ w)² / Σ w². None of them changes when all weights are multiplied by one number.
//! # References
//! Austin & Stuart 2015, doi:10.1002/sim.6607 (means, variances and standardized differences). Kish 1965, Survey
//! Sampling, section 11.7 (effective number).

use crate::methods::tests::smd;
use crate::numerics::sums::{Sum, sum};
use study::results::finite;

/// A value, how many patients have it, and what each of them weighs.
pub(super) type WeightedRow = (f64, u64, f64);

/// Patients who count unequally.
#[derive(Debug, Clone, Default)]
pub(super) struct Weighted {
    rows: Vec<WeightedRow>,
}

/// A weighted mean and variance.
#[derive(Debug, Clone, Copy)]
pub(super) struct WeightedMoments {
    /// The mean as one of the values and how far it lies beyond.
    origin: f64,
    offset: f64,
    variance: Option<f64>,
}

impl WeightedMoments {
    pub(super) fn mean(&self) -> Option<f64> {
        finite(self.origin + self.offset)
    }

    pub(super) fn standard_deviation(&self) -> Option<f64> {
        finite(self.variance?.sqrt())
    }
}

impl Weighted {
    /// Rows in any order.
    pub(super) fn of(rows: impl IntoIterator<Item = WeightedRow>) -> Self {
        let mut rows: Vec<WeightedRow> = rows.into_iter().collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.total_cmp(&b.2)));
        Self { rows }
    }

    /// The rows.
    pub(super) fn rows(&self) -> impl Iterator<Item = WeightedRow> {
        self.rows.iter().copied()
    }

    /// The sum of the weights.
    pub(super) fn total(&self) -> f64 {
        total(self.rows())
    }

    /// The effective number of patients; none without patients.
    pub(super) fn effective(&self) -> Option<f64> {
        let whole = self.total();
        finite(1.0 / sum(self.rows().map(|(_, n, w)| n as f64 * (w / whole) * (w / whole))))
    }

    /// Mean and variance; none without patients, no variance of a single one.
    pub(super) fn moments(&self) -> Option<WeightedMoments> {
        let (origin, ..) = *self.rows.first()?;
        let whole = self.total();
        // Shares of the weights, taken from an origin among the values: large offsets cost no digits.
        let share = |n: u64, w: f64| n as f64 * (w / whole);
        let offset = sum(self.rows().map(|(x, n, w)| share(n, w) * (x - origin)));
        let squares = sum(self.rows().map(|(x, n, w)| {
            let distance = (x - origin) - offset;
            share(n, w) * distance * distance
        }));
        let patients: u64 = self.rows().map(|(_, n, _)| n).sum();
        let left = 1.0 - sum(self.rows().map(|(_, n, w)| share(n, w) * (w / whole)));
        let variance = if patients > 1 { finite(squares / left) } else { None };
        Some(WeightedMoments { origin, offset, variance })
    }

    /// Quantiles in the order of their probabilities; none without patients.
    pub(super) fn quantiles<const K: usize>(&self, probabilities: [f64; K]) -> Option<[f64; K]> {
        let last = self.rows.last()?.0;
        let whole = self.total();
        Some(probabilities.map(|p| {
            let (mut reached, mut low) = (Sum::default(), None);
            for (x, n, w) in self.rows() {
                // Exactly the share p, but for rounding, lay at or below `low`.
                if let Some(low) = low.filter(|low| *low != x) {
                    return 0.5 * low + 0.5 * x;
                }
                reached.add_product(n as f64, w);
                let beyond = reached.total() / whole - p;
                if beyond.abs() <= 1e-12 {
                    low = Some(x);
                } else if beyond > 0.0 {
                    return x;
                }
            }
            last
        }))
    }
}

/// The sum of the weights of rows.
fn total(rows: impl Iterator<Item = WeightedRow>) -> f64 {
    let mut sum = Sum::default();
    rows.for_each(|(_, n, w)| sum.add_product(n as f64, w));
    sum.total()
}

/// The standardized difference of two weighted means; absent where it is infinite or a group has a single patient.
pub(super) fn difference_of_means(first: &WeightedMoments, second: &WeightedMoments) -> Option<f64> {
    let difference = (first.origin - second.origin) + (first.offset - second.offset);
    smd::of_means(difference, first.variance?, second.variance?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: Option<f64>, exact: f64) {
        assert!((ours.unwrap() - exact).abs() < 1e-14 * exact.abs(), "{ours:?} {exact}");
    }

    /// By hand, `baseline`: weighted mean, variance, quartiles and effective number of three patients who weigh 1, 1, 2.
    #[test]
    fn three_patients_by_hand() {
        // 2, 6 and 8 weigh 1, 1 and 2: mean 24/4 = 6; Σ w (x − 6)² = 16 + 0 + 8 = 24, times 4/(16 − 6): 9.6.
        let three = Weighted::of([(8.0, 1, 2.0), (2.0, 1, 1.0), (6.0, 1, 1.0)]);
        let moments = three.moments().unwrap();
        close(moments.mean(), 6.0);
        close(moments.standard_deviation(), 9.6_f64.sqrt());
        close(three.effective(), 16.0 / 6.0);
        // A quarter of the weights lies at 2, half at or below 6: the quartiles are 4, 7 and 8.
        assert_eq!(three.quantiles([0.25, 0.5, 0.75, 0.3]), Some([4.0, 7.0, 8.0, 6.0]));
        // Standardized against 0 and 4, who weigh the same (mean 2, variance 8): 4/√(8.8).
        let two = Weighted::of([(0.0, 1, 7.0), (4.0, 1, 7.0)]).moments().unwrap();
        close(difference_of_means(&moments, &two), 4.0 / 8.8_f64.sqrt());
    }

    /// Identity, `baseline`: the unit of the weights and splitting a counted row change nothing, and equal weights are
    /// none.
    #[test]
    fn only_the_ratios_of_weights_matter() {
        let rows = [(1e9 + 3.0, 2, 0.3), (1e9, 1, 1.7), (1e9 + 7.0, 4, 0.9)];
        let split =
            [rows[0], (1e9 + 7.0, 3, 0.9), rows[1], (1e9 + 7.0, 1, 0.9)].map(|(x, n, w)| (x, n, w * 1e-150));
        let (one, other) = (Weighted::of(rows), Weighted::of(split));
        let (a, b) = (one.moments().unwrap(), other.moments().unwrap());
        assert_eq!(a.mean(), b.mean());
        close(a.standard_deviation(), b.standard_deviation().unwrap());
        close(one.effective(), other.effective().unwrap());
        assert_eq!(one.quantiles([0.25, 0.5]), other.quantiles([0.25, 0.5]));
        let equal = Weighted::of([(2.0, 1, 0.1), (4.0, 2, 0.1), (5.0, 1, 0.1)]);
        close(equal.moments().unwrap().standard_deviation(), (4.75_f64 / 3.0).sqrt());
        close(equal.effective(), 4.0);
    }

    #[test]
    fn nobody_and_one_patient() {
        assert!(Weighted::default().moments().is_none());
        assert_eq!((Weighted::default().quantiles([0.5]), Weighted::default().effective()), (None, None));
        let one = Weighted::of([(3.0, 1, 0.2)]);
        assert_eq!(one.moments().unwrap().standard_deviation(), None);
        assert_eq!(one.quantiles([0.25, 0.75]), Some([3.0, 3.0]));
        assert_eq!(difference_of_means(&one.moments().unwrap(), &one.moments().unwrap()), None);
    }
}
