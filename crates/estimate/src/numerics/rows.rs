//! Rows of a model matrix of which most values may be the commonest of their column.
//!
//! Of a factor of many levels a row differs from its fellows in two columns at most. Where that holds of most values, only
//! the differences from the commonest value b of each column are stored, and all sums are of x − b. They serve
//! models that do not change when a column is shifted, and those that shift it back.

use super::gram::{add_gram, squared_lengths};
use super::rank::dot;
use super::vector::{add_products, combination};
use faer::Mat;
use std::sync::Arc;

/// The values stored are at most one in so many.
const SPARSE: usize = 4;

/// The rows of a matrix.
#[derive(Debug, Clone)]
pub struct Rows {
    rows: usize,
    columns: usize,
    stored: Stored,
}

#[derive(Debug, Clone)]
enum Stored {
    Whole(Arc<Vec<f64>>),
    Differences {
        /// The commonest value of each column, or 0 where none is that of most rows.
        base: Vec<f64>,
        /// Where the differences of each row begin, and where the last ends.
        starts: Vec<usize>,
        column: Vec<u32>,
        difference: Vec<f64>,
    },
}

impl Rows {
    /// Of a matrix that is stored row by row.
    pub fn new(x: &Arc<Vec<f64>>, columns: usize, rows: usize) -> Self {
        let base = commonest(x, columns);
        let differs = |(value, base): (&f64, &f64)| value != base;
        let stored = if columns == 0 {
            0
        } else {
            x.chunks_exact(columns)
                .map(|row| row.iter().zip(&base).filter(|pair| differs(*pair)).count())
                .sum()
        };
        if columns == 0 || SPARSE * stored > x.len() {
            return Self { rows, columns, stored: Stored::Whole(Arc::clone(x)) };
        }
        let (mut starts, mut column, mut difference) =
            (vec![0], Vec::with_capacity(stored), Vec::with_capacity(stored));
        for row in x.chunks_exact(columns) {
            for (at, (value, base)) in row.iter().zip(&base).enumerate() {
                if value != base {
                    column.push(at as u32);
                    difference.push(value - base);
                }
            }
            starts.push(column.len());
        }
        Self { rows, columns, stored: Stored::Differences { base, starts, column, difference } }
    }

    /// What has been subtracted from each column; none where nothing has.
    pub fn base(&self) -> Option<&[f64]> {
        match &self.stored {
            Stored::Whole(_) => None,
            Stored::Differences { base, .. } => Some(base),
        }
    }

    /// The columns in which a row differs, and by how much.
    fn row<'a>(
        starts: &[usize],
        column: &'a [u32],
        difference: &'a [f64],
        row: usize,
    ) -> (&'a [u32], &'a [f64]) {
        let range = starts[row]..starts[row + 1];
        (&column[range.clone()], &difference[range])
    }

    /// x′v of a row.
    pub fn product(&self, row: usize, v: &[f64]) -> f64 {
        match &self.stored {
            Stored::Whole(x) => dot(&x[row * self.columns..(row + 1) * self.columns], v),
            Stored::Differences { starts, column, difference, .. } => {
                let (column, difference) = Self::row(starts, column, difference, row);
                column.iter().zip(difference).map(|(at, value)| value * v[*at as usize]).sum()
            }
        }
    }

    /// Adds x′v of every row.
    pub fn add_products(&self, v: &[f64], into: &mut [f64]) {
        match &self.stored {
            Stored::Whole(x) => add_products(x, v, into),
            Stored::Differences { .. } => {
                into.iter_mut().enumerate().for_each(|(row, sum)| *sum += self.product(row, v));
            }
        }
    }

    /// Adds a multiple of a row.
    pub fn add(&self, row: usize, factor: f64, into: &mut [f64]) {
        match &self.stored {
            Stored::Whole(x) => {
                let row = &x[row * self.columns..(row + 1) * self.columns];
                into.iter_mut().zip(row).for_each(|(sum, x)| *sum += factor * x);
            }
            Stored::Differences { starts, column, difference, .. } => {
                let (column, difference) = Self::row(starts, column, difference, row);
                column.iter().zip(difference).for_each(|(at, value)| into[*at as usize] += factor * value);
            }
        }
    }

    /// Σ fᵢ xᵢ.
    pub fn combination(&self, factors: &[f64]) -> Vec<f64> {
        match &self.stored {
            Stored::Whole(x) => combination(x, self.columns, factors),
            Stored::Differences { .. } => {
                let mut sums = vec![0.0; self.columns];
                factors.iter().enumerate().for_each(|(row, factor)| self.add(row, *factor, &mut sums));
                sums
            }
        }
    }

    /// Adds Σ wᵢ xᵢxᵢ′ to a symmetric matrix.
    pub fn add_gram(&self, weights: &[f64], into: &mut Mat<f64>) {
        let (starts, column, difference) = match &self.stored {
            Stored::Whole(x) => return add_gram(x, self.columns, weights, into),
            Stored::Differences { starts, column, difference, .. } => (starts, column, difference),
        };
        let p = self.columns;
        let mut lower = vec![0.0; p * p];
        for (row, weight) in weights.iter().enumerate() {
            let (column, difference) = Self::row(starts, column, difference, row);
            for (a, x) in column.iter().zip(difference) {
                let (cells, factor) = (&mut lower[*a as usize * p..], weight * x);
                for (b, y) in column.iter().zip(difference).take_while(|(b, _)| *b <= a) {
                    cells[*b as usize] += factor * y;
                }
            }
        }
        for j in 0..p {
            for i in j..p {
                into[(i, j)] += lower[i * p + j];
                into[(j, i)] = into[(i, j)];
            }
        }
    }

    /// x′Vx of every row, for a symmetric V = W′W with a lower triangular W, which is made where it is needed.
    pub fn squares(&self, v: &Mat<f64>, w: impl FnOnce() -> Mat<f64>) -> Vec<f64> {
        let (starts, column, difference) = match &self.stored {
            Stored::Whole(x) => return squared_lengths(x, self.rows, w().as_ref(), &vec![0.0; self.columns]),
            Stored::Differences { starts, column, difference, .. } => (starts, column, difference),
        };
        let of = |row: usize| {
            let (column, difference) = Self::row(starts, column, difference, row);
            let mut sum = 0.0;
            for (a, x) in column.iter().zip(difference) {
                let cells = v.col_as_slice(*a as usize);
                let mut half = 0.5 * cells[*a as usize] * x;
                for (b, y) in column.iter().zip(difference).take_while(|(b, _)| *b < a) {
                    half += cells[*b as usize] * y;
                }
                sum += 2.0 * x * half;
            }
            sum
        };
        (0..self.rows).map(of).collect()
    }
}

/// The value that more than half of the rows have in each column; 0 where there is none (Boyer and Moore's vote).
fn commonest(x: &[f64], columns: usize) -> Vec<f64> {
    if columns == 0 {
        return Vec::new();
    }
    let (mut value, mut lead) = (vec![0.0; columns], vec![0u32; columns]);
    for row in x.chunks_exact(columns) {
        for ((value, lead), x) in value.iter_mut().zip(&mut lead).zip(row) {
            if *lead == 0 {
                *value = *x;
            }
            *lead = if value == x { *lead + 1 } else { *lead - 1 };
        }
    }
    let mut votes = vec![0; columns];
    for row in x.chunks_exact(columns) {
        votes
            .iter_mut()
            .zip(&value)
            .zip(row)
            .for_each(|((votes, value), x)| *votes += usize::from(value == x));
    }
    let most = x.len() / columns / 2;
    value.iter().zip(votes).map(|(value, votes)| if votes > most { *value } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_and_whole_rows_give_the_same_sums() {
        // A factor of ten levels beside a number, in small whole numbers: sums are exact in any order.
        let (rows, columns) = (60, 10);
        let x: Vec<f64> = (0..rows * columns)
            .map(|at| match at % columns {
                9 => (at / columns % 5) as f64 - 2.0,
                column => {
                    if at / columns % 10 == column {
                        3.0
                    } else {
                        1.0
                    }
                }
            })
            .collect();
        let sparse = Rows::new(&Arc::new(x.clone()), columns, rows);
        let base = sparse.base().unwrap().to_vec();
        assert_eq!(base, [[1.0; 9].to_vec(), vec![0.0]].concat());
        let shifted: Vec<f64> =
            x.chunks_exact(columns).flat_map(|row| row.iter().zip(&base).map(|(x, b)| x - b)).collect();
        let whole = Rows { rows, columns, stored: Stored::Whole(Arc::new(shifted)) };
        let v: Vec<f64> = (0..columns).map(|k| k as f64 - 4.0).collect();
        let factors: Vec<f64> = (0..rows).map(|row| (row % 7) as f64 - 3.0).collect();
        let lower = Mat::from_fn(columns, columns, |i, j| if j > i { 0.0 } else { (1 + (i * j) % 3) as f64 });
        let square = lower.transpose() * &lower;
        let seen = |rows: &Rows| {
            let mut products = vec![1.0; 60];
            rows.add_products(&v, &mut products);
            let mut gram = Mat::from_fn(columns, columns, |i, j| (i + j) as f64);
            rows.add_gram(&factors, &mut gram);
            let mut sum = v.clone();
            rows.add(13, 2.0, &mut sum);
            let squares = rows.squares(&square, || lower.clone());
            (products, rows.product(17, &v), gram, sum, rows.combination(&factors), squares)
        };
        assert_eq!(seen(&sparse), seen(&whole));
    }

    #[test]
    fn numbers_are_stored_whole() {
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        assert!(Rows::new(&Arc::new(x), 4, 10).base().is_none());
        assert!(Rows::new(&Arc::default(), 0, 10).base().is_none());
    }
}
