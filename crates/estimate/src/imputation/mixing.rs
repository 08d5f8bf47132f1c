//! Whether the chains of a variable have come to move about the same place.
//!
//! # Formula
//! For m chains of n iterations each, with W the mean of the variances within chains and B/n the variance of the means
//! of the chains: R̂ = √(((n − 1)/n W + B/n)/W). The first half of the iterations is not counted, as far as eight remain.
//! # References
//! Gelman & Rubin 1992, doi:10.1214/ss/1177011136.

use super::rubin::{mean, variance};

/// Above this ratio the chains are said not to have mixed.
pub(super) const LIMIT: f64 = 1.1;

/// Iterations that must be counted: of fewer, the ratio says more of chance than of mixing.
const LEAST: usize = 5;

/// The ratio, from one array a chain; absent where too little varies or there are too few iterations.
pub(super) fn ratio(chains: &[Vec<f64>]) -> Option<f64> {
    let length = chains.first()?.len();
    let kept = (length / 2).max(8).min(length.saturating_sub(1));
    if kept < LEAST || chains.len() < 2 {
        return None;
    }
    let later: Vec<&[f64]> = chains.iter().map(|chain| &chain[length - kept..]).collect();
    let within = mean(&later.iter().map(|chain| variance(chain)).collect::<Vec<_>>());
    let between = variance(&later.iter().map(|chain| mean(chain)).collect::<Vec<_>>());
    let n = kept as f64;
    let ratio = (((n - 1.0) / n * within + between) / within).sqrt();
    (within > 0.0 && ratio.is_finite()).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_by_hand() {
        // The last five of six iterations: variance 2.5 within each, means 3 and 5 with variance 2.
        let chains = [vec![9.0, 1.0, 2.0, 3.0, 4.0, 5.0], vec![0.0, 3.0, 4.0, 5.0, 6.0, 7.0]];
        assert!((ratio(&chains).unwrap() - (4.0f64 / 2.5).sqrt()).abs() < 1e-15);
        assert_eq!(ratio(&[vec![1.0; 10], vec![1.0; 10]]), None);
        assert_eq!(ratio(&[vec![1.0, 2.0, 4.0], vec![2.0, 5.0, 9.0]]), None);
    }
}
