//! Against what the coefficients of a factor are contrasted. Odds ratios between levels do not depend on it; the
//! intercept does.

use study::Dialect;

/// The coding of a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contrast {
    /// Each level against the reference: the intercept is at the references.
    Treatment,
    /// Each level against the mean of all levels: the intercept is there.
    Effect,
}

impl Contrast {
    /// What each program does with a logistic model when not told otherwise.
    pub(crate) fn of(dialect: Dialect) -> Self {
        if dialect == Dialect::Sas { Self::Effect } else { Self::Treatment }
    }
}
