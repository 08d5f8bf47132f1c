//! Follow-up that starts anew at a landmark: of those who are still at risk then, with time counted from it.
//!
//! Whoever has had an event by then, or was followed no longer, is left out and told of in a notice; all others are who the
//! analysis is about, so that what they lack counts as missing and nothing of the others does. A patient of several rows is
//! left out where none of them goes on beyond the landmark.
//!
//! # References
//! Anderson, Cain & Gelber 1983, doi:10.1200/JCO.1983.1.11.710.

use super::{exclusive, happened};
use crate::risk_set::nine_digits;
use std::borrow::Cow;
use std::collections::BTreeMap;
use study::{
    Analysis, Column, ColumnRequest, ColumnSource, CountTable, Endpoint, Notice, Problem, Step, Values,
};

/// Which events of an endpoint an analysis is about; where it is one of two, the other censors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Events {
    /// The endpoint's own.
    Event,
    /// The one that competes with it.
    Competing,
    /// Both of them.
    Both,
}

/// The landmark of an analysis, where it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Landmark<'a> {
    /// When, in the endpoint's unit.
    pub(crate) at: Option<f64>,
    /// Of which endpoint.
    pub(crate) endpoint: &'a Endpoint,
    /// Of which of its events.
    pub(crate) events: Events,
}

/// Rows of one patient, or of alike ones.
#[derive(Default)]
struct Course {
    n: u64,
    event: bool,
    other: bool,
    beyond: bool,
}

impl<'a> Landmark<'a> {
    /// The landmark of an analysis of the endpoint's own event.
    pub(crate) fn of_event(at: Option<f64>, endpoint: &'a Endpoint) -> Self {
        Self { at, endpoint, events: Events::Event }
    }

    /// Refuses a landmark that is no later time.
    pub(crate) fn check(&self, analysis: &Analysis) -> Result<(), Problem> {
        match self.at {
            Some(at) if !(at > 0.0 && at.is_finite()) => Err(analysis
                .refuse(&["landmark".into()], format!("follow-up cannot start anew at time {at}"))
                .help("give a time after 0, in the endpoint's unit")),
            _ => Ok(()),
        }
    }

    /// The event in question, and the other one.
    fn sources(&self) -> (ColumnSource, ColumnSource) {
        let event = ColumnSource::Event(self.endpoint.name.clone());
        let competing = ColumnSource::Competing(self.endpoint.name.clone());
        if self.events == Events::Competing { (competing, event) } else { (event, competing) }
    }

    /// Whether it is known of those left out if the other event happened.
    fn tells_other(&self) -> bool {
        self.at.is_some() && self.endpoint.competing.is_some()
    }

    /// What is to be counted only so that those left out can be told apart.
    pub(crate) fn requests(&self) -> Option<ColumnRequest> {
        let path: [Step; 1] = ["endpoint".into()];
        let name = &self.endpoint.name;
        match self.events {
            Events::Event if self.tells_other() => Some(ColumnRequest::competing(name, path)),
            Events::Competing if self.tells_other() => {
                let [_, event] = ColumnRequest::endpoint(name, path);
                Some(event)
            }
            _ => None,
        }
    }

    /// The sentence of the methods.
    pub(crate) fn sentence(&self) -> Option<String> {
        let (at, unit) = (self.at?, self.endpoint.unit.name());
        Some(format!(
            "Only patients followed beyond the landmark of {at} {unit} were analysed, with time counted from it."
        ))
    }

    /// The table from the landmark on, without what only tells those left out apart, and how many they are: each row as
    /// many patients as `n` says. Rows without time or event stay what they are: incomplete.
    pub(crate) fn begin<'t>(
        &self,
        table: Cow<'t, CountTable>,
        n: &dyn Fn(usize) -> u64,
        analysis: &Analysis,
    ) -> Result<(Cow<'t, CountTable>, Option<Notice>), Problem> {
        let Some(at) = self.at else { return Ok((table, None)) };
        let (from, notice) =
            self.cut(&table, n, at).map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
        Ok((Cow::Owned(from), Some(notice)))
    }

    fn cut(
        &self,
        table: &CountTable,
        n: &dyn Fn(usize) -> u64,
        at: f64,
    ) -> Result<(CountTable, Notice), Problem> {
        let name = || self.endpoint.name.clone();
        let time = ColumnSource::Time(name()).column();
        let entry = ColumnSource::Entry(name()).column();
        let (event, other) = self.sources();
        let times = table.column(&time)?.numbers()?;
        let event = table.column(&event.column())?;
        let other = self.endpoint.competing.is_some().then(|| table.column(&other.column())).transpose()?;
        let own = happened(event)?;
        let others = match other {
            Some(other) if self.events == Events::Both => exclusive(&own, other)?,
            Some(other) => happened(other)?,
            None => vec![false; own.len()],
        };
        let landmark = nine_digits(at * self.endpoint.scale());
        let needed = other.filter(|_| self.events == Events::Both);
        let complete = |row: usize| {
            let missing = event.is_missing(row) || needed.is_some_and(|other| other.is_missing(row));
            !times[row].is_nan() && !missing
        };
        // Who reads the times has words for negative ones.
        let ended = |row: usize| (0.0..=landmark).contains(&nine_digits(times[row]));
        let beyond = |row: usize| !complete(row) || !ended(row);

        let patient = table.column(&ColumnSource::Patient(name()).column()).ok();
        let mut courses: BTreeMap<u64, Course> = BTreeMap::new();
        for row in 0..table.rows() {
            let key = match patient.map(|column| &column.values) {
                None => row as u64,
                Some(Values::Category { codes, .. }) => u64::from(codes[row]),
                Some(Values::Number(values)) => values[row].to_bits(),
            };
            let course = courses.entry(key).or_default();
            course.n = n(row);
            course.event |= own[row];
            course.other |= others[row];
            course.beyond |= beyond(row);
        }
        let left = |which: &dyn Fn(&Course) -> bool| {
            courses.values().filter(|one| !one.beyond && which(one)).map(|one| one.n).sum::<u64>()
        };
        let notice = Notice::LeftOutAtLandmark {
            at,
            unit: self.endpoint.unit.name().into(),
            events: left(&|one| one.event),
            competing: other.is_some().then(|| left(&|one| one.other && !one.event)),
            censored: left(&|one| !one.event && !one.other),
        };

        let kept = table.filter(beyond);
        let moved = |column: &Column| -> Result<Column, Problem> {
            let from = |value: f64| if value < 0.0 { value } else { nine_digits(value) - landmark };
            let values = match column.numbers() {
                // Of incomplete rows nothing but that they are is known.
                Ok(values) if column.name == time => {
                    let after = |time: &f64| {
                        let after = from(*time);
                        if *time < 0.0 || after > 0.0 { after } else { f64::NAN }
                    };
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
        let unneeded = other.filter(|_| needed.is_none()).map(|other| other.name.as_str());
        let columns = kept.columns().iter().filter(|column| Some(column.name.as_str()) != unneeded);
        let columns = columns.map(moved).collect::<Result<Vec<Column>, Problem>>()?;
        Ok((CountTable::new(columns, kept.n().to_vec())?, notice))
    }
}
