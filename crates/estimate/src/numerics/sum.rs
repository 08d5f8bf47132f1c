//! Compensated summation: the error of a sum does not grow with the number of its terms.
//!
//! # References
//! Neumaier 1974, doi:10.1002/zamm.19740540106.

/// A running sum.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    /// Adds a term.
    pub fn add(&mut self, term: f64) {
        let next = self.sum + term;
        self.lost +=
            if self.sum.abs() >= term.abs() { (self.sum - next) + term } else { (term - next) + self.sum };
        self.sum = next;
    }

    /// The sum so far; what is lost of an infinite sum is no number and is left out.
    pub fn value(self) -> f64 {
        if self.lost.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_terms_survive_large_ones() {
        let mut sum = Sum::default();
        [1.0, 1e100, 1.0, -1e100].into_iter().for_each(|term| sum.add(term));
        assert_eq!(sum.value(), 2.0);
        sum.add(f64::NEG_INFINITY);
        assert_eq!(sum.value(), f64::NEG_INFINITY);
    }
}
