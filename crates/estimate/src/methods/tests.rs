//! Tests of association between a variable and groups: pure functions of counts, one a file.
//!
//! None of them goes through patients: categories come as a table of counts, numbers as distinct values with their
//! frequencies. A test that cannot be made (one group, no spread) has no P value.

pub mod anova;
pub mod cross_table;
pub mod fisher;
pub mod frequencies;
pub mod hodges_lehmann;
pub mod kruskal_wallis;
pub mod pearson;
pub mod permutation;
pub mod ranks;
pub mod smd;
pub mod student;
pub mod welch;
pub mod welch_anova;
pub mod wilcoxon;

pub use cross_table::CrossTable;
pub use frequencies::Frequencies;

use study::results::finite;
use study::{Test, TestName};

/// A test without a result.
pub(in crate::methods) fn undone(name: TestName) -> Test {
    Test { name, statistic: None, df: Vec::new(), p_value: None, reason: None }
}

/// A test with its result; what is not finite is absent.
pub(in crate::methods) fn done(name: TestName, statistic: f64, df: &[f64], p_value: f64) -> Test {
    if !statistic.is_finite() || !p_value.is_finite() {
        return undone(name);
    }
    Test {
        name,
        statistic: finite(statistic),
        df: df.to_vec(),
        p_value: Some(p_value.min(1.0)),
        reason: None,
    }
}

#[cfg(test)]
mod properties;
