//! The requests of an analysis to count tables: one GROUP BY for as many of them as go together.

mod batches;
mod category;
mod endpoint;
mod number;
mod packed;
mod raw;

use crate::Cohort;
use crate::intervals::Intervals;
use crate::sql_text::expression;
use engine::{Field, Type, quoted};
use packed::Packed;
use raw::Raw;
use std::collections::BTreeMap;
use study::nearest::suggest;
use study::{
    Analysis, Column, ColumnRequest, ColumnSource, CountRequest, CountTable, Kind, Plan, Problem, Variable,
};

/// Everything that turns the values of one column into a column of a count table.
pub(crate) struct Wanted<'a> {
    source: ColumnSource,
    /// As the plan declares it; a plain column of the population otherwise.
    variable: Variable,
    plan: &'a Plan,
    analysis: &'a Analysis,
    request: &'a ColumnRequest,
    found: Type,
}

/// The count tables of an analysis, in the order of its requests.
pub(crate) fn count(
    cohort: &Cohort,
    analysis: &Analysis,
    requests: &[CountRequest],
) -> Result<Vec<CountTable>, Problem> {
    let mut wanted: BTreeMap<ColumnSource, Wanted<'_>> = BTreeMap::new();
    let mut problems = Vec::new();
    let intervals = intervals_of(cohort, requests);
    for request in requests.iter().flat_map(|request| &request.columns) {
        if wanted.contains_key(&request.source) {
            continue;
        }
        match resolve(cohort, analysis, request, intervals) {
            Ok(one) => {
                wanted.insert(request.source.clone(), one);
            }
            Err(problem) => problems.push(problem),
        }
    }
    Problem::collect(problems)?;
    check_condition(cohort, analysis)?;
    endpoint::check(cohort, analysis, &wanted)?;
    let condition = analysis.heading.r#where.as_deref();
    let from = match intervals {
        Some(intervals) => intervals.rows(cohort, condition),
        None => cohort.patients.restricted(condition),
    };

    let mut tables: Vec<Option<CountTable>> = vec![None; requests.len()];
    for batch in batches::batches(cohort, analysis, requests, &wanted, &from)? {
        let table = run(cohort, analysis, &batch.columns, &wanted, &from)?;
        if let [only] = batch.requests[..] {
            tables[only] = Some(table);
            continue;
        }
        for index in batch.requests {
            let names: Vec<String> =
                requests[index].columns.iter().map(|column| column.source.column()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            tables[index] = Some(table.marginal(&names)?);
        }
    }
    let tables: Option<Vec<CountTable>> = tables.into_iter().collect();
    tables.ok_or_else(|| Problem::internal("a request was not counted"))
}

/// Finds what a column request names.
fn resolve<'a>(
    cohort: &'a Cohort,
    analysis: &'a Analysis,
    request: &'a ColumnRequest,
    intervals: Option<&Intervals>,
) -> Result<Wanted<'a>, Problem> {
    let (plan, patients) = (&cohort.plan, &cohort.patients);
    let (variable, column) = match &request.source {
        ColumnSource::Variable(name) => {
            let of_view = plan.variable(name).and_then(|variable| variable.view.as_deref());
            if let Some(view) = of_view.filter(|view| intervals.is_none_or(|known| known.view != *view)) {
                let message =
                    format!("`{name}` has a value for each interval of `{view}`, not one a patient");
                let help = format!("use it with an endpoint whose view is `{view}`");
                return Err(analysis.refuse(&request.path, message).help(help));
            }
            let changing = intervals.is_some_and(|intervals| intervals.has(name));
            if changing && of_view.is_none() && patients.columns.contains(name) {
                let message =
                    format!("`{name}` is a column of the population and of the intervals: which is meant?");
                return Err(analysis.refuse(&request.path, message).help(format!(
                    "leave it out of the view to have the patient's value; to have the interval's, write view = \"…\" \
                     in [variables.{name}] or give it another name"
                )));
            }
            if !changing && !patients.columns.contains(name) {
                let changing = intervals.iter().flat_map(|intervals| intervals.types.keys());
                let known = patients.columns.iter().chain(changing).map(String::as_str);
                let known = known.filter(|name| !name.starts_with("farr:"));
                return Err(analysis
                    .refuse(&request.path, format!("no variable is called `{name}`"))
                    .help(suggest(name, known)));
            }
            let variable = plan.variable(name).cloned();
            (variable.unwrap_or_else(|| Variable::column(name)), name.clone())
        }
        ColumnSource::Time(name)
        | ColumnSource::Entry(name)
        | ColumnSource::Patient(name)
        | ColumnSource::Event(name)
        | ColumnSource::Competing(name) => {
            let endpoint = endpoint::find(plan, analysis, name, &request.path)?;
            let part = match &request.source {
                ColumnSource::Event(_) => "event",
                ColumnSource::Entry(_) if endpoint.entry.is_none() => {
                    return Err(Problem::internal(format!("the endpoint `{name}` has no time of entry")));
                }
                ColumnSource::Entry(_) => "entry",
                ColumnSource::Patient(_) => "id",
                ColumnSource::Competing(_) if endpoint.competing.is_none() => {
                    return Err(endpoint::without_competing(plan, endpoint));
                }
                ColumnSource::Competing(_) => "competing",
                _ if endpoint.time.is_some() => "time",
                _ => "end",
            };
            (Variable::column(name), crate::patients::part(endpoint, part))
        }
    };
    let found = intervals
        .and_then(|intervals| intervals.types.get(&column).copied())
        .or_else(|| patients.r#type(&column))
        .ok_or_else(|| Problem::internal(format!("the analysis set has no column `{column}`")))?;
    let wanted = Wanted { source: request.source.clone(), variable, plan, analysis, request, found };
    if found == Type::Other {
        return Err(wanted
            .problem(&["sql"], format!("`{}` gives {found}", wanted.variable.name))
            .help("a variable is one text, number, flag or date a patient"));
    }
    Ok(wanted)
}

/// The intervals that an analysis counts: those of the first endpoint that has any.
fn intervals_of<'a>(cohort: &'a Cohort, requests: &[CountRequest]) -> Option<&'a Intervals> {
    requests.iter().flat_map(|request| &request.columns).find_map(|column| match &column.source {
        ColumnSource::Time(name) => cohort.intervals.iter().find(|intervals| intervals.endpoint == *name),
        _ => None,
    })
}

fn check_condition(cohort: &Cohort, analysis: &Analysis) -> Result<(), Problem> {
    let Some(condition) = &analysis.heading.r#where else { return Ok(()) };
    let place = analysis.place(&["where".into()]);
    let explainer = cohort.explainer()?;
    let field = expression(cohort.engine.as_ref(), condition, &cohort.patients.restricted(None))
        .map_err(|fault| explainer.problem(fault, condition, place.clone()))?;
    if field.r#type != Type::Flag {
        return Err(Problem::input(format!("the condition gives {}, not true or false", field.r#type))
            .at(place)
            .help("write a condition, for example age >= 70"));
    }
    Ok(())
}

/// One GROUP BY over some columns.
fn run(
    cohort: &Cohort,
    analysis: &Analysis,
    sources: &[ColumnSource],
    wanted: &BTreeMap<ColumnSource, Wanted<'_>>,
    from: &str,
) -> Result<CountTable, Problem> {
    let columns: Vec<&Wanted<'_>> = sources.iter().filter_map(|source| wanted.get(source)).collect();
    let place = analysis.place(&["id".into()]);
    let (values, n) = grouped(cohort, &columns, from).map_err(|problem| problem.at(place))?;
    // Counts below 2^53 are exact as numbers.
    let n: Vec<u64> = n.into_iter().map(|n| n as u64).collect();
    if n.iter().sum::<u64>() == 0 {
        return Err(Problem::input(format!(
            "nobody fulfils the condition of the analysis `{}`",
            analysis.id()
        ))
        .at(analysis.place(&["where".into()]))
        .help("look at the spelling of the values in it"));
    }
    let mut problems = Vec::new();
    let mut done = Vec::with_capacity(columns.len());
    for (column, values) in columns.iter().zip(values) {
        match column.column(cohort, values, &n) {
            Ok(column) => done.push(column),
            Err(problem) => problems.push(problem),
        }
    }
    Problem::collect(problems)?;
    CountTable::new(done, n)
}

/// The distinct values of the columns, and how many patients have each.
fn grouped(cohort: &Cohort, columns: &[&Wanted<'_>], from: &str) -> Result<(Vec<Raw>, Vec<f64>), Problem> {
    let packed = Packed::of(columns);
    let plain = columns
        .iter()
        .enumerate()
        .filter(|(position, _)| packed.as_ref().is_none_or(|packed| !packed.holds(*position)));
    let mut selected: Vec<String> = plain.map(|(_, column)| column.sql()).collect();
    selected.extend(packed.as_ref().map(|packed| packed.sql(columns)));
    let (mut values, n) = group_by(cohort, &selected, from)?;
    let Some(packed) = packed else { return Ok((values, n)) };
    let Some(Raw::Number(numbers)) = values.pop() else {
        return Err(Problem::internal("the patterns of a query are missing"));
    };
    match packed.unpack(&numbers) {
        Some(unpacked) => {
            // Ascending positions, so that each finds the ones before it in place.
            unpacked.into_iter().for_each(|(position, column)| values.insert(position, column));
            Ok((values, n))
        }
        // Counted as they stand, so that the unexpected values can be named.
        None => group_by(cohort, &columns.iter().map(|column| column.sql()).collect::<Vec<_>>(), from),
    }
}

fn group_by(cohort: &Cohort, selected: &[String], from: &str) -> Result<(Vec<Raw>, Vec<f64>), Problem> {
    let named: String =
        selected.iter().enumerate().map(|(index, sql)| format!("{sql} as c{index}, ")).collect();
    let ordinals: Vec<String> = (1..=selected.len()).map(|ordinal| ordinal.to_string()).collect();
    let group =
        if selected.is_empty() { String::new() } else { format!(" group by {}", ordinals.join(", ")) };
    let sql = format!("select {named}count(*) as n from {from}{group}");
    let (fields, mut values) = gather(cohort, &sql).map_err(|fault| cohort.refused(fault, None))?;
    match values.pop() {
        Some(Raw::Number(n)) if fields.len() == selected.len() + 1 => Ok((values, n)),
        _ => Err(Problem::internal("the counts of a query are missing")),
    }
}

fn gather(cohort: &Cohort, sql: &str) -> Result<(Vec<Field>, Vec<Raw>), engine::Fault> {
    let mut values: Vec<Raw> = Vec::new();
    let fields = cohort.engine.stream(sql, &mut |batch| {
        if values.is_empty() {
            values = batch.columns().iter().map(Raw::of).collect();
        }
        values.iter_mut().zip(batch.columns()).for_each(|(values, array)| values.extend(array));
    })?;
    if values.is_empty() {
        values = fields.iter().map(|field| Raw::empty(field.r#type)).collect();
    }
    Ok((fields, values))
}

impl Wanted<'_> {
    /// The column as SQL over the analysis set.
    fn sql(&self) -> String {
        let plain = match (&self.source, self.found) {
            (ColumnSource::Variable(name), _) => quoted(name),
            (
                ColumnSource::Time(name)
                | ColumnSource::Entry(name)
                | ColumnSource::Patient(name)
                | ColumnSource::Event(name)
                | ColumnSource::Competing(name),
                _,
            ) => return self.endpoint_sql(name),
        };
        if self.found == Type::Moment { format!("cast({plain} as date)") } else { plain }
    }

    /// The values as a column of a count table; `n` says how many patients have each.
    fn column(&self, cohort: &Cohort, values: Raw, n: &[u64]) -> Result<Column, Problem> {
        match self.source {
            ColumnSource::Time(_) | ColumnSource::Entry(_) | ColumnSource::Patient(_) => {
                return self.time(values, n);
            }
            ColumnSource::Event(_) | ColumnSource::Competing(_) => {
                return self.event(cohort, values, n);
            }
            ColumnSource::Variable(_) => {}
        }
        let levelled = !self.variable.levels.is_empty() || self.variable.reference.is_some();
        let kind = match (self.variable.kind, &values) {
            (Some(kind), _) => kind,
            (None, Raw::Flag(_)) if self.variable.levels.is_empty() => Kind::Flag,
            (None, _) if levelled => Kind::Category,
            (None, Raw::Text { .. } | Raw::Flag(_)) => Kind::Category,
            (None, Raw::Number(_)) => Kind::Number,
            (None, Raw::Date(_)) => Kind::Date,
        };
        let known = cohort.dictionary_column(&self.variable);
        match kind {
            Kind::Category => self.category(values, n, known),
            Kind::Flag => self.flag(values, n, known),
            Kind::Number => self.number(values, n, known),
            Kind::Date => self.date(values, n, known),
        }
    }

    /// A problem at a key of the variable, or where the variable is not declared, at the option that names it.
    fn problem(&self, keys: &[&str], message: impl Into<String>) -> Problem {
        let section = match self.source {
            ColumnSource::Variable(_) => "variables",
            _ => "endpoints",
        };
        let name = self.variable.name.as_str();
        let declared = section == "endpoints" || self.plan.variable(name).is_some();
        let place = match declared {
            true => {
                let path: Vec<study::Step> =
                    [section, name].into_iter().chain(keys.iter().copied()).map(Into::into).collect();
                self.plan.place(&path)
            }
            false => self.analysis.place(&self.request.path),
        };
        Problem::input(message).at(place)
    }
}
