//! Firth's penalized partial likelihood.
//!
//! # Formula
//! ℓ*(β) = ℓ(β) + ½ ln |I(β)|, I the observed information (Heinze & Schemper 2001,
//! doi:10.1111/j.0006-341X.2001.00114.x, eq. 2). Its score is U + ½ g, gₖ = tr(I⁻¹ ∂ₖI). I is a sum, over events, of
//! covariance matrices of x over the risk set with weights r, and ∂ₖ of such a covariance is a third central moment, so
//! that g = Σ over events of E[(x − m)′I⁻¹(x − m) (x − m)]; with q = x′I⁻¹x this is E[qx] − E[q] m − 2 E[xx′] I⁻¹m +
//! 2 (m′I⁻¹m) m, of sums over the risk set that only grow on the way back in time. The k-th of d tied events under Efron
//! has its own sums. Ratios are finite whatever separates the events.
//!
//! Newton's method is given the curvature of ℓ*, of which that of the penalty is taken from differences of g, good to
//! six digits; where events are many it is left out, because it is then small. Neither changes the maximum.

use super::likelihood::{Partial, Risks};
use super::ties::Ties;
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::symmetric::{inverse, solve, whitening};
use crate::regression::Regression;
use crate::risk_set::{EventTime, Leaving};
use crate::separation::{Cone, Recession};
use faer::Mat;

/// Events for each parameter from which the penalty's curvature is left out of Newton's matrix.
const MANY: f64 = 200.0;
/// Half the distance, in standardised columns, over which g is compared.
const STEP: f64 = 1e-3;

/// A partial likelihood with Jeffreys' prior.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Firth {
    pub(super) partial: Partial,
    /// ½ ln |I| in the units of the variables is larger by this than in those of the columns.
    pub(super) units: f64,
}

/// Σ r, Σ r x, Σ r x x′, Σ r q and Σ r q x over some patients.
struct Sums {
    zero: f64,
    first: Vec<f64>,
    second: Vec<f64>,
    q: f64,
    qx: Vec<f64>,
}

impl Sums {
    fn new(p: usize) -> Self {
        Self { zero: 0.0, first: vec![0.0; p], second: vec![0.0; p * p], q: 0.0, qx: vec![0.0; p] }
    }

    fn clear(&mut self) {
        self.zero = 0.0;
        self.q = 0.0;
        [&mut self.first, &mut self.second, &mut self.qx].into_iter().for_each(|sums| sums.fill(0.0));
    }

    fn add(&mut self, weight: f64, q: f64, x: &[f64]) {
        self.zero += weight;
        self.q += weight * q;
        for (i, a) in x.iter().enumerate() {
            self.first[i] += weight * a;
            self.qx[i] += weight * q * a;
            let row = &mut self.second[i * x.len()..(i + 1) * x.len()];
            row.iter_mut().zip(x).for_each(|(sum, b)| *sum += weight * a * b);
        }
    }

    /// Adds n times E[(x − m)′V(x − m) (x − m)] over everybody less a share f of `dying`.
    fn third(&self, dying: &Self, f: f64, n: f64, v: &Mat<f64>, into: &mut [f64]) {
        let p = self.first.len();
        let zero = self.zero - f * dying.zero;
        let mean: Vec<f64> = self.first.iter().zip(&dying.first).map(|(a, d)| (a - f * d) / zero).collect();
        let vm: Vec<f64> = (0..p).map(|i| (0..p).map(|j| v[(i, j)] * mean[j]).sum()).collect();
        let square: f64 = mean.iter().zip(&vm).map(|(a, b)| a * b).sum();
        let q = (self.q - f * dying.q) / zero;
        for (i, sum) in into.iter_mut().enumerate() {
            let second = |j: usize| (self.second[i * p + j] - f * dying.second[i * p + j]) / zero;
            let turned: f64 = (0..p).map(|j| second(j) * vm[j]).sum();
            let qx = (self.qx[i] - f * dying.qx[i]) / zero;
            *sum += n * (qx - q * mean[i] - 2.0 * turned + 2.0 * square * mean[i]);
        }
    }
}

impl Firth {
    /// Of columns whose units do not matter.
    pub(in crate::methods) fn of(partial: Partial) -> Self {
        Self { partial, units: 0.0 }
    }

    /// ½ g, where the inverse of the information is V.
    fn pull(&self, beta: &[f64], v: &Mat<f64>) -> Vec<f64> {
        let (partial, p) = (&self.partial, self.partial.columns);
        let Risks { risk, .. } = partial.risks(beta);
        let q: Vec<f64> = (0..risk.len())
            .map(|pattern| {
                let x = partial.row(pattern);
                x.iter().enumerate().map(|(i, a)| (0..p).map(|j| a * v[(i, j)] * x[j]).sum::<f64>()).sum()
            })
            .collect();
        let sets = &partial.sets;
        let (mut all, mut dying) = (Sums::new(p), Sums::new(p));
        let mut third = vec![0.0; p];
        let add = |sums: &mut Sums, leaving: &Leaving, sign: f64| {
            let at = leaving.pattern as usize;
            sums.add(sign * leaving.n * risk[at], q[at], partial.row(at));
        };
        for stratum in sets.strata() {
            all.clear();
            for time in stratum.iter().rev() {
                sets.all_leaving(time).iter().for_each(|leaving| add(&mut all, leaving, 1.0));
                dying.clear();
                let EventTime { events, deaths, .. } = *time;
                if partial.ties == Ties::Breslow || events == 1.0 {
                    all.third(&dying, 0.0, deaths, v, &mut third);
                } else {
                    sets.dying(time).iter().for_each(|leaving| add(&mut dying, leaving, 1.0));
                    for k in 0..events as u64 {
                        all.third(&dying, k as f64 / events, deaths / events, v, &mut third);
                    }
                }
                sets.entering(time).iter().for_each(|leaving| add(&mut all, leaving, -1.0));
            }
        }
        third.iter().map(|value| 0.5 * value).collect()
    }

    /// Minus the second derivative of ½ ln |I|, from differences of its first.
    fn curvature(&self, beta: &[f64]) -> Option<Mat<f64>> {
        let p = beta.len();
        let mut columns = Vec::with_capacity(p);
        for k in 0..p {
            let at = |sign: f64| {
                let mut moved = beta.to_vec();
                moved[k] += sign * STEP;
                let v = inverse(&self.partial.evaluate(&moved).information)?;
                Some(self.pull(&moved, &v))
            };
            let (high, low) = (at(1.0)?, at(-1.0)?);
            columns.push(high.iter().zip(&low).map(|(a, b)| (b - a) / (2.0 * STEP)).collect::<Vec<f64>>());
        }
        Some(Mat::from_fn(p, p, |i, j| 0.5 * (columns[i][j] + columns[j][i])))
    }
}

impl Likelihood for Firth {
    fn parameters(&self) -> usize {
        self.partial.columns
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let Evaluation { value, mut score, information } = self.partial.evaluate(beta);
        let inverted = inverse(&information).zip(whitening(&information));
        let Some((v, (_, logarithm))) = inverted else {
            // So far out that the information vanishes: no place to climb to.
            return Evaluation { value: f64::NEG_INFINITY, score: vec![0.0; score.len()], information };
        };
        score.iter_mut().zip(self.pull(beta, &v)).for_each(|(sum, pull)| *sum += pull);
        let events: f64 = self.partial.events.iter().sum();
        let whole = if events > MANY * beta.len() as f64 {
            None
        } else {
            let curvature = self.curvature(beta).map(|curvature| &information + curvature);
            curvature.filter(|matrix| solve(matrix, &score).is_some())
        };
        let value = value + 0.5 * logarithm + self.units;
        Evaluation { value, score, information: whole.unwrap_or(information) }
    }
}

impl Regression for Firth {
    fn is_always_finite(&self) -> bool {
        true
    }

    fn cone(&self) -> Cone {
        self.partial.cone()
    }

    fn candidate(&self) -> Option<Vec<f64>> {
        self.partial.candidate()
    }

    fn reach(&self) -> f64 {
        self.partial.reach()
    }

    fn limit(&self, recession: &Recession) -> Self {
        Self { partial: self.partial.limit(recession), ..*self }
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        self.partial.contrasts()
    }

    fn select(&self, columns: &[usize]) -> Self {
        Self { partial: self.partial.select(columns), ..*self }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        Self { partial: self.partial.hold(column, value), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk_set::{Exit, RiskSets};
    use std::sync::Arc;

    /// Identity, `cox`: the score of the penalized partial likelihood is its gradient, with ties, entries and strata.
    #[test]
    fn the_score_is_the_gradient() {
        let x: Vec<f64> = (0..24).map(|i| f64::from(i * 37 % 11) / 5.0 - 1.0).collect();
        let exits = |from: usize, to: usize| -> Vec<Exit> {
            let exit = |pattern: usize| Exit {
                time: 1 + (pattern as u32 - from as u32) / 2,
                from: if pattern % 5 == 3 { 1 + (pattern as u32 - from as u32) / 2 } else { 0 },
                event: pattern % 3 != 1,
                pattern: pattern as u32,
                n: 1.0 + (pattern % 2) as f64,
                weight: 1.0,
            };
            (from..to).map(exit).collect()
        };
        let sets = Arc::new(RiskSets::new([exits(0, 7), exits(7, 12)], 12));
        assert!(sets.is_delayed());
        for ties in [Ties::Efron, Ties::Breslow] {
            let partial = Partial::new(Arc::new(x.clone()), 2, 12, Arc::clone(&sets), ties);
            let model = Firth::of(partial);
            let beta = [0.3, -0.2];
            let at = model.evaluate(&beta);
            for k in 0..2 {
                let value = |sign: f64| {
                    let mut moved = beta;
                    moved[k] += sign * 1e-5;
                    model.evaluate(&moved).value
                };
                let slope = (value(1.0) - value(-1.0)) / 2e-5;
                assert!((slope - at.score[k]).abs() < 1e-8 * (1.0 + slope.abs()), "{slope} {:?}", at.score);
            }
        }
    }
}
