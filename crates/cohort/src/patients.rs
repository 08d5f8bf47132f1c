//! The analysis set with every variable and endpoint of the plan: one row a patient.

use crate::eligibility::{Source, included, population_place};
use crate::sql_text::{enclosed, expression, in_expression};
use arrow::array::AsArray;
use engine::{Engine, Field, Type, quoted};
use std::collections::{BTreeMap, BTreeSet};
use study::nearest::suggest;
use study::{Endpoint, Plan, Problem, Step};

/// The table of this module, and the one below it without variables.
const PATIENTS: &str = "farr:patients";
pub(crate) const INCLUDED: &str = "farr:included";

/// The analysis set as the engine has it.
#[derive(Debug)]
pub(crate) struct Patients {
    /// The population's name, under which expressions may know it.
    alias: String,
    /// The type of each column: of the population, of variables, and of the parts of endpoints.
    types: BTreeMap<String, Type>,
    /// The columns that a variable can be.
    pub(crate) columns: Vec<String>,
    /// The SELECTs of the analysis set by name, each after those it uses.
    pub(crate) chain: Vec<(String, String)>,
}

/// Part of an endpoint as a column.
pub(crate) fn part(endpoint: &Endpoint, part: &str) -> String {
    format!("farr:{}.{part}", endpoint.name)
}

/// The SQL expressions of an endpoint, with their key.
pub(crate) fn parts(endpoint: &Endpoint) -> Vec<(&'static str, &str)> {
    let given = [
        ("id", endpoint.id.as_deref()),
        ("start", endpoint.start.as_deref()),
        ("end", endpoint.end.as_deref()),
        ("time", endpoint.time.as_deref()),
        ("entry", endpoint.entry.as_deref()),
        ("event", Some(endpoint.event.as_str())),
        ("competing", endpoint.competing.as_deref()),
    ];
    given.into_iter().filter_map(|(key, sql)| Some((key, sql?))).collect()
}

impl Patients {
    /// Adds the analysis set to the engine; every expression of variables and endpoints is planned.
    ///
    /// A view's rows are kept in memory; a table of the registry is read anew by each query, so that a file of any
    /// size passes through.
    pub(crate) fn new(engine: &dyn Engine, plan: &Plan, source: &Source<'_>) -> Result<Self, Problem> {
        let included = included(plan, source);
        let kept = match plan.population.view {
            Some(_) => engine.materialise(INCLUDED, &included).map(drop),
            None => engine.add_view(INCLUDED, &included),
        };
        kept.map_err(|fault| source.explainer.of_any(fault, population_place(plan)))?;

        let mut columns = Vec::new();
        let mut expressions: Vec<(String, &str, Vec<Step>)> = Vec::new();
        let mut problems = Vec::new();
        for variable in plan.variables.iter().filter(|variable| variable.view.is_none()) {
            let path: Vec<Step> = vec!["variables".into(), variable.name.as_str().into()];
            match &variable.sql {
                Some(sql) => {
                    expressions.push((variable.name.clone(), sql, [path, vec!["sql".into()]].concat()))
                }
                None if source.fields.iter().any(|field| field.name == variable.name) => {}
                None => {
                    let known = source.fields.iter().map(|field| field.name.as_str());
                    problems.push(
                        Problem::input(format!("`{}` has no column `{}`", source.name, variable.name))
                            .at(plan.place(&path))
                            .help(format!("{}; or give the variable `sql`", suggest(&variable.name, known))),
                    );
                }
            }
        }
        columns.extend(expressions.iter().map(|(name, ..)| name.clone()));
        for endpoint in plan.endpoints.iter().filter(|endpoint| endpoint.view.is_none()) {
            for (key, sql) in parts(endpoint) {
                let path = vec!["endpoints".into(), endpoint.name.as_str().into(), key.into()];
                expressions.push((part(endpoint, key), sql, path));
            }
        }
        let own = source.fields.iter().map(|field| &field.name).filter(|name| !columns.contains(name));
        let own: Vec<String> = own.cloned().collect();
        let selected: Vec<String> = own
            .iter()
            .map(|name| quoted(name))
            .chain(expressions.iter().map(|(name, sql, _)| format!("{} as {}", enclosed(sql), quoted(name))))
            .collect();
        let from = format!("{} as {}", quoted(INCLUDED), quoted(source.name));
        let sql = format!("select {} from {from}", selected.join(", "));
        // All at once is quick; one by one tells which is wrong.
        let fields = match engine.columns(&sql) {
            Ok(fields) => fields,
            Err(fault) => {
                for (_, sql, path) in &expressions {
                    let found = expression(engine, sql, &from).err();
                    problems
                        .extend(found.map(|fault| source.explainer.problem(fault, sql, plan.place(path))));
                }
                Problem::collect(problems)?;
                return Err(source.explainer.of_any(fault, population_place(plan)));
            }
        };
        Problem::collect(problems)?;
        engine.add_view(PATIENTS, &sql).map_err(|fault| in_expression(fault, population_place(plan)))?;
        columns.extend(own);
        let types = fields.into_iter().map(|Field { name, r#type }| (name, r#type)).collect();
        let chain = vec![(INCLUDED.into(), included), (PATIENTS.into(), sql)];
        let patients = Self { alias: source.name.into(), types, columns, chain };
        let endpoints = plan.endpoints.iter().filter(|endpoint| endpoint.view.is_none());
        Problem::collect(endpoints.flat_map(|endpoint| mistyped(&patients.types, plan, endpoint)).collect())?;
        Ok(patients)
    }

    /// Every column, in the order of names.
    pub(crate) fn all_columns(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }

    /// The type of a column.
    pub(crate) fn r#type(&self, column: &str) -> Option<Type> {
        self.types.get(column).copied()
    }

    /// Those of some identifiers that are in the analysis set.
    pub(crate) fn among(
        &self,
        engine: &dyn Engine,
        id: &str,
        asked: &BTreeSet<String>,
    ) -> Option<BTreeSet<String>> {
        let sql = format!("select cast({} as varchar) from {}", quoted(id), quoted(INCLUDED));
        let mut found = BTreeSet::new();
        let outcome = engine.stream(&sql, &mut |batch| {
            if let Some(ids) = batch.column(0).as_string_view_opt() {
                found.extend(ids.iter().flatten().filter_map(|id| asked.get(id).cloned()));
            }
        });
        outcome.ok().map(|_| found)
    }

    /// The FROM and WHERE of an analysis.
    pub(crate) fn restricted(&self, condition: Option<&str>) -> String {
        let condition =
            condition.map_or(String::new(), |condition| format!(" where {}", enclosed(condition)));
        format!("{} as {}{condition}", quoted(PATIENTS), quoted(&self.alias))
    }
}

/// What is neither date nor number where it must be.
pub(crate) fn mistyped(types: &BTreeMap<String, Type>, plan: &Plan, endpoint: &Endpoint) -> Vec<Problem> {
    let is_number = |found| matches!(found, Type::Integer | Type::Number);
    let is_date = |found| matches!(found, Type::Date | Type::Moment | Type::Text);
    let wanted = |key: &str, found: Type| match key {
        "id" => found == Type::Other,
        "start" | "end" => !is_date(found),
        "time" => !is_number(found),
        "entry" if endpoint.time.is_some() => !is_number(found),
        "entry" => !is_date(found),
        _ => matches!(found, Type::Date | Type::Moment | Type::Other),
    };
    let mut problems = Vec::new();
    for (key, _) in parts(endpoint) {
        let Some(found) = types.get(&part(endpoint, key)).copied() else { continue };
        if wanted(key, found) {
            let (need, help) = match key {
                "time" => ("a number", "cast it to double, or give `start` and `end`"),
                "entry" if endpoint.time.is_some() => {
                    ("a number", "`time` is a number, and so must be the time of entry")
                }
                "event" | "competing" => ("true or false", "write a condition, for example status = 'dead'"),
                _ => ("a date", "cast it to date, or give a number in `time`"),
            };
            let path = ["endpoints".into(), endpoint.name.as_str().into(), key.into()];
            problems.push(
                Problem::input(format!(
                    "`{key}` of the endpoint `{}` gives {found}, not {need}",
                    endpoint.name
                ))
                .at(plan.place(&path))
                .help(help),
            );
        }
    }
    problems
}
