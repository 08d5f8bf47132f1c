//! Maximum likelihood by Newton's method: one loop for every model.
//!
//! # Formula
//! β ← β + I(β)⁻¹ U(β), with U the score and I the observed information; the step is halved while the likelihood
//! falls. The squared Newton decrement U′I⁻¹U is the squared distance to the maximum in standard errors, whatever
//! the scale of the columns (and of weights, by whose mean it is divided): the step from less than 1e-16 is the last,
//! because it squares the distance once more. The loop also ends where the decrement is below 1e-14 and rounding lets
//! it fall no further.
//! Where a log-likelihood is not concave and I is not positive definite, as much of its own diagonal is added as makes
//! it so: a step uphill, from which the loop never ends.
//! The curvature of a penalty that is too costly is learnt; see [`Learnt`].

mod learning;

pub(crate) use learning::Course;
pub use learning::{Learnt, Parts};

use crate::numerics::symmetric::solve;
use faer::Mat;

/// A log-likelihood and its derivatives at one point.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The log-likelihood.
    pub value: f64,
    /// Its gradient.
    pub score: Vec<f64>,
    /// Minus its Hessian.
    pub information: Mat<f64>,
}

/// A log-likelihood.
pub trait Likelihood {
    /// Number of parameters.
    fn parameters(&self) -> usize;

    /// Value, score and information at `beta`.
    fn evaluate(&self, beta: &[f64]) -> Evaluation;

    /// The value alone, where that costs less.
    fn value(&self, beta: &[f64]) -> f64 {
        self.slope(beta).0
    }

    /// The score alone, where that costs less.
    fn score(&self, beta: &[f64]) -> Vec<f64> {
        self.slope(beta).1
    }

    /// Value and score alone, where that costs less.
    fn slope(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let at = self.evaluate(beta);
        (at.value, at.score)
    }

    /// Of a likelihood with a penalty whose curvature costs much more than its score: all but that curvature.
    fn parts(&self, _beta: &[f64]) -> Option<Parts> {
        None
    }

    /// The same with that curvature, minus the second derivative of the penalty; none where it costs too much, and where
    /// it is so small that it may be left out.
    fn parts_with_curvature(&self, beta: &[f64]) -> Option<(Parts, Option<Mat<f64>>)> {
        self.parts(beta).map(|parts| (parts, None))
    }

    /// What a patient counts on average, where weights make that another number than 1: so much longer are squared lengths in
    /// standard errors.
    fn unit(&self) -> f64 {
        1.0
    }

    /// Whether every point where the score vanishes is the maximum.
    fn is_concave(&self) -> bool {
        true
    }

    /// Where to start.
    fn start(&self) -> Vec<f64> {
        vec![0.0; self.parameters()]
    }
}

/// Where the loop ended.
#[derive(Debug, Clone)]
pub struct Maximum {
    /// The parameters.
    pub beta: Vec<f64>,
    /// The log-likelihood and its derivatives there.
    pub at: Evaluation,
    /// Steps taken.
    pub iterations: u32,
    /// Whether this is the maximum.
    pub converged: bool,
    /// What is known of the curvature of a penalty, where that is learnt.
    pub learnt: Option<Learnt>,
}

/// Climbs from `start`; the parameters in `held` stay where they are.
pub fn maximise(likelihood: &impl Likelihood, start: Vec<f64>, held: &[usize], limit: u32) -> Maximum {
    maximise_knowing(likelihood, None, start, held, limit)
}

/// The same with what is known of the curvature of a penalty.
pub fn maximise_knowing(
    likelihood: &impl Likelihood,
    learnt: Option<Learnt>,
    start: Vec<f64>,
    held: &[usize],
    limit: u32,
) -> Maximum {
    let mut course = Course::new(likelihood, learnt);
    let at = course.evaluate(&start);
    climb_whole(course, start, at, held, limit)
}

/// Climbs from where the likelihood has been evaluated already.
pub fn continue_from(
    likelihood: &impl Likelihood,
    beta: Vec<f64>,
    at: Evaluation,
    held: &[usize],
    limit: u32,
) -> Maximum {
    climb_whole(Course::new(likelihood, None), beta, at, held, limit)
}

/// The maximum of a likelihood whose penalty's curvature is learnt, as exact as if it had been known: near the end it is
/// computed, where that is possible.
pub fn maximise_exactly(likelihood: &impl Likelihood, start: Vec<f64>, limit: u32) -> Maximum {
    let near = maximise(likelihood, start, &[], limit);
    let parted = likelihood.parts_with_curvature(&near.beta).filter(|_| near.converged);
    let Some((parts, Some(curvature))) = parted else { return near };
    let whole = &parts.evaluation.information + &curvature;
    if solve(&whole, &parts.evaluation.score).is_none() {
        return near;
    }
    let course = Course::new(likelihood, Some(Learnt::new(&near.beta, &parts, curvature)));
    let at = Evaluation { information: whole, ..parts.evaluation };
    let exact = climb_whole(course, near.beta, at, &[], limit);
    Maximum { iterations: near.iterations + exact.iterations, ..exact }
}

fn climb_whole<L: Likelihood>(
    mut course: Course<'_, L>,
    beta: Vec<f64>,
    at: Evaluation,
    held: &[usize],
    limit: u32,
) -> Maximum {
    let found = climb(&mut course, beta, at, held, limit, &|_| 1e-28).0;
    Maximum { learnt: course.into_learnt(), ..found }
}

/// The largest value of a likelihood that is known to have a maximum, without its last digits in β, for its difference
/// from a larger value. Near the maximum half the squared decrement is what the next step would add, with an error of
/// its third power: the loop ends where that is no more than 1e-10 of the difference.
///
/// A step from less than one standard error may already lead there, which value and score tell together with the
/// information before the step: that has an error in proportion to its change along the step, and so has the step, which
/// left the square root of the second decrement over that of the first of the way. Of that estimate a hundredth of what is
/// allowed is asked. Where the curvature of a penalty is learnt, every step is judged in that way, because the error of
/// half the squared decrement is then in proportion to it.
pub fn maximum_value(
    likelihood: &impl Likelihood,
    learnt: Option<Learnt>,
    start: Vec<f64>,
    held: &[usize],
    limit: u32,
    larger: f64,
) -> Option<f64> {
    let allowed = |value: f64| 1e-10 * (larger - value);
    let enough = |value: f64| libm::pow(allowed(value), 2.0 / 3.0).clamp(1e-8, 1e-4);
    let mut course = Course::new(likelihood, learnt);
    let at = course.evaluate(&start);
    let (mut beta, mut at) = (start, at);
    for _ in 0..PATIENCE {
        let Some((step, first)) = newton_step(&at, held, 0.0) else { break };
        if first < enough(at.value) && !course.learns() {
            return Some(at.value + 0.5 * first);
        }
        let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + s).collect();
        let near = first < 1.0;
        let there = if near { course.slope(&next, &at.information) } else { course.evaluate(&next) };
        if near {
            let second = newton_step(&there, held, 0.0).map_or(f64::NAN, |(_, second)| second);
            if second * (second / first).sqrt() <= 0.01 * allowed(there.value) {
                return Some(there.value + 0.5 * second);
            }
            if !course.learns() {
                break;
            }
        }
        if there.value.is_nan() || there.value < at.value {
            break;
        }
        (beta, at) = (next, there);
    }
    let exactly = course.learns();
    let enough = |value: f64| if exactly { 1e-28 } else { enough(value) };
    let (near, decrement) = climb(&mut course, beta, at, held, limit, &enough);
    near.converged.then_some(near.at.value + 0.5 * decrement)
}

/// The same by scores alone, with the information of a point nearby; none where that is not near enough. What a step
/// leaves of the distance is judged by the step before it.
pub fn maximum_value_by(
    likelihood: &impl Likelihood,
    information: &Mat<f64>,
    start: Vec<f64>,
    held: &[usize],
    larger: f64,
) -> Option<f64> {
    let (mut beta, mut last) = (start, f64::INFINITY);
    for _ in 0..PATIENCE {
        let (value, score) = likelihood.slope(&beta);
        let there = Evaluation { value, score, information: information.clone() };
        let (step, decrement) = newton_step(&there, held, 0.0)?;
        if last < 1.0 && decrement * (decrement / last).sqrt() <= 1e-12 * (larger - value) {
            return Some(value + 0.5 * decrement);
        }
        if decrement.is_nan() || decrement >= 0.04 * last {
            return None;
        }
        beta.iter_mut().zip(&step).for_each(|(b, s)| *b += s);
        last = decrement;
    }
    None
}

/// Whole steps before every step is watched.
const PATIENCE: usize = 4;

/// Climbs until the squared decrement, which is returned too, is below what is `enough` at a value.
fn climb<L: Likelihood>(
    course: &mut Course<'_, L>,
    beta: Vec<f64>,
    at: Evaluation,
    held: &[usize],
    limit: u32,
    enough: &dyn Fn(f64) -> f64,
) -> (Maximum, f64) {
    let mut now = Maximum { beta, at, iterations: 0, converged: false, learnt: None };
    let (mut last, unit) = (f64::INFINITY, course.unit());
    loop {
        let newton = newton_step(&now.at, held, 0.0);
        let (step, decrement) = match newton {
            Some(newton) => newton,
            None if course.is_concave() || now.iterations == limit => return (now, f64::NAN),
            None => match uphill(&now.at, held) {
                // As long as may be, so that it is no end.
                Some(step) => (step, f64::INFINITY),
                None => return (now, f64::NAN),
            },
        };
        if decrement < unit * enough(now.at.value) || (decrement < unit * 1e-14 && decrement > 0.25 * last) {
            now.converged = true;
            return (now, decrement);
        }
        if now.iterations == limit {
            return (now, decrement);
        }
        last = decrement;
        let floor = now.at.value - 1e-12 * (unit + now.at.value.abs());
        let mut fraction = 1.0;
        let next = loop {
            let beta: Vec<f64> = now.beta.iter().zip(&step).map(|(b, s)| b + fraction * s).collect();
            let at = course.evaluate(&beta);
            if at.value >= floor {
                break Some((beta, at));
            }
            fraction *= 0.5;
            if fraction < 1e-9 {
                break None;
            }
        };
        let Some((beta, at)) = next else { return (now, decrement) };
        let iterations = now.iterations + 1;
        now = Maximum { beta, at, iterations, converged: decrement < unit * 1e-16, learnt: None };
        if now.converged {
            return (now, decrement * decrement);
        }
    }
}

/// The step with the least ridge that makes the information positive definite.
fn uphill(at: &Evaluation, held: &[usize]) -> Option<Vec<f64>> {
    (-3..12).find_map(|power| newton_step(at, held, libm::pow(10.0, f64::from(power)))).map(|(step, _)| step)
}

/// The Newton step and its squared length in standard errors; `ridge` times its size is added to the diagonal.
fn newton_step(at: &Evaluation, held: &[usize], ridge: f64) -> Option<(Vec<f64>, f64)> {
    let free: Vec<usize> = (0..at.score.len()).filter(|k| !held.contains(k)).collect();
    let score: Vec<f64> = free.iter().map(|k| at.score[*k]).collect();
    let information = Mat::from_fn(free.len(), free.len(), |i, j| {
        let value = at.information[(free[i], free[j])];
        // A diagonal of 0 would stay 0.
        if i == j && ridge > 0.0 { value + ridge * value.abs().max(1e-8) } else { value }
    });
    let part = solve(&information, &score)?;
    let decrement = part.iter().zip(&score).map(|(a, b)| a * b).sum();
    let mut step = vec![0.0; at.score.len()];
    free.iter().zip(part).for_each(|(k, value)| step[*k] = value);
    Some((step, decrement))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −cosh(b₀ − 3) − cosh(b₁ − b₀): its maximum, −2, is at (3, 3).
    struct Cosh;

    impl Likelihood for Cosh {
        fn parameters(&self) -> usize {
            2
        }

        fn evaluate(&self, beta: &[f64]) -> Evaluation {
            let (u, v) = (beta[0] - 3.0, beta[1] - beta[0]);
            let information = [[u.cosh() + v.cosh(), -v.cosh()], [-v.cosh(), v.cosh()]];
            Evaluation {
                value: -u.cosh() - v.cosh(),
                score: vec![-u.sinh() + v.sinh(), -v.sinh()],
                information: Mat::from_fn(2, 2, |i, j| information[i][j]),
            }
        }
    }

    #[test]
    fn the_maximum_is_found_from_afar_and_with_a_parameter_held() {
        let free = maximise(&Cosh, vec![-15.0, 30.0], &[], 100);
        assert!(free.converged);
        assert!((free.beta[0] - 3.0).abs() < 1e-10 && (free.beta[1] - 3.0).abs() < 1e-10);
        let held = maximise(&Cosh, vec![0.0, 1.0], &[1], 100);
        // By symmetry the free parameter lies half way.
        assert!(held.converged && held.beta[1] == 1.0 && (held.beta[0] - 2.0).abs() < 1e-12);
        assert!(!maximise(&Cosh, vec![-15.0, 30.0], &[], 3).converged);
        let value = maximum_value(&Cosh, None, vec![2.0, 2.5], &[], 100, -2.0).unwrap();
        assert!((value + 2.0).abs() < 1e-12, "{value}");
        let value = maximum_value(&Cosh, None, vec![2.0, 2.5], &[], 100, 1e4).unwrap();
        assert!((value + 2.0).abs() < 1e-6, "{value}");
        let information = free.at.information;
        let value = maximum_value_by(&Cosh, &information, vec![2.7, 3.1], &[], -1.9).unwrap();
        assert!((value + 2.0).abs() < 1e-12, "{value}");
        let held = maximum_value_by(&Cosh, &information, vec![3.0, 3.04], &[1], -1.9).unwrap();
        let expected = -2.0 * 0.02f64.cosh();
        assert!((held - expected).abs() < 1e-12, "{held} {expected}");
        assert_eq!(maximum_value_by(&Cosh, &information, vec![-9.0, 20.0], &[], -1.9), None);
    }
}
