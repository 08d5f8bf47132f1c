//! A ratio that has no finite value above 0: where it goes, if it can go one way only, and the limit that it has.

use crate::style::Style;
use study::notice::Toward;
use study::{Estimate, Notice, Results};

/// What is printed where it may go either way.
pub(super) const NOT_ESTIMABLE: &str = "NE";

/// Where the ratio of a row without a value goes; none where it may go either way, or is missing for another reason.
pub(super) fn toward(results: &Results, row: &Estimate) -> Option<Toward> {
    let own = results.notices.iter().filter_map(|notice| match notice {
        Notice::Separation { term, level, toward, .. }
            if Some(term) == row.term.as_ref() && *level == row.level =>
        {
            *toward
        }
        _ => None,
    });
    let mut ways: Vec<Toward> = own.collect();
    ways.dedup();
    match ways[..] {
        [way] => Some(way),
        _ => None,
    }
}

/// `∞ (2.50–∞)`, `0 (0–0.40)`, or `NE`.
pub(super) fn text(results: &Results, style: &Style, row: &Estimate) -> String {
    let way = match toward(results, row) {
        Some(Toward::Zero) => "0",
        Some(Toward::Infinity) => "∞",
        None => NOT_ESTIMABLE,
    };
    let known = row.interval.as_ref().filter(|limits| limits.lower.is_some() || limits.upper.is_some());
    let limits = known.map_or(String::new(), |limits| {
        let limit = |value: Option<f64>, none: &str| value.map_or(none.into(), |value| style.ratio(value));
        format!(" ({}–{})", limit(limits.lower, "0"), limit(limits.upper, "∞"))
    });
    format!("{way}{limits}")
}
