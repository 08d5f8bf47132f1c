//! The penalized likelihood at one penalty.
//!
//! # Formula
//! F(θ) = −ℓ(θ)/n + λ Σ wⱼ (α|θⱼ| + (1 − α)θⱼ²/2). Each step replaces ℓ by its quadratic approximation (Newton) and
//! minimises that by cyclic coordinate descent, u ← S(Hⱼⱼu − rⱼ, λαw)/(Hⱼⱼ + λ(1 − α)w) with S(z, γ) = sign(z)(|z| − γ)₊;
//! then the equations of the coefficients that are not 0 are solved exactly, which is kept where no sign changes. The end
//! is where the optimality (Karush–Kuhn–Tucker) conditions hold to a tolerance: for θⱼ ≠ 0 the derivative vanishes, for
//! θⱼ = 0 the gradient of −ℓ/n is at most λαw.
//!
//! # References
//! Friedman, Hastie & Tibshirani 2010, doi:10.18637/jss.v033.i01, equations 5 and 13 to 17.

use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::symmetric::solve;
use faer::Mat;

/// What is added to the likelihood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Penalty<'a> {
    /// How much.
    pub(super) lambda: f64,
    /// Share of the lasso.
    pub(super) alpha: f64,
    /// Of each parameter 1, or 0 where it is not penalized.
    pub(super) weights: &'a [f64],
}

impl Penalty<'_> {
    fn lasso(&self, k: usize) -> f64 {
        self.lambda * self.alpha * self.weights[k]
    }

    fn ridge(&self, k: usize) -> f64 {
        self.lambda * (1.0 - self.alpha) * self.weights[k]
    }

    fn value(&self, theta: &[f64]) -> f64 {
        let of = |(k, t): (usize, &f64)| self.lasso(k) * t.abs() + 0.5 * self.ridge(k) * t * t;
        theta.iter().enumerate().map(of).sum()
    }

    /// By how much a parameter misses its optimality condition; `slope` is the derivative of −ℓ/n.
    pub(super) fn violation(&self, k: usize, theta: f64, slope: f64) -> f64 {
        if theta == 0.0 {
            return (slope.abs() - self.lasso(k)).max(0.0);
        }
        (slope + self.lasso(k) * theta.signum() + self.ridge(k) * theta).abs()
    }
}

/// Newton steps before the search is given up; about five are usual.
const LIMIT: u32 = 100;
/// Rounds of coordinate descent within one step.
const ROUNDS: u32 = 200;
/// Sweeps of coordinate descent before the equations are solved.
const SWEEPS: u32 = 50;

/// Where F is least, from `start`; none where that is not reached.
pub(super) fn minimise(
    model: &impl Likelihood,
    patients: f64,
    start: Vec<f64>,
    penalty: Penalty<'_>,
    tolerance: f64,
) -> Option<(Vec<f64>, Evaluation)> {
    let mut theta = start;
    let mut at = model.evaluate(&theta);
    for _ in 0..LIMIT {
        let slopes: Vec<f64> = at.score.iter().map(|score| -score / patients).collect();
        let violation =
            (0..theta.len()).map(|k| penalty.violation(k, theta[k], slopes[k])).fold(0.0, f64::max);
        if violation <= tolerance {
            return Some((theta, at));
        }
        let curvature = Mat::from_fn(theta.len(), theta.len(), |i, j| at.information[(i, j)] / patients);
        let target = quadratic(&curvature, &slopes, &theta, penalty);
        let now = penalty.value(&theta) - at.value / patients;
        let room = 1e-13 * (1.0 + now.abs());
        let mut fraction = 1.0;
        loop {
            let next: Vec<f64> = match fraction {
                // Zeros stay zeros.
                1.0 => target.clone(),
                _ => theta.iter().zip(&target).map(|(from, to)| from + fraction * (to - from)).collect(),
            };
            let there = model.evaluate(&next);
            if penalty.value(&next) - there.value / patients <= now + room {
                (theta, at) = (next, there);
                break;
            }
            fraction *= 0.5;
            if fraction < 1e-12 {
                return None;
            }
        }
    }
    None
}

/// The minimum of the quadratic approximation around `theta`, with the penalty.
fn quadratic(curvature: &Mat<f64>, slopes: &[f64], theta: &[f64], penalty: Penalty<'_>) -> Vec<f64> {
    let p = theta.len();
    let mut u = theta.to_vec();
    // The slope of the approximation at u.
    let mut r = slopes.to_vec();
    for _ in 0..ROUNDS {
        let mut still = false;
        for _ in 0..SWEEPS {
            let mut largest: f64 = 0.0;
            for k in 0..p {
                let a = curvature[(k, k)];
                if a <= 0.0 {
                    continue;
                }
                let z = a * u[k] - r[k];
                // Adding 0 leaves no negative zero.
                let next = (z.abs() - penalty.lasso(k)).max(0.0).copysign(z) / (a + penalty.ridge(k)) + 0.0;
                let change = next - u[k];
                if change != 0.0 {
                    u[k] = next;
                    r.iter_mut().enumerate().for_each(|(j, r)| *r += curvature[(j, k)] * change);
                    largest = largest.max(a * change * change);
                }
            }
            still = largest < 1e-30;
            if still {
                break;
            }
        }
        if let Some(exact) = polished(curvature, slopes, theta, &u, penalty) {
            return exact;
        }
        if still {
            break;
        }
    }
    u
}

/// The exact minimum with the zeros and signs of `u`; none where that is not the minimum of all.
fn polished(
    curvature: &Mat<f64>,
    slopes: &[f64],
    theta: &[f64],
    u: &[f64],
    penalty: Penalty<'_>,
) -> Option<Vec<f64>> {
    let free = |k: usize| curvature[(k, k)] > 0.0 && (u[k] != 0.0 || penalty.lasso(k) == 0.0);
    let active: Vec<usize> = (0..u.len()).filter(|k| free(*k)).collect();
    let matrix = Mat::from_fn(active.len(), active.len(), |i, j| {
        let ridge = if i == j { penalty.ridge(active[i]) } else { 0.0 };
        curvature[(active[i], active[j])] + ridge
    });
    let right: Vec<f64> = active
        .iter()
        .map(|k| {
            let from: f64 = (0..u.len()).map(|j| curvature[(*k, j)] * theta[j]).sum();
            let sign = if u[*k] == 0.0 { 0.0 } else { u[*k].signum() };
            from - slopes[*k] - penalty.lasso(*k) * sign
        })
        .collect();
    let solved = solve(&matrix, &right)?;
    let mut exact = vec![0.0; u.len()];
    for (k, value) in active.iter().zip(solved) {
        if penalty.lasso(*k) > 0.0 && value * u[*k] <= 0.0 {
            return None;
        }
        exact[*k] = value;
    }
    // Coefficients at 0 must stay there.
    for k in (0..u.len()).filter(|k| !free(*k)) {
        let slope: f64 = (0..u.len()).map(|j| curvature[(k, j)] * (exact[j] - theta[j])).sum();
        if (slopes[k] + slope).abs() > penalty.lasso(k) * (1.0 + 1e-9) {
            return None;
        }
    }
    Some(exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −½ Σ (βⱼ − cⱼ)², so that the penalized maximum has a closed form.
    struct Bowl([f64; 3]);

    impl Likelihood for Bowl {
        fn parameters(&self) -> usize {
            3
        }

        fn evaluate(&self, beta: &[f64]) -> Evaluation {
            let score: Vec<f64> = self.0.iter().zip(beta).map(|(c, b)| c - b).collect();
            let value = -0.5 * score.iter().map(|s| s * s).sum::<f64>();
            Evaluation { value, score, information: Mat::identity(3, 3) }
        }
    }

    /// By hand, `elastic_net`: orthogonal columns are thresholded by λα and shrunken by 1 + λ(1 − α).
    #[test]
    fn an_orthogonal_problem_is_thresholded_and_shrunken() {
        // S(c, λα)/(1 + λ(1 − α)): (3 − 0.5)/1.5, 0, and the unpenalized as it is.
        let penalty = Penalty { lambda: 1.0, alpha: 0.5, weights: &[1.0, 1.0, 0.0] };
        let (theta, _) = minimise(&Bowl([3.0, -0.4, 7.0]), 1.0, vec![0.0; 3], penalty, 1e-14).unwrap();
        assert!((theta[0] - 2.5 / 1.5).abs() < 1e-14 && theta[1] == 0.0 && (theta[2] - 7.0).abs() < 1e-14);
        let ridge = Penalty { alpha: 0.0, ..penalty };
        let (theta, _) = minimise(&Bowl([3.0, -0.4, 7.0]), 1.0, vec![9.0; 3], ridge, 1e-14).unwrap();
        assert!((theta[0] - 1.5).abs() < 1e-14 && (theta[1] + 0.2).abs() < 1e-14);
    }
}
