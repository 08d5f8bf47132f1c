//! Coefficients that change with time.
//!
//! # Formula
//! β(t) = β + γ g(t), g the time or its logarithm in the endpoint's unit: follow-up is cut at every event time, and the
//! term gets a second column x g(t), t being the event time that ends the piece. Or β(t) is constant between given
//! times: follow-up is cut there, and each period has a column of its own, which is x within it and 0 elsewhere. An event
//! at a cut belongs to the period before it. Cutting follow-up changes no partial likelihood, so that nothing but the
//! columns is new (Therneau & Grambsch 2000, chapter 6).

use crate::design::Term;
use crate::methods::models::{Change, Changing};
use crate::risk_set::nine_digits;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Column, ColumnSource, CountTable, Endpoint, Kind, MISSING, Problem, Step, Values};

/// A term whose coefficient changes with time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeDependent {
    /// One of `terms`.
    pub term: String,
    /// How its coefficient changes.
    pub function: TimeFunction,
    /// Of `steps`: when, in the endpoint's unit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<f64>,
}

/// How a coefficient changes with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeFunction {
    /// In proportion to the logarithm of time.
    Log,
    /// In proportion to time.
    Linear,
    /// At the times in `at`.
    Steps,
}

/// More pieces of follow-up than this are not made.
const MOST: usize = 5_000_000;

/// Refuses what cannot be meant, with its place.
pub(super) fn check(changes: &[TimeDependent], terms: &[String], analysis: &Analysis) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        let mut refuse = |key: &str, message: String, help: &str| {
            let path: [Step; 3] = ["time_dependent".into(), index.into(), key.into()];
            problems.push(analysis.refuse(&path, message).help(help));
        };
        let name = &change.term;
        if !terms.contains(name) {
            refuse("term", format!("`{name}` is none of the terms"), "name it in `terms` too");
        } else if !matches!(Term::of(name), Term::Variable(_)) {
            let message =
                format!("`{name}` is no variable, and only the coefficient of one can change with time");
            refuse("term", message, "name one of the variables of `terms`");
        }
        let part = |text: &&String| {
            let term = Term::of(text);
            term.variables().len() > 1 && term.variables().contains(&name.as_str())
        };
        if let Some(interaction) = terms.iter().find(part) {
            let message = format!("`{name}` takes part in the interaction `{interaction}`");
            refuse(
                "term",
                message,
                "a coefficient that changes with time is that of a main effect alone: remove one",
            );
        }
        if changes[..index].iter().any(|earlier| earlier.term == *name) {
            refuse("term", format!("the coefficient of `{name}` changes in two ways"), "remove one");
        }
        let steps = change.function == TimeFunction::Steps;
        if steps == change.at.is_empty() {
            let message = if steps { "the steps have no times" } else { "only steps have times" };
            refuse("function", message.into(), "write function = \"steps\" and at = [12, 24]");
        }
        let ascending = change.at.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || change.at.iter().any(|at| !(*at > 0.0 && at.is_finite())) {
            refuse("at", "the times of the steps are not ascending from above 0".into(), "sort them");
        }
    }
    problems
}

/// One piece of the follow-up of a row.
struct Piece {
    row: usize,
    entry: f64,
    time: f64,
    /// Whether it is the last of its row.
    last: bool,
}

/// Follow-up cut into pieces.
pub(super) struct Expanded {
    /// The pieces, with the columns that then are needed.
    pub(super) table: CountTable,
    /// The terms of the model.
    pub(super) terms: Vec<String>,
    /// Which of them tell whether a coefficient changes.
    pub(super) changing: Vec<Changing>,
}

/// The table with follow-up cut into pieces, for coefficients that change.
pub(super) fn expand(
    changes: &[TimeDependent],
    terms: &[String],
    analysis: &Analysis,
    endpoint: &Endpoint,
    event: &ColumnSource,
    table: &CountTable,
) -> Result<Expanded, Problem> {
    let name = &endpoint.name;
    let time = ColumnSource::Time(name.clone()).column();
    let entry = ColumnSource::Entry(name.clone()).column();
    let patient = ColumnSource::Patient(name.clone()).column();
    let event = event.column();
    let place = |problem: Problem| problem.at(analysis.place(&["time_dependent".into()]));
    let cuts = cuts(changes, endpoint, table, &time, &event).map_err(place)?;
    let pieces = pieces(&cuts, table, &time, &entry).map_err(place)?;

    let rows: Vec<usize> = pieces.iter().map(|piece| piece.row).collect();
    let mut columns = Vec::new();
    for column in table.columns() {
        let replaced =
            changes.iter().any(|change| change.term == column.name && change.function == TimeFunction::Steps);
        if replaced || column.name == entry {
            continue;
        }
        let mut column = column.clone();
        column.values = match &column.values {
            Values::Number(_) if column.name == time => {
                Values::Number(pieces.iter().map(|piece| piece.time).collect())
            }
            Values::Number(values) => Values::Number(rows.iter().map(|row| values[*row]).collect()),
            Values::Category { levels, codes } => {
                let no = levels.iter().position(|level| level.value == "no").map_or(MISSING, |no| no as u32);
                let code = |piece: &Piece| match codes[piece.row] {
                    code if column.name != event || piece.last || code == MISSING => code,
                    _ => no,
                };
                Values::Category { levels: levels.clone(), codes: pieces.iter().map(code).collect() }
            }
        };
        columns.push(column);
    }
    columns.push(Column::number(&entry, pieces.iter().map(|piece| piece.entry).collect()));
    if table.column(&patient).is_err() {
        columns.push(Column::number(&patient, rows.iter().map(|row| *row as f64).collect()));
    }
    let (mut expanded, mut changing) = (Vec::new(), Vec::new());
    for term in terms {
        let Some(change) = changes.iter().find(|change| change.term == *term) else {
            expanded.push(term.clone());
            continue;
        };
        if change.function != TimeFunction::Steps {
            expanded.push(term.clone());
        }
        let label = table.column(term)?.label.as_str();
        let mut names = Vec::new();
        for (told, values) in as_numbers(table.column(term)?)? {
            let (term, label) = (format!("{term}{told}"), format!("{label}{told}"));
            names.push(Vec::<String>::new());
            for (name, label, factor) in change.columns(&term, &label, endpoint) {
                let value = |piece: &Piece| {
                    let x = values[piece.row];
                    if x == 0.0 { 0.0 } else { x * factor(piece.time / endpoint.scale()) }
                };
                let column = Column::number(&name, pieces.iter().map(value).collect());
                let steps = change.function == TimeFunction::Steps;
                columns.push(Column {
                    label,
                    kind: if steps && !told.is_empty() { Kind::Flag } else { Kind::Number },
                    unit: table.column(&change.term)?.unit.clone().filter(|_| steps),
                    of: Some(change.term.clone()),
                    ..column
                });
                if let Some(level) = names.last_mut() {
                    level.push(name.clone());
                }
                expanded.push(name);
            }
        }
        let steps = change.function == TimeFunction::Steps;
        let how = if steps { Change::Period } else { Change::Product };
        changing.push(Changing { term: change.term.clone(), change: how, columns: names });
    }
    let n = rows.iter().map(|row| table.n()[*row]).collect();
    Ok(Expanded { table: CountTable::new(columns, n)?, terms: expanded, changing })
}

/// What a time of follow-up multiplies a value with.
type Factor = Box<dyn Fn(f64) -> f64>;

impl TimeDependent {
    /// The further columns of a term: name, label, and what the value is multiplied with.
    fn columns(&self, term: &str, label: &str, endpoint: &Endpoint) -> Vec<(String, String, Factor)> {
        let unit = endpoint.unit.name();
        match self.function {
            TimeFunction::Log => vec![(
                format!("{term} × log(time)"),
                format!("{label} × log(time in {unit})"),
                Box::new(libm::log),
            )],
            TimeFunction::Linear => {
                vec![(format!("{term} × time"), format!("{label} × time in {unit}"), Box::new(|time| time))]
            }
            TimeFunction::Steps => (0..=self.at.len())
                .map(|period| {
                    let from = if period == 0 { 0.0 } else { self.at[period - 1] };
                    let to = self.at.get(period).copied();
                    let words = to.map_or(format!("from {from}"), |to| format!("{from}–{to}"));
                    let to = to.unwrap_or(f64::INFINITY);
                    let (from, to) = (nine_digits(from), nine_digits(to));
                    let inside = move |time: f64| {
                        let time = nine_digits(time);
                        f64::from(u8::from((time > from || from == 0.0) && time <= to))
                    };
                    let named = (format!("{term} ({words})"), format!("{label}, {words} {unit}"));
                    (named.0, named.1, Box::new(inside) as Factor)
                })
                .collect(),
        }
    }
}

/// A term as numbers: itself, or for each level but the reference whether a row has it.
fn as_numbers(column: &Column) -> Result<Vec<(String, Vec<f64>)>, Problem> {
    match &column.values {
        Values::Number(values) => Ok(vec![(String::new(), values.clone())]),
        Values::Category { levels, codes } => {
            let reference = column.reference.unwrap_or(0);
            let others = (0..levels.len() as u32).filter(|code| *code != reference);
            let flags = |level: u32| {
                let value = |code: &u32| {
                    if *code == MISSING { f64::NAN } else { f64::from(u8::from(*code == level)) }
                };
                codes.iter().map(value).collect()
            };
            Ok(others.map(|level| (format!(": {}", levels[level as usize].text()), flags(level))).collect())
        }
    }
}

/// Where follow-up is cut, in stored time.
fn cuts(
    changes: &[TimeDependent],
    endpoint: &Endpoint,
    table: &CountTable,
    time: &str,
    event: &str,
) -> Result<Vec<f64>, Problem> {
    let mut cuts: Vec<f64> =
        changes.iter().flat_map(|change| &change.at).map(|at| at * endpoint.scale()).collect();
    if changes.iter().any(|change| change.function != TimeFunction::Steps) {
        let (times, event) = (table.column(time)?.numbers()?, table.column(event)?);
        let happened = crate::follow_up::happened(event)?;
        let events = times.iter().zip(happened).filter(|(time, happened)| *happened && !time.is_nan());
        cuts.extend(events.map(|(time, _)| *time));
    }
    let log = changes.iter().any(|change| change.function == TimeFunction::Log);
    if log && cuts.iter().any(|cut| *cut <= 0.0) {
        return Err(Problem::input("an event at time 0 has no logarithm of time")
            .help("use function = \"linear\" or \"steps\", or count time from the day before"));
    }
    cuts.iter_mut().for_each(|cut| *cut = nine_digits(*cut));
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    Ok(cuts)
}

fn pieces(cuts: &[f64], table: &CountTable, time: &str, entry: &str) -> Result<Vec<Piece>, Problem> {
    let times = table.column(time)?.numbers()?;
    let entries = table.column(entry).ok().map(Column::numbers).transpose()?;
    let mut pieces = Vec::new();
    for (row, time) in times.iter().copied().enumerate() {
        // Before time 0, so that those without entry are at risk at an event then.
        let mut begins = entries.map_or(-1.0, |entries| entries[row]);
        if time.is_nan() || begins.is_nan() || begins >= time {
            pieces.push(Piece { row, entry: begins, time, last: true });
            continue;
        }
        let first = cuts.partition_point(|cut| *cut <= nine_digits(begins));
        let within = cuts[first..].iter().take_while(|cut| **cut < nine_digits(time));
        for cut in within {
            pieces.push(Piece { row, entry: begins, time: *cut, last: false });
            begins = *cut;
        }
        pieces.push(Piece { row, entry: begins, time, last: true });
        if pieces.len() > MOST {
            let message = format!("follow-up would be cut into more than {MOST} pieces");
            return Err(Problem::input(message).help(
                "let the coefficient change in steps, function = \"steps\", which cuts at those times only",
            ));
        }
    }
    Ok(pieces)
}
