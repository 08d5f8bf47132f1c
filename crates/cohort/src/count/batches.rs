//! Which requests of an analysis are counted together.

use super::{Wanted, gather};
use crate::Cohort;
use crate::count::raw::Raw;
use engine::Type;
use std::collections::{BTreeMap, BTreeSet};
use study::{Analysis, ColumnSource, CountRequest, Kind, Problem};

/// A table of at most so many rows may serve several requests, each a marginal of it.
const ROWS: u64 = 100_000;

/// Requests that one GROUP BY serves. With a single request the columns stand in its order.
pub(super) struct Batch {
    pub(super) columns: Vec<ColumnSource>,
    pub(super) requests: Vec<usize>,
}

/// Puts requests together as long as their common table stays small: few patients, or few combinations of levels.
/// A baseline table over many millions is then one or two scans, not one for each variable.
pub(super) fn batches(
    cohort: &Cohort,
    analysis: &Analysis,
    requests: &[CountRequest],
    wanted: &BTreeMap<ColumnSource, Wanted<'_>>,
    from: &str,
) -> Result<Vec<Batch>, Problem> {
    let patients = cohort.flow().included;
    let levels = match patients <= ROWS || requests.len() < 2 {
        true => BTreeMap::new(),
        false => levels(cohort, analysis, wanted, from)?,
    };
    let size = |columns: &BTreeSet<&ColumnSource>| {
        let size = columns.iter().map(|column| levels.get(*column).copied().unwrap_or(u64::MAX));
        size.fold(1u64, u64::saturating_mul).min(patients)
    };
    let mut batches: Vec<(BTreeSet<&ColumnSource>, Vec<usize>)> = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        let own: BTreeSet<&ColumnSource> = request.columns.iter().map(|column| &column.source).collect();
        let fitting = batches.iter_mut().find(|(columns, _)| {
            own.is_subset(columns) || size(&columns.union(&own).copied().collect()) <= ROWS
        });
        match fitting {
            Some((columns, members)) => {
                columns.extend(own);
                members.push(index);
            }
            None => batches.push((own, vec![index])),
        }
    }
    let batch = |(columns, members): (BTreeSet<&ColumnSource>, Vec<usize>)| match members[..] {
        // In its own order it is the table asked for.
        [only] => Batch {
            columns: requests[only].columns.iter().map(|column| column.source.clone()).collect(),
            requests: members,
        },
        _ => Batch { columns: columns.into_iter().cloned().collect(), requests: members },
    };
    Ok(batches.into_iter().map(batch).collect())
}

/// How many levels each categorical column has, missing counted; those that the plan does not declare are estimated
/// by one further scan.
fn levels(
    cohort: &Cohort,
    analysis: &Analysis,
    wanted: &BTreeMap<ColumnSource, Wanted<'_>>,
    from: &str,
) -> Result<BTreeMap<ColumnSource, u64>, Problem> {
    let mut levels = BTreeMap::new();
    let mut unknown: Vec<&Wanted<'_>> = Vec::new();
    for (source, column) in wanted {
        let declared = column.variable.levels.len() as u64;
        match source {
            ColumnSource::Time(_) | ColumnSource::Entry(_) | ColumnSource::Patient(_) => {}
            ColumnSource::Event(_) | ColumnSource::Competing(_) => drop(levels.insert(source.clone(), 3)),
            // What else the data may hold is refused afterwards.
            ColumnSource::Variable(_) if declared > 0 => drop(levels.insert(source.clone(), declared + 1)),
            ColumnSource::Variable(_) if column.found == Type::Flag => drop(levels.insert(source.clone(), 3)),
            ColumnSource::Variable(_) => {
                let category = matches!(column.variable.kind, Some(Kind::Category | Kind::Flag));
                if category || (column.found == Type::Text && column.variable.kind.is_none()) {
                    unknown.push(column);
                }
            }
        }
    }
    if unknown.is_empty() {
        return Ok(levels);
    }
    let selected: Vec<String> =
        unknown.iter().map(|column| format!("approx_distinct({})", column.sql())).collect();
    let sql = format!("select {} from {from}", selected.join(", "));
    let (_, values) =
        gather(cohort, &sql).map_err(|fault| cohort.refused(fault, analysis.place(&["id".into()])))?;
    for (column, value) in unknown.iter().zip(values) {
        if let Raw::Number(n) = value
            && let Some(n) = n.first()
        {
            levels.insert(column.source.clone(), *n as u64 + 1);
        }
    }
    Ok(levels)
}
