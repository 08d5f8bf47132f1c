//! Tests of completed data sets, pooled.

use crate::imputation::rubin::{PooledTest, d1, d2};
use crate::numerics::distributions::normal_quantile;
use faer::Mat;
use study::results::finite;
use study::{Covariance, Estimate, Results, Test, TestName};

/// How the statistics of a test are to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Chi-squared on the test's own degrees of freedom.
    ChiSquared,
    /// F: its numerator's degrees of freedom times it are nearly chi-squared.
    F,
    /// One degree of freedom, through P: a t or z statistic, or a rank sum.
    OneDf,
    /// No statistic that could be averaged.
    Exact,
}

fn reading(test: &Test) -> Reading {
    match test.name {
        TestName::OneWayAnova | TestName::WelchAnova => Reading::F,
        TestName::Student
        | TestName::Welch
        | TestName::PairedT
        | TestName::WilcoxonRankSum
        | TestName::WilcoxonSignedRank
        | TestName::CochranArmitage
        | TestName::PearsonCorrelation
        | TestName::SpearmanCorrelation => Reading::OneDf,
        TestName::FisherExact | TestName::FisherMidP | TestName::McNemarExact => Reading::Exact,
        _ if test.statistic.is_some() && test.df.len() == 1 => Reading::ChiSquared,
        _ => Reading::Exact,
    }
}

/// Pools the tests of a row; `results` are those of the data sets in the same order.
pub(super) fn pool(tests: &[&Test], row: &Estimate, results: &[Results]) -> Test {
    let first = tests[0];
    if tests.iter().all(|test| *test == first) {
        return first.clone();
    }
    let m = tests.len();
    let (name, same) = most_frequent(tests);
    let reading = if same { reading(first) } else { Reading::Exact };
    let of_coefficients = (name == TestName::Wald).then(|| wald(row, results)).flatten();
    let (pooled, how) = match of_coefficients {
        Some(pooled) => (Some(pooled), "D₁"),
        None => (chi_squared(tests, reading), "D₂"),
    };
    let given = first.reason.as_deref().map_or(String::new(), |reason| format!("{reason}; "));
    match pooled {
        Some(pooled) => Test {
            name,
            statistic: finite(pooled.f),
            df: if pooled.df2.is_finite() { vec![pooled.df1, pooled.df2] } else { vec![pooled.df1] },
            p_value: finite(pooled.p_value),
            reason: Some(format!("{given}pooled over {m} imputed data sets by {how}")),
        },
        None => Test {
            name,
            statistic: None,
            df: Vec::new(),
            p_value: median_p(tests),
            reason: Some(format!("{given}median P of {m} imputed data sets")),
        },
    }
}

/// The name that most tests have, and whether all have it.
fn most_frequent(tests: &[&Test]) -> (TestName, bool) {
    let count = |name: TestName| tests.iter().filter(|test| test.name == name).count();
    let best = tests.iter().rev().max_by_key(|test| count(test.name)).map_or(tests[0].name, |test| test.name);
    (best, count(best) == tests.len())
}

fn chi_squared(tests: &[&Test], reading: Reading) -> Option<PooledTest> {
    let statistic = |test: &&Test| -> Option<(f64, f64)> {
        let df = test.df.first().copied();
        match reading {
            Reading::ChiSquared => Some((test.statistic?, df?)),
            Reading::F => Some((test.statistic? * df?, df?)),
            Reading::OneDf => {
                let z = normal_quantile(0.5 * test.p_value?);
                z.is_finite().then_some((z * z, 1.0))
            }
            Reading::Exact => None,
        }
    };
    let read: Vec<(f64, f64)> = tests.iter().map(statistic).collect::<Option<_>>()?;
    let df = read[0].1;
    if read.iter().any(|(_, other)| *other != df) {
        return None;
    }
    d2(&read.iter().map(|(statistic, _)| *statistic).collect::<Vec<_>>(), df)
}

/// The joint test of the coefficients of the row's term or model, where every data set knows their covariance.
fn wald(row: &Estimate, results: &[Results]) -> Option<PooledTest> {
    let same = |known: &&Covariance| {
        (known.model, known.quantity, &known.term) == (row.model, row.quantity, &row.term)
    };
    let own = |results: &Results| results.covariances.iter().find(same).cloned();
    let found: Vec<Covariance> = results.iter().map(own).collect::<Option<_>>()?;
    let k = found.first()?.beta.len();
    if found.iter().any(|known| known.beta.len() != k) {
        return None;
    }
    let matrices: Vec<Mat<f64>> =
        found.iter().map(|known| Mat::from_fn(k, k, |i, j| known.matrix[i * k + j])).collect();
    d1(&found.iter().map(|known| known.beta.clone()).collect::<Vec<_>>(), &matrices)
}

/// The median of the P values; absent where one of them is.
fn median_p(tests: &[&Test]) -> Option<f64> {
    let mut p: Vec<f64> = tests.iter().map(|test| test.p_value).collect::<Option<_>>()?;
    p.sort_by(f64::total_cmp);
    let middle = p.len() / 2;
    Some(if p.len() % 2 == 1 { p[middle] } else { 0.5 * (p[middle - 1] + p[middle]) })
}
