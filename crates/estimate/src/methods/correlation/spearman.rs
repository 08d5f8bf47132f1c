//! The distribution of Σd², the squared differences of two orders of 1 … n, when all orders are equally likely.

use crate::numerics::distributions::normal_upper;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::Dialect;

/// How the P value of Spearman's coefficient is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpearmanDistribution {
    /// Without ties by counting all orders (up to 9 patients) or an Edgeworth series (up to 1290), as R does; otherwise
    /// by the t distribution.
    ExactWhereSmall,
    /// By counting all orders, ties as they are, of up to 12 patients; otherwise by the t distribution.
    Exact,
    /// By the t distribution.
    T,
}

impl SpearmanDistribution {
    /// What each program does when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Farr | Dialect::R => Self::ExactWhereSmall,
            Dialect::Spss | Dialect::Sas | Dialect::Stata => Self::T,
        }
    }
}

/// Patients up to which all orders are counted.
const COUNTED: u64 = 9;
/// Patients up to which all orders are counted where values may tie.
pub(super) const COUNTED_TIED: u64 = 12;
/// Patients up to which the series is used.
const SERIES: u64 = 1290;

/// The two-sided P value of Σd² and how it was found; none for too many or too few patients.
pub(super) fn p_value(squares: f64, n: u64) -> Option<(f64, &'static str)> {
    if !(2..=SERIES).contains(&n) {
        return None;
    }
    // Σd² is even and symmetric about the half of its largest value: the nearer tail is doubled.
    let largest = (n * (n * n - 1) / 3) as f64;
    let low = squares.min(largest - squares);
    let (tail, how) = if n <= COUNTED {
        (counted_tail(low as usize, n as usize), "P exact, from all orders of the ranks")
    } else if squares <= 0.5 * largest {
        (series_lower(low, n as f64), "P from an Edgeworth series, as no values tie")
    } else {
        (series_upper(squares, n as f64), "P from an Edgeworth series, as no values tie")
    };
    Some(((2.0 * tail).clamp(0.0, 1.0), how))
}

/// The share of all orders of the second numbers whose sum of products with the first is at least as far from 0 as that of
/// the order given. Both are whole and add up to 0, as twice the mid-ranks less their mean; of [`COUNTED_TIED`] patients at
/// most, since all subsets of them are gone through.
pub(super) fn exact_p(pairs: &[(i64, i64)]) -> f64 {
    let n = pairs.len();
    let observed: i64 = pairs.iter().map(|(x, y)| x * y).sum();
    let most: i64 = pairs.iter().map(|(x, y)| x.abs().max(y.abs()).pow(2)).sum();
    let place = |sum: i64| (sum + most) as usize;
    // The first numbers are given their partners one after the other, each set of partners used so far with its sums.
    let mut ways: Vec<Vec<u64>> = vec![Vec::new(); 1 << n];
    ways[0] = vec![0; place(most) + 1];
    ways[0][place(0)] = 1;
    for used in 0..(1usize << n) - 1 {
        let here = std::mem::take(&mut ways[used]);
        let (first, _) = pairs[used.count_ones() as usize];
        for partner in (0..n).filter(|partner| used & (1 << partner) == 0) {
            let next = &mut ways[used | (1 << partner)];
            next.resize(here.len(), 0);
            let add = first * pairs[partner].1;
            for (at, count) in here.iter().enumerate().filter(|(_, count)| **count > 0) {
                next[(at as i64 + add) as usize] += count;
            }
        }
    }
    let all = &ways[(1 << n) - 1];
    let far = |at: usize| (at as i64 - most).abs() >= observed.abs();
    let extreme: u64 = all.iter().enumerate().filter(|(at, _)| far(*at)).map(|(_, count)| count).sum();
    extreme as f64 / all.iter().sum::<u64>() as f64
}

/// P(Σd² ≤ s): the places are filled one after the other, each set of ranks used so far with its sums.
fn counted_tail(s: usize, n: usize) -> f64 {
    let largest = n * (n * n - 1) / 3;
    let mut ways = vec![vec![0u32; 0]; 1 << n];
    ways[0] = vec![0; largest + 1];
    ways[0][0] = 1;
    for used in 0..(1usize << n) {
        let here = std::mem::take(&mut ways[used]);
        let place = used.count_ones() as usize;
        if place == n {
            let below: u32 = here[..=s].iter().sum();
            let all: u32 = here.iter().sum();
            return f64::from(below) / f64::from(all);
        }
        for rank in (0..n).filter(|rank| used & (1 << rank) == 0) {
            let next = &mut ways[used | (1 << rank)];
            next.resize(largest + 1, 0);
            let add = rank.abs_diff(place).pow(2);
            for (sum, count) in here.iter().enumerate().filter(|(_, count)| **count > 0) {
                next[sum + add] += count;
            }
        }
    }
    1.0
}

/// P(Σd² ≥ s) by the series of Best and Roberts.
fn series_upper(s: f64, n: f64) -> f64 {
    let (x, term) = edgeworth(s, n);
    (term + normal_upper(x)).clamp(0.0, 1.0)
}

/// P(Σd² ≤ s).
fn series_lower(s: f64, n: f64) -> f64 {
    let (x, term) = edgeworth(s + 2.0, n);
    (normal_upper(-x) - term).clamp(0.0, 1.0)
}

/// The standardized sum with continuity correction, and what the series adds to its upper normal tail.
fn edgeworth(s: f64, n: f64) -> (f64, f64) {
    let b = 1.0 / n;
    let x = (6.0 * (s - 1.0) * b / (n * n - 1.0) - 1.0) * (n - 1.0).sqrt();
    let y = x * x;
    let inner = 0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y);
    let middle = 0.0879 + 0.0151 * b - y * inner;
    let outer = -0.0758 + b * (0.1033 + 0.3932 * b) - y * b * middle;
    let u = x * b * (0.2274 + b * (0.2531 + 0.1745 * b) + y * outer);
    (x, u / (0.5 * y).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `correlation`: the exact tail of Spearman’s Σd² over the six orders of three.
    #[test]
    fn all_orders_of_three() {
        // Σd² over the six orders: 0, 2, 2, 6, 6, 8.
        for (s, tail) in [(0, 1.0), (2, 3.0), (4, 3.0), (6, 5.0), (8, 6.0)] {
            assert_eq!(counted_tail(s, 3), tail / 6.0);
        }
        assert_eq!(p_value(0.0, 3).unwrap().0, 2.0 / 6.0);
        assert_eq!(p_value(8.0, 3).unwrap().0, 2.0 / 6.0);
        assert_eq!(p_value(6.0, 3).unwrap().0, 1.0);
        // R's `cor.test` takes the series up to and with 1290 patients.
        assert!(p_value(2.0, 1290).is_some());
        assert_eq!(p_value(2.0, 1291), None);
    }

    /// By hand, `correlation`: of the 24 orders of 1, 1, 2, 3 beside 1, 2, 3, 4 four are as far from none as that one.
    #[test]
    fn all_orders_with_a_tie() {
        // Doubled mid-ranks less their mean: −3, −1, 1, 3 and −2, −2, 1, 3; sums of products: 6 + 2 + 1 + 9 = 18, and −18
        // turned round; each is that of two of the 24 orders. Next are 16 and −16.
        assert_eq!(exact_p(&[(-3, -2), (-1, -2), (1, 1), (3, 3)]), 4.0 / 24.0);
        assert_eq!(exact_p(&[(-3, 3), (-1, 1), (1, -2), (3, -2)]), 4.0 / 24.0);
    }

    #[test]
    fn without_ties_both_ways_of_counting_agree() {
        for order in [[1_i64, 3, 2, 4, 6, 5], [6, 1, 5, 2, 4, 3], [2, 1, 4, 3, 6, 5]] {
            let pairs: Vec<(i64, i64)> =
                order.iter().enumerate().map(|(x, y)| (2 * x as i64 - 5, 2 * y - 7)).collect();
            let squares: i64 = order.iter().enumerate().map(|(x, y)| (x as i64 + 1 - y).pow(2)).sum();
            let (p, _) = p_value(squares as f64, 6).unwrap();
            assert!((exact_p(&pairs) - p).abs() < 1e-15);
        }
    }

    #[test]
    fn counting_and_series_nearly_agree_where_they_meet() {
        for s in [20.0, 48.0, 90.0, 118.0] {
            assert!((counted_tail(s as usize, 9) - series_lower(s, 9.0)).abs() < 2e-3, "{s}");
            assert!((series_lower(s, 9.0) - series_upper(240.0 - s, 9.0)).abs() < 1e-12);
        }
    }
}
