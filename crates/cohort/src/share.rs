//! A copy of a registry without what names its patients.
//!
//! Identifiers become keyed pseudonyms, the same for the same patient in every table. Every day of a patient is moved
//! back by the same number of days, 1 to 364, which the key decides: intervals stay, dates do not. Free text is left
//! out. Nobody is older than 90: a day of birth that would tell more is moved so that the patient is 90 on the last day
//! that any table has. Rows are sorted by pseudonym, so that their order tells nothing either.
//!
//! *Invariant:* a column whose role is not known is refused; nothing but what is listed here is written.

mod dictionary;
mod roles;
mod schedule;
mod table;

use crate::eligibility::integer;
use crate::quality::{Table, tables};
use crate::study_folder::{Study, new_engine};
use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::Date32Type;
use engine::{Engine, quoted};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use study::{Plan, Problem};

/// A keyed hash of a value in its domain: without the key nobody can compute it, and of two domains it differs.
pub type Keyed<'a> = &'a dyn Fn(&str, &str) -> [u8; 32];

/// What is shared of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SharedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Columns with pseudonyms.
    pub pseudonyms: Vec<String>,
    /// Columns with moved days.
    pub shifted: Vec<String>,
    /// Columns that are left out.
    pub dropped: Vec<String>,
    /// Columns that may help to find a patient, and are there.
    pub quasi: Vec<String>,
    /// Patients whose combination of those too few share ([`ShareOptions`], or [`SMALL`]); none where the table has several rows a patient.
    pub rare: Option<u64>,
}

/// What was shared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShareReport {
    /// Table by table.
    pub tables: Vec<SharedTable>,
    /// How many patients.
    pub patients: u64,
    /// How many of them would have been older than 90.
    pub oldest: u64,
    /// What of registry.toml is not in the copy and would be missed.
    pub left_out: Vec<String>,
}

/// A group of fewer is small where nothing else is said: counts up to seven are those that are redacted before release.
pub const SMALL: u64 = 8;

/// What is asked of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShareOptions {
    /// The fewest patients who may share the columns that could help to find them; any number where absent.
    pub smallest_group: Option<u64>,
}

/// The greatest age that is told, and its days.
const OLDEST: i64 = 90;
const OLDEST_DAYS: i32 = 32_873;

/// The table of the engine with the pseudonym, the days and the birth of each patient.
const PATIENTS: &str = "farr:shared";

/// Writes the tables and their dictionary into a folder that is there.
///
/// # Errors
/// Columns without a role; tables that cannot be read; days of nobody; a disk that cannot be written.
pub fn share(
    folder: &Path,
    plan: &Plan,
    target: &Path,
    keyed: Keyed<'_>,
    options: ShareOptions,
    progress: &dyn Fn(&str),
) -> Result<ShareReport, Problem> {
    let engine = new_engine()?;
    let mut study = Study::find(folder, plan)?;
    let mut report = crate::CheckReport::default();
    let unread = study.load_all(engine.as_ref(), progress, &mut report);
    Problem::collect(unread.into_iter().map(|(_, problem)| problem).collect())?;
    let known = tables(&study, engine.as_ref(), None);
    let roles = roles::roles(&study, &known)?;
    progress("Finding the patients");
    let (patients, oldest) = patients(engine.as_ref(), &known, &roles, keyed)?;
    let mut shared = Vec::new();
    for table in known.values() {
        progress(&format!("Writing {}", table.name));
        let typed = crate::sources::source_of(&study.registry.tables[&table.name])
            .is_some_and(|source| source.typed());
        let mut one = table::write(engine.as_ref(), table, &roles[&table.name], typed, target, keyed)?;
        let least = options.smallest_group.unwrap_or(SMALL);
        one.rare = rare(engine.as_ref(), table, &one.quasi, least)?;
        if let Some(rare) = one.rare.filter(|rare| *rare > 0 && options.smallest_group.is_some()) {
            return Err(Problem::input(format!(
                "{rare} patients share {} with fewer than {least}",
                one.quasi.join(", ")
            ))
            .at_cell(&table.name, None, None)
            .help("make groups of these columns coarser, or leave one out with role = \"free_text\""));
        }
        shared.push(one);
    }
    let left_out = dictionary::write(&study, &roles, target)?;
    Ok(ShareReport { tables: shared, patients, oldest, left_out })
}

fn internal(fault: engine::Fault) -> Problem {
    Problem::internal(fault.message)
}

/// Makes the table of patients; gives how many there are, and how many are moved because of their age.
fn patients(
    engine: &dyn Engine,
    tables: &BTreeMap<String, Table>,
    roles: &BTreeMap<String, roles::TableRoles>,
    keyed: Keyed<'_>,
) -> Result<(u64, u64), Problem> {
    let of = |name: &str, column: &str| {
        format!("select cast({} as varchar) as p from {}", quoted(column), quoted(name))
    };
    let with_patient: Vec<(&str, &str)> =
        tables.values().filter_map(|table| Some((table.name.as_str(), table.patient.as_deref()?))).collect();
    let all: Vec<String> = with_patient.iter().map(|(name, column)| of(name, column)).collect();
    let mut names: BTreeSet<String> = BTreeSet::new();
    if !all.is_empty() {
        let sql = format!("select distinct p from ({}) where p is not null", all.join(" union all "));
        engine
            .stream(&sql, &mut |batch| {
                if let Some(texts) = batch.column(0).as_string_view_opt() {
                    names.extend(texts.iter().flatten().map(str::to_string));
                }
            })
            .map_err(internal)?;
    }
    let births = births(engine, &with_patient, roles)?;
    leaks(engine, tables, roles, &names)?;
    let mut rows: Vec<(String, &String)> =
        names.iter().map(|name| (pseudonym(keyed, "patient", name), name)).collect();
    rows.sort();
    if rows.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Problem::internal("two patients have one pseudonym").help("use another key"));
    }
    let shift: Int64Array = rows.iter().map(|(_, name)| Some(i64::from(shift(keyed, name)))).collect();
    let birth: Date32Array = rows.iter().map(|(_, name)| births.get(*name).copied()).collect();
    let columns: [(&str, ArrayRef); 4] = [
        ("patient", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.1)))),
        ("pseudonym", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.0)))),
        ("shift", Arc::new(shift)),
        ("birth", Arc::new(birth)),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .map_err(|error| Problem::internal(error.to_string()))?;
    engine.add_rows(PATIENTS, batch.schema(), vec![batch]).map_err(internal)?;
    Ok((rows.len() as u64, births.len() as u64))
}

/// Shorter identifiers are found in anything.
const TELLING: usize = 5;

/// Refuses columns that are to be kept and have the identifier of a patient in a text: by itself, or as a word.
fn leaks(
    engine: &dyn Engine,
    tables: &BTreeMap<String, Table>,
    roles: &BTreeMap<String, roles::TableRoles>,
    names: &BTreeSet<String>,
) -> Result<(), Problem> {
    let names: BTreeSet<&str> =
        names.iter().map(String::as_str).filter(|name| name.len() >= TELLING).collect();
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let telling = |text: &str| {
        names.contains(text.trim())
            || text
                .split(|c: char| !part(c))
                .chain(text.split(|c: char| !c.is_alphanumeric()))
                .any(|word| names.contains(word))
    };
    let mut problems = Vec::new();
    for table in tables.values() {
        for column in roles[&table.name].names(&[roles::Treatment::Keep, roles::Treatment::Quasi]) {
            let sql = format!("select distinct {} from {}", quoted(&column), quoted(&table.name));
            let mut found = 0u64;
            engine
                .stream(&sql, &mut |batch| {
                    if let Some(texts) = batch.column(0).as_string_view_opt() {
                        found += texts.iter().flatten().filter(|text| telling(text)).count() as u64;
                    }
                })
                .map_err(internal)?;
            if found > 0 {
                problems.push(
                    Problem::input(format!("{found} values have the identifier of a patient in them"))
                        .at_cell(&table.name, None, Some(&column))
                        .help("give the column the role \"free_text\", or \"identifier\""),
                );
            }
        }
    }
    Problem::collect(problems)
}

/// The days of birth, before they are shifted, of those who would be older than anybody is told to be.
fn births(
    engine: &dyn Engine,
    tables: &[(&str, &str)],
    roles: &BTreeMap<String, roles::TableRoles>,
) -> Result<BTreeMap<String, i32>, Problem> {
    let (mut born, mut seen) = (Vec::new(), Vec::new());
    for (table, patient) in tables {
        let select = |column: &str| {
            format!(
                "select cast({} as varchar) as p, {} as d from {}",
                quoted(patient),
                quoted(column),
                quoted(table)
            )
        };
        born.extend(roles[*table].births().map(select));
        seen.extend(roles[*table].dates().map(select));
    }
    let mut found = BTreeMap::new();
    if born.is_empty() || seen.is_empty() {
        return Ok(found);
    }
    let sql = format!(
        "select b.p, s.d from (select p, min(d) as d from ({}) group by p) b \
         join (select p, max(d) as d from ({}) group by p) s on s.p = b.p \
         where age_in_years(b.d, s.d) > {}",
        born.join(" union all "),
        seen.join(" union all "),
        OLDEST - 1
    );
    engine
        .stream(&sql, &mut |batch| {
            let (names, days) =
                (batch.column(0).as_string_view_opt(), batch.column(1).as_primitive_opt::<Date32Type>());
            let (Some(names), Some(days)) = (names, days) else { return };
            for row in (0..batch.num_rows()).filter(|row| !names.is_null(*row)) {
                found.insert(names.value(row).to_string(), days.value(row) - OLDEST_DAYS);
            }
        })
        .map_err(internal)?;
    Ok(found)
}

/// The pseudonym of a value: 80 bits.
fn pseudonym(keyed: Keyed<'_>, domain: &str, value: &str) -> String {
    let hash = keyed(domain, value);
    let hex: String = hash[..10].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("s{hex}")
}

/// By how many days a patient's dates are moved: 1 to 364 back.
fn shift(keyed: Keyed<'_>, patient: &str) -> i32 {
    let hash = keyed("shift", patient);
    let number = hash[..8].iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    -1 - (number % 364) as i32
}

/// How many patients share their combination of some columns with too few, where a row is a patient.
fn rare(engine: &dyn Engine, table: &Table, quasi: &[String], least: u64) -> Result<Option<u64>, Problem> {
    let Some(patient) = &table.patient else { return Ok(None) };
    if quasi.is_empty() || table.key != [patient.clone()] {
        return Ok(None);
    }
    let list: Vec<String> = quasi.iter().map(|column| quoted(column)).collect();
    let sql = format!(
        "select coalesce(sum(n), 0) from (select count(*) as n from {} group by {}) where n < {least}",
        quoted(&table.name),
        list.join(", ")
    );
    let rows = engine.query(&sql).map_err(internal)?;
    let rows = rows.iter().filter(|batch| batch.num_rows() > 0);
    Ok(Some(rows.map(|batch| integer(batch, 0, 0).unsigned_abs()).sum()))
}
