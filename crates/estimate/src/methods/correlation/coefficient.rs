//! The coefficients, their tests and their limits.

use super::spearman::{self, SpearmanDistribution};
use crate::methods::tests::undone;
use crate::methods::two_by_two::risk::z_of;
use crate::numerics::distributions::t_two_sided;
use crate::numerics::sums::{Moments, Sum};
use study::results::finite;
use study::{Test, TestName};

/// Two numbers of each patient, and how many patients have both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pairs {
    pairs: Vec<(f64, f64, u64)>,
}

/// A coefficient with its test.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// The coefficient; absent where one of the numbers has no spread.
    pub value: Option<f64>,
    /// Whether it is 0.
    pub test: Test,
    /// Squared standard error on Fisher's z scale.
    variance: Option<f64>,
}

impl Related {
    /// Limits on Fisher's z scale; none with fewer than four patients or a coefficient of ±1.
    pub fn limits(&self, confidence_level: f64) -> Option<[f64; 2]> {
        let (r, variance) = (self.value?, self.variance?);
        let half = z_of(confidence_level) * variance.sqrt();
        (r.abs() < 1.0).then(|| [(r.atanh() - half).tanh(), (r.atanh() + half).tanh()])
    }
}

impl Pairs {
    /// Of values in any order; those of which one is missing (NaN) are left out.
    pub fn new(pairs: impl IntoIterator<Item = (f64, f64, u64)>) -> Self {
        let known = pairs.into_iter().filter(|(x, y, n)| !x.is_nan() && !y.is_nan() && *n > 0);
        Self { pairs: known.collect() }
    }

    /// Patients who have both.
    pub fn n(&self) -> u64 {
        self.pairs.iter().map(|(_, _, n)| n).sum()
    }

    /// Pearson's coefficient.
    pub fn pearson(&self) -> Related {
        let r = self.coefficient();
        let n = self.n() as f64;
        Related {
            value: r,
            test: by_t(TestName::PearsonCorrelation, r, n),
            variance: (n > 3.0).then(|| 1.0 / (n - 3.0)),
        }
    }

    /// Spearman's coefficient. The statistic of its test is t, also where P is counted or approximated.
    pub fn spearman(&self, distribution: SpearmanDistribution) -> Related {
        let ranked = self.ranked();
        let (r, n) = (ranked.coefficient(), self.n());
        let mut test = by_t(TestName::SpearmanCorrelation, r, n as f64);
        let mut reason = "P from the t distribution";
        if distribution == SpearmanDistribution::ExactWhereSmall && !self.is_tied() && r.is_some() {
            // Whole numbers: doubled ranks differ by even ones.
            let squares: f64 = ranked.pairs.iter().map(|(x, y, _)| (0.5 * (x - y)).powi(2)).sum();
            if let Some((p, how)) = spearman::p_value(squares, n) {
                test.p_value = Some(p);
                reason = how;
            }
        }
        if distribution == SpearmanDistribution::Exact && r.is_some() && n <= spearman::COUNTED_TIED {
            let each = |(x, y, n): &(f64, f64, u64)| std::iter::repeat_n((*x as i64, *y as i64), *n as usize);
            test.p_value = Some(spearman::exact_p(&ranked.pairs.iter().flat_map(each).collect::<Vec<_>>()));
            reason = "P exact, from all orders of the ranks, ties as they are";
        }
        test.reason = Some(reason.into());
        let n = n as f64;
        let variance = r.filter(|_| n > 3.0).map(|r| (1.0 + 0.5 * r * r) / (n - 3.0));
        Related { value: r, test, variance }
    }

    fn coefficient(&self) -> Option<f64> {
        let x = Moments::of(self.pairs.iter().map(|(x, _, n)| (*x, *n)));
        let y = Moments::of(self.pairs.iter().map(|(_, y, n)| (*y, *n)));
        let (mean_x, mean_y) = (x.mean()?, y.mean()?);
        if !(x.squares > 0.0 && y.squares > 0.0) {
            return None;
        }
        // The means are rounded: what the sums of differences leave is taken off.
        let (mut products, mut rest_x, mut rest_y) = (Sum::default(), Sum::default(), Sum::default());
        for (x, y, n) in &self.pairs {
            let (dx, dy, n) = (x - mean_x, y - mean_y, *n as f64);
            products.add(dx * dy * n);
            rest_x.add_product(dx, n);
            rest_y.add_product(dy, n);
        }
        let product = products.total() - rest_x.total() * (rest_y.total() / self.n() as f64);
        // One root rounds less than two; two serve where the product of the squares is too large or too small.
        let scale = (x.squares * y.squares).sqrt();
        let r =
            if scale.is_normal() { product / scale } else { product / x.squares.sqrt() / y.squares.sqrt() };
        finite(r.clamp(-1.0, 1.0))
    }

    /// Mid-ranks in the place of values: doubled, and counted from their middle, so that they are whole.
    fn ranked(&self) -> Self {
        let x = doubled_ranks(self.pairs.iter().map(|(x, _, n)| (*x, *n)).collect());
        let y = doubled_ranks(self.pairs.iter().map(|(_, y, n)| (*y, *n)).collect());
        let n = self.pairs.iter().map(|(_, _, n)| *n);
        Self { pairs: x.into_iter().zip(y).zip(n).map(|((x, y), n)| (x, y, n)).collect() }
    }

    fn is_tied(&self) -> bool {
        let tied = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.windows(2).any(|pair| pair[0] == pair[1])
        };
        self.pairs.iter().any(|(_, _, n)| *n > 1)
            || tied(self.pairs.iter().map(|pair| pair.0 + 0.0).collect())
            || tied(self.pairs.iter().map(|pair| pair.1 + 0.0).collect())
    }
}

/// Twice the mid-rank of each value less that of the middle.
fn doubled_ranks(values: Vec<(f64, u64)>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| (values[*a].0 + 0.0).total_cmp(&(values[*b].0 + 0.0)));
    let total: u64 = values.iter().map(|(_, n)| n).sum();
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for ties in order.chunk_by(|a, b| values[*a].0 == values[*b].0) {
        let here: u64 = ties.iter().map(|index| values[*index].1).sum();
        let rank = 2 * i128::from(below) + i128::from(here) - i128::from(total);
        ties.iter().for_each(|index| ranks[*index] = rank as f64);
        below += here;
    }
    ranks
}

/// The test by the t distribution; of a coefficient of ±1 the statistic is infinite, thus absent, and P is 0.
fn by_t(name: TestName, r: Option<f64>, n: f64) -> Test {
    let (Some(r), true) = (r, n > 2.0) else { return undone(name) };
    let df = n - 2.0;
    let t = r * (df / ((1.0 - r) * (1.0 + r))).sqrt();
    Test { statistic: finite(t), df: vec![df], p_value: finite(t_two_sided(t, df)), ..undone(name) }
}
