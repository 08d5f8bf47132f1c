//! What logistic and Cox regression share: their options, which terms enter, and the rows of the result.

mod constancy;
mod contrast;
mod inflation;
mod joint_tests;
mod modelling;
mod options;
mod ratio;
mod rows;
mod run;
mod selection;
mod sentences;
mod setting;
mod spline_interaction;
mod spline_rows;
mod terms;
mod together;
mod void_variance;
mod weights;

pub(super) use constancy::{Change, Changing};
pub(crate) use contrast::Contrast;
pub(super) use inflation::write_inflation;
pub(super) use modelling::{Count, Modelling, Null, Outcome, Predicting, not_found};
pub use options::{EnterRule, Multivariable, TermList};
pub(super) use options::{ModelOptions, check_list, check_terms, requests_of, term_requests, variables_of};
pub(super) use ratio::{chi_squared, exponential, joint_wald, likelihood_ratio};
pub(super) use run::missing_values;
use run::run_models;
pub(crate) use selection::EntryRule;
pub(super) use sentences::{entry_sentence, interval_sentence, term_sentences};
pub(super) use setting::{Setting, name_endpoint};
pub(super) use terms::{ReadTerms, quantile_knots, read_terms};
pub(super) use together::{Naming, Together, describe, together};
pub(super) use void_variance::withhold;
pub use weights::WeightKind;
pub(crate) use weights::{LARGEST_WEIGHT, checked_frequencies};
pub(super) use weights::{Multiplied, check_weights, multiplied, sampled, weights_text};
