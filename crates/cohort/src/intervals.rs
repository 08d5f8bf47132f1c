//! Several rows a patient: the intervals of an endpoint, each beside the values of its patient.
//!
//! Only patients of the analysis set have their intervals counted. A patient without any is missing, as one without
//! follow-up is. Identifiers are replaced by numbers; none is ever printed.

use crate::Cohort;
use crate::eligibility::integer;
use crate::mistyped::Explainer;
use crate::patients::{mistyped, part, parts};
use crate::sql_text::{enclosed, expression, in_expression};
use engine::{Type, quoted};
use std::collections::BTreeMap;
use study::{Analysis, Endpoint, Place, Problem, Step};

/// The intervals of one endpoint, as the engine has them.
#[derive(Debug)]
pub(crate) struct Intervals {
    /// The endpoint.
    pub(crate) endpoint: String,
    /// Its view.
    pub(crate) view: String,
    /// The columns that a variable can be: the view's own, and variables declared of it; and parts of the endpoint.
    pub(crate) types: BTreeMap<String, Type>,
    /// The SELECT of the intervals with its name.
    pub(crate) select: (String, String),
}

/// The table of this module for an endpoint.
fn table(endpoint: &str) -> String {
    format!("farr:intervals.{endpoint}")
}

impl Intervals {
    /// Adds the intervals of an endpoint to the engine; every expression of it is planned.
    pub(crate) fn new(explainer: &Explainer<'_>, endpoint: &Endpoint) -> Result<Self, Problem> {
        let view = endpoint.view.clone().unwrap_or_default();
        let explainer = Explainer { from: &view, ..*explainer };
        let Explainer { engine, plan, .. } = explainer;
        let path =
            |key: &str| -> Vec<Step> { vec!["endpoints".into(), endpoint.name.as_str().into(), key.into()] };
        let own = engine
            .columns(&format!("select * from {}", quoted(&view)))
            .map_err(|fault| in_expression(fault, plan.place(&path("view"))))?;
        let mut expressions: Vec<(String, String, Option<Place>)> = Vec::new();
        let mut problems = Vec::new();
        for variable in plan.variables.iter().filter(|variable| variable.view.as_ref() == Some(&view)) {
            let place =
                |key: &str| plan.place(&["variables".into(), variable.name.as_str().into(), key.into()]);
            match &variable.sql {
                Some(sql) => expressions.push((variable.name.clone(), sql.clone(), place("sql"))),
                None if own.iter().any(|field| field.name == variable.name) => {}
                None => problems.push(
                    Problem::input(format!("`{view}` has no column `{}`", variable.name))
                        .at(place("view"))
                        .help("give the variable `sql`, or correct its name"),
                ),
            }
        }
        for (key, sql) in parts(endpoint) {
            expressions.push((part(endpoint, key), sql.into(), plan.place(&path(key))));
        }
        if endpoint.id.is_none() {
            let id = quoted(plan.population.id.as_deref().unwrap_or_default());
            expressions.push((part(endpoint, "id"), id, plan.place(&path("view"))));
        }
        let from = format!("{} as {}", quoted(&view), quoted(&view));
        for (_, sql, place) in &expressions {
            let found = expression(engine, sql, &from).err();
            problems.extend(found.map(|fault| explainer.problem(fault, sql, place.clone())));
        }
        Problem::collect(problems)?;
        let declared = |name: &str| expressions.iter().any(|(known, ..)| known == name);
        let plain = own.iter().filter(|field| !declared(&field.name)).map(|field| quoted(&field.name));
        let made = expressions.iter().map(|(name, sql, _)| format!("{} as {}", enclosed(sql), quoted(name)));
        let columns: Vec<String> = plain.chain(made).collect();
        let sql = format!("select {} from {from}", columns.join(", "));
        let place = || plan.place(&path("view"));
        let fields = engine.columns(&sql).map_err(|fault| in_expression(fault, place()))?;
        engine.add_view(&table(&endpoint.name), &sql).map_err(|fault| in_expression(fault, place()))?;
        let types = fields.into_iter().map(|field| (field.name, field.r#type)).collect();
        Problem::collect(mistyped(&types, plan, endpoint))?;
        let select = (table(&endpoint.name), sql);
        Ok(Self { endpoint: endpoint.name.clone(), view, types, select })
    }

    /// Whether a variable can be a column of the view.
    pub(crate) fn has(&self, name: &str) -> bool {
        !name.starts_with("farr:") && self.types.contains_key(name)
    }

    /// The column that numbers the patients.
    pub(crate) fn patient(&self) -> String {
        format!("farr:{}.patient", self.endpoint)
    }

    /// The FROM of an analysis: the intervals of the patients of the analysis set who fulfil its condition.
    pub(crate) fn rows(&self, cohort: &Cohort, condition: Option<&str>) -> String {
        let id = cohort.plan.population.id.as_deref().unwrap_or_default();
        let of_view = |name: &&str| !self.types.contains_key(*name);
        let patient = cohort.patients.all_columns().filter(of_view).map(|name| format!("p.{}", quoted(name)));
        let interval = self.types.keys().map(|name| format!("i.{}", quoted(name)));
        let columns: Vec<String> = patient.chain(interval).collect();
        format!(
            "(select {}, cast(dense_rank() over (order by p.{id}) as bigint) as {} from (select * from {}) p left join {} i \
             on p.{id} = i.{}) as {}",
            columns.join(", "),
            quoted(&self.patient()),
            cohort.patients.restricted(condition),
            quoted(&table(&self.endpoint)),
            quoted(&format!("farr:{}.id", self.endpoint)),
            quoted("farr:rows"),
            id = quoted(id),
        )
    }

    /// Refuses intervals that cannot be: without patient, beginning or end, of no length, or overlapping.
    pub(crate) fn check(
        &self,
        cohort: &Cohort,
        endpoint: &Endpoint,
        analysis: &Analysis,
        (entry, end): (String, String),
        happened: (String, Option<String>),
    ) -> Vec<Problem> {
        let plan = &cohort.plan;
        let place = |key: &str| plan.place(&["endpoints".into(), endpoint.name.as_str().into(), key.into()]);
        let key = quoted(&format!("farr:{}.id", self.endpoint));
        let patient = quoted(&self.patient());
        let rows = self.rows(cohort, analysis.heading.r#where.as_deref());
        let length = if endpoint.time.is_some() { "time" } else { "end" };
        let mut faults = vec![
            ("entry", format!("{entry} is null or {end} is null"), "lack their beginning or end"),
            ("entry", format!("{entry} < 0"), "begin before time 0"),
            (length, format!("{end} <= {entry}"), "end when they begin, or before"),
        ];
        if let (event, Some(competing)) = &happened {
            faults.push((
                "competing",
                format!("{event} and {competing}"),
                "have the event and a competing one",
            ));
        }
        let mut problems = Vec::new();
        let mut refuse = |key: &str, sql: String, words: &dyn Fn(i64, i64) -> String| match cohort
            .engine
            .query(&sql)
        {
            Ok(batches) => {
                let found = batches.iter().find(|batch| batch.num_rows() > 0);
                let [n, patients] = found.map_or([0, 0], |batch| [0, 1].map(|at| integer(batch, at, 0)));
                if n > 0 {
                    let message = format!("endpoint `{}`: {}", endpoint.name, words(n, patients));
                    problems.push(Problem::input(message).at(place(key)).help(
                            "correct the data or the view; the patients are not named, since a view has no place of \
                             theirs",
                        ));
                }
            }
            Err(fault) => problems.push(match cohort.explainer() {
                Ok(explainer) => Explainer { from: &self.view, ..explainer }.of_any(fault, place(key)),
                Err(problem) => problem,
            }),
        };
        let orphan =
            format!("select count(*), 0 from {} where {key} is null", quoted(&table(&self.endpoint)));
        let view = &self.view;
        refuse("view", orphan, &|n, _| format!("{n} rows of `{view}` have no patient"));
        for (at, fault, words) in faults {
            let sql = format!(
                "select count(*), count(distinct {patient}) from {rows} where {key} is not null and ({fault})"
            );
            refuse(at, sql, &|n, patients| {
                format!("{} of {} {words}", many(n, "interval"), many(patients, "patient"))
            });
        }
        // Decimals tie in nine digits.
        let overlap = format!(
            "select count(*), count(distinct patient) from (select {patient} as patient, {entry} as begins, \
             lag({end}) over (partition by {patient} order by {entry}, {end}) as before from {rows} \
             where {key} is not null) where begins < before - 1e-9 * abs(before)"
        );
        refuse("view", overlap, &|_, patients| {
            let have = if patients == 1 { "has" } else { "have" };
            format!("{} {have} overlapping intervals", many(patients, "patient"))
        });
        problems
    }
}

fn many(n: i64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
