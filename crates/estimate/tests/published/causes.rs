//! Patients whose follow-up ended with one of several causes, as `oracle/published_competing.R` writes them.

use crate::modelling::endpoint;
use std::collections::BTreeMap;
use study::{Column, ColumnSource};

/// The columns of `oracle/data/published_NAME.csv`.
pub(crate) fn table(name: &str) -> BTreeMap<String, Vec<f64>> {
    let path = format!("{}/../../oracle/data/published_{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let rows: Vec<Vec<f64>> =
        lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
    let column = |at: usize| rows.iter().map(|row| row[at]).collect();
    names.iter().enumerate().map(|(at, name)| (name.to_string(), column(at))).collect()
}

/// Time, event and competing event of `os`, the event being one of the causes; 0 is none.
pub(crate) fn ended(times: &[f64], causes: &[f64], event: f64) -> Vec<Column> {
    let [time, own] = endpoint(times, &causes.iter().map(|cause| *cause == event).collect::<Vec<_>>());
    let other: Vec<_> = causes.iter().map(|cause| Some(*cause > 0.0 && *cause != event)).collect();
    vec![time, own, Column::flag(&ColumnSource::Competing("os".into()).column(), &other)]
}
