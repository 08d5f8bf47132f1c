//! Numbers: mean, spread, quantiles, extremes, and their association with the groups.

use super::categories::{missing_rows, standardized};
use super::choice::{for_numbers, rank_sum_distribution};
use super::{Found, Setting};
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::methods::tests::kruskal_wallis::kruskal_wallis;
use crate::methods::tests::ranks::Ranks;
use crate::methods::tests::wilcoxon::{Distribution, is_exact, wilcoxon};
use crate::methods::tests::{Frequencies, anova::anova, smd, student::student, welch::welch};
use crate::numerics::sums::Moments;
use study::{Column, Convention, CountTable, Estimate, Notice, Problem, Quantity, Test, TestName};

const QUARTILES: [f64; 3] = [0.25, 0.5, 0.75];

pub(super) fn describe(
    setting: &Setting<'_>,
    table: &CountTable,
    column: &Column,
    values: &[f64],
) -> Result<Found, Problem> {
    let asked = setting.options.number_test(&column.name, setting.analysis)?;
    let mut by_group: Vec<Vec<(f64, u64)>> = vec![Vec::new(); setting.columns.count()];
    let mut missing = vec![0; by_group.len()];
    for (row, group, n) in setting.columns.rows(table)? {
        if values[row].is_nan() { missing[group] += n } else { by_group[group].push((values[row], n)) }
    }
    let groups: Vec<Frequencies> = by_group.into_iter().map(Frequencies::new).collect();
    let known: Vec<u64> = groups.iter().map(Frequencies::total).collect();
    let mut found = Found {
        label: column.label(),
        missing: missing.iter().sum(),
        estimates: Vec::new(),
        notices: Vec::new(),
    };
    for (group, range) in setting.columns.shown() {
        match &groups[range] {
            [one] => summarize(setting, column, group, one, &mut found),
            several => {
                let all = Frequencies::new(several.iter().flat_map(Frequencies::pairs));
                summarize(setting, column, group, &all, &mut found);
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
        let ranks = rank_sum_distribution(setting.plan.dialect(Convention::RankSum));
        let statistic = setting.options.statistic(&column.name);
        let choice = for_numbers(&column.name, asked, statistic, dialect, occupied.len());
        found.notices.extend(choice.notice);
        let mut test = compare(choice.test, &occupied, ranks);
        test.reason = Some(choice.reason + &detail(&test, &occupied, ranks));
        found.estimates.push(Estimate {
            term: Some(variable()),
            test: Some(test),
            value: None,
            ..Estimate::new(Quantity::Association, 0.0)
        });
    }
    if setting.options.smd && occupied.len() > 1 {
        let moments: Vec<Moments> = occupied.iter().map(|group| group.moments()).collect();
        standardized(&column.name, &moments, smd::of_numbers, &mut found);
    }
    Ok(found)
}

fn summarize(
    setting: &Setting<'_>,
    column: &Column,
    group: Option<&str>,
    values: &Frequencies,
    found: &mut Found,
) {
    let moments = values.moments();
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
    push(Quantity::Mean, None, moments.mean());
    push(Quantity::StandardDeviation, None, moments.standard_deviation());
    let definition = QuantileDefinition::of(setting.plan.dialect(Convention::Quantile));
    let quartiles = values.quantiles(QUARTILES, definition);
    for (index, probability) in QUARTILES.into_iter().enumerate() {
        push(Quantity::Quantile, Some(probability), quartiles.map(|values| values[index]));
    }
    push(Quantity::Minimum, None, values.minimum());
    push(Quantity::Maximum, None, values.maximum());
}

fn compare(test: TestName, groups: &[&Frequencies], distribution: Distribution) -> Test {
    match (test, groups) {
        (TestName::Student, [first, second]) => student(&first.moments(), &second.moments()),
        (TestName::Welch, [first, second]) => welch(&first.moments(), &second.moments()),
        (TestName::WilcoxonRankSum, [first, second]) => wilcoxon(first, second, distribution),
        (TestName::KruskalWallis | TestName::WilcoxonRankSum, _) => kruskal_wallis(groups),
        _ => anova(&groups.iter().map(|group| group.moments()).collect::<Vec<_>>()),
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
