//! Weighted cross-products X′WX of tall matrices, in blocks that stay in the processor's cache.

use super::parallel::in_order;
use super::vector::{in_four_sums, widest};
use faer::linalg::matmul::matmul as matmul_whole;
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, MatRef, Par};

/// Rows of one block.
const BLOCK: usize = 256;

/// Rows that one processor takes at a time.
const SHARE: usize = 8192;

/// With fewer columns than this the products above the diagonal cost less than leaving them out.
const NARROW: usize = 32;

/// Adds Σ wⱼ xⱼ xⱼ′ to `into`. `x` holds one row after the other, `columns` numbers each; weights may be
/// negative. `into` must be symmetric. The processors share the rows; the sum is the same on any number of them.
pub fn add_gram(x: &[f64], columns: usize, weights: &[f64], into: &mut Mat<f64>) {
    if columns == 0 {
        return;
    }
    if weights.len() <= SHARE {
        add_lower(x, columns, weights, into);
    } else {
        let shares = in_order(weights.len().div_ceil(SHARE), |share| {
            let (first, end) = (share * SHARE, weights.len().min((share + 1) * SHARE));
            let mut part = Mat::zeros(columns, columns);
            add_lower(&x[first * columns..end * columns], columns, &weights[first..end], &mut part);
            part
        });
        shares.iter().for_each(|part| *into += part);
    }
    for j in 0..columns {
        for i in 0..j {
            into[(i, j)] = into[(j, i)];
        }
    }
}

/// Adds the lower triangle; what is above the diagonal is of no account.
fn add_lower(x: &[f64], columns: usize, weights: &[f64], into: &mut Mat<f64>) {
    let mut space = vec![0.0; BLOCK.min(weights.len()) * columns];
    for (rows, weights) in x.chunks(BLOCK * columns).zip(weights.chunks(BLOCK)) {
        let weighted = &mut space[..rows.len()];
        widest(
            #[inline(always)]
            || weigh(rows, columns, weights, weighted),
        );
        let left = MatRef::from_row_major_slice(rows, weights.len(), columns);
        let right = MatRef::from_row_major_slice(weighted, weights.len(), columns);
        let whole = BlockStructure::Rectangular;
        let half = if columns < NARROW { whole } else { BlockStructure::TriangularLower };
        matmul(into.as_mut(), half, Accum::Add, left.transpose(), whole, right, whole, 1.0, Par::Seq);
    }
}

#[inline(always)]
fn weigh(rows: &[f64], columns: usize, weights: &[f64], weighted: &mut [f64]) {
    let pairs = rows.chunks_exact(columns).zip(weighted.chunks_exact_mut(columns));
    for ((row, weighted), weight) in pairs.zip(weights) {
        for (to, value) in weighted.iter_mut().zip(row) {
            *to = value * weight;
        }
    }
}

/// ‖Wx + s‖² of each row x, for a lower triangular W whose other entries are 0.
pub fn squared_lengths(x: &[f64], rows: usize, lower: MatRef<'_, f64>, shift: &[f64]) -> Vec<f64> {
    let columns = shift.len();
    if columns == 0 {
        return vec![0.0; rows];
    }
    let mut lengths = vec![0.0; rows];
    let mut products = Mat::zeros(columns, BLOCK);
    for (rows, lengths) in x.chunks(BLOCK * columns).zip(lengths.chunks_mut(BLOCK)) {
        let size = lengths.len();
        // A row of x is a column of its transpose, and W is what is small.
        let right = MatRef::from_column_major_slice(rows, columns, size);
        let into = products.as_mut().subcols_mut(0, size);
        if columns < NARROW {
            matmul_whole(into, Accum::Replace, lower, right, 1.0, Par::Seq);
        } else {
            let (whole, half) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
            matmul(into, whole, Accum::Replace, lower, half, right, whole, 1.0, Par::Seq);
        }
        widest(
            #[inline(always)]
            || {
                for (row, length) in lengths.iter_mut().enumerate() {
                    let product = products.col_as_slice(row);
                    *length = in_four_sums(product, shift, |x, s| (x + s) * (x + s));
                }
            },
        );
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squared_lengths_by_hand() {
        // W = [2 0; 1 3]: (1, 1) becomes (2, 4), (−1, 2) becomes (−2, 5); s = (1, −1) makes (3, 3) and (−1, 4).
        let lower = Mat::from_fn(2, 2, |i, j| [[2.0, 0.0], [1.0, 3.0]][i][j]);
        let rows: Vec<f64> = [1.0, 1.0, -1.0, 2.0].repeat(BLOCK);
        let lengths = |shift: &[f64]| squared_lengths(&rows, 2 * BLOCK, lower.as_ref(), shift);
        assert_eq!(lengths(&[0.0, 0.0]), [20.0, 29.0].repeat(BLOCK));
        assert_eq!(lengths(&[1.0, -1.0]), [18.0, 17.0].repeat(BLOCK));
        assert_eq!(squared_lengths(&[], 3, Mat::zeros(0, 0).as_ref(), &[]), [0.0; 3]);
    }

    #[test]
    fn squared_lengths_of_many_columns() {
        let columns = NARROW + 3;
        let lower = Mat::from_fn(columns, columns, |i, j| if j > i { 0.0 } else { ((i + 2 * j) % 3) as f64 });
        let rows: Vec<f64> = (0..(BLOCK + 5) * columns).map(|i| (i % 5) as f64 - 2.0).collect();
        let shift: Vec<f64> = (0..columns).map(|i| (i % 2) as f64).collect();
        let length = |row: &[f64]| -> f64 {
            let of = |i: usize| shift[i] + (0..=i).map(|j| lower[(i, j)] * row[j]).sum::<f64>();
            (0..columns).map(|i| of(i) * of(i)).sum()
        };
        // Small whole numbers: sums are exact in any order.
        let expected: Vec<f64> = rows.chunks_exact(columns).map(length).collect();
        assert_eq!(squared_lengths(&rows, BLOCK + 5, lower.as_ref(), &shift), expected);
    }

    #[test]
    fn blocks_add_up() {
        let rows = 2 * SHARE + BLOCK + 7;
        let x: Vec<f64> = (0..rows * 2).map(|i| (i % 5) as f64).collect();
        let weights: Vec<f64> = (0..rows).map(|i| (i % 3) as f64 - 1.0).collect();
        let mut gram = Mat::zeros(2, 2);
        add_gram(&x, 2, &weights, &mut gram);
        let cell = |a: usize, b: usize| -> f64 {
            (0..rows).map(|row| weights[row] * x[2 * row + a] * x[2 * row + b]).sum()
        };
        // Small whole numbers: sums are exact in any order.
        assert_eq!([gram[(0, 0)], gram[(0, 1)], gram[(1, 1)]], [cell(0, 0), cell(0, 1), cell(1, 1)]);
    }
}
