//! Numbers: tails of distributions, sums, linear algebra. One subject a file.

pub mod distributions;
pub mod exponential;
pub mod factorial;
pub mod gram;
pub mod hypergeometric;
pub mod incomplete;
pub mod lattice;
pub mod model_matrix;
pub mod multinomial;
pub mod natural_spline;
pub mod parallel;
pub mod random;
pub mod rank;
pub mod root;
pub mod rows;
pub mod scaled;
pub mod sums;
pub mod symmetric;
pub mod vector;
