//! What a column decides: who is studied, and which analyses.
//!
//! Every expression of the plan is followed through the views to the columns of the registry ([`Engine::sources`]), in an
//! engine that has the tables without their rows. Columns that also decide which patients there are belong to
//! eligibility.

use super::Table;
use crate::patients::parts;
use crate::sql_text::enclosed;
use crate::study_folder::{Study, new_engine};
use crate::views::needs;
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use engine::{Engine, Type, quoted};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use study::{Analysis, ColumnSource, CountRequest, Plan, Problem, QueryImpact};

type Columns = BTreeSet<(String, String)>;

/// What the plan uses of the registry.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    eligibility: Columns,
    analyses: Vec<(String, Columns)>,
    /// What the columns of views are made of that stand for a table.
    views: BTreeMap<(String, String), Columns>,
}

impl Uses {
    /// What hangs on some columns of a table.
    pub(crate) fn of(&self, table: &str, columns: &[String]) -> QueryImpact {
        let mut made_of = Columns::new();
        for column in columns {
            let column = (table.to_string(), column.clone());
            match self.views.get(&column) {
                Some(sources) => made_of.extend(sources.iter().cloned()),
                None => _ = made_of.insert(column),
            }
        }
        let hit = |set: &Columns| !set.is_disjoint(&made_of);
        let eligibility = hit(&self.eligibility);
        let used = self.analyses.iter().filter(|(_, set)| eligibility || hit(set));
        QueryImpact { eligibility, analyses: used.map(|(id, _)| id.clone()).collect() }
    }

    /// Follows every expression of the plan.
    ///
    /// # Errors
    /// A view that cannot be planned, or an expression that is wrong: the check of the study tells it.
    pub(crate) fn find(
        study: &Study,
        engine: &dyn Engine,
        plan: &Plan,
        requests: &[(&Analysis, Vec<CountRequest>)],
        tables: &BTreeMap<String, Table>,
    ) -> Result<Self, Problem> {
        let empty = without_rows(study, engine, plan, tables)?;
        let population = quoted(study.population(plan)?);
        let sources = |from: &str, expressions: &[&str]| -> Result<Columns, Problem> {
            if expressions.is_empty() {
                return Ok(Columns::new());
            }
            let list: Vec<String> = expressions
                .iter()
                .enumerate()
                .map(|(index, sql)| format!("{} as \"farr:{index}\"", enclosed(sql)))
                .collect();
            let found = empty
                .sources(&format!("select {} from {from}", list.join(", ")))
                .map_err(|fault| Problem::input(fault.message))?;
            Ok(found.into_iter().collect())
        };
        let rows = sources(&population, &["1"])?;
        let criteria: Vec<&str> = plan.population.exclude.iter().map(|one| one.r#where.as_str()).collect();
        let mut eligibility = sources(&population, &criteria)?;
        eligibility.extend(rows.iter().cloned());
        let mut analyses: BTreeMap<usize, (String, Columns)> = BTreeMap::new();
        for (analysis, requests) in requests {
            let entry =
                analyses.entry(analysis.index).or_insert_with(|| (analysis.id().into(), Columns::new()));
            let columns = requests.iter().flat_map(|request| &request.columns);
            let mut expressions: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for column in columns {
                let (from, sql) = meant(plan, &population, &column.source);
                expressions.entry(from).or_default().extend(sql);
            }
            if let Some(condition) = &analysis.heading.r#where {
                let own = plan.variables.iter().filter(|variable| names(condition, &variable.name));
                let list = expressions.entry(population.clone()).or_default();
                list.extend(own.map(|variable| variable.sql.clone().unwrap_or(quoted(&variable.name))));
            }
            for (from, list) in expressions {
                let list: Vec<&str> = list.iter().map(String::as_str).collect();
                entry.1.extend(sources(&from, &list)?);
            }
        }
        let mut views = BTreeMap::new();
        for view in tables.values().filter(|table| table.view) {
            for column in &view.columns {
                let made_of = sources(&quoted(&view.name), &[quoted(column).as_str()])?;
                views.insert((view.name.clone(), column.clone()), made_of);
            }
        }
        Ok(Self { eligibility, analyses: analyses.into_values().collect(), views })
    }
}

/// Whether an expression has a name in it as a word.
fn names(expression: &str, name: &str) -> bool {
    expression.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
}

/// What a column of a count table is made of: the view or table, and the expressions.
fn meant(plan: &Plan, population: &str, source: &ColumnSource) -> (String, Vec<String>) {
    match source {
        ColumnSource::Variable(name) => {
            let variable = plan.variable(name);
            let from = variable.and_then(|variable| variable.view.as_deref()).map(quoted);
            let sql = variable.and_then(|variable| variable.sql.clone()).unwrap_or_else(|| quoted(name));
            (from.unwrap_or_else(|| population.to_string()), vec![sql])
        }
        ColumnSource::Time(name)
        | ColumnSource::Entry(name)
        | ColumnSource::Patient(name)
        | ColumnSource::Event(name)
        | ColumnSource::Competing(name) => {
            let endpoint = plan.endpoints.iter().find(|endpoint| endpoint.name == *name);
            let from = endpoint.and_then(|endpoint| endpoint.view.as_deref()).map(quoted);
            let sql = endpoint
                .map(|endpoint| parts(endpoint).into_iter().map(|(_, sql)| sql.to_string()).collect());
            (from.unwrap_or_else(|| population.to_string()), sql.unwrap_or_default())
        }
    }
}

/// An engine with the tables of another, but none of their rows, and the views as views.
fn without_rows(
    study: &Study,
    engine: &dyn Engine,
    plan: &Plan,
    asked: &BTreeMap<String, Table>,
) -> Result<Box<dyn Engine>, Problem> {
    let empty = new_engine()?;
    let plain = |fault: engine::Fault| Problem::input(fault.message);
    for table in study.registry.tables.keys() {
        let Ok(fields) = engine.columns(&format!("select * from {}", quoted(table))) else { continue };
        let fields = fields.iter().map(|field| {
            let data_type = match field.r#type {
                Type::Text | Type::Other => DataType::Utf8View,
                Type::Integer => DataType::Int64,
                Type::Number => DataType::Float64,
                Type::Flag => DataType::Boolean,
                Type::Date => DataType::Date32,
                Type::Moment => DataType::Timestamp(TimeUnit::Microsecond, None),
            };
            Field::new(&field.name, data_type, true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        empty.add_rows(table, schema, Vec::new()).map_err(plain)?;
    }
    let tables: BTreeSet<String> = study.registry.tables.keys().cloned().collect();
    let mut views = study.needs(plan, empty.as_ref())?.views;
    for table in asked.values().filter(|table| table.view) {
        let own = needs([table.name.as_str()], &study.views, &tables, empty.as_ref())?.views;
        views.extend(own.into_iter().filter(|view| !views.contains(view)).collect::<Vec<_>>());
    }
    for view in &views {
        let source = study.completed(view, &[], empty.as_ref())?;
        empty.add_view(view, &source.text).map_err(plain)?;
    }
    Ok(empty)
}
