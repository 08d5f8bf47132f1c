//! The strata of a fitted model: who is compared with whom, and what each is called.

use std::collections::BTreeMap;
use study::{Column, CountTable, Problem, Values};

/// One stratum.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::methods) struct Stratum {
    /// The value of each variable of the strata, as a profile would write it.
    pub(in crate::methods) values: Vec<String>,
    /// What the report prints; empty where there is one stratum only.
    pub(in crate::methods) label: String,
    /// Its rows, in ascending order of time.
    pub(in crate::methods) rows: Vec<u32>,
}

/// Every stratum that somebody is in, in the order of the levels; one where the model has none.
pub(in crate::methods) type Strata = Vec<Stratum>;

/// A number for what a variable says of a row, that sorts as its levels or values do.
fn key(column: &Column, row: usize) -> u64 {
    match &column.values {
        Values::Category { codes, .. } => u64::from(codes[row]),
        Values::Number(values) => {
            let bits = (values[row] + 0.0).to_bits();
            if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
        }
    }
}

/// What it says, as a profile would write it and as the report prints it.
fn said(column: &Column, row: usize) -> (String, String) {
    match &column.values {
        Values::Category { levels, codes } => {
            let level = &levels[codes[row] as usize];
            (level.value.clone(), level.text().to_string())
        }
        Values::Number(values) => {
            let value = values[row].to_string();
            (value.clone(), format!("{} {value}", column.label().label))
        }
    }
}

/// The strata of some rows of a table, and the position of the stratum of each.
pub(super) fn strata_of(
    table: &CountTable,
    variables: &[String],
    rows: &[u32],
) -> Result<(Strata, Vec<u32>), Problem> {
    let columns: Result<Vec<&Column>, Problem> = variables.iter().map(|name| table.column(name)).collect();
    let columns = columns?;
    let mut known: BTreeMap<Vec<u64>, Stratum> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let row = *row as usize;
        let key = columns.iter().map(|column| key(column, row)).collect();
        let stratum = known.entry(key).or_insert_with(|| {
            let (values, labels): (Vec<String>, Vec<String>) =
                columns.iter().map(|column| said(column, row)).unzip();
            Stratum { values, label: labels.join(", "), rows: Vec::new() }
        });
        stratum.rows.push(index as u32);
    }
    let mut of_row = vec![0; rows.len()];
    let strata: Strata = known.into_values().collect();
    for (position, stratum) in strata.iter().enumerate() {
        stratum.rows.iter().for_each(|row| of_row[*row as usize] = position as u32);
    }
    Ok((strata, of_row))
}
