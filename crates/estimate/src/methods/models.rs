//! What logistic and Cox regression share: their options, which terms enter, and the rows of the result.

mod options;
mod ratio;
mod report;
mod run;
mod selection;

pub use options::{EnterRule, Multivariable, TermList};
pub(super) use options::{ModelOptions, check_terms, term_requests};
pub(super) use report::{Modelling, Null, Outcome};
pub(super) use run::run_models;
pub(super) use selection::EntryRule;
