//! The built-in rules, for the documented registry model: the tables of `examples/crlm-pcr`.
//!
//! A registry with other names has them by views of these names, or declares its own in `[[rules]]`.

mod after_death;
mod alike;
mod contradictions;
mod jumps;
mod links;
mod order_of_dates;
mod sources;
mod unit_slips;

use super::rule::BuiltIn;

/// Every subject.
pub(super) const RULES: &[&[BuiltIn]] = &[
    order_of_dates::RULES,
    after_death::RULES,
    links::RULES,
    contradictions::RULES,
    sources::RULES,
    unit_slips::RULES,
    jumps::RULES,
    alike::RULES,
];
