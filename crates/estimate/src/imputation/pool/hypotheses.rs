//! Tests of completed data sets, pooled.

use super::PooledDf;
use super::means::{self, MeansTest};
use crate::imputation::rubin::{PooledEstimate, PooledTest, d1, d2};
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
pub(super) fn pool(tests: &[&Test], row: &Estimate, results: &[Results], df: PooledDf) -> Test {
    let first = tests[0];
    if tests.iter().all(|test| alike(test, first)) {
        return first.clone();
    }
    let m = tests.len();
    let (name, same) = most_frequent(tests);
    let reading = if same { reading(first) } else { Reading::Exact };
    let given = first.reason.as_deref().map_or(String::new(), |reason| format!("{reason}; "));
    let of_coefficients = if name == TestName::Wald { wald(row, results, df) } else { None };
    let of_means = if same { means::pool(name, row, tests, results, df) } else { None };
    let (pooled, how) = match (of_coefficients, of_means) {
        (_, Some(MeansTest::Difference(combined))) => return of_value(first, &combined, m),
        (Some(pooled), _) | (_, Some(MeansTest::Joint(pooled))) => (Some(pooled), "D₁"),
        (None, None) => (chi_squared(tests, reading), "D₂"),
    };
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

/// Whether two tests are the same but for the order of sums.
fn alike(a: &Test, b: &Test) -> bool {
    let near = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-10 * a.abs().max(b.abs());
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        (a, b) => a == b,
    };
    a.name == b.name
        && a.df.len() == b.df.len()
        && a.df.iter().zip(&b.df).all(|(a, b)| near(*a, *b))
        && both(a.statistic, b.statistic)
        && both(a.p_value, b.p_value)
}

/// Whether a test asks if the figure of its own row is 0 on the scale on which the row is pooled.
fn is_of_value(name: TestName) -> bool {
    matches!(
        name,
        TestName::Wald
            | TestName::Student
            | TestName::Welch
            | TestName::PairedT
            | TestName::PearsonCorrelation
            | TestName::SpearmanCorrelation
            | TestName::DeLong
    )
}

/// Whether the test of a row follows from its pooled figure.
pub(super) fn follows(row: &Estimate) -> bool {
    row.test.as_ref().is_some_and(|test| is_of_value(test.name) || row.quantity.is_ratio())
}

/// The test of a pooled figure against 0: Wald's by the square of t, as it is told of complete data, others by t.
pub(super) fn of_value(first: &Test, combined: &PooledEstimate, m: usize) -> Test {
    let t = combined.estimate / combined.total.sqrt();
    let df = Some(combined.df).filter(|df| df.is_finite());
    // A ratio that one data set tests by its likelihood has the interval of Rubin's rules, and the test that goes with it.
    let is_wald = first.name == TestName::Wald || !is_of_value(first.name);
    let name = if is_wald { TestName::Wald } else { first.name };
    let reason = || {
        let given = first.reason.as_deref().map_or(String::new(), |reason| format!("{reason}; "));
        format!("{given}pooled over {m} imputed data sets by Rubin’s rules")
    };
    Test {
        name,
        statistic: finite(if is_wald { t * t } else { t }),
        df: is_wald.then_some(1.0).into_iter().chain(df).collect(),
        p_value: finite(combined.p_value()),
        reason: (!is_wald).then(reason),
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
fn wald(row: &Estimate, results: &[Results], df: PooledDf) -> Option<PooledTest> {
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
    let complete = results.iter().map(|set| df.complete(set, row)).fold(f64::INFINITY, f64::min);
    d1(&found.iter().map(|known| known.beta.clone()).collect::<Vec<_>>(), &matrices, complete)
}

/// The median of the P values; absent where one of them is.
fn median_p(tests: &[&Test]) -> Option<f64> {
    let mut p: Vec<f64> = tests.iter().map(|test| test.p_value).collect::<Option<_>>()?;
    p.sort_by(f64::total_cmp);
    let middle = p.len() / 2;
    Some(if p.len() % 2 == 1 { p[middle] } else { 0.5 * (p[middle - 1] + p[middle]) })
}
