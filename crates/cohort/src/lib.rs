//! From a registry to counted patterns.
//!
//! 1. The tables of the registry are read as its dictionary says ([`dictionary`]); what the dictionary changed is
//!    counted, and what a column cannot hold is refused with table, row and column.
//! 2. The views of `sql/` that the plan needs are run in the order of their use of each other.
//! 3. The criteria of the plan turn the population into the analysis set, and every patient leaves at most once.
//! 4. Each count table is one GROUP BY over the analysis set.
//!
//! *Invariant:* no statistic is computed here, and nothing is written.

pub mod dictionary;
pub mod simulate;

mod cells;
mod check;
mod cleaning;
mod clinical;
mod cohort;
mod count;
mod eligibility;
mod expressions;
mod follow_up;
mod found_text;
mod interner;
mod intervals;
mod levels;
mod meaning;
mod mistyped;
mod model_types;
mod optional;
mod patients;
mod quality;
mod redcap;
mod registry;
mod repeated;
mod share;
mod sources;
mod sql_text;
mod study_folder;
mod swimmer;
mod timeline;
mod totals;
mod typed;
mod views;
mod why;

pub use check::{CheckOptions, CheckReport, check};
pub use cleaning::{Cleaning, ColumnReport, TableReport};
pub use clinical::{ClinicalView, Parameter, clinical_views};
pub use cohort::{Cohort, Keep};
pub use dictionary::Dictionary;
pub use follow_up::{Followed, follow_up};
pub use quality::answers::{Answers, read as read_answers};
pub use quality::built_in_rules;
pub use quality::registry::check_registry;
pub use redcap::{REDCAP_EXPORT, REDCAP_RECORDS, RedcapProject, RedcapRegistry, RedcapVariable, redcap};
pub use registry::{SingleTable, single_table};
pub use share::{Keyed, SMALL, ShareOptions, ShareReport, SharedTable, share};
pub use swimmer::{SwimmerRequest, swimmers};
pub use timeline::{Zero, timeline};
pub use why::{StepKind, Why, WhyStep};
