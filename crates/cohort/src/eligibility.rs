//! From the population to the analysis set: every patient leaves by the first criterion that holds, at most once.

use crate::mistyped::Explainer;
use crate::sql_text::{enclosed, expression, in_expression};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use engine::{Engine, Field, Type, quoted};
use study::nearest::suggest;
use study::{ParticipantFlow, Place, Plan, Problem, Step};

/// The population as SQL names it.
pub(crate) struct Source<'a> {
    /// View or table.
    pub(crate) name: &'a str,
    /// Its columns.
    pub(crate) fields: &'a [Field],
    /// What explains the faults of expressions over it.
    pub(crate) explainer: Explainer<'a>,
}

/// The place of the key that names the population.
pub(crate) fn population_place(plan: &Plan) -> Option<Place> {
    let key = if plan.population.view.is_some() { "view" } else { "table" };
    plan.place(&["population".into(), key.into()])
}

/// Checks that a row is a patient, then counts who leaves by which criterion.
///
/// # Errors
/// No rows; an identifier that is missing or stands twice; a criterion that is no condition; nobody left.
pub(crate) fn flow(
    engine: &dyn Engine,
    plan: &Plan,
    source: &Source<'_>,
) -> Result<ParticipantFlow, Problem> {
    one_row_a_patient(engine, plan, source)?;
    let table = quoted(source.name);
    let mut problems = Vec::new();
    for (index, criterion) in plan.population.exclude.iter().enumerate() {
        let place = plan.place(&criterion_path(index));
        let found = expression(engine, &criterion.r#where, &table);
        match found.map_err(|fault| source.explainer.problem(fault, &criterion.r#where, place.clone())) {
            Ok(field) if field.r#type == Type::Flag => {}
            Ok(field) => problems.push(
                Problem::input(format!("the criterion gives {}, not true or false", field.r#type))
                    .at(place)
                    .help("write a condition, for example margin = 'R2'"),
            ),
            Err(problem) => problems.push(problem),
        }
    }
    Problem::collect(problems)?;

    let criteria = &plan.population.exclude;
    let step = first_criterion(plan, |index| (index + 1).to_string(), "0");
    let sql = format!("select {step} as step, count(*) as n from {table} group by 1");
    let batches =
        engine.query(&sql).map_err(|fault| source.explainer.of_any(fault, population_place(plan)))?;
    let mut left = vec![0u64; criteria.len() + 1];
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let step = usize::try_from(integer(batch, 0, row)).unwrap_or_default();
            left[step] += integer(batch, 1, row) as u64;
        }
    }
    let assessed = left.iter().sum();
    if assessed == 0 {
        let what = if plan.population.view.is_some() { "view" } else { "table" };
        return Err(Problem::input(format!(
            "the {what} `{}` has no rows: there is nobody to study",
            source.name
        ))
        .at(population_place(plan))
        .help("look at its conditions, and at the tables it reads"));
    }
    let excluded = criteria.iter().map(|criterion| criterion.label.clone()).zip(left[1..].iter().copied());
    let flow = ParticipantFlow::reconcile(&plan.population.label, assessed, excluded)
        .ok_or_else(|| Problem::internal("the participant flow does not reconcile"))?;
    if flow.included == 0 {
        let last = flow.steps.iter().rposition(|step| step.excluded > 0).unwrap_or_default();
        let taken = flow.steps.get(last).map_or(0, |step| step.excluded);
        return Err(Problem::input(format!(
            "nobody is left: the criterion “{}” takes the last {taken} of {assessed}",
            criteria.get(last).map_or("", |criterion| criterion.label.as_str())
        ))
        .at(plan.place(&criterion_path(last)))
        .help("a criterion names who leaves, not who stays"));
    }
    Ok(flow)
}

/// The SELECT of the analysis set.
pub(crate) fn included(plan: &Plan, source: &Source<'_>) -> String {
    let table = quoted(source.name);
    if plan.population.exclude.is_empty() {
        return format!("select * from {table}");
    }
    format!("select * from {table} where {}", first_criterion(plan, |_| "false".into(), "true"))
}

/// A CASE over the criteria in their order; null counts as not fulfilled.
fn first_criterion(plan: &Plan, value: impl Fn(usize) -> String, otherwise: &str) -> String {
    let criteria = &plan.population.exclude;
    if criteria.is_empty() {
        return otherwise.into();
    }
    let arms = criteria
        .iter()
        .enumerate()
        .map(|(index, criterion)| format!("when {} then {} ", enclosed(&criterion.r#where), value(index)));
    format!("case {}else {otherwise} end", arms.collect::<String>())
}

fn criterion_path(index: usize) -> [Step; 4] {
    ["population".into(), "exclude".into(), index.into(), "where".into()]
}

fn one_row_a_patient(engine: &dyn Engine, plan: &Plan, source: &Source<'_>) -> Result<(), Problem> {
    let Some(id) = &plan.population.id else { return Ok(()) };
    let place = plan.place(&["population".into(), "id".into()]);
    if !source.fields.iter().any(|field| field.name == *id) {
        let known = source.fields.iter().map(|field| field.name.as_str());
        return Err(Problem::input(format!("`{}` has no column `{id}`", source.name))
            .at(place)
            .help(suggest(id, known)));
    }
    let run = |sql: &str| engine.query(sql).map_err(|fault| in_expression(fault, place.clone()));
    let (id, table) = (quoted(id), quoted(source.name));
    let groups = format!("select {id} as id, count(*) as n from {table} group by 1");
    let sql = format!(
        "select coalesce(sum(case when id is null then n else 0 end), 0), \
         coalesce(sum(case when id is not null and n > 1 then 1 else 0 end), 0), \
         coalesce(max(case when id is not null then n end), 0) from ({groups})"
    );
    let batches = run(&sql)?;
    let (missing, repeated, most) = batches
        .iter()
        .find(|batch| batch.num_rows() > 0)
        .map_or((0, 0, 0), |batch| (integer(batch, 0, 0), integer(batch, 1, 0), integer(batch, 2, 0)));
    let mut problems = Vec::new();
    if missing > 0 {
        problems.push(
            Problem::input(format!("{missing} rows of `{}` have no {id}", source.name))
                .at(place.clone())
                .help("every patient needs an identifier"),
        );
    }
    if repeated > 0 {
        let sql = format!(
            "select cast(id as varchar) as id from ({groups}) where id is not null and n > 1 order by 1 limit 5"
        );
        let texts = |batch| (0..RecordBatch::num_rows(batch)).map(|row| text(batch, row)).collect::<Vec<_>>();
        let examples: Vec<String> = run(&sql)?.iter().flat_map(texts).collect();
        problems.push(
            Problem::input(format!(
                "{repeated} {} in more than one row of `{}`, {most} rows at most",
                if repeated == 1 { "patient stands" } else { "patients stand" },
                source.name
            ))
            .at(place)
            .help("the population needs one row a patient: choose one, for example the first operation")
            .patients(examples),
        );
    }
    Problem::collect(problems)
}

/// A whole number of a result, 0 where it is null.
pub(crate) fn integer(batch: &RecordBatch, column: usize, row: usize) -> i64 {
    batch
        .column(column)
        .as_primitive_opt::<Int64Type>()
        .map_or(0, |array| if array.is_null(row) { 0 } else { array.value(row) })
}

/// A text of the first column of a result.
pub(crate) fn text(batch: &RecordBatch, row: usize) -> String {
    batch.column(0).as_string_view_opt().map_or(String::new(), |array| array.value(row).to_string())
}
