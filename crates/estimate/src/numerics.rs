//! Numbers: tails of distributions, sums, linear algebra. One subject a file.

pub mod distributions;
pub mod gram;
pub mod incomplete;
pub mod rank;
pub mod sum;
pub mod symmetric;
