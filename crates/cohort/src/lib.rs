//! cohort

pub mod simulate;
