//! Numbers: mean, spread, quantiles, extremes, and their association with the groups.

use super::categories::{missing_rows, standardized};
use super::choice::{for_numbers, rank_sum_distribution};
use super::weighted::{Weighted, difference_of_means};
use super::{Counted, Found, Setting};
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::tests::kruskal_wallis::kruskal_wallis;
use crate::methods::tests::ranks::Ranks;
use crate::methods::tests::wilcoxon::{Distribution, is_exact, wilcoxon};
use crate::methods::tests::{
    Frequencies, anova::anova, smd, student::student, welch::welch, welch_anova::welch_anova,
};
use crate::numerics::sums::Moments;
use study::{Column, Convention, Estimate, Kind, Notice, Plan, Problem, Quantity, Test, TestName};

const QUARTILES: [f64; 3] = [0.25, 0.5, 0.75];

pub(super) fn describe(
    setting: &Setting<'_>,
    counted: &Counted<'_>,
    column: &Column,
    values: &[f64],
) -> Result<Found, Problem> {
    let asked = setting.options.number_test(&column.name, setting.analysis)?;
    let mut by_group: Vec<Vec<(f64, u64)>> = vec![Vec::new(); setting.columns.count()];
    let mut missing = vec![0; by_group.len()];
    for (row, group, n) in setting.columns.rows(&counted.table)? {
        if values[row].is_nan() { missing[group] += n } else { by_group[group].push((values[row], n)) }
    }
    let groups: Vec<Frequencies> = by_group.into_iter().map(Frequencies::new).collect();
    let known: Vec<u64> = groups.iter().map(Frequencies::total).collect();
    let mut found = Found {
        label: column.label(),
        missing: missing.iter().sum(),
        coded: false,
        estimates: Vec::new(),
        notices: Vec::new(),
    };
    let weighed = counted.weighted(setting, |row| Some(values[row]).filter(|value| !value.is_nan()))?;
    let weighed: Option<Vec<Weighted>> = weighed.map(|groups| groups.into_iter().map(Weighted::of).collect());
    for (group, range) in setting.columns.shown() {
        let together = |of: &[Weighted]| Weighted::of(of.iter().flat_map(Weighted::rows));
        let weighed = weighed.as_ref().map(|groups| together(&groups[range.clone()]));
        match &groups[range] {
            [one] => summarize(setting, column, group, one, weighed.as_ref(), &mut found),
            several => {
                let all = Frequencies::new(several.iter().flat_map(Frequencies::pairs));
                summarize(setting, column, group, &all, weighed.as_ref(), &mut found);
            }
        }
    }
    missing_rows(setting, column, &known, &missing, &mut found);

    let variable = || column.name.clone();
    let total: u64 = known.iter().sum();
    if total == 0 {
        found.notices.push(Notice::AllMissing { variable: variable() });
        return Ok(found);
    }
    let single = |(_, n): &(usize, &u64)| **n == 1 && setting.options.by.is_some();
    found.notices.extend(known.iter().enumerate().filter(single).map(|(group, _)| Notice::SinglePatient {
        variable: variable(),
        group: setting.columns.name(group).to_string(),
    }));
    let all = Frequencies::new(groups.iter().flat_map(Frequencies::pairs));
    let declared = setting.plan.variable(&column.name).is_some_and(|variable| variable.kind.is_some());
    found.coded = !declared
        && column.kind == Kind::Number
        && all.pairs().count() == 2
        && all.pairs().all(|(value, n)| value.fract() == 0.0 && n > 1);
    let least = groups.iter().filter_map(Frequencies::minimum).fold(f64::INFINITY, f64::min);
    let most = groups.iter().filter_map(Frequencies::maximum).fold(f64::NEG_INFINITY, f64::max);
    let occupied: Vec<&Frequencies> = groups.iter().filter(|group| group.total() > 0).collect();
    if least == most {
        found.notices.push(Notice::SingleLevel { variable: variable() });
    } else if occupied.len() < 2 && setting.columns.occupied() > 1 {
        let message = format!("{}: only one group has values, nothing to compare.", column.name);
        found.notices.push(Notice::Other { message });
    } else if occupied.len() > 1 && setting.compares() {
        let dialect = setting.plan.dialect(Convention::MeanTest);
        let statistic = setting.options.statistic(&column.name);
        let choice = for_numbers(&column.name, asked, statistic, dialect, occupied.len());
        found.notices.extend(choice.notice);
        let test = tested(choice.test, choice.reason, &occupied, setting.plan);
        if test.p_value.is_none() {
            let name = test.name.text();
            let message =
                format!("{}: too few patients, or no spread within the groups, for the {name}.", column.name);
            found.notices.push(Notice::Other { message });
        }
        found.estimates.push(Estimate {
            term: Some(variable()),
            test: Some(test),
            value: None,
            ..Estimate::new(Quantity::Association, 0.0)
        });
    }
    if setting.options.smd && occupied.len() > 1 {
        match &weighed {
            Some(groups) => {
                let moments: Vec<_> = groups.iter().filter_map(Weighted::moments).collect();
                standardized(&column.name, &moments, difference_of_means, &mut found);
            }
            None => {
                let moments: Vec<Moments> = occupied.iter().map(|group| group.moments()).collect();
                standardized(&column.name, &moments, smd::of_numbers, &mut found);
            }
        }
    }
    Ok(found)
}

fn summarize(
    setting: &Setting<'_>,
    column: &Column,
    group: Option<&str>,
    values: &Frequencies,
    weighed: Option<&Weighted>,
    found: &mut Found,
) {
    let (moments, weighted) = (values.moments(), weighed.and_then(Weighted::moments));
    let (mean, deviation) = match &weighted {
        Some(weighted) => (weighted.mean(), weighted.standard_deviation()),
        None => (moments.mean(), moments.standard_deviation()),
    };
    let mut push = |quantity, at, value| {
        found.estimates.push(Estimate {
            term: Some(column.name.clone()),
            group: group.map(Into::into),
            at,
            value,
            n: Some(moments.n),
            ..Estimate::new(quantity, 0.0)
        });
    };
    push(Quantity::Mean, None, mean);
    push(Quantity::StandardDeviation, None, deviation);
    let definition = QuantileDefinition::of(setting.plan.dialect(Convention::Quantile));
    let quartiles = match weighed {
        Some(weighed) => weighed.quantiles(QUARTILES),
        None => values.quantiles(QUARTILES, definition),
    };
    for (index, probability) in QUARTILES.into_iter().enumerate() {
        push(Quantity::Quantile, Some(probability), quartiles.map(|values| values[index]));
    }
    push(Quantity::Minimum, None, values.minimum());
    push(Quantity::Maximum, None, values.maximum());
}

/// The test with the reason for it, and how its P value was found.
pub(super) fn tested(test: TestName, reason: String, groups: &[&Frequencies], plan: &Plan) -> Test {
    let ranks = rank_sum_distribution(plan.dialect(Convention::RankSum));
    let mut test = compare(test, groups, ranks);
    test.reason = Some(reason + &detail(&test, groups, ranks));
    test
}

fn compare(test: TestName, groups: &[&Frequencies], distribution: Distribution) -> Test {
    let moments = || groups.iter().map(|group| group.moments()).collect::<Vec<_>>();
    match (test, groups) {
        (TestName::Student, [first, second]) => student(&first.moments(), &second.moments()),
        (TestName::Welch, [first, second]) => welch(&first.moments(), &second.moments()),
        (TestName::WilcoxonRankSum, [first, second]) => wilcoxon(first, second, distribution),
        (TestName::KruskalWallis | TestName::WilcoxonRankSum, _) => kruskal_wallis(groups),
        (TestName::WelchAnova, _) => welch_anova(&moments()),
        _ => anova(&moments()),
    }
}

/// How the P value of the rank-sum test was found, behind the reason for the test.
fn detail(test: &Test, groups: &[&Frequencies], distribution: Distribution) -> String {
    if test.name != TestName::WilcoxonRankSum {
        return String::new();
    }
    let how = if is_exact(&Ranks::of(groups), distribution) {
        "exact, as no values tie and no group has 50 patients"
    } else if distribution == Distribution::Uncorrected {
        "normal approximation without continuity correction"
    } else {
        "normal approximation with continuity correction"
    };
    format!("; {how}")
}
