//! Numbers of events by chance: binomial and multinomial.
//!
//! # Formula
//! Inversion: the probabilities of the outcomes are subtracted from a uniform number until it is used up, from 0
//! upwards where few are expected, otherwise from the most probable outcome to both sides, so that about √(npq) of them
//! are visited. A multinomial is a chain of conditional binomials, whose cost does not depend on how many it shares out.
//!
//! # References
//! Devroye 1986, doi:10.1007/978-1-4613-8643-8, chapters III.2 and X.4. Loader 2000, Fast and accurate computation of
//! binomial probabilities (the probability of the mode).

use super::incomplete::{deviance, stirling_error};
use super::random::Random;
use std::f64::consts::PI;

/// Expected events below which inversion starts at 0.
const FEW: f64 = 30.0;

/// How many of n patients have an event of probability p.
pub fn binomial(n: u64, p: f64, random: &mut Random) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if p > 0.5 {
        return n - binomial(n, 1.0 - p, random);
    }
    let odds = p / (1.0 - p);
    let mut left = random.uniform();
    let size = n as f64;
    // P(x + 1) / P(x) = (n − x) / (x + 1) · p / (1 − p).
    let up = |x: u64, probability: f64| probability * odds * (size - x as f64) / (x as f64 + 1.0);
    let down = |x: u64, probability: f64| probability * x as f64 / (odds * (size - x as f64 + 1.0));
    if size * p < FEW {
        let (mut x, mut probability) = (0, libm::exp(size * libm::log1p(-p)));
        while x < n && left >= probability {
            left -= probability;
            probability = up(x, probability);
            x += 1;
        }
        return x;
    }
    let mode = ((size + 1.0) * p).floor() as u64;
    let (mut high, mut low) = (mode, mode);
    let mut at_high = probability(size, mode as f64, p);
    let mut at_low = at_high;
    if left < at_high {
        return mode;
    }
    left -= at_high;
    loop {
        if high < n {
            at_high = up(high, at_high);
            high += 1;
            if left < at_high {
                return high;
            }
            left -= at_high;
        }
        if low > 0 {
            at_low = down(low, at_low);
            low -= 1;
            if left < at_low {
                return low;
            }
            left -= at_low;
        }
        // What is left is rounding.
        if (high == n || at_high == 0.0) && (low == 0 || at_low == 0.0) {
            return mode;
        }
    }
}

/// The probability of x events, 0 < x < n.
fn probability(n: f64, x: f64, p: f64) -> f64 {
    let exponent = stirling_error(n) - stirling_error(x) - stirling_error(n - x);
    let exponent = exponent - deviance(x, n * p) - deviance(n - x, n * (1.0 - p));
    libm::exp(exponent) * (n / (2.0 * PI * x * (n - x))).sqrt()
}

/// As many patients as there are, drawn with replacement: how often each cell comes out.
pub fn resample(cells: &[u64], random: &mut Random) -> Vec<u64> {
    let mut weight: u64 = cells.iter().sum();
    let mut left = weight;
    cells
        .iter()
        .map(|cell| {
            let drawn =
                if *cell == weight { left } else { binomial(left, *cell as f64 / weight as f64, random) };
            weight -= cell;
            left -= drawn;
            drawn
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probability_of_a_mode_by_hand() {
        // 4 of 8 at ½: 70/256; 1 of 3 at ⅓: 3 · ⅓ · 4/9.
        assert!((probability(8.0, 4.0, 0.5) / (70.0 / 256.0) - 1.0).abs() < 1e-14);
        assert!((probability(3.0, 1.0, 1.0 / 3.0) / (4.0 / 9.0) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn both_ways_of_drawing_have_the_mean_and_variance_of_the_binomial() {
        let mut random = Random::new(1);
        for (n, p) in [(40, 0.1), (40, 0.93), (1000, 0.4), (500_000_000, 0.3), (7, 0.5)] {
            let draws: Vec<f64> = (0..20_000).map(|_| binomial(n, p, &mut random) as f64).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
            let (size, expected) = (n as f64 * p, n as f64 * p * (1.0 - p));
            assert!((mean - size).abs() < 5.0 * (expected / 20_000.0).sqrt(), "{n} {p}: {mean}");
            assert!((variance / expected - 1.0).abs() < 0.06, "{n} {p}: {variance} {expected}");
        }
    }

    #[test]
    fn resamples_have_as_many_patients_and_none_from_empty_cells() {
        let mut random = Random::new(2);
        let cells = [3, 0, 1_000_000, 1, 0];
        for _ in 0..100 {
            let drawn = resample(&cells, &mut random);
            assert_eq!(drawn.iter().sum::<u64>(), 1_000_004);
            assert_eq!((drawn[1], drawn[4]), (0, 0));
        }
        assert_eq!(resample(&[0, 5, 0], &mut random), [0, 5, 0]);
        assert_eq!(resample(&[], &mut random), [0; 0]);
    }
}
