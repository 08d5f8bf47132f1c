//! Follow-up from a landmark on: the rows of those who are followed beyond it, with time counted from it.
//!
//! # References
//! Anderson, Cain & Gelber 1983, doi:10.1200/JCO.1983.1.11.710.

use crate::follow_up::left_out_at_landmark;
use crate::risk_set::nine_digits;
use std::collections::BTreeMap;
use study::{Column, ColumnSource, CountTable, Endpoint, Notice, Problem, Values};

/// Rows of one patient, or of alike ones.
#[derive(Default)]
struct Course {
    n: u64,
    event: bool,
    beyond: bool,
}

/// The table from a landmark in the endpoint's unit on, and who is left out. Rows without time or event stay what they
/// are: incomplete.
pub(super) fn from_landmark(
    table: &CountTable,
    endpoint: &Endpoint,
    event: &ColumnSource,
    landmark: f64,
) -> Result<(CountTable, Notice), Problem> {
    let name = |source: ColumnSource| source.column();
    let time = name(ColumnSource::Time(endpoint.name.clone()));
    let entry = name(ColumnSource::Entry(endpoint.name.clone()));
    let (times, event) = (table.column(&time)?.numbers()?, table.column(&event.column())?);
    let happened = crate::follow_up::happened(event)?;
    let landmark = nine_digits(landmark * endpoint.scale());
    let complete = |row: usize| !times[row].is_nan() && !event.is_missing(row);
    let beyond = |row: usize| !complete(row) || nine_digits(times[row]) > landmark;

    let patient = table.column(&name(ColumnSource::Patient(endpoint.name.clone()))).ok();
    let mut courses: BTreeMap<u64, Course> = BTreeMap::new();
    for row in 0..table.rows() {
        let key = match patient.map(|column| &column.values) {
            None => row as u64,
            Some(Values::Category { codes, .. }) => u64::from(codes[row]),
            Some(Values::Number(values)) => values[row].to_bits(),
        };
        let course = courses.entry(key).or_default();
        course.n = table.n()[row];
        course.event |= happened[row];
        course.beyond |= beyond(row);
    }
    let left = |event: bool| {
        courses.values().filter(|one| !one.beyond && one.event == event).map(|one| one.n).sum::<u64>()
    };
    let notice = left_out_at_landmark(left(true), left(false));

    let kept = table.filter(beyond);
    let moved = |column: &Column| -> Result<Column, Problem> {
        let from = |value: f64| nine_digits(value) - landmark;
        let values = match column.numbers() {
            // Of incomplete rows nothing but that they are is known.
            Ok(values) if column.name == time => {
                let after = |time: &f64| Some(from(*time)).filter(|time| *time > 0.0).unwrap_or(f64::NAN);
                values.iter().map(after).collect()
            }
            Ok(values) if column.name == entry => values
                .iter()
                .map(|entry| if entry.is_nan() { *entry } else { from(*entry).max(0.0) })
                .collect(),
            _ => return Ok(column.clone()),
        };
        Ok(Column { values: Values::Number(values), ..column.clone() })
    };
    let columns = kept.columns().iter().map(moved).collect::<Result<Vec<Column>, Problem>>()?;
    Ok((CountTable::new(columns, kept.n().to_vec())?, notice))
}
