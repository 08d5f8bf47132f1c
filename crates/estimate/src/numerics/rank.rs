//! Which columns of a tall matrix are linear combinations of earlier ones.
//!
//! The matrix is reduced to its triangular factor block by block (orthogonal transformations only, so that the
//! relations between columns survive to working precision); the columns of that small factor are then taken in
//! order, each dropped where what earlier ones leave of it is less than [`TOLERANCE`] of its length. So the last of
//! several dependent columns is the one that is dropped, as a reader of the list of terms expects.
//!
//! What is left of a column of length 1 is no shorter than the root of the least eigenvalue of the products of all such
//! columns: where that is well above the tolerance, nothing needs to be reduced.

use super::gram::add_gram;
use super::parallel::in_order;
use super::symmetric::least_eigenvalue;
use faer::{Mat, MatRef};

/// Share of a column's length that must remain: below it, the column is a combination of earlier ones.
pub const TOLERANCE: f64 = 1e-7;

/// Which columns stand on their own.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rank {
    /// Independent columns, ascending.
    pub kept: Vec<usize>,
    /// For each dropped column the combination of columns that vanishes because of it.
    pub null: Vec<Vec<f64>>,
}

impl Rank {
    /// Whether a linear combination of coefficients has one value, whichever of the dependent columns is dropped.
    pub fn is_unique(&self, combination: &[f64]) -> bool {
        self.null.iter().all(|null| {
            let terms = || null.iter().zip(combination).map(|(a, b)| a * b);
            terms().sum::<f64>().abs() <= 10.0 * TOLERANCE * terms().map(f64::abs).sum::<f64>()
        })
    }
}

/// Examines the columns of a matrix that is given row by row, each row with a weight ≥ 0.
pub fn rank(x: &[f64], columns: usize, weights: &[f64]) -> Rank {
    if columns == 0 {
        return Rank::default();
    }
    if clearly_independent(x, columns, weights) {
        return Rank { kept: (0..columns).collect(), null: Vec::new() };
    }
    let r = triangular_factor(x, columns, weights);
    let mut rank = Rank::default();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut lengths = vec![0.0; columns];
    // Coordinates of each kept column in the basis.
    let mut coordinates: Vec<Vec<f64>> = Vec::new();
    for column in 0..columns {
        let length = norm(r.col_as_slice(column));
        lengths[column] = length;
        let mut null = vec![0.0; columns];
        if length == 0.0 {
            null[column] = 1.0;
            rank.null.push(null);
            continue;
        }
        let mut rest: Vec<f64> = r.col_as_slice(column).iter().map(|value| value / length).collect();
        let mut along = vec![0.0; basis.len()];
        // Twice is enough (Kahan and Parlett): the second pass removes what rounding left in the first.
        for _ in 0..2 {
            for (vector, sum) in basis.iter().zip(&mut along) {
                let dot = dot(vector, &rest);
                *sum += dot;
                rest.iter_mut().zip(vector).for_each(|(value, v)| *value -= dot * v);
            }
        }
        let left = norm(&rest);
        if left >= TOLERANCE {
            rest.iter_mut().for_each(|value| *value /= left);
            basis.push(rest);
            along.push(left);
            coordinates.push(along);
            rank.kept.push(column);
            continue;
        }
        null[column] = 1.0 / length;
        for (k, coefficient) in back_substitute(&coordinates, along).into_iter().enumerate() {
            if coefficient.abs() > 10.0 * TOLERANCE {
                null[rank.kept[k]] = -coefficient / lengths[rank.kept[k]];
            }
        }
        rank.null.push(null);
    }
    rank
}

/// Whether the products of the columns alone show that none depends on others: rounding costs them some 1e-13 of their
/// size, far less than what is asked of them.
fn clearly_independent(x: &[f64], columns: usize, weights: &[f64]) -> bool {
    let mut products = Mat::zeros(columns, columns);
    add_gram(x, columns, weights, &mut products);
    let scale: Vec<f64> = (0..columns).map(|k| 1.0 / products[(k, k)].sqrt()).collect();
    least_eigenvalue(&Mat::from_fn(columns, columns, |i, j| products[(i, j)] * scale[i] * scale[j])) > 1e-6
}

/// Rows that one processor takes at a time.
const SHARE: usize = 16_384;

/// The triangular factor of the weighted rows.
fn triangular_factor(x: &[f64], columns: usize, weights: &[f64]) -> Mat<f64> {
    if weights.len() <= SHARE {
        return factor_of_share(x, columns, weights);
    }
    let factors = in_order(weights.len().div_ceil(SHARE), |share| {
        let (first, end) = (share * SHARE, weights.len().min((share + 1) * SHARE));
        let factor = factor_of_share(&x[first * columns..end * columns], columns, &weights[first..end]);
        let cells = (0..factor.nrows()).flat_map(|i| (0..columns).map(move |j| (i, j)));
        cells.map(|cell| factor[cell]).collect::<Vec<f64>>()
    });
    let stacked = factors.concat();
    factor_of_share(&stacked, columns, &vec![1.0; stacked.len() / columns])
}

fn factor_of_share(x: &[f64], columns: usize, weights: &[f64]) -> Mat<f64> {
    let block = 256.max(3 * columns);
    let mut r = Mat::<f64>::zeros(0, columns);
    let mut stacked: Vec<f64> = Vec::with_capacity((block + columns) * columns);
    for (rows, weights) in x.chunks(block * columns).zip(weights.chunks(block)) {
        stacked.clear();
        for i in 0..r.nrows() {
            stacked.extend((0..columns).map(|j| r[(i, j)]));
        }
        for (row, weight) in rows.chunks_exact(columns).zip(weights) {
            let root = weight.sqrt();
            stacked.extend(row.iter().map(|value| value * root));
        }
        let matrix = MatRef::from_row_major_slice(&stacked, stacked.len() / columns, columns);
        let qr = matrix.qr();
        let thin = qr.thin_R();
        // Below the diagonal the storage is not part of the factor.
        r = Mat::from_fn(thin.nrows(), columns, |i, j| if i <= j { thin[(i, j)] } else { 0.0 });
    }
    r
}

fn back_substitute(coordinates: &[Vec<f64>], mut right: Vec<f64>) -> Vec<f64> {
    for k in (0..right.len()).rev() {
        right[k] /= coordinates[k][k];
        for i in 0..k {
            right[i] -= right[k] * coordinates[k][i];
        }
    }
    right
}

/// Scalar product.
#[inline]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Euclidean length.
pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_dependent_columns_goes_and_all_of_them_are_ambiguous() {
        // c = a + 2b; d stands alone; e is zero.
        let n = 2 * SHARE + 600;
        let rows: Vec<f64> = (0..n)
            .flat_map(|i| {
                let (a, b, d) = ((i % 7) as f64, (i % 11) as f64 * 1e2, ((i % 13 * i) % 13) as f64);
                [a, b, a + 2.0 * b, d, 0.0]
            })
            .collect();
        let rank = rank(&rows, 5, &vec![1.0; n]);
        assert_eq!(rank.kept, [0, 1, 3]);
        let unit = |k: usize| (0..5).map(|i| f64::from(u8::from(i == k))).collect::<Vec<_>>();
        let unique: Vec<bool> = (0..5).map(|k| rank.is_unique(&unit(k))).collect();
        assert_eq!(unique, [false, false, false, true, false]);
        // With c = a + 2b the coefficients enter as βa + βc and βb + 2βc only.
        assert!(rank.is_unique(&[1.0, 0.0, 1.0, 0.0, 0.0]) && rank.is_unique(&[0.0, 1.0, 2.0, 5.0, 0.0]));
        assert!(!rank.is_unique(&[1.0, 1.0, 1.0, 0.0, 0.0]));
    }

    #[test]
    fn nearly_dependent_is_not_dependent() {
        let rows: Vec<f64> =
            (0..50).flat_map(|i| [f64::from(i), f64::from(i) + 1e-4 * f64::from(i % 2)]).collect();
        assert_eq!(rank(&rows, 2, &[1.0; 50]).kept, [0, 1]);
        assert_eq!(rank(&[], 2, &[]).kept, Vec::<usize>::new());
    }
}
