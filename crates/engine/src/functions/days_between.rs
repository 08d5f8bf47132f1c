//! Whole days from one day to another.

use super::Function;

/// `days_between(from, to)`: `to` − `from`; negative where `to` is earlier. The same as `to - from`, in the order in
/// which one speaks.
pub(super) const FUNCTION: Function = Function {
    name: "days_between",
    arguments: "two dates: from, to",
    value: |from, to| i64::from(to) - i64::from(from),
};
