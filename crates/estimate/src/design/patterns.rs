//! Distinct covariate patterns, found without comparing rows.

use super::Covariate;
use crate::numerics::parallel::sort;

/// The code of a missing value.
pub const ABSENT: u32 = u32::MAX;

/// The distinct patterns of some covariates among some rows of a count table.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    /// For each of the rows, in their order, its pattern.
    pub of_row: Vec<u32>,
    /// For each covariate its code in each pattern.
    codes: Vec<Vec<u32>>,
    len: usize,
}

impl Patterns {
    /// Numbers the patterns in the order in which they first occur. The rows must be complete.
    ///
    /// One covariate after the other refines the numbering: a pair of earlier number and new code is looked up in
    /// a table where that is small, and by sorting otherwise.
    pub fn new(covariates: &[&Covariate], rows: &[u32]) -> Self {
        let mut of_row = vec![0u32; rows.len()];
        let mut len = usize::from(!rows.is_empty());
        for covariate in covariates {
            if len == rows.len() {
                break;
            }
            let size = covariate.size();
            if len.saturating_mul(size) <= (4 * rows.len()).max(1 << 16) {
                len = refine_by_table(&mut of_row, covariate, rows, len * size);
            } else {
                len = refine_by_sorting(&mut of_row, covariate, rows);
            }
        }
        let mut first = vec![u32::MAX; len];
        for (pattern, row) in of_row.iter().zip(rows) {
            let first = &mut first[*pattern as usize];
            if *first == u32::MAX {
                *first = *row;
            }
        }
        let codes = covariates
            .iter()
            .map(|covariate| first.iter().map(|row| covariate.codes[*row as usize]).collect())
            .collect();
        Self { of_row, codes, len }
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The code of a covariate in each pattern.
    pub fn codes(&self, covariate: usize) -> &[u32] {
        &self.codes[covariate]
    }
}

fn refine_by_table(of_row: &mut [u32], covariate: &Covariate, rows: &[u32], cells: usize) -> usize {
    let size = covariate.size();
    let mut table = vec![u32::MAX; cells];
    let mut next = 0;
    for (pattern, row) in of_row.iter_mut().zip(rows) {
        let cell = &mut table[*pattern as usize * size + covariate.codes[*row as usize] as usize];
        if *cell == u32::MAX {
            *cell = next;
            next += 1;
        }
        *pattern = *cell;
    }
    next as usize
}

fn refine_by_sorting(of_row: &mut [u32], covariate: &Covariate, rows: &[u32]) -> usize {
    let key = |pattern: u32, row: u32| u64::from(pattern) << 32 | u64::from(covariate.codes[row as usize]);
    let mut keys: Vec<(u64, u32)> =
        of_row.iter().zip(rows).enumerate().map(|(at, (p, row))| (key(*p, *row), at as u32)).collect();
    sort(&mut keys);
    // Positions of equal keys are ascending: the first of them stands for all.
    for group in keys.chunk_by(|a, b| a.0 == b.0) {
        group.iter().for_each(|(_, at)| of_row[*at as usize] = group[0].1);
    }
    let mut next = 0;
    for at in 0..of_row.len() {
        let first = of_row[at] as usize;
        of_row[at] = if first == at {
            next += 1;
            next - 1
        } else {
            of_row[first]
        };
    }
    next as usize
}
