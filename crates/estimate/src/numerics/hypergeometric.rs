//! The hypergeometric distribution: how many of `drawn` patients, taken without replacement from `marked` and
//! `unmarked` ones, are marked.
//!
//! # Formula
//! p(x) = b(x; marked) b(drawn − x; unmarked) / b(drawn; all), each b a binomial probability with share drawn/all in
//! Loader's saddle-point form, which subtracts nothing large.
//!
//! # References
//! Loader 2000, Fast and accurate computation of binomial probabilities.

use crate::numerics::factorial::LnFactorial;
use crate::numerics::incomplete::{deviance, stirling_error};
use crate::numerics::random::Random;
use std::f64::consts::PI;

/// The distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hypergeometric {
    /// Marked patients.
    pub marked: u64,
    /// The others.
    pub unmarked: u64,
    /// Patients drawn, at most all.
    pub drawn: u64,
}

impl Hypergeometric {
    /// Smallest possible number.
    pub fn least(&self) -> u64 {
        self.drawn.saturating_sub(self.unmarked)
    }

    /// Largest possible number.
    pub fn most(&self) -> u64 {
        self.drawn.min(self.marked)
    }

    /// The number with the highest probability.
    pub fn mode(&self) -> u64 {
        let mode = (u128::from(self.marked) + 1) * (u128::from(self.drawn) + 1)
            / (u128::from(self.marked) + u128::from(self.unmarked) + 2);
        (mode as u64).clamp(self.least(), self.most())
    }

    /// ln p(x) for a possible x.
    pub fn ln_probability(&self, x: u64) -> f64 {
        let all = (self.marked + self.unmarked) as f64;
        let share = self.drawn as f64 / all;
        let rest = (all - self.drawn as f64) / all;
        ln_binomial(x as f64, self.marked as f64, share, rest)
            + ln_binomial((self.drawn - x) as f64, self.unmarked as f64, share, rest)
            - ln_binomial(self.drawn as f64, all, share, rest)
    }

    /// p(x + 1) / p(x).
    pub fn ratio_up(&self, x: u64) -> f64 {
        let more = (self.marked - x) as f64 * (self.drawn - x) as f64;
        more / ((x + 1) as f64 * (self.unmarked + x + 1 - self.drawn) as f64)
    }

    /// A random number of this distribution: by inversion from the mode outwards.
    pub fn sample(&self, random: &mut Random, factorial: &LnFactorial) -> u64 {
        let (least, most) = (self.least(), self.most());
        if least == most {
            return least;
        }
        let mode = self.mode();
        let choose = |n: u64, k: u64| factorial.of(n) - factorial.of(k) - factorial.of(n - k);
        let peak = (choose(self.marked, mode) + choose(self.unmarked, self.drawn - mode)
            - choose(self.marked + self.unmarked, self.drawn))
        .exp();
        let mut left = random.uniform() - peak;
        let (mut low, mut high) = (mode, mode);
        let (mut below, mut above) = (peak, peak);
        while left >= 0.0 && (low > least || high < most) {
            if high < most {
                above *= self.ratio_up(high);
                high += 1;
                left -= above;
                if left < 0.0 {
                    return high;
                }
            }
            if low > least {
                low -= 1;
                below /= self.ratio_up(low);
                left -= below;
                if left < 0.0 {
                    return low;
                }
            }
        }
        mode
    }
}

/// ln of the probability of x among n with share p = 1 − q.
fn ln_binomial(x: f64, n: f64, p: f64, q: f64) -> f64 {
    if x == 0.0 {
        return if n == 0.0 { 0.0 } else { n * if p < 0.5 { (-p).ln_1p() } else { q.ln() } };
    }
    if x == n {
        return n * if q < 0.5 { (-q).ln_1p() } else { p.ln() };
    }
    stirling_error(n)
        - stirling_error(x)
        - stirling_error(n - x)
        - deviance(x, n * p)
        - deviance(n - x, n * q)
        + 0.5 * (n / (2.0 * PI * x * (n - x))).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_by_hand() {
        // Two drawn of three marked and two others: 1, 6 and 3 of 10 pairs.
        let two = Hypergeometric { marked: 3, unmarked: 2, drawn: 2 };
        for (x, p) in [(0, 0.1_f64), (1, 0.6), (2, 0.3)] {
            assert!((two.ln_probability(x) - p.ln()).abs() < 1e-14);
        }
        assert_eq!((two.least(), two.mode(), two.most()), (0, 1, 2));
        let all = Hypergeometric { marked: 3, unmarked: 2, drawn: 5 };
        assert_eq!((all.least(), all.mode(), all.most()), (3, 3, 3));
    }

    #[test]
    fn samples_have_the_expected_mean() {
        // Mean 40 · 30/100 = 12, variance 12 · 0.7 · 60/99 = 5.09: standard error 0.0226 over 10 000 draws.
        let distribution = Hypergeometric { marked: 30, unmarked: 70, drawn: 40 };
        let (mut random, factorial) = (Random::new(1), LnFactorial::up_to(100));
        let draws: Vec<u64> = (0..10_000).map(|_| distribution.sample(&mut random, &factorial)).collect();
        let mean = draws.iter().sum::<u64>() as f64 / 1e4;
        let variance = draws.iter().map(|x| (*x as f64 - 12.0).powi(2)).sum::<f64>() / 1e4;
        assert!((mean - 12.0).abs() < 0.09 && (variance - 5.09).abs() < 0.3, "{mean} {variance}");
    }
}
