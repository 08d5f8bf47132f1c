//! A model matrix, one row after the other, whose column of ones is not stored.
//!
//! Without that column the others often fill whole vectors of the processor, and the matrix that the terms make
//! need not be copied.

use super::gram::{add_gram, squared_lengths};
use super::parallel::in_order;
use super::rank::dot;
use super::vector::{add_products, combination, in_four_sums, total, widest};
use faer::Mat;
use std::ops::Range;
use std::sync::Arc;

/// Rows that one processor takes at a time.
const SHARE: usize = 16_384;

/// A matrix of so many rows; its first column may be of ones.
#[derive(Debug, Clone)]
pub struct ModelMatrix {
    rows: usize,
    ones: bool,
    /// Columns that are stored.
    stored: usize,
    x: Arc<Vec<f64>>,
}

impl ModelMatrix {
    /// A column of ones before the `columns` of `x`.
    pub fn with_ones(x: impl Into<Arc<Vec<f64>>>, columns: usize, rows: usize) -> Self {
        Self { rows, ones: true, stored: columns, x: x.into() }
    }

    /// Columns, that of ones among them.
    pub fn columns(&self) -> usize {
        self.stored + usize::from(self.ones)
    }

    /// Whether the first column is of ones.
    pub fn has_ones(&self) -> bool {
        self.ones
    }

    /// The columns that are stored, row by row, and how many they are.
    pub fn stored(&self) -> (&Arc<Vec<f64>>, usize) {
        (&self.x, self.stored)
    }

    /// A row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f64> + Clone + '_ {
        self.ones.then_some(1.0).into_iter().chain(self.stored_row(row).iter().copied())
    }

    /// A value.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        if self.ones && column == 0 { 1.0 } else { self.stored_row(row)[column - usize::from(self.ones)] }
    }

    /// x′β of a row.
    pub fn product(&self, row: usize, beta: &[f64]) -> f64 {
        let (first, others) = self.split(beta);
        first + dot(self.stored_row(row), others)
    }

    /// Adds x′β of some rows to the numbers of `into`.
    pub fn add_products(&self, rows: Range<usize>, beta: &[f64], into: &mut [f64]) {
        let (first, others) = self.split(beta);
        if self.ones {
            into.iter_mut().for_each(|sum| *sum += first);
        }
        add_products(self.part(rows), others, into);
    }

    /// Σ fᵢ xᵢ over some rows.
    pub fn combination(&self, rows: Range<usize>, factors: &[f64]) -> Vec<f64> {
        let others = combination(self.part(rows), self.stored, factors);
        if self.ones { [vec![total(factors)], others].concat() } else { others }
    }

    /// Σ wᵢ xᵢxᵢ′ over some rows.
    pub fn gram(&self, rows: Range<usize>, weights: &[f64]) -> Mat<f64> {
        let part = self.part(rows.clone());
        let mut gram = Mat::zeros(self.stored, self.stored);
        add_gram(part, self.stored, weights, &mut gram);
        if !self.ones {
            return gram;
        }
        let border = self.combination(rows, weights);
        Mat::from_fn(border.len(), border.len(), |i, j| match i.min(j) {
            0 => border[i.max(j)],
            _ => gram[(i - 1, j - 1)],
        })
    }

    /// ‖Wx‖² of some rows, for a lower triangular W whose other entries are 0.
    pub fn squared_lengths(&self, rows: Range<usize>, lower: &Mat<f64>) -> Vec<f64> {
        let first = usize::from(self.ones);
        let others = lower.submatrix(first, first, self.stored, self.stored);
        // What the column of ones adds is the same in every row.
        let shift: Vec<f64> =
            (first..self.columns()).map(|i| if self.ones { lower[(i, 0)] } else { 0.0 }).collect();
        let mut lengths = squared_lengths(self.part(rows.clone()), rows.len(), others, &shift);
        if self.ones {
            let square = lower[(0, 0)] * lower[(0, 0)];
            lengths.iter_mut().for_each(|length| *length += square);
        }
        lengths
    }

    /// The length of the longest row.
    pub fn longest_row(&self) -> f64 {
        let longest = in_order(self.rows.div_ceil(SHARE), |share| {
            let rows = share * SHARE..self.rows.min((share + 1) * SHARE);
            widest(
                #[inline(always)]
                || {
                    rows.map(|row| {
                        let row = self.stored_row(row);
                        in_four_sums(row, row, |x, y| x * y)
                    })
                    .fold(0.0, f64::max)
                },
            )
        });
        (longest.into_iter().fold(0.0, f64::max) + f64::from(u8::from(self.ones))).sqrt()
    }

    /// Every value, one row after the other.
    pub fn values(&self) -> Vec<f64> {
        (0..self.rows).flat_map(|row| self.row(row)).collect()
    }

    /// Some of the rows.
    pub fn of_rows(&self, kept: &[usize]) -> Self {
        let x: Vec<f64> = kept.iter().flat_map(|row| self.stored_row(*row)).copied().collect();
        Self { rows: kept.len(), x: x.into(), ..*self }
    }

    /// Some of the columns, ascending.
    pub fn of_columns(&self, kept: &[usize]) -> Self {
        let ones = self.ones && kept.first() == Some(&0);
        let shift = usize::from(self.ones);
        let others: Vec<usize> =
            kept.iter().filter(|column| **column >= shift).map(|column| column - shift).collect();
        let x: Vec<f64> = (0..self.rows)
            .flat_map(|row| others.iter().map(move |column| self.stored_row(row)[*column]))
            .collect();
        Self { rows: self.rows, ones, stored: others.len(), x: x.into() }
    }

    fn split<'a>(&self, beta: &'a [f64]) -> (f64, &'a [f64]) {
        match beta.split_first() {
            Some((first, others)) if self.ones => (*first, others),
            _ => (0.0, beta),
        }
    }

    fn part(&self, rows: Range<usize>) -> &[f64] {
        &self.x[rows.start * self.stored..rows.end * self.stored]
    }

    fn stored_row(&self, row: usize) -> &[f64] {
        self.part(row..row + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows (1, i, i² mod 7) with their first column stored, and not.
    fn both(rows: usize) -> [ModelMatrix; 2] {
        let of = |row: usize| [row as f64, (row * row % 7) as f64];
        let stored: Vec<f64> = (0..rows).flat_map(|row| [vec![1.0], of(row).to_vec()].concat()).collect();
        let whole = ModelMatrix { rows, ones: false, stored: 3, x: stored.into() };
        [ModelMatrix::with_ones((0..rows).flat_map(of).collect::<Vec<f64>>(), 2, rows), whole]
    }

    #[test]
    fn the_column_of_ones_is_there_though_it_is_not_stored() {
        let [short, whole] = both(11);
        assert_eq!(short.values(), whole.values());
        assert_eq!((short.columns(), short.value(3, 0), short.value(3, 2)), (3, 1.0, 2.0));
        let (beta, factors) = ([2.0, -1.0, 3.0], [1.0, -2.0, 4.0]);
        assert_eq!(short.product(3, &beta), 2.0 - 3.0 + 6.0);
        let lower = Mat::from_fn(3, 3, |i, j| if i < j { 0.0 } else { (i + 2 * j + 1) as f64 });
        let seen = |x: &ModelMatrix| {
            let mut products = [5.0; 3];
            x.add_products(2..5, &beta, &mut products);
            let gram = x.gram(2..5, &factors);
            let (sums, lengths) = (x.combination(2..5, &factors), x.squared_lengths(2..5, &lower));
            let parts = [x.of_columns(&[0, 2]), x.of_columns(&[1, 2]), x.of_rows(&[1, 7])];
            (products, gram, sums, lengths, parts.map(|part| part.values()), x.longest_row())
        };
        // Small whole numbers: exact in any order.
        assert_eq!(seen(&short), seen(&whole));
    }

    #[test]
    fn a_matrix_of_ones_alone_has_rows() {
        let x = ModelMatrix::with_ones(Vec::new(), 0, 4);
        let mut products = [1.0; 4];
        x.add_products(0..4, &[3.0], &mut products);
        assert_eq!(products, [4.0; 4]);
        assert_eq!((x.combination(0..4, &[1.0; 4]), x.gram(0..4, &[2.0; 4])[(0, 0)]), (vec![4.0], 8.0));
        assert_eq!(x.squared_lengths(0..4, &Mat::from_fn(1, 1, |_, _| 3.0)), [9.0; 4]);
    }
}
