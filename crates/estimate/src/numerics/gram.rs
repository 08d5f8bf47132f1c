//! Weighted cross-products X′WX of tall matrices, in blocks that stay in the processor's cache.

use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, MatRef, Par};

/// Rows of one block.
const BLOCK: usize = 256;

/// Adds Σ wⱼ xⱼ xⱼ′ to `into`. `x` holds one row after the other, `columns` numbers each; weights may be
/// negative. `into` must be symmetric.
pub fn add_gram(x: &[f64], columns: usize, weights: &[f64], into: &mut Mat<f64>) {
    if columns == 0 {
        return;
    }
    let mut weighted = Vec::with_capacity(BLOCK * columns);
    for (rows, weights) in x.chunks(BLOCK * columns).zip(weights.chunks(BLOCK)) {
        weighted.clear();
        for (row, weight) in rows.chunks_exact(columns).zip(weights) {
            weighted.extend(row.iter().map(|value| value * weight));
        }
        let left = MatRef::from_row_major_slice(rows, weights.len(), columns);
        let right = MatRef::from_row_major_slice(&weighted, weights.len(), columns);
        let whole = BlockStructure::Rectangular;
        let (into, half) = (into.as_mut(), BlockStructure::TriangularLower);
        matmul(into, half, Accum::Add, left.transpose(), whole, right, whole, 1.0, Par::Seq);
    }
    for j in 0..columns {
        for i in 0..j {
            into[(i, j)] = into[(j, i)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_add_up() {
        let rows = 2 * BLOCK + 7;
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
