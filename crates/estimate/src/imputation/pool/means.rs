//! The test of equal means, from the means and standard deviations of the groups in every data set.
//!
//! # Formula
//! The differences of the first group's mean and each other's, with the covariance that the test itself takes: s²(1/n₁ + 1/nᵢ)
//! and s²/n₁ with the common variance s² of Student's test and of the analysis of variance, s₁²/n₁ + s₂²/n₂ in Welch's.
//! One difference is pooled by Rubin's rules, several by D₁; the degrees of freedom of complete data are those of the test.
//! The paired t-test is that of the mean difference, which has a row of its own.

use super::PooledDf;
use crate::imputation::rubin::{PooledEstimate, PooledTest, d1, pool_estimates};
use faer::Mat;
use study::{Estimate, Quantity, Results, Test, TestName};

/// The pooled test.
pub(super) enum MeansTest {
    /// Of two groups.
    Difference(PooledEstimate),
    /// Of several.
    Joint(PooledTest),
}

/// A group: patients, mean, standard deviation.
struct Group {
    name: String,
    n: f64,
    mean: f64,
    deviation: Option<f64>,
}

/// The test of a row of association; none where the groups are not the same in every data set.
pub(super) fn pool(
    name: TestName,
    row: &Estimate,
    tests: &[&Test],
    sets: &[Results],
    df: PooledDf,
) -> Option<MeansTest> {
    let own = tests.iter().map(|test| test.df.last().copied().unwrap_or(1.0));
    let complete = df.limit(own.fold(f64::INFINITY, f64::min), false);
    let own_variances = match name {
        TestName::PairedT => return paired(row, complete, sets).map(MeansTest::Difference),
        TestName::Welch => true,
        TestName::Student | TestName::OneWayAnova => false,
        _ => return None,
    };
    if row.quantity != Quantity::Association {
        return None;
    }
    let groups: Vec<Vec<Group>> = sets.iter().map(|set| groups(set, row)).collect();
    let names = |groups: &[Group]| groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    let first = names(groups.first()?);
    if first.len() < 2 || groups.iter().any(|other| names(other) != first) {
        return None;
    }
    let differences = |groups: &Vec<Group>| -> Vec<f64> {
        groups[1..].iter().map(|group| groups[0].mean - group.mean).collect()
    };
    let q: Vec<Vec<f64>> = groups.iter().map(differences).collect();
    let u: Vec<Mat<f64>> =
        groups.iter().map(|groups| covariance(groups, own_variances)).collect::<Option<_>>()?;
    if first.len() == 2 {
        let q: Vec<f64> = q.iter().map(|q| q[0]).collect();
        let u: Vec<f64> = u.iter().map(|u| u[(0, 0)]).collect();
        return pool_estimates(&q, &u, complete).map(MeansTest::Difference);
    }
    d1(&q, &u, complete).map(MeansTest::Joint)
}

/// The mean of the differences of pairs.
fn paired(row: &Estimate, complete: f64, sets: &[Results]) -> Option<PooledEstimate> {
    let own = |set: &Results| {
        let found = set.estimates.iter().find(|other| {
            other.quantity == Quantity::MeanDifference
                && (&other.term, &other.level) == (&row.term, &row.level)
        });
        found.and_then(|mean| Some((mean.value?, mean.std_error? * mean.std_error?)))
    };
    let found: Option<Vec<(f64, f64)>> = sets.iter().map(own).collect();
    let (q, u): (Vec<f64>, Vec<f64>) = found?.into_iter().unzip();
    pool_estimates(&q, &u, complete)
}

/// The groups with patients.
fn groups(set: &Results, row: &Estimate) -> Vec<Group> {
    let own = |quantity: Quantity| {
        set.estimates.iter().filter(move |other| {
            other.quantity == quantity && other.term == row.term && other.group.is_some()
        })
    };
    own(Quantity::Mean)
        .filter_map(|mean| {
            let deviation = own(Quantity::StandardDeviation).find(|other| other.group == mean.group);
            Some(Group {
                name: mean.group.clone()?,
                n: mean.n? as f64,
                mean: mean.value?,
                deviation: deviation.and_then(|deviation| deviation.value),
            })
        })
        .collect()
}

/// Of the differences between the first group and each other.
fn covariance(groups: &[Group], own_variances: bool) -> Option<Mat<f64>> {
    let squares = |group: &Group| {
        let deviation = group.deviation.unwrap_or(0.0);
        (group.n - 1.0) * deviation * deviation
    };
    let freedom: f64 = groups.iter().map(|group| group.n - 1.0).sum();
    let common = groups.iter().map(squares).sum::<f64>() / freedom;
    let of_mean = |group: &Group| {
        let variance = if own_variances { group.deviation.map(|d| d * d)? } else { common };
        Some(variance / group.n)
    };
    let of_means: Vec<f64> = groups.iter().map(of_mean).collect::<Option<_>>()?;
    let k = groups.len() - 1;
    let found = Mat::from_fn(k, k, |i, j| of_means[0] + if i == j { of_means[i + 1] } else { 0.0 });
    (common > 0.0 && common.is_finite()).then_some(found)
}
