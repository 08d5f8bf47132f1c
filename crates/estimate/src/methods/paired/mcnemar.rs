//! McNemar's test and the effects of paired risks.
//!
//! # Estimand
//! The difference of two risks of the same patients; the odds that a change goes one way rather than the other.
//! # Formula
//! With b patients who have the event at first only, c at second only, n in all: X² = (|b − c| − k)²/(b + c), k = 0 or
//! min(1, |b − c|), 1 degree of freedom; exact: twice the smaller tail of the binomial distribution of b among b + c with
//! share ½. d = (b − c)/n. Odds ratio b/c, its exact limits those of the share b/(b + c) (Clopper–Pearson) as odds.
//! # Variance
//! Wald: d ± z √(b + c − (b − c)²/n)/n; corrected for continuity, wider by 1/n on both sides. Newcombe: from Wilson's
//! limits of both risks as for independent ones, less 2φ times the product of their distances, φ the correlation of the
//! fourfold table, of which n/2 is taken from a positive determinant, down to 0 (method 10). Score (Tango): the δ with
//! (b − c − nδ)² = z² n (2p̃ + δ(1 − δ)), p̃ the most likely risk of c: (√(B² − 8nC) − B)/4n with
//! B = (2n − b + c)δ − b − c, C = −cδ(1 − δ).
//! # References
//! Newcombe 1998, doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C.
//! McNemar 1947, doi:10.1007/BF02295996. Edwards 1948, doi:10.1007/BF02289261 (correction).
//! Tango 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.
//! Fagerland, Lydersen & Laake 2013, doi:10.1186/1471-2288-13-91.

use crate::methods::tests::{done, undone};
use crate::methods::two_by_two::Effect;
use crate::methods::two_by_two::risk::{clopper_pearson, wilson, z_of};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::incomplete::beta_part;
use crate::numerics::root;
use study::results::finite;
use study::{Test, TestName};

/// Patients by both values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// The event both times.
    pub both: u64,
    /// At first only.
    pub first: u64,
    /// At second only.
    pub second: u64,
    /// Neither time.
    pub neither: u64,
}

impl Changes {
    /// All patients.
    pub fn total(&self) -> u64 {
        self.both + self.first + self.second + self.neither
    }

    /// Patients whose values differ.
    pub fn discordant(&self) -> u64 {
        self.first + self.second
    }
}

/// The asymptotic test, with or without continuity correction; undone where nobody changed.
pub fn asymptotic(changes: &Changes, corrected: bool) -> Test {
    let name = if corrected { TestName::McNemarCorrected } else { TestName::McNemar };
    if changes.discordant() == 0 {
        return undone(name);
    }
    let distance = changes.first.abs_diff(changes.second) as f64;
    let distance = if corrected { (distance - 1.0).max(0.0) } else { distance };
    let statistic = distance / changes.discordant() as f64 * distance;
    done(name, statistic, &[1.0], chi_squared_upper(statistic, 1.0))
}

/// The exact test; undone where nobody changed.
pub fn exact(changes: &Changes) -> Test {
    let n = changes.discordant();
    if n == 0 {
        return undone(TestName::McNemarExact);
    }
    // P(X ≥ most) = I_½(most, n − most + 1).
    let most = changes.first.max(changes.second);
    let tail = beta_part(most as f64, (n - most) as f64 + 1.0, 0.5, 0.5);
    Test { p_value: finite((2.0 * tail).min(1.0)), ..undone(TestName::McNemarExact) }
}

/// The risk difference with Wald limits; none where nobody changed.
pub fn difference_wald(changes: &Changes, confidence_level: f64) -> Effect {
    let (b, c, n) = (changes.first as f64, changes.second as f64, changes.total() as f64);
    let effect = Effect { value: finite((b - c) / n), ..Effect::default() };
    let std_error = ((b + c - (b - c) * ((b - c) / n)).max(0.0)).sqrt() / n;
    let (Some(value), true) = (effect.value, std_error > 0.0) else { return effect };
    let half = z_of(confidence_level) * std_error;
    Effect { std_error: Some(std_error), lower: Some(value - half), upper: Some(value + half), ..effect }
}

/// The risk difference with Wald limits corrected for continuity.
pub fn difference_corrected(changes: &Changes, confidence_level: f64) -> Effect {
    let effect = difference_wald(changes, confidence_level);
    let wider = 1.0 / changes.total() as f64;
    Effect {
        lower: effect.lower.map(|lower| lower - wider),
        upper: effect.upper.map(|upper| upper + wider),
        ..effect
    }
}

/// The risk difference with Newcombe's limits.
pub fn difference_newcombe(changes: &Changes, confidence_level: f64) -> Effect {
    let n = changes.total();
    let (first, second) = (changes.both + changes.first, changes.both + changes.second);
    let limits = |x: u64| wilson(x, n, confidence_level);
    let effect = Effect { value: difference_wald(changes, confidence_level).value, ..Effect::default() };
    let (Some(value), Some([l1, u1]), Some([l2, u2])) = (effect.value, limits(first), limits(second)) else {
        return effect;
    };
    let (p1, p2) = (first as f64 / n as f64, second as f64 / n as f64);
    let phi = correlation(changes);
    let joined = |a: f64, b: f64| (a * a - 2.0 * phi * a * b + b * b).max(0.0).sqrt();
    Effect {
        lower: Some(value - joined(p1 - l1, u2 - p2)),
        upper: Some(value + joined(u1 - p1, p2 - l2)),
        ..effect
    }
}

/// The correlation of both values, corrected for continuity; 0 where a value is the same for all.
fn correlation(changes: &Changes) -> f64 {
    let [a, b, c, d] =
        [changes.both, changes.first, changes.second, changes.neither].map(|count| count as f64);
    let margins = ((a + b) * (c + d)).sqrt() * ((a + c) * (b + d)).sqrt();
    let determinant = a * d - b * c;
    let corrected =
        if determinant > 0.0 { (determinant - (a + b + c + d) / 2.0).max(0.0) } else { determinant };
    if margins > 0.0 { corrected / margins } else { 0.0 }
}

/// The risk difference with Tango's score limits.
pub fn difference_score(changes: &Changes, confidence_level: f64) -> Effect {
    let (b, c, n) = (changes.first as f64, changes.second as f64, changes.total() as f64);
    let effect = Effect { value: finite((b - c) / n), ..Effect::default() };
    let Some(value) = effect.value else { return effect };
    let z = z_of(confidence_level);
    let standardized = |delta: f64| {
        let distance = (b - c) - n * delta;
        if distance == 0.0 {
            return 0.0;
        }
        let linear = (2.0 * n - b + c) * delta - b - c;
        let constant = -c * delta * (1.0 - delta);
        let root = (linear * linear - 8.0 * n * constant).max(0.0).sqrt();
        let share =
            if linear > 0.0 { -2.0 * constant / (root + linear) } else { (root - linear) / (4.0 * n) };
        distance / (n * (2.0 * share + delta * (1.0 - delta))).max(0.0).sqrt()
    };
    let lower = if value <= -1.0 { Some(-1.0) } else { root::between(|d| standardized(d) - z, -1.0, value) };
    let upper = if value >= 1.0 { Some(1.0) } else { root::between(|d| standardized(d) + z, value, 1.0) };
    Effect { lower, upper, ..effect }
}

/// The odds that a change is at first only, with exact limits; undefined where nobody changed.
pub fn odds_ratio(changes: &Changes, confidence_level: f64) -> Effect {
    let (b, c) = (changes.first as f64, changes.second as f64);
    let Some([lower, upper]) = clopper_pearson(changes.first, changes.discordant(), confidence_level) else {
        return Effect::default();
    };
    let odds = |share: f64| finite(share / (1.0 - share));
    Effect { value: finite(b / c), std_error: None, lower: odds(lower), upper: odds(upper) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(both: u64, first: u64, second: u64, neither: u64) -> Changes {
        Changes { both, first, second, neither }
    }

    /// By hand, `paired`: 8 against 2: McNemar’s χ² 36/10, corrected 25/10, exact P 112/1024.
    #[test]
    fn ten_who_changed_by_hand() {
        // 8 against 2: X² = 36/10, corrected 25/10, exact 2 (45 + 10 + 1)/1024.
        let ours = changes(5, 8, 2, 20);
        assert!((asymptotic(&ours, false).statistic.unwrap() - 3.6).abs() < 1e-15);
        assert!((asymptotic(&ours, true).statistic.unwrap() - 2.5).abs() < 1e-15);
        assert!((exact(&ours).p_value.unwrap() - 112.0 / 1024.0).abs() < 1e-15);
        assert_eq!(odds_ratio(&ours, 0.95).value, Some(4.0));
        let wald = difference_wald(&ours, 0.95);
        assert!((wald.std_error.unwrap() - (10.0_f64 - 36.0 / 35.0).sqrt() / 35.0).abs() < 1e-15);
        assert_eq!(exact(&changes(1, 3, 3, 1)).p_value, Some(1.0));
    }

    #[test]
    fn published_limits_of_the_difference() {
        // Airway hyper-responsiveness before and after transplantation (Fagerland, Lydersen & Laake 2013, tables 3 and 4).
        let newcombe = difference_newcombe(&changes(1, 1, 7, 12), 0.95);
        assert!((newcombe.lower.unwrap() + 0.507).abs() < 5e-4, "{newcombe:?}");
        assert!((newcombe.upper.unwrap() + 0.026).abs() < 5e-4, "{newcombe:?}");
        // Stata's manual, [R] Epitab, mcci 8 8 3 8.
        let corrected = difference_corrected(&changes(8, 8, 3, 8), 0.95);
        assert!((corrected.lower.unwrap() + 0.082_254_2).abs() < 5e-8, "{corrected:?}");
        assert!((corrected.upper.unwrap() - 0.452_624_6).abs() < 5e-8, "{corrected:?}");
        // Without correlation the limits are those of two independent groups; with the same values they are 0.
        let alone = difference_newcombe(&changes(4, 4, 4, 4), 0.95);
        let [l, u] = wilson(8, 16, 0.95).unwrap();
        assert!((alone.upper.unwrap() - (u - 0.5).hypot(0.5 - l)).abs() < 1e-15, "{alone:?}");
        let same = difference_newcombe(&changes(5000, 0, 0, 5000), 0.95);
        assert!(same.upper.unwrap() < 2e-4 && same.lower.unwrap() > -2e-4, "{same:?}");
    }

    /// By hand, `paired`: the limits where nobody changed and where three changed one way, in closed form.
    #[test]
    fn nobody_changed_or_all_one_way() {
        let same = changes(4, 0, 0, 9);
        assert_eq!((asymptotic(&same, true).p_value, exact(&same).p_value), (None, None));
        assert_eq!(odds_ratio(&same, 0.95), Effect::default());
        assert_eq!(difference_wald(&same, 0.95).lower, None);
        // δ = ±z²/(n + z²), as the score limits of none in n.
        let limit = z_of(0.95).powi(2) / (13.0 + z_of(0.95).powi(2));
        let score = difference_score(&same, 0.95);
        assert!((score.upper.unwrap() - limit).abs() < 1e-14 && (score.lower.unwrap() + limit).abs() < 1e-14);
        let one_way = odds_ratio(&changes(0, 3, 0, 0), 0.95);
        assert_eq!((one_way.value, one_way.upper), (None, None));
        let least = 0.025_f64.powf(1.0 / 3.0);
        assert!((one_way.lower.unwrap() - least / (1.0 - least)).abs() < 1e-13);
        assert_eq!(difference_score(&changes(0, 3, 0, 0), 0.95).upper, Some(1.0));
        assert_eq!(difference_score(&Changes::default(), 0.95), Effect::default());
    }
}
