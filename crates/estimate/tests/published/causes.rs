//! Patients whose follow-up ended with one of several causes.

use crate::modelling::endpoint;
use study::{Column, ColumnSource};

/// Time, event and competing event of `os`, the event being one of the causes; 0 is none.
pub(crate) fn ended(times: &[f64], causes: &[f64], event: f64) -> Vec<Column> {
    let [time, own] = endpoint(times, &causes.iter().map(|cause| *cause == event).collect::<Vec<_>>());
    let other: Vec<_> = causes.iter().map(|cause| Some(*cause > 0.0 && *cause != event)).collect();
    vec![time, own, Column::flag(&ColumnSource::Competing("os".into()).column(), &other)]
}
