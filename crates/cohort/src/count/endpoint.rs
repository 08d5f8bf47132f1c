//! Times and events.

use super::category::{listed, used};
use super::{Raw, Wanted};
use crate::Cohort;
use crate::cells::flag;
use crate::eligibility::{integer, text};
use crate::patients::part;
use arrow::array::RecordBatch;
use engine::{Type, quoted};
use std::collections::{BTreeMap, BTreeSet};
use study::nearest::suggest;
use study::{Analysis, Column, ColumnSource, Endpoint, Kind, Level, MISSING, Plan, Problem, Step, Values};

/// The endpoint of that name; an unknown one is refused at the option that names it.
pub(super) fn find<'a>(
    plan: &'a Plan,
    analysis: &Analysis,
    name: &str,
    path: &[Step],
) -> Result<&'a Endpoint, Problem> {
    plan.endpoints.iter().find(|endpoint| endpoint.name == name).ok_or_else(|| {
        analysis
            .refuse(path, format!("no endpoint is called `{name}`"))
            .help(suggest(name, plan.endpoints.iter().map(|endpoint| endpoint.name.as_str())))
    })
}

/// An analysis of competing events asks for an endpoint that knows none.
pub(super) fn without_competing(plan: &Plan, endpoint: &Endpoint) -> Problem {
    Problem::input(format!("the endpoint `{}` names no competing event", endpoint.name))
        .at(plan.place(&["endpoints".into(), endpoint.name.as_str().into()]))
        .help("give `competing`, for example competing = \"status = 'dead of other causes'\"")
}

/// Days from start to end.
fn dates(endpoint: &Endpoint) -> (String, String) {
    (day(endpoint, "start"), day(endpoint, "end"))
}

fn day(endpoint: &Endpoint, key: &str) -> String {
    format!("cast({} as date)", quoted(&part(endpoint, key)))
}

/// The length of follow-up, from time 0.
fn length(endpoint: &Endpoint) -> String {
    match endpoint.time {
        Some(_) => quoted(&part(endpoint, "time")),
        None => {
            let (start, end) = dates(endpoint);
            format!("({end} - {start})")
        }
    }
}

/// The time of entry, from time 0.
fn entry(endpoint: &Endpoint) -> String {
    match endpoint.time {
        Some(_) => quoted(&part(endpoint, "entry")),
        None => format!("({} - {})", day(endpoint, "entry"), day(endpoint, "start")),
    }
}

/// Refuses follow-up that cannot be true, with the patients it concerns.
///
/// Follow-up that ends before it starts; an entry before time 0; a start that is missing though there is an end; an event without a day. A
/// patient without both days is missing, and is counted as such by the analysis.
pub(super) fn check(
    cohort: &Cohort,
    analysis: &Analysis,
    wanted: &BTreeMap<ColumnSource, Wanted<'_>>,
) -> Result<(), Problem> {
    let names: BTreeSet<&str> = wanted
        .keys()
        .filter_map(|source| match source {
            ColumnSource::Time(name)
            | ColumnSource::Entry(name)
            | ColumnSource::Patient(name)
            | ColumnSource::Event(name)
            | ColumnSource::Competing(name) => Some(name.as_str()),
            ColumnSource::Variable(_) => None,
        })
        .collect();
    let condition = analysis.heading.r#where.as_deref();
    let mut problems = Vec::new();
    for endpoint in cohort.plan.endpoints.iter().filter(|endpoint| names.contains(endpoint.name.as_str())) {
        if cohort.was_checked(&endpoint.name, condition) {
            continue;
        }
        let found = problems.len();
        let types = cohort.intervals.iter().find(|intervals| intervals.endpoint == endpoint.name);
        let r#type = |key: &str| {
            let column = part(endpoint, key);
            types
                .and_then(|intervals| intervals.types.get(&column).copied())
                .or(cohort.patients.r#type(&column))
        };
        let competing =
            endpoint.competing.as_ref().map(|_| happened(r#type("competing"), endpoint, "competing"));
        let happened = happened(r#type("event"), endpoint, "event");
        if let Some(intervals) = types {
            let span = (entry(endpoint), length(endpoint));
            problems.extend(intervals.check(cohort, endpoint, analysis, span, (happened, competing)));
            if problems.len() == found {
                cohort.mark_checked(&endpoint.name, condition);
            }
            continue;
        }
        let mut faults: Vec<(&str, String, &str)> = match endpoint.time {
            Some(_) => {
                let time = quoted(&part(endpoint, "time"));
                vec![
                    ("time", format!("{time} < 0"), "have a negative time"),
                    ("time", format!("{time} is null and {happened}"), "have the event, but no time"),
                ]
            }
            None => {
                let (start, end) = dates(endpoint);
                vec![
                    ("end", format!("{end} < {start}"), "have an end before their start"),
                    ("start", format!("{start} is null and {end} is not null"), "have an end, but no start"),
                    ("end", format!("{end} is null and {happened}"), "have the event, but no day of it"),
                ]
            }
        };
        if endpoint.entry.is_some() {
            faults.push(("entry", format!("{} < 0", entry(endpoint)), "enter before time 0"));
        }
        if let Some(competing) = competing {
            let both = format!("{happened} and {competing}");
            faults.push(("competing", both, "have the event and a competing one"));
            let length = match endpoint.time {
                Some(_) => quoted(&part(endpoint, "time")),
                None => dates(endpoint).1,
            };
            let lost = format!("{length} is null and {competing}");
            faults.push(("competing", lost, "have a competing event, but no time of it"));
        }
        for (key, fault, words) in faults {
            problems.extend(patients_with(cohort, endpoint, condition, key, &fault, words)?);
        }
        if problems.len() == found {
            cohort.mark_checked(&endpoint.name, condition);
        }
    }
    Problem::collect(problems)
}

/// SQL that is true where the event, or the competing one, happened.
fn happened(found: Option<Type>, endpoint: &Endpoint, key: &str) -> String {
    let event = quoted(&part(endpoint, key));
    match found {
        Some(Type::Flag) => event,
        Some(Type::Text) => format!("lower({event}) in ('yes', 'y', 'true', 't', '1')"),
        _ => format!("{event} = 1"),
    }
}

fn patients_with(
    cohort: &Cohort,
    endpoint: &Endpoint,
    condition: Option<&str>,
    key: &str,
    fault: &str,
    words: &str,
) -> Result<Option<Problem>, Problem> {
    let place = || cohort.plan.place(&["endpoints".into(), endpoint.name.as_str().into(), key.into()]);
    let run = |sql: &str| cohort.engine.query(sql).map_err(|fault| cohort.refused(fault, place()));
    let mut from = cohort.patients.restricted(condition);
    from.push_str(if condition.is_some() { " and " } else { " where " });
    let n: i64 = run(&format!("select count(*) from {from}({fault})"))?
        .iter()
        .flat_map(|batch| (0..batch.num_rows()).map(|row| integer(batch, 0, row)))
        .sum();
    if n == 0 {
        return Ok(None);
    }
    let mut message = format!("{n} {} {words}", if n == 1 { "patient" } else { "patients" });
    if n == 1 {
        message =
            message.replacen(" have ", " has ", 1).replacen(" enter ", " enters ", 1).replace("their", "the");
    }
    let mut patients = Vec::new();
    if let Some(id) = &cohort.plan.population.id {
        let id = quoted(id);
        let rows =
            run(&format!("select cast({id} as varchar) as id from {from}({fault}) order by 1 limit 5"))?;
        let texts = |batch| (0..RecordBatch::num_rows(batch)).map(|row| text(batch, row)).collect::<Vec<_>>();
        patients = rows.iter().flat_map(texts).collect();
    }
    let message = format!("endpoint `{}`: {message}", endpoint.name);
    let help = match key {
        "entry" => {
            "where observation began before time 0, the patient enters at 0: write greatest(…, 0), or the later day"
        }
        _ => "correct the data, or leave these patients out with a criterion of `[[population.exclude]]`",
    };
    Ok(Some(Problem::input(message).at(place()).help(help).patients(patients)))
}

impl Wanted<'_> {
    fn endpoint(&self) -> Option<&Endpoint> {
        self.plan.endpoints.iter().find(|endpoint| endpoint.name == self.variable.name)
    }

    /// Time, entry or event as SQL over the analysis set.
    pub(super) fn endpoint_sql(&self, name: &str) -> String {
        let Some(endpoint) = self.endpoint() else { return quoted(name) };
        match &self.source {
            ColumnSource::Event(_) => quoted(&part(endpoint, "event")),
            ColumnSource::Competing(_) => quoted(&part(endpoint, "competing")),
            ColumnSource::Entry(_) => entry(endpoint),
            ColumnSource::Patient(_) => quoted(&format!("farr:{}.patient", endpoint.name)),
            _ => length(endpoint),
        }
    }

    /// The follow-up time, or that of entry: whole days, or a number rounded to 9 significant digits, so that equal times tie.
    pub(super) fn time(&self, raw: Raw, n: &[u64]) -> Result<Column, Problem> {
        let (Some(endpoint), Raw::Number(mut values)) = (self.endpoint(), raw) else {
            return Err(Problem::internal("a follow-up time is not a number"));
        };
        self.finite(&values, n)?;
        values.iter_mut().for_each(|value| *value = nine_digits(*value));
        let unit = if endpoint.time.is_some() { endpoint.unit.name() } else { "days" };
        Ok(Column {
            name: self.source.column(),
            label: endpoint.text().into(),
            unit: Some(unit.into()),
            kind: Kind::Number,
            reference: None,
            of: None,
            values: Values::Number(values),
        })
    }

    /// The event, or the competing one: a flag.
    pub(super) fn event(&self, cohort: &Cohort, raw: Raw, n: &[u64]) -> Result<Column, Problem> {
        let endpoint = self.endpoint().ok_or_else(|| Problem::internal("an endpoint is unknown"))?;
        let (key, column, label) = match &self.source {
            ColumnSource::Competing(_) => {
                ("competing", endpoint.competing.as_deref().unwrap_or_default(), endpoint.competing_text())
            }
            _ => ("event", endpoint.event.as_str(), endpoint.text()),
        };
        let (mut codes, texts) = raw.texts(["no", "yes"]);
        let used = used(&codes, n, texts.len());
        let read: Vec<Option<bool>> = texts.iter().map(flag).collect();
        let empty = |code: usize| texts.text(code as u32).trim().is_empty();
        if (0..read.len()).any(|code| read[code].is_none() && used[code] > 0 && !empty(code)) {
            let values: Vec<(&str, u64)> =
                texts.iter().zip(used).filter(|(text, used)| *used > 0 && !text.trim().is_empty()).collect();
            let hides = cohort.hides(&part(endpoint, key));
            let example = values.first().filter(|_| !hides).map_or("dead", |value| value.0);
            let message = format!(
                "the {} of the endpoint `{}` must be true or false, or 1 or 0; its values are {}",
                if key == "event" { "event" } else { "competing event" },
                endpoint.name,
                listed(values.clone(), hides)
            );
            return Err(self
                .problem(&[key], message)
                .help(format!("write a condition, for example {key} = \"{column} = '{example}'\"")));
        }
        codes.iter_mut().filter(|code| **code != MISSING).for_each(|code| {
            *code = read[*code as usize].map_or(MISSING, u32::from);
        });
        Ok(Column {
            name: self.source.column(),
            label: label.into(),
            unit: None,
            kind: Kind::Flag,
            reference: Some(0),
            of: None,
            values: Values::Category { levels: vec![Level::plain("no"), Level::plain("yes")], codes },
        })
    }
}

/// Rounded to 9 significant digits; whole numbers below 10⁹ are so already.
fn nine_digits(value: f64) -> f64 {
    if value.is_nan() || (value.fract() == 0.0 && value.abs() < 1e9) {
        return value;
    }
    format!("{value:.8e}").parse().unwrap_or(value)
}
