use super::*;
use proptest::prelude::*;

const ORDERINGS: [Ordering; 2] = [Ordering::Score, Ordering::Unstandardized];

fn near(ours: Option<f64>, exact: f64, tolerance: f64) {
    assert!((ours.unwrap() - exact).abs() < tolerance, "{ours:?} {exact}");
}

/// By hand, `two_by_two`: the exact unconditional limits of all against none, where the most unfavourable risk is
/// known.
#[test]
fn all_against_nobody_by_hand() {
    // n of n and none of m: no other table is as far out, and its probability is p₁ⁿ(1 − p₂)ᵐ. With n = m and
    // p₁ = p₂ + δ that is largest where p₁ = 1 − p₂ = (1 + δ)/2; with p₁ = θp₂, where p₂ = 1/2.
    for n in [1, 2, 5] {
        let table = Fourfold::of_cells([n, 0, 0, n]);
        for level in [0.8, 0.95, 0.999] {
            let tail: f64 = 0.5 * (1.0 - level);
            for ordering in ORDERINGS {
                let effect = difference(&table, level, ordering);
                near(effect.lower, 2.0 * tail.powf(0.5 / n as f64) - 1.0, 1e-11);
                assert_eq!((effect.value, effect.upper), (Some(1.0), Some(1.0)));
            }
            let effect = ratio(&table, level);
            let theta = 4.0 * tail.powf(1.0 / n as f64);
            // Beyond θ = 2 the largest is at the end, where p₁ = 1: (1 − 1/θ)ⁿ.
            let theta = if theta <= 2.0 { theta } else { 1.0 / (1.0 - tail.powf(1.0 / n as f64)) };
            near(effect.lower, theta, 1e-10);
            assert_eq!((effect.value, effect.upper), (None, None));
        }
    }
}

/// By hand, `two_by_two`: the exact unconditional limit of one of two against none of one, where the most unfavourable
/// risk solves a quadratic equation.
#[test]
fn two_against_one_by_hand() {
    // One of two and none of one: only two of two and none of one is further out, so that P = (1 − q₁²) q₂, which is
    // (1 − q₁²)(q₁ + δ), largest where 3q₁² + 2δq₁ = 1.
    let effect = difference(&Fourfold::of_cells([1, 1, 0, 1]), 0.95, Ordering::Unstandardized);
    let delta = effect.lower.unwrap();
    let q = (-delta + (delta * delta + 3.0).sqrt()) / 3.0;
    assert!(((1.0 - q * q) * (q + delta) - 0.025).abs() < 1e-11, "{delta}");
    // Not nearer to 0 than for two of two.
    assert!(
        delta < difference(&Fourfold::of_cells([2, 0, 0, 1]), 0.95, Ordering::Unstandardized).lower.unwrap()
    );
}

#[test]
fn published_limits() {
    // Garner 2016 (PharmaSUG SP07), SAS: 84 of 101 and 89 of 105 of the PROGRESS trial, four decimals.
    let progress = Fourfold::of_cells([84, 17, 89, 16]);
    let score = difference(&progress, 0.95, Ordering::Score);
    near(score.lower, -0.1227, 5e-5);
    near(score.upper, 0.0869, 5e-5);
    let unstandardized = difference(&progress, 0.95, Ordering::Unstandardized);
    near(unstandardized.lower, -0.1514, 5e-5);
    near(unstandardized.upper, 0.1219, 5e-5);
    // R package lrstat, riskDiffExactCI and riskRatioExactCI, its own tests: 2 of 30 and 1 of 30. Its last limit,
    // 54.22365, is where its search stops.
    let rare = Fourfold::of_cells([2, 28, 1, 29]);
    let effect = difference(&rare, 0.95, Ordering::Score);
    near(effect.lower, -0.111_153, 5e-7);
    near(effect.upper, 0.200_071, 5e-7);
    let effect = ratio(&rare, 0.95);
    near(effect.lower, 0.185_541, 5e-7);
    near(effect.upper, 54.2237, 1e-4);
}

#[test]
fn what_does_not_exist_is_absent() {
    for ordering in ORDERINGS {
        assert_eq!(difference(&Fourfold::of_cells([0, 0, 3, 4]), 0.95, ordering), Effect::default());
    }
    for empty in [[0, 0, 3, 4], [3, 4, 0, 0], [0, 5, 0, 7]] {
        assert_eq!(ratio(&Fourfold::of_cells(empty), 0.95), Effect::default());
    }
    let none = ratio(&Fourfold::of_cells([0, 10, 4, 6]), 0.95);
    let infinite = ratio(&Fourfold::of_cells([4, 6, 0, 10]), 0.95);
    assert_eq!((none.value, none.lower, infinite.value, infinite.upper), (Some(0.0), Some(0.0), None, None));
    assert!((none.upper.unwrap() * infinite.lower.unwrap() - 1.0).abs() < 1e-10);
    let nobody = difference(&Fourfold::of_cells([0, 4, 0, 9]), 0.95, Ordering::Score);
    assert!(nobody.lower.unwrap() < 0.0 && nobody.upper.unwrap() > 0.0);
    let large = Fourfold::of_cells([900, 100, 901, 100]);
    let effect = difference(&large, 0.95, Ordering::Score);
    assert!(effect.value.is_some() && effect.lower.is_none() && ratio(&large, 0.95).upper.is_none());
}

/// Every table of groups of these sizes.
fn tables(n1: u64, n2: u64) -> Vec<Fourfold> {
    (0..=n1).flat_map(|x1| (0..=n2).map(move |x2| Fourfold { x1, n1, x2, n2 })).collect()
}

fn mass(n: u64, x: u64, p: f64) -> f64 {
    let ways = (0..x).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64);
    ways * p.powi(x as i32) * (1.0 - p).powi((n - x) as i32)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Identity, `two_by_two`: the exact unconditional limits hold the truth at least as often as they say, counted
    /// over all tables.
    #[test]
    fn coverage_is_never_below_the_confidence_level(
        n1 in 1..6u64, n2 in 1..6u64, level in 0.6..0.99, risks in prop::collection::vec([0.0..1.0, 0.0..1.0], 60)
    ) {
        let tables = tables(n1, n2);
        let [score, unstandardized] = ORDERINGS
            .map(|ordering| tables.iter().map(|table| difference(table, level, ordering)).collect::<Vec<_>>());
        let ratios: Vec<Effect> = tables.iter().map(|table| ratio(table, level)).collect();
        for [p1, p2] in risks {
            let covered = |effects: &[Effect], truth: f64| -> f64 {
                let within = |effect: &Effect| {
                    effect.lower.is_none_or(|lower| lower <= truth) && effect.upper.is_none_or(|upper| upper >= truth)
                };
                let weight = |table: &Fourfold| mass(n1, table.x1, p1) * mass(n2, table.x2, p2);
                tables.iter().zip(effects).filter(|(_, effect)| within(effect)).map(|(table, _)| weight(table)).sum()
            };
            prop_assert!(covered(&score, p1 - p2) >= level - 1e-12);
            prop_assert!(covered(&unstandardized, p1 - p2) >= level - 1e-12);
            prop_assert!(covered(&ratios, p1 / p2) >= level - 1e-12);
        }
    }

    /// Identity, `two_by_two`: the exact unconditional limits are the first effects that no table and no risk of a grid
    /// rejects.
    #[test]
    fn limits_hold_the_estimate_and_are_the_first_that_are_not_rejected(
        n1 in 1..14u64, n2 in 1..14u64, parts in [0.0..1.0, 0.0..1.0]
    ) {
        let table = Fourfold {
            x1: (parts[0] * (n1 + 1) as f64) as u64, n1, x2: (parts[1] * (n2 + 1) as f64) as u64, n2
        };
        let tail = 0.025;
        for family in [Family::Difference(Ordering::Score), Family::Difference(Ordering::Unstandardized), Family::Ratio] {
            let effect = match family {
                Family::Difference(ordering) => difference(&table, 0.95, ordering),
                Family::Ratio => ratio(&table, 0.95),
            };
            if let Some(value) = effect.value {
                prop_assert!(effect.lower.is_none_or(|lower| lower <= value), "{effect:?}");
                prop_assert!(effect.upper.is_none_or(|upper| upper >= value), "{effect:?}");
            }
            let Some(lower) = effect.lower.filter(|lower| *lower > -1.0) else { continue };
            let (lower, start) = match family {
                Family::Difference(_) => (lower, -1.0),
                Family::Ratio if table.x1 == 0 => continue,
                Family::Ratio => (lower.ln(), -12.0),
            };
            // Every table, every parameter and every nuisance risk of a grid.
            let p_value = |at: f64| {
                let seen = family.statistic(&table, at);
                let beyond: Vec<Fourfold> = tables(n1, n2)
                    .into_iter()
                    .filter(|other| family.statistic(other, at) >= seen - 1e-12 * (1.0 + seen.abs()))
                    .collect();
                let line = family.line(at);
                let place = |index: i32| 0.5 - 0.5 * (f64::from(index) * std::f64::consts::PI / 400.0).cos();
                (0..=400).map(place).fold(0.0, |largest: f64, t| {
                    let [p1, p2] = [0, 1].map(|group| line.start[group] + line.slope[group] * t);
                    largest.max(beyond.iter().map(|other| mass(n1, other.x1, p1) * mass(n2, other.x2, p2)).sum())
                })
            };
            for index in 1..40 {
                let at = start + (lower - start) * f64::from(index) / 40.0;
                prop_assert!(p_value(at) <= tail + 1e-12, "{at} before {lower}");
            }
            // The largest of a grid lies a little below the largest of all.
            prop_assert!(p_value(lower + 1e-9) > 0.995 * tail, "{lower}: {}", p_value(lower + 1e-9));
        }
    }

    /// Identity, `two_by_two`: exchanging the groups or the outcome mirrors the exact unconditional limits.
    #[test]
    fn mirrors_show_the_same(n1 in 1..20u64, n2 in 1..20u64, parts in [0.0..1.0, 0.0..1.0]) {
        let table = Fourfold {
            x1: (parts[0] * (n1 + 1) as f64) as u64, n1, x2: (parts[1] * (n2 + 1) as f64) as u64, n2
        };
        let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-10 * b.abs().max(1.0),
            (a, b) => a == b,
        };
        for ordering in ORDERINGS {
            let [ours, swapped, complement] =
                [table, table.swapped(), table.complement()].map(|table| difference(&table, 0.95, ordering));
            for other in [swapped.negated(), complement.negated()] {
                prop_assert!(same(ours.lower, other.lower) && same(ours.upper, other.upper), "{ours:?} {other:?}");
            }
        }
        if table.events() > 0 {
            let (ours, swapped) = (ratio(&table, 0.95), ratio(&table.swapped(), 0.95).inverted());
            prop_assert!(same(ours.lower, swapped.lower) && same(ours.upper, swapped.upper), "{ours:?} {swapped:?}");
        }
    }
}

proptest! {
    /// What the search rests on.
    #[test]
    fn statistics_rise_with_one_group_and_fall_with_the_other_and_the_parameter(
        n1 in 1..40u64, n2 in 1..40u64, delta in -0.999..0.999, log in -8.0..8.0, step in 0.0..0.3
    ) {
        for (family, at) in [(Family::Difference(Ordering::Score), delta), (Family::Ratio, log)] {
            let further: f64 = at + step * if family == Family::Ratio { 5.0 } else { 1.0 - delta };
            let order = |x1, x2, at| family.statistic(&Fourfold { x1, n1, x2, n2 }, at);
            let close = |value: f64| 1e-11 * (1.0 + value.abs());
            for table in tables(n1, n2) {
                let here = order(table.x1, table.x2, at);
                prop_assert!(order(table.x1, table.x2, further) <= here + close(here));
                if table.x1 < n1 {
                    prop_assert!(order(table.x1 + 1, table.x2, at) >= here - close(here));
                }
                if table.x2 < n2 {
                    prop_assert!(order(table.x1, table.x2 + 1, at) <= here + close(here));
                }
            }
        }
    }
}
