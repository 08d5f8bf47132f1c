//! The curvature of a penalty, learnt along the way of a search.
//!
//! Where the curvature of a penalty costs far more than its score, Newton's matrix is the information I of the likelihood at
//! each point plus what the scores of the points visited tell of the penalty. From a point to the next by s the
//! penalty's score falls by y, and C ← C + r r′/(r′s), r = y − C s, is the symmetric matrix nearest in rank that says so
//! (the symmetric rank-one update). Where r is nearly at right angles to s, which would make the change large, nothing is
//! learnt. Neither changes the maximum or a limit.
//!
//! # References
//! Conn, Gould & Toint 1991, doi:10.1007/BF01594934.

use super::{Evaluation, Likelihood};
use crate::numerics::rank::dot;
use crate::numerics::symmetric::solve;
use faer::Mat;

/// A penalized log-likelihood at one point, without the curvature of its penalty.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The penalized value and score, and the information of the likelihood alone.
    pub evaluation: Evaluation,
    /// The penalty's part of the score.
    pub pull: Vec<f64>,
}

/// What is known of the curvature of a penalty, and where.
#[derive(Debug, Clone)]
pub struct Learnt {
    beta: Vec<f64>,
    pull: Vec<f64>,
    curvature: Mat<f64>,
}

/// Least cosine of the angle between r and s.
const LEAST: f64 = 0.1;
/// Squared length of a step, in standard errors, of which rounding leaves too little to learn from.
const TINY: f64 = 1e-12;

impl Learnt {
    /// With the curvature at a point.
    pub(crate) fn new(beta: &[f64], parts: &Parts, curvature: Mat<f64>) -> Self {
        Self { beta: beta.to_vec(), pull: parts.pull.clone(), curvature }
    }

    fn learn(&mut self, beta: &[f64], parts: &Parts) {
        let step: Vec<f64> = beta.iter().zip(&self.beta).map(|(to, from)| to - from).collect();
        let rest: Vec<f64> = (0..beta.len())
            .map(|i| self.pull[i] - parts.pull[i] - dot(self.curvature.col_as_slice(i), &step))
            .collect();
        self.beta = beta.to_vec();
        self.pull.clone_from(&parts.pull);
        // Lengths in the units of the information, whatever the scale of the columns.
        let diagonal = |i: usize| parts.evaluation.information[(i, i)];
        let length: f64 = step.iter().enumerate().map(|(i, s)| s * s * diagonal(i)).sum();
        let other: f64 = rest.iter().enumerate().map(|(i, r)| r * r / diagonal(i)).sum();
        let product = dot(&rest, &step);
        if length > TINY && product.abs() > LEAST * (length * other).sqrt() {
            for j in 0..rest.len() {
                for i in 0..rest.len() {
                    self.curvature[(i, j)] += rest[i] * rest[j] / product;
                }
            }
        }
    }
}

/// A likelihood that is evaluated at one point after the other.
pub(crate) struct Course<'a, L> {
    likelihood: &'a L,
    learnt: Option<Learnt>,
}

impl<'a, L: Likelihood> Course<'a, L> {
    /// With what is known already.
    pub(crate) fn new(likelihood: &'a L, learnt: Option<Learnt>) -> Self {
        Self { likelihood, learnt }
    }

    /// What a patient counts on average.
    pub(super) fn unit(&self) -> f64 {
        self.likelihood.unit()
    }

    /// The likelihood at the next point.
    pub(crate) fn evaluate(&mut self, beta: &[f64]) -> Evaluation {
        let Some(parts) = self.likelihood.parts(beta) else { return self.likelihood.evaluate(beta) };
        if !parts.evaluation.value.is_finite() {
            return parts.evaluation;
        }
        let p = beta.len();
        match &mut self.learnt {
            None => self.learnt = Some(Learnt::new(beta, &parts, Mat::zeros(p, p))),
            Some(learnt) => learnt.learn(beta, &parts),
        }
        let mut evaluation = parts.evaluation;
        if let Some(Learnt { curvature, .. }) = &self.learnt {
            let whole = &evaluation.information + curvature;
            if solve(&whole, &evaluation.score).is_some() {
                evaluation.information = whole;
            }
        }
        evaluation
    }

    /// Value and score at a point, and the information, where it costs no more.
    pub(super) fn slope(&mut self, beta: &[f64], information: &Mat<f64>) -> Evaluation {
        if self.learns() {
            return self.evaluate(beta);
        }
        let (value, score) = self.likelihood.slope(beta);
        Evaluation { value, score, information: information.clone() }
    }

    /// Whether the likelihood has a penalty whose curvature is learnt: the search then converges less than quadratically.
    pub(crate) fn learns(&self) -> bool {
        self.learnt.is_some()
    }

    /// Whether every point where the score vanishes is the maximum.
    pub(super) fn is_concave(&self) -> bool {
        self.likelihood.is_concave()
    }

    /// What has been learnt.
    pub(super) fn into_learnt(self) -> Option<Learnt> {
        self.learnt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::{maximise, maximum_value};

    /// −cosh(b₀ − b₁) − cosh(b₁ − 1) with the penalty −b₀²/2 − sin(b₁), whose curvature nobody is told.
    struct Penalized;

    impl Likelihood for Penalized {
        fn parameters(&self) -> usize {
            2
        }

        fn evaluate(&self, _: &[f64]) -> Evaluation {
            panic!("the curvature costs too much")
        }

        fn parts(&self, beta: &[f64]) -> Option<Parts> {
            let (u, v) = (beta[0] - beta[1], beta[1] - 1.0);
            let pull = vec![-beta[0], -beta[1].cos()];
            let score = vec![-u.sinh() + pull[0], u.sinh() - v.sinh() + pull[1]];
            let information = [[u.cosh(), -u.cosh()], [-u.cosh(), u.cosh() + v.cosh()]];
            let value = -u.cosh() - v.cosh() - 0.5 * beta[0] * beta[0] - beta[1].sin();
            let information = Mat::from_fn(2, 2, |i, j| information[i][j]);
            Some(Parts { evaluation: Evaluation { value, score, information }, pull })
        }
    }

    #[test]
    fn the_maximum_is_found_though_the_curvature_is_not_told() {
        let found = maximise(&Penalized, vec![2.0, -1.0], &[], 100);
        let score = Penalized.parts(&found.beta).unwrap().evaluation.score;
        assert!(found.converged && found.iterations < 15, "{}", found.iterations);
        assert!(score.iter().all(|u| u.abs() < 1e-9), "{score:?}");
        // The curvature is 1 of b₀ and −sin b₁ of b₁; what was learnt on the way is not far from it.
        let curvature = &found.learnt.as_ref().unwrap().curvature;
        assert!((curvature[(0, 0)] - 1.0).abs() < 0.3, "{curvature:?}");
        let start = vec![0.0, 0.5];
        let held = maximise(&Penalized, start.clone(), &[0], 100);
        let value =
            maximum_value(&Penalized, found.learnt.clone(), start, &[0], 100, found.at.value).unwrap();
        assert!((value - held.at.value).abs() < 1e-11 && held.beta[0] == 0.0, "{value} {held:?}");
    }
}
