//! Levels against groups: how many patients have both.

/// A table of counts, one row a level, one column a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossTable {
    groups: usize,
    n: Vec<u64>,
}

impl CrossTable {
    /// An empty table.
    pub fn new(levels: usize, groups: usize) -> Self {
        Self { groups, n: vec![0; levels * groups] }
    }

    /// A table of given rows, all of one length.
    pub fn of<const G: usize>(rows: &[[u64; G]]) -> Self {
        Self { groups: G, n: rows.concat() }
    }

    /// Counts further patients.
    pub fn add(&mut self, level: usize, group: usize, n: u64) {
        self.n[level * self.groups + group] += n;
    }

    /// Patients with a level in a group.
    pub fn get(&self, level: usize, group: usize) -> u64 {
        self.n[level * self.groups + group]
    }

    /// Number of levels.
    pub fn levels(&self) -> usize {
        self.n.len().checked_div(self.groups).unwrap_or(0)
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The counts, level by level.
    pub fn rows(&self) -> impl Iterator<Item = &[u64]> + Clone {
        self.n.chunks(self.groups.max(1))
    }

    /// Patients of each level.
    pub fn level_totals(&self) -> Vec<u64> {
        self.rows().map(|row| row.iter().sum()).collect()
    }

    /// Patients of each group.
    pub fn group_totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.groups];
        for row in self.rows() {
            totals.iter_mut().zip(row).for_each(|(total, n)| *total += n);
        }
        totals
    }

    /// All patients.
    pub fn total(&self) -> u64 {
        self.n.iter().sum()
    }

    /// Without the levels and groups that nobody has: they carry no information and no degree of freedom.
    #[must_use]
    pub fn occupied(&self) -> Self {
        let kept: Vec<usize> =
            self.group_totals().iter().enumerate().filter(|(_, n)| **n > 0).map(|(group, _)| group).collect();
        let n = self
            .rows()
            .filter(|row| row.iter().any(|n| *n > 0))
            .flat_map(|row| kept.iter().map(|group| row[*group]))
            .collect();
        Self { groups: kept.len(), n }
    }

    /// Levels and groups exchanged.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut turned = Self::new(self.groups, self.levels());
        for (level, row) in self.rows().enumerate() {
            row.iter().enumerate().for_each(|(group, n)| turned.add(group, level, *n));
        }
        turned
    }

    /// The smallest count that independence lets expect; absent without patients.
    pub fn least_expected(&self) -> Option<f64> {
        let total = self.total();
        let least = |totals: Vec<u64>| totals.into_iter().filter(|n| *n > 0).min();
        Some(least(self.level_totals())? as f64 * least(self.group_totals())? as f64 / total as f64)
    }
}
