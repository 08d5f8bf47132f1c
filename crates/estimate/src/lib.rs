//! From counted patterns to estimates: pure functions, each from its paper.
//!
//! This crate sees no database, no file and no clock: a [`study::CountTable`] goes in, [`study::Results`] come out.

mod completeness;
pub mod conventions;
pub mod design;
mod follow_up;
pub mod imputation;
mod influence;
pub mod interval;
mod life_table;
pub mod likelihood;
pub mod method;
pub mod methods;
mod missing;
pub mod numerics;
pub mod regression;
pub mod risk_set;
pub mod separation;
pub mod time_law;
pub mod variance_inflation;

pub use completeness::completeness;
pub use conventions::{ConventionEntry, conventions};
pub use method::{About, Entry, Method};
pub use methods::{find, methods};
