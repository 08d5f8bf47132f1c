//! The rows of one variable of the chain, split into those that have it and those that lack it, with their predictors.

/// Model matrices, row by row, an intercept in front.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Numbers in a row.
    pub(super) columns: usize,
    /// The rows with a value.
    pub(super) observed: Vec<f64>,
    /// Patients of each of them.
    pub(super) weight: Vec<f64>,
    /// The rows without.
    pub(super) missing: Vec<f64>,
}
