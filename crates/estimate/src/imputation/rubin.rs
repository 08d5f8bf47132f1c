//! Rubin's rules: one estimate, standard error and test from the estimates of several imputed data sets.
//!
//! # Formula
//! With estimates Qₗ and variances Uₗ of m data sets: Q̄ and Ū their means, B = Σ(Qₗ − Q̄)²/(m − 1), and the total
//! variance T = Ū + (1 + 1/m)B. With r = (1 + 1/m)B/Ū and λ = (1 + 1/m)B/T the degrees of freedom are
//! ν = 1/(1/ν₁ + 1/ν₂), ν₁ = (m − 1)/λ², ν₂ = (ν_com + 1)/(ν_com + 3) · ν_com (1 − λ), ν_com being those of complete
//! data. The fraction of missing information is (r + 2/(ν + 3))/(r + 1), the relative efficiency 1/(1 + fraction/m), and
//! the Monte Carlo error √(B/m).
//!
//! Several coefficients at once (D₁): F = Q̄′Ū⁻¹Q̄/(k(1 + r₁)), r₁ = (1 + 1/m) tr(BŪ⁻¹)/k, on k and ν degrees of freedom,
//! ν by the degrees of freedom of complete data (`denominator`).
//! From χ² statistics dₗ alone (D₂): F = (d̄/k − (m + 1)/(m − 1) r₂)/(1 + r₂), r₂ = (1 + 1/m) times the variance of √dₗ,
//! on k and k^(−3/m)(m − 1)(1 + 1/r₂)² degrees of freedom.
//! From likelihood ratios (D₃): F = d̃/(k(1 + r₃)), r₃ = (m + 1)/(k(m − 1)) (d̄ − d̃), d̃ being the mean ratio at the pooled
//! parameters; degrees of freedom as for D₁ where complete data have no limit.
//! # References
//! Rubin 1987, doi:10.1002/9780470316696 (3.1); Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948; Li, Raghunathan &
//! Rubin 1991, doi:10.1080/01621459.1991.10475152 (D₁); Li, Meng, Raghunathan & Rubin 1991, Statistica Sinica 1:65–92
//! (D₂); Meng & Rubin 1992, doi:10.1093/biomet/79.1.103 (D₃).

mod denominator;

use crate::numerics::distributions::{f_upper, t_two_sided};
use crate::numerics::symmetric::{inverse, solve};
use denominator::denominator;
use faer::Mat;

/// A pooled estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooledEstimate {
    /// Q̄.
    pub estimate: f64,
    /// Ū.
    pub within: f64,
    /// B.
    pub between: f64,
    /// T.
    pub total: f64,
    /// ν; infinite where nothing is missing and complete data have no limit either.
    pub df: f64,
    /// The fraction of missing information.
    pub fraction_missing: f64,
    /// The relative efficiency.
    pub relative_efficiency: f64,
    /// √(B/m).
    pub monte_carlo_error: f64,
}

/// A pooled test: F on two degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PooledTest {
    /// The statistic; negative values of D₂ are 0.
    pub f: f64,
    /// Numerator.
    pub df1: f64,
    /// Denominator; infinite where the data sets agree.
    pub df2: f64,
    /// P(F > f).
    pub p_value: f64,
    /// The relative increase of the variance.
    pub increase: f64,
}

/// The arithmetic mean; of equal values exactly their value.
pub(super) fn mean(values: &[f64]) -> f64 {
    let first = values.first().copied().unwrap_or(f64::NAN);
    first + values.iter().map(|value| value - first).sum::<f64>() / values.len() as f64
}

/// Degrees of freedom beyond which a distribution is its limit to all digits that are printed.
fn limited(df: f64) -> f64 {
    if df > 1e10 { f64::INFINITY } else { df }
}

/// The variance with n − 1.
pub(super) fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (values.len() as f64 - 1.0)
}

/// Pools estimates and their variances; `complete_df` may be infinite. Needs two data sets and a variance.
pub fn pool_estimates(estimates: &[f64], variances: &[f64], complete_df: f64) -> Option<PooledEstimate> {
    let m = estimates.len() as f64;
    if estimates.len() < 2 || estimates.len() != variances.len() {
        return None;
    }
    let (estimate, within, between) = (mean(estimates), mean(variances), variance(estimates));
    let added = (1.0 + 1.0 / m) * between;
    let total = within + added;
    if !(total > 0.0 && total.is_finite() && within > 0.0) {
        return None;
    }
    let (increase, lambda) = (added / within, added / total);
    let old = (m - 1.0) / (lambda * lambda);
    let observed = if complete_df.is_infinite() {
        f64::INFINITY
    } else {
        (complete_df + 1.0) / (complete_df + 3.0) * complete_df * (1.0 - lambda)
    };
    let df = limited(1.0 / (1.0 / old + 1.0 / observed));
    let fraction_missing = (increase + 2.0 / (df + 3.0)) / (increase + 1.0);
    Some(PooledEstimate {
        estimate,
        within,
        between,
        total,
        df,
        fraction_missing,
        relative_efficiency: 1.0 / (1.0 + fraction_missing / m),
        monte_carlo_error: (between / m).sqrt(),
    })
}

impl PooledEstimate {
    /// Two-sided P value of the estimate being 0.
    pub fn p_value(&self) -> f64 {
        t_two_sided(self.estimate / self.total.sqrt(), self.df)
    }
}

fn test(f: f64, df1: f64, df2: f64, increase: f64) -> Option<PooledTest> {
    let (f, df2) = (f.max(0.0), limited(df2));
    let p_value = if df2.is_infinite() {
        crate::numerics::distributions::chi_squared_upper(f * df1, df1)
    } else {
        f_upper(f, df1, df2)
    };
    (f.is_finite() && p_value.is_finite()).then_some(PooledTest { f, df1, df2, p_value, increase })
}

/// D₁: several coefficients, each data set with its vector and covariance; `complete_df` may be infinite.
pub fn d1(estimates: &[Vec<f64>], covariances: &[Mat<f64>], complete_df: f64) -> Option<PooledTest> {
    let (m, k) = (estimates.len(), estimates.first()?.len());
    if m < 2 || k == 0 || covariances.len() != m {
        return None;
    }
    let column = |i: usize| estimates.iter().map(|q| q[i]).collect::<Vec<f64>>();
    let q: Vec<f64> = (0..k).map(|i| mean(&column(i))).collect();
    let share = m as f64;
    let within = Mat::from_fn(k, k, |i, j| covariances.iter().map(|u| u[(i, j)]).sum::<f64>() / share);
    let between = |i: usize, j: usize| {
        estimates.iter().map(|e| (e[i] - q[i]) * (e[j] - q[j])).sum::<f64>() / (share - 1.0)
    };
    let inverse = inverse(&within)?;
    let trace: f64 =
        (0..k).flat_map(|i| (0..k).map(move |j| (i, j))).map(|(i, j)| between(i, j) * inverse[(j, i)]).sum();
    let increase = (1.0 + 1.0 / share) * trace / k as f64;
    let wald: f64 = solve(&within, &q)?.iter().zip(&q).map(|(a, b)| a * b).sum();
    let f = wald / (k as f64 * (1.0 + increase));
    test(f, k as f64, denominator(k as f64, share, increase, complete_df), increase)
}

/// D₂: χ² statistics on `df` degrees of freedom.
pub fn d2(statistics: &[f64], df: f64) -> Option<PooledTest> {
    let m = statistics.len() as f64;
    if statistics.len() < 2 || df <= 0.0 {
        return None;
    }
    let roots: Vec<f64> = statistics.iter().map(|d| d.max(0.0).sqrt()).collect();
    let increase = (1.0 + 1.0 / m) * variance(&roots);
    let f = (mean(statistics) / df - (m + 1.0) / (m - 1.0) * increase) / (1.0 + increase);
    let part = 1.0 + 1.0 / increase;
    let df2 = if increase > 0.0 { libm::pow(df, -3.0 / m) * (m - 1.0) * part * part } else { f64::INFINITY };
    test(f, df, df2, increase)
}

/// D₃: likelihood-ratio statistics at each data set's own estimates and at the pooled ones.
pub fn d3(own: &[f64], at_pooled: &[f64], df: f64) -> Option<PooledTest> {
    let m = own.len() as f64;
    if own.len() < 2 || own.len() != at_pooled.len() || df <= 0.0 {
        return None;
    }
    let increase = (m + 1.0) / (df * (m - 1.0)) * (mean(own) - mean(at_pooled));
    test(mean(at_pooled) / (df * (1.0 + increase)), df, denominator(df, m, increase, f64::INFINITY), increase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, exact: f64, relative: f64) {
        assert!((ours - exact).abs() <= relative * exact.abs(), "{ours} is not {exact}");
    }

    #[test]
    fn three_estimates_by_hand() {
        // Q̄ = 2, Ū = 1, B = 1, T = 1 + 4/3, r = 4/3, λ = 4/7, ν₁ = 2 · 49/16.
        let pooled = pool_estimates(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0], f64::INFINITY).unwrap();
        close(pooled.estimate, 2.0, 1e-15);
        close(pooled.total, 7.0 / 3.0, 1e-15);
        close(pooled.df, 6.125, 1e-15);
        close(pooled.fraction_missing, (4.0 / 3.0 + 2.0 / 9.125) * 3.0 / 7.0, 1e-15);
        close(pooled.monte_carlo_error, (1.0f64 / 3.0).sqrt(), 1e-15);
        // With ν_com = 10: ν₂ = 11/13 · 10 · 3/7.
        let small = pool_estimates(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0], 10.0).unwrap();
        close(small.df, 1.0 / (1.0 / 6.125 + 91.0 / 330.0), 1e-15);
    }

    #[test]
    fn equal_estimates_have_no_variance_between() {
        let pooled = pool_estimates(&[0.3; 4], &[0.04; 4], f64::INFINITY).unwrap();
        assert_eq!((pooled.between, pooled.total, pooled.df), (0.0, 0.04, f64::INFINITY));
        assert_eq!(pooled.fraction_missing, 0.0);
        assert!(
            pool_estimates(&[1.0], &[1.0], 5.0).is_none()
                && pool_estimates(&[1.0, 2.0], &[0.0, 0.0], 5.0).is_none()
        );
    }

    #[test]
    fn the_published_example() {
        // SAS/STAT User's Guide, the MI procedure, Getting Started: five imputations of the fitness data of 31 men, as
        // printed: variances between, within, total; degrees of freedom; relative increase; mean, standard error, limits.
        for (between, within, total, df, increase, mean, std_error, lower, upper) in [
            (0.056930, 0.954041, 1.022356, 25.549, 0.071606, 47.094040, 1.011116, 45.0139, 49.1742),
            (0.000811, 0.064496, 0.065469, 27.721, 0.015084, 10.572073, 0.255870, 10.0477, 11.0964),
            (0.922032, 3.269089, 4.375528, 15.753, 0.338455, 171.787793, 2.091776, 167.3478, 176.2278),
        ] {
            // Five estimates with this mean and variance.
            let step = (between / 2.5_f64).sqrt();
            let estimates = [-2.0, -1.0, 0.0, 1.0, 2.0].map(|k| mean + k * step);
            let pooled = pool_estimates(&estimates, &[within; 5], 30.0).unwrap();
            close(pooled.total, total, 2e-5);
            close(pooled.df, df, 1e-4);
            close(1.2 * pooled.between / pooled.within, increase, 1e-3);
            close(pooled.total.sqrt(), std_error, 1e-5);
            let half = crate::numerics::distributions::t_quantile(0.975, pooled.df) * pooled.total.sqrt();
            close(pooled.estimate - half, lower, 5e-6);
            close(pooled.estimate + half, upper, 5e-6);
        }
    }

    #[test]
    fn tests_of_one_coefficient_are_squares_of_t() {
        let (q, u) = ([0.4, 0.7, 0.5, 0.9], [0.05, 0.04, 0.06, 0.05]);
        let single = pool_estimates(&q, &u, f64::INFINITY).unwrap();
        let vectors: Vec<Vec<f64>> = q.iter().map(|q| vec![*q]).collect();
        let matrices: Vec<Mat<f64>> = u.iter().map(|u| Mat::from_fn(1, 1, |_, _| *u)).collect();
        let joint = d1(&vectors, &matrices, f64::INFINITY).unwrap();
        close(joint.f, single.estimate * single.estimate / single.total, 1e-14);
        let few = d1(&vectors, &matrices, 12.0).unwrap();
        close(few.p_value, pool_estimates(&q, &u, 12.0).unwrap().p_value(), 1e-13);
        // χ² of equal data sets stays what it is.
        let same = d2(&[7.5; 5], 3.0).unwrap();
        assert_eq!((same.f, same.df2), (2.5, f64::INFINITY));
        close(same.p_value, crate::numerics::distributions::chi_squared_upper(7.5, 3.0), 1e-14);
        // By hand: mean 2.5, √d = 1 and 2 with variance ½, r = ¾, F = (2.5 − 3 · ¾)/1.75, ν = (7/3)².
        let two = d2(&[1.0, 4.0], 1.0).unwrap();
        close(two.f, 0.25 / 1.75, 1e-14);
        close(two.df2, 49.0 / 9.0, 1e-14);
        // D₃ by hand: r = 3 · (2.5 − 2), F = 2/2.5, t = 1, ν = ½ · 2 · (5/3)².
        let likelihood = d3(&[1.0, 4.0], &[1.0, 3.0], 1.0).unwrap();
        close(likelihood.f, 0.8, 1e-14);
        close(likelihood.df2, 25.0 / 9.0, 1e-14);
    }
}
