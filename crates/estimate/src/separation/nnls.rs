//! Non-negative least squares by the active-set method of Lawson & Hanson 1974, *Solving Least Squares Problems*,
//! chapter 23 (doi:10.1137/1.9781611971217).

use crate::numerics::rank::dot;
use faer::Mat;
use faer::linalg::solvers::SolveLstsq;

/// min ‖Σ yᵢ zᵢ + target‖ over y ≥ 0: the residual. `rows` holds the zᵢ, each of length 1 or 0, one after the other.
///
/// `None` where rounding keeps the method from ending.
pub(super) fn residual(rows: &[f64], dimension: usize, target: &[f64]) -> Option<Vec<f64>> {
    let mut active: Vec<usize> = Vec::new();
    let mut weights: Vec<f64> = Vec::new();
    let mut residual = target.to_vec();
    for _ in 0..30 * dimension + 100 {
        let size = dot(&residual, &residual).sqrt();
        if size <= 1e-13 {
            return Some(residual);
        }
        // The row that the residual violates most.
        let mut worst = (-1e-9 * size, None);
        for (index, row) in rows.chunks_exact(dimension).enumerate() {
            let slope = dot(row, &residual);
            if slope < worst.0 && !active.contains(&index) {
                worst = (slope, Some(index));
            }
        }
        let Some(entering) = worst.1 else { return Some(residual) };
        if active.len() == dimension {
            // The active rows span the space: what is left is rounding.
            return Some(vec![0.0; dimension]);
        }
        active.push(entering);
        weights.push(0.0);
        loop {
            let solution = least_squares(rows, dimension, &active, target);
            if solution.iter().all(|y| *y > 0.0) {
                weights = solution;
                break;
            }
            // Go towards the solution until the first weight becomes zero, and let that row leave.
            let mut fraction = 1.0;
            for (now, aim) in weights.iter().zip(&solution).filter(|(_, aim)| **aim <= 0.0) {
                fraction = f64::min(fraction, now / (now - aim));
            }
            for (now, aim) in weights.iter_mut().zip(&solution) {
                *now += fraction * (aim - *now);
            }
            let mut leaving: Vec<usize> = (0..active.len()).filter(|i| weights[*i] <= 1e-14).collect();
            if leaving.is_empty() {
                leaving = (0..active.len()).filter(|i| solution[*i] <= 0.0).take(1).collect();
            }
            if leaving.is_empty() {
                return None;
            }
            for index in leaving.into_iter().rev() {
                active.remove(index);
                weights.remove(index);
            }
            if active.is_empty() {
                break;
            }
        }
        residual.copy_from_slice(target);
        for (index, y) in active.iter().zip(&weights) {
            let row = &rows[index * dimension..(index + 1) * dimension];
            residual.iter_mut().zip(row).for_each(|(value, z)| *value += y * z);
        }
    }
    None
}

/// The y that minimises ‖Σ yᵢ zᵢ + target‖ over the active rows without a sign restriction.
fn least_squares(rows: &[f64], dimension: usize, active: &[usize], target: &[f64]) -> Vec<f64> {
    let matrix = Mat::from_fn(dimension, active.len(), |i, j| rows[active[j] * dimension + i]);
    let right = Mat::from_fn(dimension, 1, |i, _| -target[i]);
    let solution = matrix.qr().solve_lstsq(&right);
    (0..active.len()).map(|i| solution[(i, 0)]).collect()
}
