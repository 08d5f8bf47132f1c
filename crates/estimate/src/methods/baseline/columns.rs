//! The columns of the table: the levels of `by`, and all patients together.

use super::BaselineOptions;
use study::{Analysis, CountTable, Group, Level, MISSING, MissingCount, Problem};

/// More columns than a table can have.
const MOST: usize = 1000;

/// The columns, counted over the first table; all tables of an analysis have the same patients.
pub(super) struct Columns {
    by: Option<String>,
    levels: Vec<Level>,
    n: Vec<u64>,
    missing: u64,
    overall: bool,
}

impl Columns {
    pub(super) fn new(
        options: &BaselineOptions,
        table: &CountTable,
        analysis: &Analysis,
    ) -> Result<Self, Problem> {
        let Some(by) = &options.by else {
            let n = vec![table.total()];
            return Ok(Self { by: None, levels: Vec::new(), n, missing: 0, overall: true });
        };
        let place = || analysis.place(&["by".into()]);
        let column = table.column(by)?;
        let codes = column.codes().map_err(|problem| problem.at(place()))?;
        let levels = column.levels().to_vec();
        if levels.len() > MOST {
            return Err(Problem::input(format!(
                "`{by}` has {} levels, each a column of the table",
                levels.len()
            ))
            .at(place())
            .help("group its levels, or name another variable"));
        }
        let (mut n, mut missing) = (vec![0; levels.len()], 0);
        for (code, patients) in codes.iter().zip(table.n()) {
            match n.get_mut(*code as usize) {
                Some(group) => *group += patients,
                None => missing += patients,
            }
        }
        Ok(Self { by: Some(by.clone()), levels, n, missing, overall: options.overall })
    }

    /// Patients in the table.
    pub(super) fn total(&self) -> u64 {
        self.n.iter().sum()
    }

    /// Patients of some groups.
    pub(super) fn patients(&self, groups: std::ops::Range<usize>) -> u64 {
        self.n[groups].iter().sum()
    }

    /// Patients without a group, where there are groups.
    pub(super) fn missing(&self) -> Option<MissingCount> {
        self.by.as_ref().map(|by| MissingCount { variable: by.clone(), n: self.missing })
    }

    /// Number of groups; one where there is no `by`.
    pub(super) fn count(&self) -> usize {
        self.n.len()
    }

    /// Number of groups that have patients, where there is a `by`.
    pub(super) fn occupied(&self) -> usize {
        if self.by.is_none() { 0 } else { self.n.iter().filter(|n| **n > 0).count() }
    }

    /// Names of the groups to be shown, with the positions of the groups that each is made of.
    pub(super) fn shown(&self) -> Vec<(Option<&str>, std::ops::Range<usize>)> {
        let groups = self.levels.iter().enumerate();
        let mut shown: Vec<_> =
            groups.map(|(group, level)| (Some(level.value.as_str()), group..group + 1)).collect();
        if self.overall {
            shown.push((None, 0..self.count()));
        }
        shown
    }

    /// The value of a group, where there is a `by`.
    pub(super) fn name(&self, group: usize) -> &str {
        self.levels.get(group).map_or("", |level| level.value.as_str())
    }

    /// The columns for the report.
    pub(super) fn groups(&self) -> Vec<Group> {
        let label = |name: Option<&str>, group: usize| match name {
            Some(_) => self.levels[group].text().to_string(),
            None => "Overall".into(),
        };
        self.shown()
            .into_iter()
            .map(|(name, range)| Group {
                level: name.map(str::to_string),
                label: label(name, range.start),
                n: self.patients(range),
                events: None,
            })
            .collect()
    }

    /// The group of each row of a table; those without one are left out.
    pub(super) fn rows(&self, table: &CountTable) -> Result<Vec<(usize, usize, u64)>, Problem> {
        let Some(by) = &self.by else {
            return Ok(table.n().iter().enumerate().map(|(row, n)| (row, 0, *n)).collect());
        };
        let column = table.column(by)?;
        let same = column.levels().len() == self.levels.len()
            && column.levels().iter().zip(&self.levels).all(|(own, first)| own.value == first.value);
        if !same {
            return Err(Problem::internal(format!("`{by}` has other levels in another count table")));
        }
        let codes = column.codes()?;
        let rows = codes.iter().zip(table.n()).enumerate().filter(|(_, (code, _))| **code != MISSING);
        Ok(rows.map(|(row, (code, n))| (row, *code as usize, *n)).collect())
    }
}
