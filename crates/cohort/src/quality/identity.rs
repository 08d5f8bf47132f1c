//! The identity of a query, and cells that could not be read.

use super::{Asked, Questions, SHOWN, Table, values::Cells, wanted};
use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use engine::{Engine, quoted};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use study::{CellValue, Certainty, Place, Problem, QueryRow, RuleOutcome};

/// Name of the rule of cells that their column cannot hold.
const UNREADABLE: &str = "dictionary-value";

/// The identity: the same as long as rule, table, key and values are. 60 bits: among a million queries two agree with a
/// probability below 10⁻⁶.
pub(super) fn id(rule: &str, table: &str, row: &QueryRow) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: Option<&str>| {
        // Lengths keep neighbouring parts apart; a missing value is no empty one.
        hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
        hash.update(text.unwrap_or_default());
    };
    part(Some(rule));
    part(Some(table));
    for CellValue { column, value } in row.key.iter().chain(&row.values) {
        part(Some(column));
        part(value.as_deref());
    }
    let digest = hash.finalize();
    let hex: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    hex[..15].to_string()
}

/// Name of the column with the numbers of rows, and the prefix of the tables that have it.
pub(crate) const ROW: &str = "farr:row";

/// The table of the engine whose rows are numbered as in the file.
pub(crate) fn numbered(table: &str) -> String {
    format!("farr:{table}")
}

/// The cells that a reader refused, as queries: a row is known by its number, and its key is looked up.
pub(super) fn unreadable(
    unread: &[Problem],
    tables: &BTreeMap<String, Table>,
    engine: &dyn Engine,
    questions: &mut Questions<'_>,
) {
    let mut of_column: BTreeMap<(&str, &str), Vec<(u64, &str)>> = BTreeMap::new();
    for problem in unread.iter().flat_map(Problem::all) {
        if let Some(Place::Cell { table, row: Some(row), column: Some(column) }) = &problem.place {
            of_column.entry((table, column)).or_default().push((*row, &problem.message));
        }
    }
    for ((name, column), cells) in of_column {
        let Some(table) = tables.get(name) else { continue };
        let outcome = RuleOutcome {
            rule: UNREADABLE.into(),
            table: name.into(),
            columns: vec![column.into()],
            certainty: Certainty::Impossible,
            message: "the column cannot hold the value".into(),
            found: cells.len() as u64,
            patients: None,
            studied: None,
            impact: None,
        };
        let keys = keys(table, &cells, engine);
        for (row, message) in cells.iter().take(SHOWN) {
            let (key, patient) = keys.get(row).cloned().unwrap_or_default();
            let values = vec![CellValue { column: column.into(), value: Some((*message).to_string()) }];
            let mut asked: Asked = table.asked(
                &outcome,
                QueryRow { key, values, detail: Some((*message).to_string()) },
                patient,
            );
            asked.query.rows = vec![*row];
            questions.note(&asked);
            questions.asked.push(asked);
        }
        questions.rules.push(outcome);
    }
}

type Key = (Vec<CellValue>, Option<String>);

/// The keys of numbered rows, with their patient; none where the table has no numbers.
fn keys(table: &Table, cells: &[(u64, &str)], engine: &dyn Engine) -> BTreeMap<u64, Key> {
    let columns = wanted(table, &[]);
    let list: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let rows: Vec<String> = cells.iter().take(SHOWN).map(|(row, _)| row.to_string()).collect();
    let sql = format!(
        "select {}, \"{ROW}\" from {} where \"{ROW}\" in ({})",
        list.join(", "),
        quoted(&numbered(&table.name)),
        rows.join(", ")
    );
    let mut found = BTreeMap::new();
    let outcome = engine.stream(&sql, &mut |batch| {
        let Some(numbers) = batch.column(columns.len()).as_primitive_opt::<Int64Type>() else { return };
        for row in 0..batch.num_rows() {
            let (query, patient) = Cells::new(batch, &columns, row).split(table, &[], None);
            found.insert(numbers.value(row).unsigned_abs(), (query.key, patient));
        }
    });
    if outcome.is_err() { BTreeMap::new() } else { found }
}
