//! Paired t-test.
//!
//! # Estimand
//! Mean of the differences within patients.
//! # Formula
//! t = d̄ / (s/√n), s the standard deviation of the differences, n − 1 degrees of freedom; two-sided. Limits
//! d̄ ± t₁₋α/₂ s/√n.
//! # References
//! Student 1908, doi:10.2307/2331554.

use crate::methods::tests::{Frequencies, done, undone};
use crate::methods::two_by_two::Effect;
use crate::numerics::distributions::{t_quantile, t_two_sided};
use study::{Test, TestName};

/// The test and the mean difference with its limits; without spread or a second patient only the mean.
pub fn paired_t(differences: &Frequencies, confidence_level: f64) -> (Test, Effect) {
    let moments = differences.moments();
    let effect = Effect { value: moments.mean(), ..Effect::default() };
    let name = TestName::PairedT;
    let (Some(mean), Some(spread)) = (moments.mean(), moments.variance().filter(|s| *s > 0.0)) else {
        return (undone(name), effect);
    };
    let df = (moments.n - 1) as f64;
    let std_error = (spread / moments.n as f64).sqrt();
    let t = mean / std_error;
    let half = -t_quantile(0.5 * (1.0 - confidence_level), df) * std_error;
    let effect =
        Effect { std_error: Some(std_error), lower: Some(mean - half), upper: Some(mean + half), ..effect };
    (done(name, t, &[df], t_two_sided(t, df)), effect)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `paired`: t = 2 with one degree of freedom, where P and limits are an arctangent and a tangent.
    #[test]
    fn two_patients_by_hand() {
        // Differences 1 and 3: mean 2, s = √2, t = 2; with one degree of freedom P = 1 − (2/π) atan 2 and the limits
        // are 2 ∓ tan(0.475 π).
        let (test, effect) = paired_t(&Frequencies::new([(1.0, 1), (3.0, 1)]), 0.95);
        assert!((test.statistic.unwrap() - 2.0).abs() < 1e-15);
        let p = 1.0 - 2.0_f64.atan() * 2.0 / std::f64::consts::PI;
        assert!((test.p_value.unwrap() - p).abs() < 1e-14);
        let half = (0.475 * std::f64::consts::PI).tan();
        assert!((effect.upper.unwrap() - 2.0 - half).abs() < 1e-11);
        assert!((effect.lower.unwrap() - 2.0 + half).abs() < 1e-11);
    }

    #[test]
    fn no_spread_no_test() {
        let (test, effect) = paired_t(&Frequencies::new([(1.5, 4)]), 0.95);
        assert_eq!((test.p_value, effect.value, effect.lower), (None, Some(1.5), None));
        assert_eq!(paired_t(&Frequencies::default(), 0.95).1, Effect::default());
    }
}
