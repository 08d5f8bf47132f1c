//! Denominator degrees of freedom of the tests of several coefficients.
//!
//! # Formula
//! With k coefficients, m data sets, r the relative increase of the variance and t = k(m − 1). Where complete data have no
//! limit: 4 + (t − 4)(1 + (1 − 2/t)/r)² for t > 4, else, and for one coefficient, t(1 + 1/k)(1 + 1/r)²/2.
//!
//! Where complete data have ν_com: with ν* = ν_com(ν_com + 1)/(ν_com + 3), a = rt/(t − 2), c₁ = ν* − 2(1 + a) and
//! c₂ = ν* − 4(1 + a), 4 + 1/z for
//! z = 1/c₂ + (a²c₁/((1 + a)²c₂) + 8a²c₁/((1 + a)c₂²) + 4a²/((1 + a)c₂) + 4a²/(c₂c₁) + 16a²c₁/c₂³ + 8a²/c₂²)/(t − 4).
//! That series asks for t > 4 and c₂ > 0. Elsewhere, and for one coefficient, the degrees of freedom are joined as Barnard
//! and Rubin join them: 1/(1/ν + (1 + r)/ν*), ν being those without a limit.
//! # References
//! Li, Raghunathan & Rubin 1991, doi:10.1080/01621459.1991.10475152; Reiter 2007, doi:10.1093/biomet/asm028 (1)–(2);
//! Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948.

/// Degrees of freedom of the denominator; infinite where the data sets agree and complete data have no limit.
pub(super) fn denominator(k: f64, m: f64, increase: f64, complete_df: f64) -> f64 {
    let increase = increase.max(0.0);
    let large = of_large_samples(k, m, increase);
    if complete_df.is_infinite() {
        return large;
    }
    let observed = complete_df * (complete_df + 1.0) / (complete_df + 3.0);
    let series = if k == 1.0 { None } else { reiter(k * (m - 1.0), increase, observed) };
    series.unwrap_or(1.0 / (1.0 / large + (1.0 + increase) / observed))
}

fn of_large_samples(k: f64, m: f64, increase: f64) -> f64 {
    if increase == 0.0 {
        return f64::INFINITY;
    }
    let t = k * (m - 1.0);
    if t > 4.0 && k > 1.0 {
        let part = 1.0 + (1.0 - 2.0 / t) / increase;
        4.0 + (t - 4.0) * part * part
    } else {
        let part = 1.0 + 1.0 / increase;
        0.5 * t * (1.0 + 1.0 / k) * part * part
    }
}

fn reiter(t: f64, increase: f64, observed: f64) -> Option<f64> {
    let a = increase * t / (t - 2.0);
    let (c1, c2) = (observed - 2.0 * (1.0 + a), observed - 4.0 * (1.0 + a));
    if t <= 4.0 || c2 <= 0.0 {
        return None;
    }
    let (square, more) = (a * a, 1.0 + a);
    let series = square * c1 / (more * more * c2)
        + 8.0 * square * c1 / (more * c2 * c2)
        + 4.0 * square / (more * c2)
        + 4.0 * square / (c2 * c1)
        + 16.0 * square * c1 / (c2 * c2 * c2)
        + 8.0 * square / (c2 * c2);
    Some(4.0 + 1.0 / (1.0 / c2 + series / (t - 4.0)))
}

#[cfg(test)]
mod tests {
    use super::denominator;

    fn close(ours: f64, exact: f64, relative: f64) {
        assert!((ours - exact).abs() <= relative * exact, "{ours} is not {exact}");
    }

    #[test]
    fn nothing_missing_leaves_those_of_complete_data() {
        for k in [1.0, 2.0, 5.0] {
            close(denominator(k, 20.0, 0.0, 30.0), 30.0 * 31.0 / 33.0, 1e-14);
            assert_eq!(denominator(k, 20.0, 0.0, f64::INFINITY), f64::INFINITY);
        }
    }

    #[test]
    fn one_coefficient_has_those_of_barnard_and_rubin() {
        let pooled =
            super::super::pool_estimates(&[1.0, 2.0, 3.0, 2.5], &[1.0, 0.8, 1.2, 1.0], 25.0).unwrap();
        let increase = 1.25 * pooled.between / pooled.within;
        close(denominator(1.0, 4.0, increase, 25.0), pooled.df, 1e-14);
    }

    #[test]
    fn large_samples_lose_the_limit() {
        for (k, increase) in [(2.0, 0.3), (3.0, 0.05), (6.0, 1.5)] {
            let large = denominator(k, 20.0, increase, f64::INFINITY);
            close(denominator(k, 20.0, increase, 1e9), large, 0.02);
            assert!(denominator(k, 20.0, increase, 100.0) < large.min(100.0));
        }
    }

    #[test]
    fn by_hand() {
        // t = 6, r = 2/3, a = 1, ν* = 12 for ν_com = 13.81…: c₁ = 8, c₂ = 4; z = ¼ + ½(½ + 2 + ½ + 1/8 + 2 + ½).
        let complete = (11.0 + f64::sqrt(265.0)) / 2.0;
        close(complete * (complete + 1.0) / (complete + 3.0), 12.0, 1e-14);
        close(denominator(2.0, 4.0, 2.0 / 3.0, complete), 4.0 + 1.0 / (0.25 + 0.5 * 5.625), 1e-13);
        // Too little is known for the series: (1 + r)/ν* = 1/2, and Li's ν = 4 + 2(1 + (2/3)/5)².
        let large = 4.0 + 2.0 * (1.0 + 2.0 / 15.0) * (1.0 + 2.0 / 15.0);
        close(denominator(2.0, 4.0, 5.0, complete), 1.0 / (1.0 / large + 0.5), 1e-13);
    }
}
