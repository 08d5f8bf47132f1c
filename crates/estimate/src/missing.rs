//! Who was left out because a value is missing, in notices.

use study::{MissingCount, Notice};

/// A notice for each variable that somebody lacks.
pub(crate) fn excluded(missing: &[MissingCount]) -> impl Iterator<Item = Notice> {
    let lacking = missing.iter().filter(|missing| missing.n > 0);
    lacking.map(|missing| Notice::MissingExcluded { variable: missing.variable.clone(), n: missing.n })
}

/// The same of a model, which says so where none of the eligible patients has the variable.
pub(crate) fn excluded_or_all(missing: &[MissingCount], eligible: u64) -> impl Iterator<Item = Notice> {
    excluded(missing).map(move |notice| match notice {
        Notice::MissingExcluded { variable, n } if n == eligible => Notice::AllMissing { variable },
        notice => notice,
    })
}
