//! Symmetric positive definite systems: solution, inverse, least eigenvalue.
//!
//! Each matrix is first scaled to a unit diagonal, so that columns of very different size cost no digits. A matrix
//! that is not positive definite to working precision has no answer (`None`).

use faer::linalg::solvers::{DenseSolveCore, Llt, Solve};
use faer::linalg::triangular_inverse::invert_lower_triangular;
use faer::{Mat, Par, Side};

struct Scaled {
    factor: Llt<f64>,
    scale: Vec<f64>,
}

fn factor(matrix: &Mat<f64>) -> Option<Scaled> {
    let n = matrix.nrows();
    let scale: Vec<f64> = (0..n).map(|i| 1.0 / matrix[(i, i)].sqrt()).collect();
    if scale.iter().any(|s| !s.is_finite()) {
        return None;
    }
    let scaled = Mat::from_fn(n, n, |i, j| matrix[(i, j)] * scale[i] * scale[j]);
    if (0..n).any(|j| (0..n).any(|i| !scaled[(i, j)].is_finite())) {
        return None;
    }
    let factor = scaled.llt(Side::Lower).ok()?;
    // A pivot that is all rounding error means that the matrix is singular.
    let diagonal = factor.L().diagonal().column_vector();
    (0..n).all(|i| diagonal[i] > 1e-8).then_some(Scaled { factor, scale })
}

/// The x with matrix · x = right.
pub fn solve(matrix: &Mat<f64>, right: &[f64]) -> Option<Vec<f64>> {
    if right.is_empty() {
        return Some(Vec::new());
    }
    let Scaled { factor, scale } = factor(matrix)?;
    let scaled = Mat::from_fn(right.len(), 1, |i, _| right[i] * scale[i]);
    let solution = factor.solve(&scaled);
    Some((0..right.len()).map(|i| solution[(i, 0)] * scale[i]).collect())
}

/// The two x with matrix · x = right.
pub fn solve_two(matrix: &Mat<f64>, right: [&[f64]; 2]) -> Option<[Vec<f64>; 2]> {
    let Scaled { factor, scale } = factor(matrix)?;
    let scaled = Mat::from_fn(scale.len(), 2, |i, j| right[j][i] * scale[i]);
    let solution = factor.solve(&scaled);
    Some([0, 1].map(|j| (0..scale.len()).map(|i| solution[(i, j)] * scale[i]).collect()))
}

/// The inverse.
pub fn inverse(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    let n = matrix.nrows();
    if n == 0 {
        return Some(Mat::zeros(0, 0));
    }
    Some(invert(&factor(matrix)?))
}

fn invert(Scaled { factor, scale }: &Scaled) -> Mat<f64> {
    let (n, inverse) = (scale.len(), factor.inverse());
    // The mean of both triangles, so that the result is symmetric to the last bit.
    Mat::from_fn(n, n, |i, j| 0.5 * (inverse[(i, j)] + inverse[(j, i)]) * scale[i] * scale[j])
}

/// ln |matrix|.
fn logarithm(Scaled { factor, scale }: &Scaled) -> f64 {
    let lower = factor.L();
    (0..scale.len()).map(|j| 2.0 * (libm::log(lower[(j, j)]) - libm::log(scale[j]))).sum()
}

/// The inverse, and the logarithm of the determinant of the matrix.
pub fn inverse_and_logarithm(matrix: &Mat<f64>) -> Option<(Mat<f64>, f64)> {
    if matrix.nrows() == 0 {
        return Some((Mat::zeros(0, 0), 0.0));
    }
    let scaled = factor(matrix)?;
    Some((invert(&scaled), logarithm(&scaled)))
}

/// A matrix W with matrix⁻¹ = W′W, lower triangular, and the logarithm of the determinant of the matrix.
pub fn whitening(matrix: &Mat<f64>) -> Option<(Mat<f64>, f64)> {
    let scaled = factor(matrix)?;
    let (lower, scale) = (scaled.factor.L(), &scaled.scale);
    let n = scale.len();
    let mut inverse = Mat::<f64>::zeros(n, n);
    invert_lower_triangular(inverse.as_mut(), lower, Par::Seq);
    Some((Mat::from_fn(n, n, |i, j| inverse[(i, j)] * scale[j]), logarithm(&scaled)))
}

/// The lower triangular L with L L′ the matrix.
pub fn lower_factor(matrix: &Mat<f64>) -> Option<Mat<f64>> {
    let n = matrix.nrows();
    if n == 0 {
        return Some(Mat::zeros(0, 0));
    }
    let Scaled { factor, scale } = factor(matrix)?;
    let lower = factor.L();
    Some(Mat::from_fn(n, n, |i, j| if j <= i { lower[(i, j)] / scale[i] } else { 0.0 }))
}

/// The least eigenvalue; 0 where it cannot be found.
pub fn least_eigenvalue(matrix: &Mat<f64>) -> f64 {
    let n = matrix.nrows();
    if n == 0 || (0..n).any(|j| (0..n).any(|i| !matrix[(i, j)].is_finite())) {
        return 0.0;
    }
    let values = matrix.self_adjoint_eigenvalues(Side::Lower);
    values.ok().and_then(|values| values.first().copied()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_gives_the_matrix_back() {
        let matrix = Mat::from_fn(2, 2, |i, j| [[4e12, 2.0], [2.0, 3e-12]][i][j]);
        let lower = lower_factor(&matrix).unwrap();
        let product = |i: usize, j: usize| (0..2).map(|k| lower[(i, k)] * lower[(j, k)]).sum::<f64>();
        for (i, j) in [(0, 0), (1, 0), (1, 1)] {
            assert!((product(i, j) / matrix[(i, j)] - 1.0).abs() < 1e-14);
        }
        assert_eq!(lower[(0, 1)], 0.0);
    }

    #[test]
    fn a_small_system_of_unequal_scales() {
        // [4e20 2e10; 2e10 3] x = [8e10; 10] has x = [1e-10·(24 − 20)/8, (40 − 16)/8·…]: by Cramer's rule.
        let matrix = Mat::from_fn(2, 2, |i, j| [[4e20, 2e10], [2e10, 3.0]][i][j]);
        let x = solve(&matrix, &[8e10, 10.0]).unwrap();
        assert!((x[0] - 0.5e-10).abs() < 1e-24 && (x[1] - 3.0).abs() < 1e-14, "{x:?}");
        let inverse = inverse(&matrix).unwrap();
        assert!((inverse[(1, 1)] - 0.5).abs() < 1e-15 && (inverse[(0, 1)] + 0.25e-10).abs() < 1e-24);
        // Its determinant is 12e20 − 4e20.
        let (whitening, logarithm) = whitening(&matrix).unwrap();
        assert!((logarithm - 8e20_f64.ln()).abs() < 1e-13);
        assert!((whitening.transpose() * &whitening - &inverse).norm_max() < 1e-15);
        let singular = Mat::from_fn(2, 2, |_, _| 1.0);
        assert!(solve(&singular, &[1.0, 1.0]).is_none());
    }
}
