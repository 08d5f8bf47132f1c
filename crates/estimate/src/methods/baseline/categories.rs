//! Variables with levels: counts, shares, and their association with the groups.

use super::choice::{for_levels, for_order};
use super::options::LevelTest;
use super::weighted::WeightedRow;
use super::{CategoryTest, Counted, Found, NumberTest, Percent, Setting, numbers};
use crate::methods::tests::fisher::fisher;
use crate::methods::tests::pearson::{Correction, pearson};
use crate::methods::tests::{CrossTable, Frequencies, smd};
use crate::methods::two_by_two::one_risk;
use crate::numerics::random::Random;
use crate::numerics::sums::{Sum, sum};
use std::ops::Range;
use study::{Column, Convention, Estimate, Level, MISSING, Notice, Problem, Quantity, Test, TestName};

/// Rows of one variable beyond which they are withheld: nobody can read them.
const MOST_ROWS: usize = 50_000;
/// Cells beyond which levels and groups are not compared.
const MOST_CELLS: usize = 20_000_000;
/// Groups beyond which not every two are compared.
const MOST_PAIRED: usize = 50;

pub(super) fn describe(
    setting: &Setting<'_>,
    counted: &Counted<'_>,
    column: &Column,
    levels: &[Level],
    codes: &[u32],
) -> Result<Found, Problem> {
    let asked = setting.options.level_test(&column.name, setting.analysis, setting.plan)?;
    let groups = setting.columns.count();
    let label = column.label();
    let mut found = Found { label, missing: 0, coded: false, estimates: Vec::new(), notices: Vec::new() };
    let other = |message: String| Notice::Other { message: format!("{}: {message}.", column.name) };
    if levels.len().saturating_mul(groups) > MOST_CELLS {
        found.label.levels.clear();
        let message = format!("{} levels in {groups} groups are neither shown nor compared", levels.len());
        found.notices.push(other(message));
        return Ok(found);
    }

    let mut counts = CrossTable::new(levels.len(), groups);
    let mut missing = vec![0; groups];
    for (row, group, n) in setting.columns.rows(&counted.table)? {
        let code = codes[row] as usize;
        if code < levels.len() { counts.add(code, group, n) } else { missing[group] += n }
    }
    found.missing = missing.iter().sum();
    let weighed =
        counted.weighted(setting, |row| (codes[row] != MISSING).then_some(f64::from(codes[row])))?;
    let weighed = weighed.map(|groups| Masses::of(&groups, levels.len()));
    if levels.len().saturating_mul(groups + 1) > MOST_ROWS {
        found.label.levels.clear();
        found.notices.push(other(format!("{} levels are too many to be shown", levels.len())));
    } else {
        shares(setting, column, levels, &counts, weighed.as_ref(), &mut found);
    }
    missing_rows(setting, column, &counts.group_totals(), &missing, &mut found);

    let occupied = counts.occupied();
    if occupied.total() == 0 {
        found.notices.push(Notice::AllMissing { variable: column.name.clone() });
        return Ok(found);
    }
    if occupied.levels() < 2 {
        found.notices.push(Notice::SingleLevel { variable: column.name.clone() });
    } else if occupied.groups() < 2 && setting.columns.occupied() > 1 {
        found.notices.push(other("only one group has values, nothing to compare".into()));
    } else if occupied.groups() > 1 && setting.compares() {
        let test = match asked {
            LevelTest::Counts(asked) => by_counts(setting, column, asked, &occupied, &mut found),
            LevelTest::Order(asked) => by_order(setting, column, asked, &occupied, &mut found),
        };
        found.estimates.push(Estimate {
            term: Some(column.name.clone()),
            value: None,
            test: Some(test),
            ..Estimate::new(Quantity::Association, 0.0)
        });
    }
    if setting.options.smd && occupied.groups() > 1 {
        difference(column, &occupied, weighed.as_ref(), &mut found);
    }
    Ok(found)
}

/// The test of how many patients of each group have each level.
fn by_counts(
    setting: &Setting<'_>,
    column: &Column,
    asked: CategoryTest,
    occupied: &CrossTable,
    found: &mut Found,
) -> Test {
    let dialect = setting.plan.dialect(Convention::CategoryTest);
    let choice = for_levels(&column.name, asked, dialect, occupied);
    found.notices.extend(choice.notice);
    let mut test = match choice.test {
        TestName::FisherExact => {
            let random = &mut Random::named(setting.plan.study.seed, &column.name);
            let result = fisher(occupied, random);
            found.notices.extend(result.simulation.map(|simulation| Notice::MonteCarlo {
                variable: column.name.clone(),
                tables: simulation.tables,
                lower: simulation.lower,
                upper: simulation.upper,
            }));
            result.test
        }
        TestName::YatesChiSquared => pearson(occupied, Correction::Yates),
        _ => pearson(occupied, Correction::None),
    };
    if let Some(least_expected) = occupied.least_expected()
        && least_expected < 5.0
        && test.name != TestName::FisherExact
    {
        found.notices.push(Notice::SparseCell { variable: column.name.clone(), least_expected });
    }
    test.reason = Some(choice.reason);
    test
}

/// The test of whether the levels, in their order, are higher in some group.
fn by_order(
    setting: &Setting<'_>,
    column: &Column,
    asked: NumberTest,
    occupied: &CrossTable,
    found: &mut Found,
) -> Test {
    let by_group = occupied.transposed();
    let places =
        |group: &[u64]| Frequencies::new(group.iter().enumerate().map(|(place, n)| (place as f64, *n)));
    let groups: Vec<Frequencies> = by_group.rows().map(places).collect();
    let choice = for_order(&column.name, asked, groups.len());
    found.notices.extend(choice.notice);
    numbers::tested(choice.test, choice.reason, &groups.iter().collect::<Vec<_>>(), setting.plan)
}

/// Sums of the weights of the patients of each group who have each level.
struct Masses {
    groups: Vec<Vec<f64>>,
    totals: Vec<f64>,
}

impl Masses {
    fn of(groups: &[Vec<WeightedRow>], levels: usize) -> Self {
        let of_group = |rows: &Vec<WeightedRow>| -> Vec<f64> {
            let mut sums = vec![Sum::default(); levels];
            rows.iter().for_each(|(level, n, w)| sums[*level as usize].add_product(*n as f64, *w));
            sums.into_iter().map(Sum::total).collect()
        };
        let groups: Vec<Vec<f64>> = groups.iter().map(of_group).collect();
        let totals = groups.iter().map(|group| sum(group.iter().copied())).collect();
        Self { groups, totals }
    }

    /// The share of a level in some groups, or of some groups in a level.
    fn share(&self, level: usize, groups: Range<usize>, percent: Percent) -> f64 {
        let among = |groups: &[Vec<f64>]| sum(groups.iter().map(|group| group[level]));
        let of = match percent {
            Percent::Column => sum(self.totals[groups.clone()].iter().copied()),
            Percent::Row => among(&self.groups),
        };
        among(&self.groups[groups]) / of
    }
}

fn shares(
    setting: &Setting<'_>,
    column: &Column,
    levels: &[Level],
    counts: &CrossTable,
    weighed: Option<&Masses>,
    found: &mut Found,
) {
    let totals = counts.group_totals();
    for (group, range) in setting.columns.shown() {
        let total: u64 = totals[range.clone()].iter().sum();
        for (position, (level, row)) in levels.iter().zip(counts.rows()).enumerate() {
            let n: u64 = row[range.clone()].iter().sum();
            let of = match setting.options.percent {
                Percent::Column => total,
                Percent::Row => row.iter().sum(),
            };
            // All patients of a level are all of them: a row's share of all groups together is no estimate.
            let whole = setting.options.percent == Percent::Row && group.is_none();
            let interval = setting.options.share_interval.filter(|_| !whole);
            let confidence_level = setting.plan.study.confidence_level;
            let share = match weighed {
                Some(masses) => masses.share(position, range.clone(), setting.options.percent),
                None => n as f64 / of as f64,
            };
            found.estimates.push(Estimate {
                term: Some(column.name.clone()),
                level: Some(level.value.clone()),
                group: group.map(Into::into),
                n: Some(n),
                of: Some(of),
                interval: interval.and_then(|method| one_risk(n, of, method, confidence_level)),
                ..Estimate::new(Quantity::Proportion, share)
            });
        }
    }
}

/// How many patients of each group lack the variable.
pub(super) fn missing_rows(
    setting: &Setting<'_>,
    column: &Column,
    known: &[u64],
    missing: &[u64],
    found: &mut Found,
) {
    for (group, range) in setting.columns.shown() {
        let n: u64 = missing[range.clone()].iter().sum();
        let of = n + known[range].iter().sum::<u64>();
        found.estimates.push(Estimate {
            term: Some(column.name.clone()),
            group: group.map(Into::into),
            n: Some(n),
            of: Some(of),
            ..Estimate::new(Quantity::Missing, n as f64 / of as f64)
        });
    }
}

fn difference(column: &Column, occupied: &CrossTable, weighed: Option<&Masses>, found: &mut Found) {
    if let Some(Masses { groups, totals }) = weighed {
        let occupied = groups.iter().zip(totals).filter(|(_, total)| **total > 0.0);
        let shares: Vec<Vec<f64>> =
            occupied.map(|(group, total)| group.iter().map(|mass| mass / total).collect()).collect();
        let between = |a: &Vec<f64>, b: &Vec<f64>| smd::of_shares(a.iter().copied().zip(b.iter().copied()));
        return standardized(&column.name, &shares, between, found);
    }
    let by_group = occupied.transposed();
    let groups: Vec<&[u64]> = by_group.rows().collect();
    standardized(&column.name, &groups, |a, b| smd::of_levels(a, b), found);
}

/// The standardized difference of two groups, or the largest between any two.
pub(super) fn standardized<T>(
    name: &str,
    groups: &[T],
    between: impl Fn(&T, &T) -> Option<f64>,
    found: &mut Found,
) {
    if groups.len() > MOST_PAIRED {
        let message = format!(
            "{name}: {} groups are too many to find the largest standardized difference.",
            groups.len()
        );
        found.notices.push(Notice::Other { message });
        return;
    }
    let pairs = groups.iter().enumerate().flat_map(|(i, a)| groups[..i].iter().map(move |b| (a, b)));
    let largest = pairs.map(|(a, b)| between(a, b)).try_fold(0.0_f64, |most, smd| Some(most.max(smd?)));
    if largest.is_none() {
        let message = format!(
            "{name}: the standardized difference cannot be given; two groups have nothing in common or no spread, or one is a single patient."
        );
        found.notices.push(Notice::Other { message });
    }
    found.estimates.push(Estimate {
        term: Some(name.into()),
        value: largest,
        ..Estimate::new(Quantity::StandardizedMeanDifference, 0.0)
    });
}
