//! The statistic of any number of groups, perhaps within strata.

use super::family::{Family, Pooled};
use crate::life_table::{LifeTable, Weighing};
use crate::numerics::distributions::chi_squared_upper;
use study::{Test, TestName};

/// Observed and expected events, and the test.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogRankStatistic {
    /// Events in each group, or the sum of their weights.
    pub(crate) observed: Vec<f64>,
    /// The same were the hazards of all groups equal.
    pub(crate) expected: Vec<f64>,
    /// Absent where fewer than two groups were at risk together at an event, or their events have no variance.
    pub(crate) test: Option<Test>,
    name: TestName,
    /// Σ W (observed − expected) of each group.
    deviations: Vec<f64>,
    /// Its covariance: the lower triangle.
    covariance: Vec<Vec<f64>>,
}

impl LogRankStatistic {
    /// Compares the groups, given for each stratum.
    pub(crate) fn new(strata: &[Vec<&LifeTable>], family: Family) -> Self {
        let k = strata.first().map_or(0, Vec::len);
        let mut statistic = Self {
            observed: vec![0.0; k],
            expected: vec![0.0; k],
            test: None,
            name: family.member.name(),
            deviations: vec![0.0; k],
            covariance: vec![vec![0.0; k]; k],
        };
        for groups in strata {
            statistic.add(groups, family);
        }
        let compared = (0..k).filter(|group| statistic.expected[*group] > 0.0).collect();
        statistic.test =
            quadratic_form(statistic.name, &statistic.deviations, compared, &statistic.covariance);
        statistic
    }

    fn add(&mut self, groups: &[&LifeTable], family: Family) {
        let k = groups.len();
        for (observed, table) in self.observed.iter_mut().zip(groups) {
            *observed += (0..table.time.len()).map(|index| table.event_weight(index)).sum::<f64>();
        }
        let sampled = groups.iter().any(|table| table.weighing() == Weighing::Sampled);
        let mut pooled = Pooled::START;
        let mut steps = Vec::new();
        let mut share = vec![0.0; k];
        for time in event_times(groups) {
            let at_risk: Vec<f64> = groups.iter().map(|table| table.at_risk_before(time).1).collect();
            let events: Vec<f64> = groups.iter().map(|table| events_at(table, time)).collect();
            let (n, d): (f64, f64) = (at_risk.iter().sum(), events.iter().sum());
            let weight = pooled.weight(family, n, d);
            for group in 0..k {
                share[group] = at_risk[group] / n;
                self.expected[group] += d * share[group];
                self.deviations[group] += weight * (events[group] - d * share[group]);
            }
            // The hypergeometric variance; a single patient at risk has none.
            let spread = match sampled {
                false if n > 1.0 => weight * weight * d * (n - d) / (n - 1.0),
                _ => 0.0,
            };
            for a in 0..k {
                for b in 0..=a {
                    let own = if a == b { share[a] } else { 0.0 };
                    self.covariance[a][b] += spread * (own - share[a] * share[b]);
                }
            }
            if sampled {
                steps.push(Step { time, weight, hazard: d / n, share: share.clone() });
            }
        }
        if sampled {
            robust(&mut self.covariance, groups, &steps);
        }
    }

    /// The test that hazards rise or fall with the scores of the groups.
    pub(crate) fn trend(&self, scores: &[f64]) -> Option<Test> {
        let k = scores.len();
        let compared: Vec<usize> = (0..k).filter(|group| self.expected[*group] > 0.0).collect();
        if compared.len() < 2 {
            return None;
        }
        // Only differences of scores matter; around their middle nothing cancels.
        let middle = compared.iter().map(|group| scores[*group]).sum::<f64>() / compared.len() as f64;
        let score = |group: usize| scores[group] - middle;
        let deviation: f64 = compared.iter().map(|group| score(*group) * self.deviations[*group]).sum();
        let (mut variance, mut scale) = (0.0, 0.0);
        for &a in &compared {
            for &b in &compared {
                let term = score(a) * score(b) * self.covariance[a.max(b)][a.min(b)];
                variance += term;
                scale += f64::abs(term);
            }
        }
        if variance <= 1e-10 * scale {
            return None;
        }
        Some(chi_squared(self.name, deviation * deviation / variance, 1.0))
    }
}

/// One event time of a stratum.
struct Step {
    time: f64,
    weight: f64,
    hazard: f64,
    share: Vec<f64>,
}

fn event_times(groups: &[&LifeTable]) -> Vec<f64> {
    let mut times = Vec::new();
    for table in groups {
        let with_events = (0..table.time.len()).filter(|index| table.events[*index] > 0);
        times.extend(with_events.map(|index| table.time[index]));
    }
    times.sort_by(f64::total_cmp);
    times.dedup();
    times
}

fn events_at(table: &LifeTable, time: f64) -> f64 {
    let found = table.time.binary_search_by(|known| known.total_cmp(&time));
    found.map_or(0.0, |index| table.event_weight(index))
}

/// Adds the covariance of the weighted deviations from what each patient adds to them:
/// rᵢⱼ = ∫ W (1{i in j} − nⱼ/n) (dNᵢ − Yᵢ d/n).
fn robust(covariance: &mut [Vec<f64>], groups: &[&LifeTable], steps: &[Step]) {
    let k = groups.len();
    // Running sums of W d/n and of W (nⱼ/n) d/n, with a 0 before the first.
    let mut own = vec![0.0];
    let mut shared = vec![vec![0.0; k]];
    for step in steps {
        own.push(own[own.len() - 1] + step.weight * step.hazard);
        let before = &shared[shared.len() - 1];
        let next = before.iter().zip(&step.share).map(|(sum, share)| sum + step.weight * share * step.hazard);
        shared.push(next.collect());
    }
    for (group, table) in groups.iter().enumerate() {
        for course in table.courses() {
            let from = if course.entry > 0.0 { passed(steps, course.entry) } else { 0 };
            let until = passed(steps, course.time);
            let residual: Vec<f64> = (0..k)
                .map(|other| {
                    let is_own = f64::from(u8::from(other == group));
                    let expected =
                        is_own * (own[until] - own[from]) - (shared[until][other] - shared[from][other]);
                    let observed = match course.event {
                        true => steps[until - 1].weight * (is_own - steps[until - 1].share[other]),
                        false => 0.0,
                    };
                    observed - expected
                })
                .collect();
            let squares = course.n as f64 * course.weight * course.weight;
            for a in 0..k {
                for b in 0..=a {
                    covariance[a][b] += squares * residual[a] * residual[b];
                }
            }
        }
    }
}

/// How many event times are not after a time.
fn passed(steps: &[Step], time: f64) -> usize {
    steps.partition_point(|step| step.time <= time)
}

/// (O − E)′ V⁻ (O − E) over the groups compared. The deviations sum to 0, so the last group is left out; should more be
/// determined by the others, they are passed over and the degrees of freedom fall with them. Of the covariance only the
/// lower triangle is read.
pub(in crate::methods) fn quadratic_form(
    name: TestName,
    deviations: &[f64],
    mut compared: Vec<usize>,
    covariance: &[Vec<f64>],
) -> Option<Test> {
    compared.pop();
    // Cholesky's decomposition row by row, solved forward on the way: the statistic is the squared length of L⁻¹(O − E).
    let mut rows: Vec<Vec<f64>> = Vec::new();
    let mut solved: Vec<f64> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    for &group in &compared {
        let mut row: Vec<f64> = Vec::new();
        for (other, earlier) in rows.iter().enumerate() {
            let dot: f64 = row.iter().zip(earlier).map(|(a, b)| a * b).sum();
            row.push((covariance[group][kept[other]] - dot) / earlier[other]);
        }
        let variance = covariance[group][group];
        let rest = variance - row.iter().map(|value| value * value).sum::<f64>();
        if rest <= 1e-10 * variance {
            continue;
        }
        let deviation = deviations[group];
        let dot: f64 = row.iter().zip(&solved).map(|(a, b)| a * b).sum();
        row.push(rest.sqrt());
        solved.push((deviation - dot) / rest.sqrt());
        rows.push(row);
        kept.push(group);
    }
    if kept.is_empty() {
        return None;
    }
    let statistic: f64 = solved.iter().map(|value| value * value).sum();
    Some(chi_squared(name, statistic, kept.len() as f64))
}

fn chi_squared(name: TestName, statistic: f64, df: f64) -> Test {
    Test {
        name,
        statistic: study::results::finite(statistic),
        df: vec![df],
        p_value: study::results::finite(chi_squared_upper(statistic, df)),
        reason: None,
    }
}
