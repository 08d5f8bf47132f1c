//! One risk and its interval.
//!
//! # Estimand
//! P(outcome) in a group.
//! # Formula
//! x/n. Wilson: the p with n (p̂ − p)² = z² p(1 − p); corrected for continuity, of p̂ that lies k/n further out, k = ½ or,
//! where that is less, |x − n/2| (as R's prop.test, which corrects no further than to its null value). Clopper–Pearson: the
//! p at which P(X ≥ x) and P(X ≤ x) are half of one minus the confidence level.
//! # References
//! Wilson 1927, doi:10.1080/01621459.1927.10502953. Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404.
//! Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286 (why Wilson).

use crate::numerics::distributions::normal_quantile;
use crate::numerics::incomplete::beta_part;
use crate::numerics::root;

/// Both limits by Wilson's score method; none without patients.
pub fn wilson(x: u64, n: u64, confidence_level: f64) -> Option<[f64; 2]> {
    if n == 0 || x > n {
        return None;
    }
    Some(score_limits(x as f64, n as f64, z_of(confidence_level).powi(2)))
}

/// The p with n (x/n − p)² = z² p(1 − p).
pub fn score_limits(x: f64, n: f64, z_squared: f64) -> [f64; 2] {
    // Without subtraction: one limit is a sum, and both limits have the product x²/(n(n + z²)).
    let root = (z_squared * (z_squared + 4.0 * x * ((n - x) / n))).sqrt();
    let upper = (2.0 * x + z_squared + root) / (2.0 * (n + z_squared));
    let lower = if x == 0.0 { 0.0 } else { x / n * (x / (n + z_squared)) / upper };
    [lower, if x == n { 1.0 } else { upper }]
}

/// Both limits by Wilson's score method with a correction for continuity; none without patients.
pub fn wilson_corrected(x: u64, n: u64, confidence_level: f64) -> Option<[f64; 2]> {
    if n == 0 || x > n {
        return None;
    }
    let (x, n) = (x as f64, n as f64);
    let (z_squared, half) = (z_of(confidence_level).powi(2), (x - n / 2.0).abs().min(0.5));
    let lower = if x - half <= 0.0 { 0.0 } else { score_limits(x - half, n, z_squared)[0] };
    let upper = if x + half >= n { 1.0 } else { score_limits(x + half, n, z_squared)[1] };
    Some([lower, upper])
}

/// Both limits by inverting the exact binomial test; none without patients.
pub fn clopper_pearson(x: u64, n: u64, confidence_level: f64) -> Option<[f64; 2]> {
    if n == 0 || x > n {
        return None;
    }
    let tail = 0.5 * (1.0 - confidence_level);
    // P(X ≥ x | p) = I_p(x, n − x + 1).
    let lower = |x: u64| {
        if x == 0 {
            return Some(0.0);
        }
        let (a, b) = (x as f64, (n - x) as f64 + 1.0);
        root::between(|p| beta_part(a, b, p, 1.0 - p) - tail, 0.0, 1.0)
    };
    // The upper limit is found below one half as itself, above as what lacks to 1.
    let upper = |x: u64| {
        if x == n {
            return Some(1.0);
        }
        let (a, b) = ((n - x) as f64, x as f64 + 1.0);
        root::between(|p| beta_part(a, b, 1.0 - p, p) - tail, 0.0, 1.0)
    };
    Some([lower(x)?, upper(x)?])
}

/// The z beyond which lies one minus the confidence level, on both sides together.
pub fn z_of(confidence_level: f64) -> f64 {
    -normal_quantile(0.5 * (1.0 - confidence_level))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, exact: f64) {
        assert!((ours - exact).abs() <= 1e-13 * exact.abs(), "{ours:e} {exact:e}");
    }

    #[test]
    fn the_corrected_limits_of_r() {
        // Printed in R's mailing list in 2007: prop.test(x = 340, n = 400).
        let [lower, upper] = wilson_corrected(340, 400, 0.95).unwrap();
        assert!((lower - 0.810_330_9).abs() < 5e-8 && (upper - 0.882_774_9).abs() < 5e-8, "{lower} {upper}");
        // Half of all: nothing to correct. None and all: one limit is the end.
        assert_eq!(wilson_corrected(10, 20, 0.95), wilson(10, 20, 0.95));
        assert_eq!(wilson_corrected(0, 20, 0.95).unwrap()[0], 0.0);
        assert_eq!(wilson_corrected(20, 20, 0.95).unwrap()[1], 1.0);
    }

    /// By hand, `two_by_two`: Wilson’s and Clopper and Pearson’s limits of none and of all, in closed form.
    #[test]
    fn none_and_all_by_hand() {
        // Nobody of n: Wilson z²/(n + z²); Clopper–Pearson 1 − (α/2)^(1/n).
        let z2 = z_of(0.95).powi(2);
        let [lower, upper] = wilson(0, 7, 0.95).unwrap();
        assert_eq!(lower, 0.0);
        close(upper, z2 / (7.0 + z2));
        let [lower, upper] = clopper_pearson(0, 7, 0.95).unwrap();
        assert_eq!(lower, 0.0);
        close(upper, 1.0 - 0.025_f64.powf(1.0 / 7.0));
        close(clopper_pearson(7, 7, 0.95).unwrap()[0], 0.025_f64.powf(1.0 / 7.0));
        assert_eq!((wilson(7, 7, 0.95).unwrap()[1], clopper_pearson(7, 7, 0.9).unwrap()[1]), (1.0, 1.0));
        assert_eq!((wilson(0, 0, 0.95), clopper_pearson(0, 0, 0.95)), (None, None));
    }

    /// By hand, `two_by_two`: Wilson’s and Clopper and Pearson’s limits of one of two, in closed form.
    #[test]
    fn half_of_two_by_hand() {
        // One of two: P(X ≥ 1) = 1 − q² = α/2, so that the lower limit is 1 − √(1 − α/2).
        let [lower, upper] = clopper_pearson(1, 2, 0.95).unwrap();
        close(lower, 1.0 - 0.975_f64.sqrt());
        close(upper, 0.975_f64.sqrt());
        let z2 = z_of(0.95).powi(2);
        let [lower, upper] = wilson(1, 2, 0.95).unwrap();
        close(upper - lower, (z2 / (2.0 + z2)).sqrt());
        close(upper + lower, 1.0);
    }

    #[test]
    fn one_in_a_billion_keeps_its_digits() {
        let n = 1_000_000_000;
        // To a billionth the binomial is Poisson: the lower limit solves 1 − exp(−np) = 0.025.
        let [lower, upper] = clopper_pearson(1, n, 0.95).unwrap();
        assert!((lower * n as f64 / -(0.975_f64.ln()) - 1.0).abs() < 1e-8);
        assert!(upper * n as f64 > 5.571_643 && upper * n as f64 * 1.0 < 5.571_645);
        let [lower, upper] = wilson(1, n, 0.95).unwrap();
        let z2 = z_of(0.95).powi(2);
        // np: (2 + z² ± z√(z² + 4))/2, to a billionth.
        close(upper * (n as f64 + z2) * lower, 1e-9);
        assert!((upper * n as f64 / ((2.0 + z2 + (z2 * (z2 + 4.0)).sqrt()) / 2.0) - 1.0).abs() < 1e-8);
    }
}
