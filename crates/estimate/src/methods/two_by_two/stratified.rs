//! One effect over strata: Mantel–Haenszel estimates, the Cochran–Mantel–Haenszel test, homogeneity.
//!
//! # Estimand
//! The odds ratio, risk ratio or risk difference that all strata share; whether they share one.
//! # Formula
//! With cells a, b (exposed), c, d (others), group sizes n₁, n₂, N = n₁ + n₂ and m = a + c in each stratum:
//! ψ = Σ(ad/N) / Σ(bc/N); θ = Σ(a n₂/N) / Σ(c n₁/N); δ = Σ((a n₂ − c n₁)/N) / Σ(n₁n₂/N).
//! Test: (|Σ(a − n₁m/N)| − k)² / Σ n₁n₂m(N − m)/(N²(N − 1)), 1 degree of freedom; k = 0, or min(½, |Σ…|).
//! Homogeneity (Breslow–Day): Σ (a − ã)²/Ṽ with ã the count whose odds ratio is ψ and Ṽ = 1/(1/ã + 1/b̃ + 1/c̃ + 1/d̃);
//! Tarone takes (Σ(a − ã))²/ΣṼ off; one degree of freedom fewer than strata with four margins.
//! # Variance
//! ln ψ: Robins, Breslow and Greenland; ln θ: Greenland and Robins; δ: Sato. All hold for few large and for many
//! small strata. Limits are Wald's.
//! # References
//! Mantel & Haenszel 1959, doi:10.1093/jnci/22.4.719. Robins, Breslow & Greenland 1986, doi:10.2307/2531052.
//! Greenland & Robins 1985, doi:10.2307/2530643. Sato 1989, doi:10.2307/2531772.
//! Breslow & Day 1980, IARC Scientific Publications 32, equation 4.30. Tarone 1985, doi:10.1093/biomet/72.1.91.

use super::fourfold::{Effect, Fourfold};
use super::odds::constrained;
use super::risk::z_of;
use crate::methods::tests::{done, undone};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::sums::sum;
use study::results::finite;
use study::{Test, TestName};

/// The sum over strata of a function of the cells and of their total, strata without both groups left out.
fn over(strata: &[Fourfold], f: impl Fn([f64; 4], f64) -> f64) -> f64 {
    let used = strata.iter().filter(|stratum| stratum.has_both_groups());
    sum(used.map(|stratum| f(stratum.real_cells(), stratum.total() as f64)))
}

fn ratio(value: f64, variance: f64, confidence_level: f64) -> Effect {
    let effect = Effect { value: finite(value), ..Effect::default() };
    if !(value > 0.0 && value.is_finite() && variance > 0.0 && variance.is_finite()) {
        return effect;
    }
    effect.with_limits_on_log(variance.sqrt(), confidence_level)
}

/// The Mantel–Haenszel odds ratio.
pub fn odds_ratio(strata: &[Fourfold], confidence_level: f64) -> Effect {
    let r = over(strata, |[a, _, _, d], n| a * (d / n));
    let s = over(strata, |[_, b, c, _], n| b * (c / n));
    let pr = over(strata, |[a, _, _, d], n| (a + d) / n * (a * (d / n)));
    let cross = over(strata, |[a, b, c, d], n| (a + d) / n * (b * (c / n)) + (b + c) / n * (a * (d / n)));
    let qs = over(strata, |[_, b, c, _], n| (b + c) / n * (b * (c / n)));
    let variance = 0.5 * (pr / r / r + cross / r / s + qs / s / s);
    ratio(r / s, variance, confidence_level)
}

/// The Mantel–Haenszel risk ratio.
pub fn risk_ratio(strata: &[Fourfold], confidence_level: f64) -> Effect {
    let r = over(strata, |[a, _, c, d], n| a * ((c + d) / n));
    let s = over(strata, |[a, b, c, _], n| c * ((a + b) / n));
    let p = over(strata, |[a, b, c, d], n| {
        // ((a + c) n₁n₂ − acN)/N²
        (a + c) * ((a + b) / n) * ((c + d) / n) - a * (c / n)
    });
    ratio(r / s, p / r / s, confidence_level)
}

/// The Mantel–Haenszel risk difference.
pub fn risk_difference(strata: &[Fourfold], confidence_level: f64) -> Effect {
    let weight = over(strata, |[a, b, c, d], n| (a + b) * ((c + d) / n));
    let value = over(strata, |[a, b, c, d], n| a * ((c + d) / n) - c * ((a + b) / n)) / weight;
    let p = over(strata, |[a, b, c, d], n| {
        let (n1, n2) = ((a + b) / n, (c + d) / n);
        n1 * n1 * c - n2 * n2 * a + 0.5 * n1 * n2 * (n2 - n1) * n
    });
    let q = over(strata, |[a, b, c, d], n| 0.5 * (a * (d / n) + c * (b / n)));
    let std_error = ((value * p + q) / weight / weight).sqrt();
    let effect = Effect { value: finite(value), ..Effect::default() };
    if !(std_error > 0.0 && std_error.is_finite()) {
        return effect;
    }
    let half = z_of(confidence_level) * std_error;
    Effect { std_error: Some(std_error), lower: Some(value - half), upper: Some(value + half), ..effect }
}

/// How a test over strata is corrected for continuity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// Not at all.
    None,
    /// Half a patient is taken from the deviation, down to 0.
    Half,
    /// Half a patient is taken from a deviation that is as large, and nothing from a smaller one, as R does.
    HalfWhereThatLarge,
}

/// The Cochran–Mantel–Haenszel test, with or without continuity correction.
pub fn cochran_mantel_haenszel(strata: &[Fourfold], continuity: Continuity) -> Test {
    let name = match continuity {
        Continuity::None => TestName::CochranMantelHaenszel,
        Continuity::Half | Continuity::HalfWhereThatLarge => TestName::CochranMantelHaenszelCorrected,
    };
    // a − n₁m/N = (ad − bc)/N
    let distance = over(strata, |[a, b, c, d], n| a * (d / n) - b * (c / n)).abs();
    let variance = over(strata, |[a, b, c, d], n| {
        if n < 2.0 { 0.0 } else { (a + b) / n * ((c + d) / n) * (a + c) * ((b + d) / (n - 1.0)) }
    });
    if variance <= 0.0 {
        return undone(name);
    }
    let distance = match continuity {
        Continuity::HalfWhereThatLarge if distance < 0.5 => distance,
        Continuity::None => distance,
        Continuity::Half | Continuity::HalfWhereThatLarge => (distance - 0.5).max(0.0),
    };
    let statistic = distance / variance * distance;
    done(name, statistic, &[1.0], chi_squared_upper(statistic, 1.0))
}

/// The test of homogeneous odds ratios, with or without Tarone's correction; undone with fewer than two strata that
/// tell of the odds ratio, or where the common one is 0 or infinite.
pub fn homogeneity(strata: &[Fourfold], tarone: bool) -> Test {
    let name = if tarone { TestName::BreslowDayTarone } else { TestName::BreslowDay };
    let used: Vec<&Fourfold> = strata.iter().filter(|stratum| stratum.is_informative()).collect();
    let common = odds_ratio(strata, 0.95).value.filter(|value| *value > 0.0);
    let (Some(common), true) = (common, used.len() > 1) else { return undone(name) };
    let terms: Vec<(f64, f64)> = used
        .iter()
        .map(|stratum| {
            let [(p1, q1), (p2, q2)] = constrained(stratum, common);
            let (n1, n2) = (stratum.n1 as f64, stratum.n2 as f64);
            let precision = 1.0 / (n1 * p1) + 1.0 / (n1 * q1) + 1.0 / (n2 * p2) + 1.0 / (n2 * q2);
            (stratum.x1 as f64 - n1 * p1, 1.0 / precision)
        })
        .collect();
    let squares = sum(terms.iter().map(|(distance, variance)| distance * distance / variance));
    let excess = sum(terms.iter().map(|term| term.0));
    let correction = if tarone { excess * excess / sum(terms.iter().map(|term| term.1)) } else { 0.0 };
    let statistic = (squares - correction).max(0.0);
    let df = (used.len() - 1) as f64;
    done(name, statistic, &[df], chi_squared_upper(statistic, df))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: Option<f64>, exact: f64) {
        assert!((ours.unwrap() - exact).abs() < 1e-13 * exact.abs().max(1.0), "{ours:?} {exact}");
    }

    const ONE: [u64; 4] = [15, 5, 10, 30];

    /// Identity, `two_by_two`: pooled over one stratum the ratios and their variances are those of the table.
    #[test]
    fn one_stratum_is_the_table_itself() {
        let table = Fourfold::of_cells(ONE);
        let wald = [
            (odds_ratio(&[table], 0.95), super::super::odds::wald(&table, 0.95)),
            (risk_ratio(&[table], 0.95), super::super::ratio::wald(&table, 0.95)),
        ];
        for (pooled, crude) in wald {
            close(pooled.value, crude.value.unwrap());
            close(pooled.std_error, crude.std_error.unwrap());
        }
        close(risk_difference(&[table], 0.95).value, 0.5);
        // Pearson's X² is 9.6e6/7e5; the hypergeometric variance makes it 59/60 of that.
        close(cochran_mantel_haenszel(&[table], Continuity::None).statistic, 9.6e6 / 7e5 * 59.0 / 60.0);
        assert_eq!(homogeneity(&[table], true).p_value, None);
    }

    /// By hand, `two_by_two`: Mantel and Haenszel’s estimates and test of two strata as fractions.
    #[test]
    fn two_strata_by_hand() {
        // 2,1,1,2 and 1,1,2,4: ψ = (4/6 + 4/8)/(1/6 + 2/8) = 2.8; θ = (6/6 + 6/8)/(3/6 + 4/8) = 1.75;
        // δ = (3/6 + 2/8)/(9/6 + 12/8) = 1/4.
        let strata = [Fourfold::of_cells([2, 1, 1, 2]), Fourfold::of_cells([1, 1, 2, 4])];
        close(odds_ratio(&strata, 0.95).value, 2.8);
        close(risk_ratio(&strata, 0.95).value, 1.75);
        close(risk_difference(&strata, 0.95).value, 0.25);
        // Σ(a − n₁m/N) = 1/2 + 1/4; variances 81/(36·5) and 2·6·3·5/(64·7).
        let variance = 81.0 / 180.0 + 180.0 / 448.0;
        close(cochran_mantel_haenszel(&strata, Continuity::None).statistic, 0.5625 / variance);
        close(cochran_mantel_haenszel(&strata, Continuity::Half).statistic, 0.0625 / variance);
        // 3 against 35/13 are less apart than the correction: R leaves that as it is, others come down to 0.
        let near = [Fourfold::of_cells([3, 2, 4, 4])];
        let plain = cochran_mantel_haenszel(&near, Continuity::None).statistic;
        assert!(plain.unwrap() > 0.0);
        assert_eq!(cochran_mantel_haenszel(&near, Continuity::HalfWhereThatLarge).statistic, plain);
        assert_eq!(cochran_mantel_haenszel(&near, Continuity::Half).statistic, Some(0.0));
    }

    #[test]
    fn equal_strata_are_homogeneous_and_silent_ones_do_not_count() {
        let strata = [ONE, ONE, [0, 0, 3, 4], [0, 7, 0, 2]].map(Fourfold::of_cells);
        let test = homogeneity(&strata, false);
        assert_eq!(test.df, [1.0]);
        assert!(test.statistic.unwrap() < 1e-20 && test.p_value.unwrap() > 0.999);
        close(odds_ratio(&strata, 0.95).value, 9.0);
        let empty = [[0, 5, 4, 2], [0, 3, 1, 1]].map(Fourfold::of_cells);
        assert_eq!(odds_ratio(&empty, 0.95), Effect { value: Some(0.0), ..Effect::default() });
        assert_eq!(homogeneity(&empty, true).p_value, None);
        assert_eq!(odds_ratio(&[], 0.95), Effect::default());
        assert_eq!(
            cochran_mantel_haenszel(&[Fourfold::of_cells([0, 7, 0, 2])], Continuity::None).p_value,
            None
        );
    }
}
