//! Rows that stand more than once: equal in every column, or only in the key.
//!
//! A first pass keeps eight bytes a row, the fingerprint of its key; only rows whose fingerprint stands twice are
//! gathered, and compared in full, in a second. Where a table has more rows than fit, fingerprints are taken in several
//! passes, each of its own share of them.

use super::values::Cells;
use super::{Asked, Questions, Table, keep_first, wanted};
use crate::interner::hash;
use arrow::array::{ArrayRef, RecordBatch};
use arrow::row::{RowConverter, SortField};
use engine::{Engine, quoted};
use std::collections::BTreeMap;
use study::{Certainty, Problem, RuleOutcome};

/// Fingerprints held at a time: 512 MiB.
const HELD: u64 = 1 << 26;

/// Asks about both kinds; the second only where a key is declared.
pub(super) fn ask(
    table: &Table,
    declared: bool,
    engine: &dyn Engine,
    questions: &mut Questions,
) -> Result<(), Problem> {
    let twice = standing_twice(table, engine)?;
    let mut groups: BTreeMap<Vec<u8>, Vec<(Vec<u8>, Asked)>> = BTreeMap::new();
    let outcome = |rule: &str, message: &str| RuleOutcome {
        rule: rule.into(),
        table: table.name.clone(),
        columns: table.key.clone(),
        certainty: if declared { Certainty::Impossible } else { Certainty::Implausible },
        message: message.into(),
        found: 0,
        patients: None,
        studied: None,
        impact: None,
    };
    let mut repeated = outcome("repeated-row", "the row equals another in every column");
    let mut shared = outcome("repeated-key", "another row has the same key and other values");
    if !twice.is_empty() {
        gather(table, engine, &twice, &repeated, &mut groups)?;
    }
    let (mut equal, mut alike) = (Vec::new(), Vec::new());
    for rows in groups.into_values().filter(|rows| rows.len() > 1) {
        let mut copies: BTreeMap<Vec<u8>, Vec<Asked>> = BTreeMap::new();
        for (whole, asked) in rows {
            copies.entry(whole).or_default().push(asked);
        }
        let different = copies.len() > 1;
        for mut copies in copies.into_values() {
            let surplus = copies.len() as u64 - 1;
            let first = copies.swap_remove(0);
            repeated.found += surplus;
            if surplus > 0 {
                equal.push(first);
            } else if different {
                alike.push(first);
            }
        }
    }
    shared.found = alike.len() as u64;
    keep_first(&mut equal);
    for asked in &mut alike {
        let row = asked.query.row.take().unwrap_or_default();
        *asked = table.asked(&shared, row, asked.patient.take());
    }
    keep_first(&mut alike);
    questions.asked.append(&mut equal);
    questions.rules.push(repeated);
    if declared {
        questions.asked.append(&mut alike);
        questions.rules.push(shared);
    }
    Ok(())
}

/// The fingerprints of keys that stand more than once, sorted.
fn standing_twice(table: &Table, engine: &dyn Engine) -> Result<Vec<u64>, Problem> {
    let rows = count(table, engine)?;
    let passes = rows.div_ceil(HELD).max(1);
    let sql = select(&table.key, table);
    let mut twice = Vec::new();
    for pass in 0..passes {
        let mut prints = Vec::with_capacity((rows / passes) as usize);
        let mut fault = None;
        engine
            .stream(&sql, &mut |batch| match fingerprints(batch, table.key.len()) {
                Ok(own) => prints.extend(own.into_iter().filter(|print| print % passes == pass)),
                Err(error) => fault = Some(error),
            })
            .map_err(|fault| Problem::internal(fault.message))?;
        fault.map_or(Ok(()), Err)?;
        prints.sort_unstable();
        for (index, pair) in prints.windows(2).enumerate() {
            let first = pair[0] == pair[1] && (index == 0 || prints[index - 1] != pair[0]);
            if first {
                twice.push(pair[0]);
            }
        }
    }
    twice.sort_unstable();
    Ok(twice)
}

fn count(table: &Table, engine: &dyn Engine) -> Result<u64, Problem> {
    let sql = format!("select count(*) from {}", quoted(&table.name));
    let rows = engine.query(&sql).map_err(|fault| Problem::internal(fault.message))?;
    let rows = rows.iter().filter(|batch| batch.num_rows() > 0);
    Ok(rows.map(|batch| crate::eligibility::integer(batch, 0, 0).unsigned_abs()).sum())
}

fn select(columns: &[String], table: &Table) -> String {
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    format!("select {} from {}", list.join(", "), quoted(&table.name))
}

/// The rows of some fingerprints by their key: the whole row, and a query about it.
fn gather(
    table: &Table,
    engine: &dyn Engine,
    twice: &[u64],
    outcome: &RuleOutcome,
    groups: &mut BTreeMap<Vec<u8>, Vec<(Vec<u8>, Asked)>>,
) -> Result<(), Problem> {
    // The key first, so that fingerprints are those of the first pass.
    let mut columns = wanted(table, &table.columns);
    columns.dedup();
    let mut fault = None;
    let mut take = |batch: &RecordBatch| {
        let prints = match fingerprints(batch, table.key.len()) {
            Ok(prints) => prints,
            Err(error) => {
                fault = Some(error);
                return;
            }
        };
        for (row, print) in prints.iter().enumerate() {
            if twice.binary_search(print).is_err() {
                continue;
            }
            let one = batch.slice(row, 1);
            let bytes = |n: usize| whole(&one, n);
            match (bytes(table.key.len()), bytes(columns.len())) {
                (Ok(key), Ok(whole)) => {
                    let (query, patient) = Cells::new(batch, &columns, row).split(table, &table.key, None);
                    groups.entry(key).or_default().push((whole, table.asked(outcome, query, patient)));
                }
                (Err(error), _) | (_, Err(error)) => fault = Some(error),
            }
        }
    };
    engine.stream(&select(&columns, table), &mut take).map_err(|fault| Problem::internal(fault.message))?;
    fault.map_or(Ok(()), Err)
}

fn converter(columns: &[ArrayRef]) -> Result<RowConverter, Problem> {
    let fields = columns.iter().map(|array| SortField::new(array.data_type().clone())).collect();
    RowConverter::new(fields).map_err(|error| Problem::internal(format!("rows cannot be compared: {error}")))
}

fn whole(row: &RecordBatch, columns: usize) -> Result<Vec<u8>, Problem> {
    let columns = &row.columns()[..columns];
    let rows = converter(columns)?.convert_columns(columns);
    let rows = rows.map_err(|error| Problem::internal(format!("rows cannot be compared: {error}")))?;
    Ok(rows.iter().next().map(|row| row.as_ref().to_vec()).unwrap_or_default())
}

fn fingerprints(batch: &RecordBatch, columns: usize) -> Result<Vec<u64>, Problem> {
    let columns = &batch.columns()[..columns];
    let rows = converter(columns)?.convert_columns(columns);
    let rows = rows.map_err(|error| Problem::internal(format!("rows cannot be compared: {error}")))?;
    Ok(rows.iter().map(|row| hash(row.as_ref())).collect())
}
