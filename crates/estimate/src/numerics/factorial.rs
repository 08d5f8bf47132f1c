//! Logarithms of factorials.

use crate::numerics::incomplete::stirling_error;
use crate::numerics::sums::Sum;
use std::f64::consts::PI;

/// Above this, Stirling's formula instead of the table.
const TABLE: u64 = 1_000_000;

/// ln n! for n up to a bound known beforehand: a table, exact to the last digit, and Stirling's formula above it.
#[derive(Debug, Clone)]
pub struct LnFactorial(Vec<f64>);

impl LnFactorial {
    /// For numbers up to `most`.
    pub fn up_to(most: u64) -> Self {
        let mut sum = Sum::default();
        let mut table = vec![0.0];
        for n in 1..=most.min(TABLE) {
            sum.add((n as f64).ln());
            table.push(sum.total());
        }
        Self(table)
    }

    /// ln n!
    pub fn of(&self, n: u64) -> f64 {
        self.0.get(n as usize).copied().unwrap_or_else(|| {
            let n = n as f64;
            (n + 0.5) * n.ln() - n + 0.5 * (2.0 * PI).ln() + stirling_error(n)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_and_formula_agree() {
        let table = LnFactorial::up_to(200);
        assert!((table.of(20) - 2_432_902_008_176_640_000_f64.ln()).abs() < 1e-13);
        assert_eq!((table.of(0), table.of(1)), (0.0, 0.0));
        let none = LnFactorial::up_to(0);
        for n in [1, 2, 15, 16, 17, 200] {
            assert!((none.of(n) - table.of(n)).abs() < 1e-13 * table.of(n).max(1.0));
        }
    }
}
