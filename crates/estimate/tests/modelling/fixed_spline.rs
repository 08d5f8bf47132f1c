//! A spline of `x` whose knots, quartiles and ends do not depend on the patients: that of imputed numbers, told what was
//! observed.

use study::{Column, ObservedValues, Problem, Results};

/// The term.
pub(crate) const FIXED: &str = "rcs(x, 2, 8, 14, 20)";

/// Values whose quartiles are 6, 11 and 16 and whose ends, the first and the last of 100 parts, are 1 and 22.
fn observed() -> ObservedValues {
    let values = [(1.0, 2), (6.0, 24), (11.0, 25), (16.0, 25), (22.0, 25)];
    [("x".to_string(), values.to_vec())].into()
}

/// Lets a method estimate.
pub(crate) fn try_run(
    dialect: &str,
    method: &str,
    options: &str,
    columns: &[Column],
    n: &[u64],
) -> Result<Results, Problem> {
    super::try_run_seeing(observed(), dialect, method, options, columns, n)
}

/// The same, in farr's own dialect, of patients listed one by one.
pub(crate) fn run(method: &str, options: &str, columns: &[Column]) -> Results {
    try_run("farr", method, options, columns, &vec![1; columns[0].values.len()]).unwrap()
}
