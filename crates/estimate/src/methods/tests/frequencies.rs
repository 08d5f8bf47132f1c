//! Distinct values with their frequencies.

use crate::numerics::sums::Moments;
use study::Dialect;

/// Distinct values, ascending, and how many patients have each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frequencies {
    values: Vec<f64>,
    n: Vec<u64>,
}

/// How a quantile between two values is found: the types of Hyndman & Fan 1996, doi:10.1080/00031305.1996.10473566.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantileDefinition {
    /// Type 2: the inverse of the distribution function, averaged where it jumps. SAS (`PCTLDEF=5`) and Stata
    /// (`summarize, detail`, `tabstat`).
    Averaged,
    /// Type 6: x₍ₕ₎ with h = (n + 1)p, interpolated. SPSS (`HAVERAGE`).
    Weibull,
    /// Type 7: x₍ₕ₎ with h = (n − 1)p + 1, interpolated. R and farr.
    Interpolated,
}

impl QuantileDefinition {
    /// The definition that a program uses by default.
    pub fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sas | Dialect::Stata => Self::Averaged,
            Dialect::Spss => Self::Weibull,
            Dialect::Farr | Dialect::R => Self::Interpolated,
        }
    }

    /// Its number with Hyndman and Fan.
    pub fn number(self) -> u8 {
        match self {
            Self::Averaged => 2,
            Self::Weibull => 6,
            Self::Interpolated => 7,
        }
    }
}

impl Frequencies {
    /// Of values in any order, which may repeat; missing ones (NaN) are left out.
    pub fn new(values: impl IntoIterator<Item = (f64, u64)>) -> Self {
        let mut pairs: Vec<(f64, u64)> =
            values.into_iter().filter(|(value, n)| !value.is_nan() && *n > 0).collect();
        // Adding 0 makes −0 the same value as 0.
        pairs.iter_mut().for_each(|(value, _)| *value += 0.0);
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        pairs.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let (values, n) = pairs.into_iter().unzip();
        Self { values, n }
    }

    /// The values with their frequencies, ascending.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, u64)> + Clone {
        self.values.iter().copied().zip(self.n.iter().copied())
    }

    /// Patients.
    pub fn total(&self) -> u64 {
        self.n.iter().sum()
    }

    /// Mean and squares.
    pub fn moments(&self) -> Moments {
        Moments::of(self.pairs())
    }

    /// Smallest value.
    pub fn minimum(&self) -> Option<f64> {
        self.values.first().copied()
    }

    /// Largest value.
    pub fn maximum(&self) -> Option<f64> {
        self.values.last().copied()
    }

    /// Quantiles in the order of their probabilities, which must ascend.
    pub fn quantiles<const K: usize>(
        &self,
        probabilities: [f64; K],
        definition: QuantileDefinition,
    ) -> Option<[f64; K]> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let mut cumulative = Vec::with_capacity(self.n.len());
        let mut sum = 0;
        for n in &self.n {
            sum += n;
            cumulative.push(sum);
        }
        // The value of a rank from 1.
        let ordered = |rank: f64| {
            let rank = rank.clamp(1.0, total as f64) as u64;
            self.values[cumulative.partition_point(|sum| *sum < rank)]
        };
        let n = total as f64;
        // As R does, a rank within a few rounding errors of a whole number is that number.
        let fuzz = 4.0 * f64::EPSILON;
        Some(probabilities.map(|p| {
            let rank = match definition {
                QuantileDefinition::Averaged => n * p,
                QuantileDefinition::Weibull => (n + 1.0) * p,
                QuantileDefinition::Interpolated => (n - 1.0) * p + 1.0,
            };
            let below = (rank + fuzz).floor();
            let part = rank - below;
            let (low, high) = (ordered(below), ordered(below + 1.0));
            if low == high {
                return low;
            }
            let whole = part.abs() < fuzz;
            match definition {
                QuantileDefinition::Averaged if whole => 0.5 * low + 0.5 * high,
                QuantileDefinition::Averaged => high,
                _ if whole => low,
                _ => (1.0 - part) * low + part * high,
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `baseline`: the quartiles of 1 to 6 under three definitions.
    #[test]
    fn quartiles_by_hand() {
        // 1, 2, 3, 4, 5, 6 (3 twice would hide an off-by-one): the textbook answers of types 2, 6, 7.
        let six = Frequencies::new((1..=6).map(|x| (f64::from(x), 1)));
        let quartiles = |definition| six.quantiles([0.25, 0.5, 0.75], definition).unwrap();
        assert_eq!(quartiles(QuantileDefinition::Averaged), [2.0, 3.5, 5.0]);
        assert_eq!(quartiles(QuantileDefinition::Weibull), [1.75, 3.5, 5.25]);
        assert_eq!(quartiles(QuantileDefinition::Interpolated), [2.25, 3.5, 4.75]);
    }

    #[test]
    fn frequencies_stand_for_patients() {
        let counted = Frequencies::new([(8.0, 1), (5.0, 2), (5.0, 1), (f64::NAN, 9), (-0.0, 1), (0.0, 0)]);
        let listed = Frequencies::new([5.0, 0.0, 5.0, 8.0, 5.0].map(|x| (x, 1)));
        assert_eq!(counted, listed);
        assert_eq!((counted.total(), counted.minimum(), counted.maximum()), (5, Some(0.0), Some(8.0)));
        assert_eq!(Frequencies::default().quantiles([0.5], QuantileDefinition::Averaged), None);
        let one = Frequencies::new([(3.0, 1)]);
        assert_eq!(one.quantiles([0.25, 0.75], QuantileDefinition::Weibull), Some([3.0, 3.0]));
    }
}
