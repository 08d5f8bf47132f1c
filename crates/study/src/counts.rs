//! Counts, not rows: distinct rows of values and how many patients have each.
//!
//! Every statistic of farr is computed from a [`CountTable`]. Tables of the same columns add up, so that pooling two
//! hospitals is exact; the order of rows is canonical, so that equal data give equal bytes.

mod arrange;
mod column;
mod request;

pub use column::{Column, MISSING, Values};
pub use request::{ColumnRequest, ColumnSource, CountRequest};

use crate::Problem;

/// Distinct rows with a frequency, in canonical order: ascending by the first column, then the second, and so on;
/// categories in the order of their levels, missing last.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CountTable {
    columns: Vec<Column>,
    n: Vec<u64>,
}

impl CountTable {
    /// Makes a table of rows that may repeat, in any order: equal rows are merged, rows counted 0 dropped.
    ///
    /// # Errors
    /// Columns of unequal length, two columns of one name, or a code without a level: faults of the caller.
    pub fn new(columns: Vec<Column>, n: Vec<u64>) -> Result<Self, Problem> {
        for (index, column) in columns.iter().enumerate() {
            if column.values.len() != n.len() {
                return Err(Problem::internal(format!("column `{}` has a wrong length", column.name)));
            }
            if columns[..index].iter().any(|earlier| earlier.name == column.name) {
                return Err(Problem::internal(format!("column `{}` stands twice", column.name)));
            }
            column.check()?;
        }
        Ok(arrange::canonical(columns, n))
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// How many patients each row stands for.
    pub fn n(&self) -> &[u64] {
        &self.n
    }

    /// Number of distinct rows.
    pub fn rows(&self) -> usize {
        self.n.len()
    }

    /// Number of patients.
    pub fn total(&self) -> u64 {
        self.n.iter().sum()
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Result<&Column, Problem> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .ok_or_else(|| Problem::internal(format!("the count table has no column `{name}`")))
    }

    /// Pools two tables of the same columns. Levels that only one has are appended in order.
    pub fn add(&self, other: &Self) -> Result<Self, Problem> {
        if self.columns.len() != other.columns.len() {
            return Err(Problem::input("the tables to be pooled have different columns"));
        }
        let columns = self
            .columns
            .iter()
            .zip(&other.columns)
            .map(|(a, b)| a.append(b))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(columns, [self.n.as_slice(), &other.n].concat())
    }

    /// The same table with other reference levels.
    #[must_use]
    pub fn with_references(&self, reference: impl Fn(&Column) -> Option<u32>) -> Self {
        let mut table = self.clone();
        table.columns.iter_mut().for_each(|column| column.reference = reference(column));
        table
    }

    /// The table of some of the columns, in the order given.
    pub fn marginal(&self, names: &[&str]) -> Result<Self, Problem> {
        let columns = names.iter().map(|name| self.column(name).cloned()).collect::<Result<Vec<_>, _>>()?;
        Ok(arrange::canonical(columns, self.n.clone()))
    }

    /// The rows that fulfil a condition, which is given their position.
    #[must_use]
    pub fn filter(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows: Vec<usize> = (0..self.rows()).filter(|row| keep(*row)).collect();
        if rows.len() == self.rows() {
            return self.clone();
        }
        Self {
            columns: self.columns.iter().map(|column| column.select(&rows)).collect(),
            n: rows.iter().map(|row| self.n[*row]).collect(),
        }
    }

    /// The rows without a missing value in the named columns, and how many patients lack each of them.
    pub fn complete(&self, names: &[&str]) -> Result<(Self, Vec<crate::MissingCount>), Problem> {
        let columns = names.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        let missing = columns
            .iter()
            .map(|column| crate::MissingCount {
                variable: column.name.clone(),
                n: (0..self.rows()).filter(|row| column.is_missing(*row)).map(|row| self.n[row]).sum(),
            })
            .collect();
        Ok((self.filter(|row| columns.iter().all(|column| !column.is_missing(row))), missing))
    }
}

#[cfg(test)]
mod tests;
