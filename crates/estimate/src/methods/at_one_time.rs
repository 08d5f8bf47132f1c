//! Probabilities at one time, compared between groups.
//!
//! # Formula
//! The difference of each group from the reference with the sum of the variances and Wald limits; it is tested on a
//! transformed scale, (θ₁ − θ₀)² / (V₁ + V₀), since the difference itself keeps its level badly in small groups (Klein). Of
//! more than two groups all are tested together too.
//!
//! # References
//! Klein et al. 2007, doi:10.1002/sim.2864.

use super::equality::all_equal;
use crate::follow_up::GroupFollowUp;
use study::results::finite;
use study::{Analysis, Estimate, Interval, IntervalMethod, Notice, Problem, Quantity, Results, TestName};

/// Refuses a comparison of nothing: `difference`, `reference` and `by` say which of them the plan names, `what` would be
/// compared.
pub(super) fn check(
    analysis: &Analysis,
    (difference, reference, by): (bool, bool, bool),
    at: &[f64],
    what: &str,
) -> Result<(), Problem> {
    if !difference && reference {
        return Err(analysis
            .refuse(&["reference".into()], format!("there is a reference, but no {what} is compared with it"))
            .help("write difference = \"log_log\", or remove `reference`"));
    }
    if difference && !by {
        return Err(analysis
            .refuse(&["difference".into()], "no groups are there to be compared")
            .help("name the variable with `by`"));
    }
    if difference && at.is_empty() {
        return Err(analysis
            .refuse(&["difference".into()], format!("no time is given at which {what} is compared"))
            .help("give the times with `at`, for example at = [12, 36]"));
    }
    Ok(())
}

/// A probability of a group at the time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probability {
    pub(super) value: f64,
    pub(super) variance: f64,
    /// On the scale of the test, with the variance there. A group in which nobody or everybody has had the event by then
    /// has none, which is not the same as being known exactly: there is then only the difference.
    pub(super) transformed: Option<(f64, f64)>,
}

/// What is compared, and how.
pub(super) struct Compared<'a> {
    pub(super) quantity: Quantity,
    pub(super) test: TestName,
    /// The variable of causes and the cause, where there is more than one.
    pub(super) cause: Option<(&'a str, &'a str)>,
    /// Normal quantile of the confidence level.
    pub(super) z: f64,
    pub(super) confidence_level: f64,
}

impl Compared<'_> {
    /// The rows of one time: each group less the reference, and all groups together where there are more than two.
    pub(super) fn write(
        &self,
        results: &mut Results,
        groups: &[GroupFollowUp],
        known: &[Option<Probability>],
        reference: usize,
        at: f64,
    ) {
        for index in (0..groups.len()).filter(|index| *index != reference) {
            let pair = known[index].zip(known[reference]);
            let value = pair.map_or(f64::NAN, |(own, other)| own.value - other.value);
            let mut row = Estimate {
                group: groups[index].level.clone(),
                reference: groups[reference].level.clone(),
                ..self.row(at, value)
            };
            if let Some(pair) = pair {
                self.describe(&mut row, pair);
                if row.test.is_none() {
                    results.notices.push(self.untested(&groups[index], &groups[reference], at));
                }
            }
            results.estimates.push(row);
        }
        if groups.len() > 2 {
            let transformed: Option<Vec<(f64, f64)>> =
                known.iter().map(|known| known.and_then(|known| known.transformed)).collect();
            if let Some(test) = transformed.and_then(|values| all_equal(self.test, &values)) {
                results.estimates.push(Estimate { test: Some(test), ..self.row(at, f64::NAN) });
            }
        }
    }

    fn row(&self, at: f64, value: f64) -> Estimate {
        Estimate {
            term: self.cause.map(|(variable, _)| variable.into()),
            level: self.cause.map(|(_, level)| level.into()),
            at: Some(at),
            ..Estimate::new(self.quantity, value)
        }
    }

    /// Error, limits and test of a difference.
    fn describe(&self, row: &mut Estimate, (own, other): (Probability, Probability)) {
        let Some((ours, theirs)) = own.transformed.zip(other.transformed) else { return };
        let error = (own.variance + other.variance).sqrt();
        let value = own.value - other.value;
        row.std_error = finite(error);
        row.interval = Some(Interval {
            lower: Some((value - self.z * error).max(-1.0)),
            upper: Some((value + self.z * error).min(1.0)),
            confidence_level: self.confidence_level,
            method: IntervalMethod::Wald,
        });
        row.test = all_equal(self.test, &[theirs, ours]);
    }

    fn untested(&self, own: &GroupFollowUp, reference: &GroupFollowUp, at: f64) -> Notice {
        let cause = self.cause.map(|(_, cause)| cause.to_string());
        Notice::NoDifferenceTest { cause, group: own.level.clone(), reference: reference.level.clone(), at }
    }
}
