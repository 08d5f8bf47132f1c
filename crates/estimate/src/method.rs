//! What a method is: what it is called, what may be asked of it, what it must have counted, and how it estimates.

mod documentation;

use crate::conventions::with_references;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use study::{Analysis, ColumnSource, CountRequest, CountTable, Plan, Problem, Quantity, Results};

/// What is known of a method before it runs.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its name in `method = "…"`.
    pub name: &'static str,
    /// Its name in prose.
    pub title: &'static str,
    /// One sentence: what it answers.
    pub summary: &'static str,
    /// The text of its file, whose head is its documentation: `include_str!` of itself.
    pub documentation: &'static str,
    /// The papers it is written from, with DOI.
    pub references: &'static [&'static str],
}

/// A statistical method.
pub trait Method {
    /// What is known of it before it runs.
    const ABOUT: About;
    /// What may be asked of it: every key, typed, unknown ones refused (`deny_unknown_fields`).
    type Options: DeserializeOwned + Serialize + JsonSchema;

    /// The count tables it needs; option values that are out of range are refused here, with their place.
    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem>;

    /// The results, from the tables in the order of the requests.
    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem>;
}

/// A method as the list has it.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What is known of it before it runs.
    pub about: &'static About,
    /// See [`Method::requests`].
    pub requests: fn(&Analysis, &Plan) -> Result<Vec<CountRequest>, Problem>,
    /// See [`Method::estimate`].
    pub estimate: fn(&Analysis, &Plan, &[CountTable]) -> Result<Results, Problem>,
    /// JSON Schema of its options.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

/// The entry of a method.
pub fn entry<M: Method>() -> Entry {
    Entry {
        about: &M::ABOUT,
        requests: |analysis, plan| {
            let requests = M::requests(&analysis.options()?, analysis, plan)?;
            refuse_misread_follow_up(&M::ABOUT, analysis, plan, &requests)?;
            Ok(requests)
        },
        estimate: |analysis, plan, tables| {
            let tables = with_references(M::ABOUT.name, plan, tables);
            let mut results = M::estimate(&analysis.options()?, analysis, plan, &tables)?;
            keep_p_above_0(&mut results);
            Ok(results)
        },
        schema: M::Options::json_schema,
    }
}

/// No P value is 0: one below the least number of full precision, about 2.2e-308, stands as that number, which it does not
/// exceed.
pub(crate) fn keep_p_above_0(results: &mut Results) {
    for row in &mut results.estimates {
        let adjusted = (row.quantity == Quantity::AdjustedP).then_some(&mut row.value);
        let tested = row.test.as_mut().map(|test| &mut test.p_value);
        for p in adjusted.into_iter().chain(tested) {
            *p = p.map(|p| p.max(f64::MIN_POSITIVE));
        }
    }
}

/// A method that counts the times of an endpoint with delayed entry but not the entries would take patients for at risk
/// before they were under observation: it is refused rather than biased.
fn refuse_misread_follow_up(
    about: &About,
    analysis: &Analysis,
    plan: &Plan,
    requests: &[CountRequest],
) -> Result<(), Problem> {
    for request in requests {
        let asked = |source: &ColumnSource| request.columns.iter().any(|column| column.source == *source);
        for column in &request.columns {
            let ColumnSource::Time(name) = &column.source else { continue };
            let endpoint = plan.endpoints.iter().find(|endpoint| endpoint.name == *name);
            if endpoint.is_some_and(|endpoint| endpoint.view.is_some())
                && !asked(&ColumnSource::Patient(name.clone()))
            {
                let message = format!(
                    "`{}` needs one row a patient, and the endpoint `{name}` has one for each interval",
                    about.name
                );
                return Err(analysis.refuse(&column.path, message).help(
                    "name an endpoint without `view`, or use a method that follows patients through intervals, for \
                     example `cox`",
                ));
            }
            let delayed = endpoint.is_some_and(|endpoint| endpoint.entry.is_some());
            if delayed && !asked(&ColumnSource::Entry(name.clone())) {
                let message = format!(
                    "`{}` cannot use delayed entry, and the endpoint `{name}` has `entry`: patients would count as \
                     at risk before they were under observation",
                    about.name
                );
                return Err(analysis.refuse(&column.path, message).help(
                    "name another endpoint, with `start` or `time` counted from the entry, or use a method that \
                     allows for it, for example `cox`",
                ));
            }
        }
    }
    Ok(())
}

/// The count table of a method that asks for one.
pub(crate) fn one_table(tables: &[CountTable]) -> Result<&CountTable, Problem> {
    match tables {
        [table] => Ok(table),
        _ => Err(Problem::internal("an analysis was not given its one count table")),
    }
}

/// Results without any number yet: the headings of an analysis.
pub fn outline<M: Method>(options: &M::Options, analysis: &Analysis) -> Result<Results, Problem> {
    Ok(Results {
        analysis: analysis.id().into(),
        title: analysis.heading.title.clone().unwrap_or_else(|| M::ABOUT.title.into()),
        purpose: analysis.heading.purpose,
        method: M::ABOUT.name.into(),
        options: serde_json::to_value(options)
            .map_err(|error| Problem::internal(format!("options cannot be written: {error}")))?,
        ..Results::default()
    })
}
