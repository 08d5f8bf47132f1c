//! Data sets of `oracle/data`, column by column.

use crate::modelling::endpoint;
use std::collections::BTreeMap;
use std::path::Path;
use study::{Column, MISSING};

/// The cells of a CSV file.
pub(crate) struct Table(BTreeMap<String, Vec<String>>);

impl Table {
    /// Those of `oracle/data/NAME.csv`.
    pub(crate) fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../../oracle/data/{name}"))
            .with_extension("csv");
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines = text.lines().map(|line| line.split(','));
        let names: Vec<&str> = lines.next().unwrap().collect();
        let mut cells = BTreeMap::new();
        for line in lines {
            for (name, cell) in names.iter().zip(line) {
                cells.entry((*name).into()).or_insert_with(Vec::new).push(cell.into());
            }
        }
        Self(cells)
    }

    /// The numbers of a column.
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        self.0[name].iter().map(|cell| cell.parse().unwrap()).collect()
    }

    /// A column of numbers.
    pub(crate) fn number(&self, name: &str) -> Column {
        Column::number(name, self.numbers(name))
    }

    /// A column of zeros and ones.
    pub(crate) fn flag(&self, name: &str) -> Column {
        Column::flag(name, &self.0[name].iter().map(|cell| Some(cell == "1")).collect::<Vec<_>>())
    }

    /// A column of levels, the first of which is the reference.
    pub(crate) fn levels(&self, name: &str, levels: &[&str]) -> Column {
        let code =
            |cell: &String| levels.iter().position(|level| level == cell).map_or(MISSING, |at| at as u32);
        Column::category(name, levels, self.0[name].iter().map(code).collect())
    }

    /// Which rows have the event.
    pub(crate) fn events(&self) -> Vec<bool> {
        self.0["event"].iter().map(|cell| cell == "1").collect()
    }

    /// Time and event.
    pub(crate) fn endpoint(&self) -> [Column; 2] {
        endpoint(&self.numbers("time"), &self.events())
    }
}
