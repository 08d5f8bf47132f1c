//! Draws from the approximate posterior of a model's parameters.

use crate::numerics::random::Random;
use crate::numerics::symmetric::lower_factor;
use faer::Mat;

/// A draw of N(0, covariance); `None` where that is no covariance.
pub(super) fn perturbation(covariance: &Mat<f64>, random: &mut Random) -> Option<Vec<f64>> {
    let factor = lower_factor(covariance)?;
    let z: Vec<f64> = (0..covariance.nrows()).map(|_| random.normal()).collect();
    Some((0..z.len()).map(|i| (0..=i).map(|j| factor[(i, j)] * z[j]).sum()).collect())
}
