//! Whether independent estimates are equal.

use crate::numerics::distributions::chi_squared_upper;
use study::results::finite;
use study::{Test, TestName};

/// Σ (θⱼ − θ̄)²/vⱼ for values with their variances, θ̄ being their mean weighted by 1/vⱼ; one degree of freedom fewer than
/// values. Absent where there are not two, or one has no variance.
pub(super) fn all_equal(name: TestName, values: &[(f64, f64)]) -> Option<Test> {
    if values.len() < 2 || values.iter().any(|(_, variance)| *variance <= 0.0) {
        return None;
    }
    let weight: f64 = values.iter().map(|(_, variance)| 1.0 / variance).sum();
    let centre = values.iter().map(|(value, variance)| value / variance).sum::<f64>() / weight;
    let statistic: f64 = values.iter().map(|(value, variance)| (value - centre).powi(2) / variance).sum();
    let df = values.len() as f64 - 1.0;
    Some(Test {
        name,
        statistic: finite(statistic),
        df: vec![df],
        p_value: finite(chi_squared_upper(statistic, df)),
        reason: None,
    })
}
