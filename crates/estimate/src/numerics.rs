//! Numbers: tails of distributions, sums, linear algebra. One subject a file.

pub mod distributions;
pub mod incomplete;
