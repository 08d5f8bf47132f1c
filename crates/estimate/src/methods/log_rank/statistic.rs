//! The log-rank statistic of any number of groups.

use crate::life_table::LifeTable;
use crate::numerics::distributions::chi_squared_upper;
use study::{Problem, Test, TestName};

/// Observed and expected events, and the test.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogRankStatistic {
    /// Events in each group.
    pub(crate) observed: Vec<u64>,
    /// Events in each group were the hazards of all groups equal.
    pub(crate) expected: Vec<f64>,
    /// Absent where fewer than two groups were at risk together at an event, or their events have no variance.
    pub(crate) test: Option<Test>,
}

impl LogRankStatistic {
    /// Compares the groups.
    pub(crate) fn new(groups: &[&LifeTable]) -> Result<Self, Problem> {
        let pooled = LifeTable::pooled(groups.iter().copied())?;
        let k = groups.len();
        let mut expected = vec![0.0; k];
        let mut covariance = vec![vec![0.0; k]; k];
        let mut position = vec![0; k];
        let mut share = vec![0.0; k];
        for (index, time) in pooled.time.iter().enumerate().filter(|(index, _)| pooled.events[*index] > 0) {
            let (n, d) = (pooled.at_risk[index] as f64, pooled.events[index] as f64);
            for (group, table) in groups.iter().enumerate() {
                while table.time.get(position[group]).is_some_and(|earlier| earlier < time) {
                    position[group] += 1;
                }
                let at_risk = table.at_risk.get(position[group]).copied().unwrap_or(0);
                share[group] = at_risk as f64 / n;
                expected[group] += d * share[group];
            }
            // The hypergeometric variance; a single patient at risk has none.
            let spread = if n > 1.0 { d * (n - d) / (n - 1.0) } else { 0.0 };
            for a in 0..k {
                for b in 0..=a {
                    let own = if a == b { share[a] } else { 0.0 };
                    covariance[a][b] += spread * (own - share[a] * share[b]);
                }
            }
        }
        let observed: Vec<u64> = groups.iter().map(|group| group.event_count()).collect();
        let test = test(&observed, &expected, &covariance);
        Ok(Self { observed, expected, test })
    }
}

fn test(observed: &[u64], expected: &[f64], covariance: &[Vec<f64>]) -> Option<Test> {
    let compared: Vec<usize> = (0..expected.len()).filter(|group| expected[*group] > 0.0).collect();
    let counts = observed.iter().zip(expected);
    let deviations: Vec<f64> = counts.map(|(observed, expected)| *observed as f64 - expected).collect();
    quadratic_form(TestName::LogRank, &deviations, compared, covariance)
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
    let df = kept.len() as f64;
    Some(Test {
        name,
        statistic: study::results::finite(statistic),
        df: vec![df],
        p_value: study::results::finite(chi_squared_upper(statistic, df)),
        reason: None,
    })
}
