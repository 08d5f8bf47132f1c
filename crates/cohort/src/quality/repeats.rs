//! Rows that stand more than once: equal in every column, or only in the key.
//!
//! Fingerprints of 64 bits are compared first: eight bytes a row, those of its key; then, of rows whose key stands twice,
//! sixteen, with those of the whole row. Only the rows that become queries are held themselves. Where a table has more
//! rows than fit, keys are looked at in several passes, each over its own share of them. Keys that only share a
//! fingerprint, of which there is one pair among a billion rows with a probability of 3 %, are told apart at the end.

use super::values::Cells;
use super::{Asked, Questions, SHOWN, Table, wanted};
use crate::interner::hash;
use arrow::array::RecordBatch;
use arrow::row::{RowConverter, SortField};
use engine::{Engine, quoted};
use std::collections::{BTreeMap, BTreeSet};
use study::{Certainty, Problem, RuleOutcome};

/// Fingerprints held at a time: 512 MiB.
const HELD: u64 = 1 << 26;

/// The rule about keys.
const SHARED: &str = "repeated-key";

/// Fingerprints of key and whole row.
type Prints = (u64, u64);

/// Asks about both kinds: about equal rows where a row is known by a key or a patient, since rows of mere measurements
/// may well agree; about equal keys where one is declared.
pub(super) fn ask(table: &Table, engine: &dyn Engine, questions: &mut Questions<'_>) -> Result<(), Problem> {
    if !table.keyed && table.patient.is_none() {
        return Ok(());
    }
    let certainty = if table.keyed { Certainty::Impossible } else { Certainty::Implausible };
    let outcome = |rule: &str, message: &str| RuleOutcome {
        rule: rule.into(),
        table: table.name.clone(),
        columns: table.key.clone(),
        certainty,
        message: message.into(),
        found: 0,
        patients: None,
        studied: None,
        impact: None,
    };
    let mut repeated = outcome("repeated-row", "the row equals another in every column");
    let mut shared = outcome(SHARED, "another row has the same key and other values");
    let twice = standing_twice(table, engine)?;
    if !twice.is_empty() {
        let (equal, alike) = sorted_out(table, engine, &twice, &mut repeated.found)?;
        let found = alike.len() as u64;
        let mut chosen: BTreeMap<Prints, &RuleOutcome> = BTreeMap::new();
        chosen.extend(equal.iter().take(SHOWN).map(|prints| (*prints, &repeated)));
        chosen.extend(alike.iter().take(SHOWN).map(|prints| (*prints, &shared)));
        let asked = gather(table, engine, &chosen)?;
        shared.found = found;
        let asked = match equal.len().max(alike.len()) <= SHOWN {
            true => truly_shared(asked, &mut shared.found),
            false => asked,
        };
        asked.iter().for_each(|one| questions.note(one));
        questions.asked.extend(asked);
    }
    questions.rules.push(repeated);
    if table.keyed {
        questions.rules.push(shared);
    }
    Ok(())
}

/// Takes out rows whose key is that of no other.
fn truly_shared(asked: Vec<Asked>, found: &mut u64) -> Vec<Asked> {
    let key = |one: &Asked| one.query.row.as_ref().map(|row| row.key.clone());
    let mut rows: BTreeMap<_, u64> = BTreeMap::new();
    for one in &asked {
        *rows.entry(key(one)).or_default() += 1;
    }
    let shared = |one: &Asked| one.query.rule != SHARED || rows.get(&key(one)).is_some_and(|rows| *rows > 1);
    let before = asked.len();
    let asked: Vec<Asked> = asked.into_iter().filter(shared).collect();
    *found -= (before - asked.len()) as u64;
    asked
}

/// The fingerprints of keys that stand more than once, sorted.
fn standing_twice(table: &Table, engine: &dyn Engine) -> Result<Vec<u64>, Problem> {
    let rows = count(table, engine)?;
    let passes = rows.div_ceil(HELD).max(1);
    let mut twice = Vec::new();
    for pass in 0..passes {
        let mut prints = Vec::with_capacity((rows / passes) as usize);
        each(table, engine, &table.key, &mut |batch| {
            let own = fingerprints(batch, table.key.len())?;
            prints.extend(own.into_iter().filter(|print| print % passes == pass));
            Ok(())
        })?;
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

/// Of the rows of some keys, those that stand more than once, and those that share their key with others; `surplus` is
/// told how many of the former are too many.
fn sorted_out(
    table: &Table,
    engine: &dyn Engine,
    twice: &[u64],
    surplus: &mut u64,
) -> Result<(Vec<Prints>, Vec<Prints>), Problem> {
    let columns = key_first(table);
    let mut rows: Vec<Prints> = Vec::new();
    each(table, engine, &columns, &mut |batch| {
        let keys = fingerprints(batch, table.key.len())?;
        if keys.iter().any(|key| twice.binary_search(key).is_ok()) {
            let whole = fingerprints(batch, columns.len())?;
            rows.extend(keys.into_iter().zip(whole).filter(|(key, _)| twice.binary_search(key).is_ok()));
        }
        Ok(())
    })?;
    rows.sort_unstable();
    let (mut equal, mut alike) = (Vec::new(), Vec::new());
    for group in rows.chunk_by(|a, b| a.0 == b.0) {
        let different = group.first() != group.last();
        for copies in group.chunk_by(|a, b| a == b) {
            *surplus += copies.len() as u64 - 1;
            if copies.len() > 1 {
                equal.push(copies[0]);
            } else if different {
                alike.push(copies[0]);
            }
        }
    }
    Ok((equal, alike))
}

/// One query for each of the chosen rows.
fn gather(
    table: &Table,
    engine: &dyn Engine,
    chosen: &BTreeMap<Prints, &RuleOutcome>,
) -> Result<Vec<Asked>, Problem> {
    let columns = key_first(table);
    let keys: BTreeSet<u64> = chosen.keys().map(|prints| prints.0).collect();
    let mut found: BTreeMap<Prints, Asked> = BTreeMap::new();
    each(table, engine, &columns, &mut |batch| {
        let own = fingerprints(batch, table.key.len())?;
        if !own.iter().any(|key| keys.contains(key)) {
            return Ok(());
        }
        for (row, prints) in own.into_iter().zip(fingerprints(batch, columns.len())?).enumerate() {
            if let Some(outcome) = chosen.get(&prints) {
                found.entry(prints).or_insert_with(|| {
                    let (query, patient) = Cells::new(batch, &columns, row).split(table, &table.key, None);
                    table.asked(outcome, query, patient)
                });
            }
        }
        Ok(())
    })?;
    Ok(found.into_values().collect())
}

/// All columns, those of the key first, so that its fingerprints are the same in every pass.
fn key_first(table: &Table) -> Vec<String> {
    wanted(table, &table.columns)
}

/// Hands over some columns of all rows that have a key.
fn each(
    table: &Table,
    engine: &dyn Engine,
    columns: &[String],
    take: &mut dyn FnMut(&RecordBatch) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let mut sql = format!("select {} from {}", list.join(", "), quoted(&table.name));
    if table.keyed {
        // A key that is missing, or could not be read, is no key that two rows have.
        let known: Vec<String> = table.key.iter().map(|key| format!("{} is not null", quoted(key))).collect();
        sql.push_str(&format!(" where {}", known.join(" and ")));
    }
    let mut outcome = Ok(());
    engine
        .stream(&sql, &mut |batch| {
            if outcome.is_ok() {
                outcome = take(batch);
            }
        })
        .map_err(|fault| Problem::internal(fault.message))?;
    outcome
}

fn count(table: &Table, engine: &dyn Engine) -> Result<u64, Problem> {
    let sql = format!("select count(*) from {}", quoted(&table.name));
    let rows = engine.query(&sql).map_err(|fault| Problem::internal(fault.message))?;
    let rows = rows.iter().filter(|batch| batch.num_rows() > 0);
    Ok(rows.map(|batch| crate::eligibility::integer(batch, 0, 0).unsigned_abs()).sum())
}

/// The fingerprints of the first columns of each row.
fn fingerprints(batch: &RecordBatch, columns: usize) -> Result<Vec<u64>, Problem> {
    let columns = &batch.columns()[..columns];
    let fields = columns.iter().map(|array| SortField::new(array.data_type().clone())).collect();
    let rows = RowConverter::new(fields).and_then(|converter| converter.convert_columns(columns));
    let rows = rows.map_err(|error| Problem::internal(format!("rows cannot be compared: {error}")))?;
    Ok(rows.iter().map(|row| hash(row.as_ref())).collect())
}
