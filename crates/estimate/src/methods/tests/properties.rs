//! What must hold of every test, whatever the data.

use super::frequencies::QuantileDefinition;
use super::kruskal_wallis::kruskal_wallis;
use super::pearson::{Correction, pearson};
use super::wilcoxon::{Distribution, wilcoxon};
use super::{CrossTable, Frequencies, anova::anova, fisher::fisher, smd, student::student, welch::welch};
use crate::numerics::random::Random;
use crate::numerics::sums::Moments;
use proptest::collection::vec;
use proptest::prelude::*;

/// Values with frequencies, few enough to tie.
fn sample() -> impl Strategy<Value = Vec<(f64, u64)>> {
    vec(((-20..20).prop_map(|x| f64::from(x) / 4.0), 1..5u64), 1..12)
}

fn fourfold() -> impl Strategy<Value = CrossTable> {
    [[0..40u64, 0..40u64], [0..40u64, 0..40u64]].prop_map(|rows| CrossTable::of(&rows))
}

fn wide() -> impl Strategy<Value = Vec<[u64; 3]>> {
    vec([0..6u64, 0..6u64, 0..6u64], 2..6)
}

fn moments(values: &[(f64, u64)]) -> Moments {
    Frequencies::new(values.iter().copied()).moments()
}

fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-10 * a.abs().max(b.abs()) + 1e-13,
        (a, b) => a == b,
    }
}

proptest! {
    /// Identity, `baseline`, `location`: splitting counted values leaves mean and variance, however far from 0 they
    /// lie.
    #[test]
    fn splitting_counted_values_changes_nothing(values in sample(), offset in -1e9..1e9) {
        let shifted: Vec<(f64, u64)> = values.iter().map(|(x, n)| (x + offset, *n)).collect();
        let single = || shifted.iter().flat_map(|(x, n)| std::iter::repeat_n((*x, 1), *n as usize));
        let (whole, split) = (Moments::of(shifted.iter().copied()), Moments::of(single()));
        prop_assert!(same(whole.mean(), split.mean()));
        prop_assert!(same(whole.variance(), split.variance()), "{whole:?} {split:?}");
        prop_assert_eq!(Frequencies::new(shifted.iter().copied()), Frequencies::new(single()));
    }

    /// Identity, `baseline`, `location`: the order of the values changes nothing.
    #[test]
    fn the_order_of_values_changes_nothing(values in sample()) {
        let turned = Frequencies::new(values.iter().rev().copied());
        prop_assert_eq!(Frequencies::new(values), turned);
    }

    /// Identity, `baseline`, `location`: the moments of two parts pooled are those of the whole.
    #[test]
    fn two_parts_have_the_moments_of_the_whole(a in sample(), b in sample()) {
        let whole = moments(&[a.as_slice(), &b].concat());
        let joined = moments(&a).with(&moments(&b));
        prop_assert!(same(whole.mean(), joined.mean()) && same(whole.variance(), joined.variance()));
    }

    /// Identity, `baseline`, `location`: exchanging the groups negates Student’s and Welch’s t and leaves P.
    #[test]
    fn exchanging_groups_negates_t_and_leaves_p(a in sample(), b in sample()) {
        let (a, b) = (moments(&a), moments(&b));
        for test in [student, welch] {
            let (ours, turned) = (test(&a, &b), test(&b, &a));
            prop_assert!(same(ours.statistic, turned.statistic.map(|t| -t)), "{ours:?} {turned:?}");
            prop_assert!(same(ours.p_value, turned.p_value));
        }
        prop_assert!(same(smd::of_numbers(&a, &b), smd::of_numbers(&b, &a)));
    }

    /// Identity, `baseline`: analysis of variance of two groups is Student’s t squared.
    #[test]
    fn analysis_of_variance_of_two_groups_is_t_squared(a in sample(), b in sample()) {
        let (a, b) = (moments(&a), moments(&b));
        let (f, t) = (anova(&[a, b]), student(&a, &b));
        prop_assert!(same(f.statistic, t.statistic.map(|t| t * t)), "{f:?} {t:?}");
        prop_assert!(same(f.p_value, t.p_value));
    }

    /// Identity, `baseline`: the Kruskal–Wallis test of two groups is Wilcoxon’s rank-sum test.
    #[test]
    fn kruskal_wallis_of_two_groups_is_wilcoxon(a in sample(), b in sample()) {
        let (a, b) = (Frequencies::new(a), Frequencies::new(b));
        let ranks = wilcoxon(&a, &b, Distribution::Uncorrected);
        prop_assert!(same(kruskal_wallis(&[&a, &b]).p_value, ranks.p_value));
        let turned = wilcoxon(&b, &a, Distribution::Uncorrected);
        prop_assert!(same(ranks.p_value, turned.p_value));
        let pairs = a.total() as f64 * b.total() as f64;
        prop_assert!(same(ranks.statistic, turned.statistic.map(|w| pairs - w)));
    }

    /// Identity, `baseline`, `location`: the rank-sum test is the same for any increasing function of the values.
    #[test]
    fn ranks_see_the_order_only(a in sample(), b in sample()) {
        let curved = |values: &[(f64, u64)]| Frequencies::new(values.iter().map(|(x, n)| (x.exp(), *n)));
        let straight = |values: &[(f64, u64)]| Frequencies::new(values.iter().copied());
        for how in [Distribution::ExactWhereSmall, Distribution::Corrected] {
            let (ours, bent) = (wilcoxon(&straight(&a), &straight(&b), how), wilcoxon(&curved(&a), &curved(&b), how));
            prop_assert_eq!(ours, bent);
        }
    }

    /// Identity, `baseline`: the network algorithm gives Fisher’s P of the hypergeometric distribution for any fourfold
    /// table.
    #[test]
    fn the_network_and_the_closed_form_of_fisher_agree(table in fourfold()) {
        let closed = fisher(&table, &mut Random::new(1)).test.p_value;
        let network = super::fisher::network_p(&table);
        prop_assert!(same(closed, network), "{table:?} {closed:?} {network:?}");
    }

    /// Identity, `baseline`: the order of levels and groups, their exchange and empty levels leave Fisher’s and
    /// Pearson’s P.
    #[test]
    fn tests_of_levels_do_not_see_their_order(rows in wide()) {
        let p = |table: &CrossTable| fisher(table, &mut Random::new(1)).test.p_value;
        let (table, turned): (_, Vec<[u64; 3]>) =
            (CrossTable::of(&rows), rows.iter().rev().map(|[a, b, c]| [*c, *a, *b]).collect());
        for other in [CrossTable::of(&turned), table.transposed()] {
            prop_assert!(same(p(&table), p(&other)));
            let chi = |table: &CrossTable| pearson(table, Correction::None).p_value;
            prop_assert!(same(chi(&table), chi(&other)));
        }
        // An empty level carries nothing.
        let longer = [rows.as_slice(), &[[0, 0, 0]]].concat();
        prop_assert!(same(p(&table), p(&CrossTable::of(&longer))));
    }

    /// Identity, `baseline`: Fisher’s P of three levels is the share of all tables with these margins, each enumerated.
    #[test]
    fn enumerated_tables_give_fishers_p(rows in vec([0..4u64, 0..4u64], 3..4)) {
        let table = CrossTable::of(&rows);
        let ours = fisher(&table, &mut Random::new(1)).test.p_value;
        prop_assert!(same(ours, enumerated(&rows)), "{rows:?} {ours:?} {:?}", enumerated(&rows));
    }

    /// Identity, `baseline`: quantiles of counted values are those of the values listed one by one.
    #[test]
    fn quantiles_are_those_of_the_listed_values(values in sample()) {
        let mut listed: Vec<f64> =
            values.iter().flat_map(|(x, n)| std::iter::repeat_n(*x, *n as usize)).collect();
        listed.sort_by(f64::total_cmp);
        let ours = Frequencies::new(values).quantiles([0.25, 0.5, 0.75], QuantileDefinition::Interpolated).unwrap();
        for (p, ours) in [0.25, 0.5, 0.75].into_iter().zip(ours) {
            let rank = (listed.len() - 1) as f64 * p;
            let (low, high) = (listed[rank as usize], listed[rank.ceil() as usize]);
            prop_assert!((ours - (low + (high - low) * rank.fract())).abs() < 1e-12);
        }
    }
}

/// Fisher's P of three levels in two groups with whole numbers: every table is weighed by its ways, ∏ C(level, cell).
fn enumerated(rows: &[[u64; 2]]) -> Option<f64> {
    let choose = |n: u64, k: u64| (0..k).fold(1u64, |ways, i| ways * (n - i) / (i + 1));
    let levels: Vec<u64> = rows.iter().map(|row| row[0] + row[1]).collect();
    let first: u64 = rows.iter().map(|row| row[0]).sum();
    let occupied = levels.iter().filter(|n| **n > 0).count();
    if occupied < 2 || first == 0 || first == levels.iter().sum::<u64>() {
        return None;
    }
    let ways = |cells: [u64; 3]| (0..3).map(|i| choose(levels[i], cells[i])).product::<u64>();
    let observed = ways([rows[0][0], rows[1][0], rows[2][0]]);
    let (mut rare, mut all) = (0, 0);
    for a in 0..=levels[0] {
        for b in 0..=levels[1] {
            let Some(c) = first.checked_sub(a + b).filter(|c| *c <= levels[2]) else { continue };
            let here = ways([a, b, c]);
            all += here;
            rare += if here <= observed { here } else { 0 };
        }
    }
    Some(rare as f64 / all as f64)
}
