//! Data sets of `oracle/data`, column by column.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::path::Path;
use study::{Column, MISSING};

/// A column by another name.
pub(crate) fn renamed(column: Column, name: &str) -> Column {
    Column { name: name.into(), label: name.into(), ..column }
}

/// The cells of a CSV file without quotes.
pub(crate) struct Table(BTreeMap<String, Vec<String>>);

impl Table {
    /// Those of `oracle/data/NAME.csv`.
    pub(crate) fn read(name: &str) -> Self {
        Self::at(&format!("data/{name}.csv"))
    }

    /// Those of a file of `oracle`.
    pub(crate) fn at(file: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../oracle").join(file);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
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

    /// The rows in which a column has that text.
    pub(crate) fn only(&self, name: &str, text: &str) -> Self {
        let keep = self.cells(name);
        let kept = |cells: &Vec<String>| {
            cells.iter().zip(keep).filter(|(_, own)| *own == text).map(|(cell, _)| cell.clone()).collect()
        };
        Self(self.0.iter().map(|(name, cells)| (name.clone(), kept(cells))).collect())
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.0.values().next().unwrap().len()
    }

    /// Whether there is a column of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The texts of a column.
    pub(crate) fn cells(&self, name: &str) -> &[String] {
        self.0.get(name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// The numbers of a column; NaN where a cell is empty.
    pub(crate) fn numbers(&self, name: &str) -> Vec<f64> {
        let number = |cell: &String| if cell.is_empty() { f64::NAN } else { cell.parse().unwrap() };
        self.cells(name).iter().map(number).collect()
    }

    /// Which cells of a column are `1`.
    pub(crate) fn ones(&self, name: &str) -> Vec<bool> {
        self.cells(name).iter().map(|cell| cell == "1").collect()
    }

    /// The position of each cell among some levels.
    pub(crate) fn codes(&self, name: &str, levels: &[&str]) -> Vec<Option<u32>> {
        let code = |cell: &String| levels.iter().position(|level| level == cell).map(|at| at as u32);
        self.cells(name).iter().map(code).collect()
    }

    /// A column of numbers.
    pub(crate) fn number(&self, name: &str) -> Column {
        Column::number(name, self.numbers(name))
    }

    /// A column of zeros and ones.
    pub(crate) fn flag(&self, name: &str) -> Column {
        Column::flag(name, &self.ones(name).into_iter().map(Some).collect::<Vec<_>>())
    }

    /// A column of levels, the first of which is the reference.
    pub(crate) fn levels(&self, name: &str, levels: &[&str]) -> Column {
        let codes = self.codes(name, levels).into_iter().map(|code| code.unwrap_or(MISSING));
        Column::category(name, levels, codes.collect())
    }
}
