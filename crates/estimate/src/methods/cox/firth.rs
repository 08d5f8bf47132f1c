//! Firth's penalized partial likelihood.
//!
//! # Formula
//! ℓ*(β) = ℓ(β) + ½ ln |I(β)|, I the observed information (Heinze & Schemper 2001,
//! doi:10.1111/j.0006-341X.2001.00114.x, eq. 2). Its score is U + ½ g, gₖ = tr(I⁻¹ ∂ₖI). I is a sum, over events, of
//! covariance matrices of x over the risk set with weights r, and ∂ₖ of such a covariance is a third central moment, so
//! that g = Σ over events of E[(x − m)′I⁻¹(x − m) (x − m)]; see [`pull`]. Ratios are finite whatever separates the events.
//!
//! Newton's method learns the curvature of the penalty from the scores on its way; near the maximum it is given that from
//! differences of g, good to six digits. Where events are many it is left out, because it is then small. None of this changes
//! the maximum.

mod pull;

use super::likelihood::Partial;
use crate::likelihood::{Evaluation, Likelihood, Parts};
use crate::numerics::rows::Rows;
use crate::numerics::symmetric::solve;
use crate::regression::Regression;
use crate::separation::{Cone, Recession};
use faer::Mat;
use std::sync::Arc;

/// Events for each parameter from which the penalty's curvature is left out of Newton's matrix.
const MANY: f64 = 200.0;
/// Half the distance, in standardised columns, over which g is compared.
const STEP: f64 = 1e-3;

/// A partial likelihood with Jeffreys' prior.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Firth {
    pub(super) partial: Partial,
    /// ½ ln |I| in the units of the variables is larger by this than in those of the columns.
    units: f64,
    rows: Arc<Rows>,
}

impl Firth {
    /// Of columns in which ½ ln |I| is smaller by `units` than in those of the variables.
    pub(in crate::methods) fn new(partial: Partial, units: f64) -> Self {
        let rows = Rows::new(&partial.x, partial.columns, partial.events.len());
        Self { partial, units, rows: Arc::new(rows) }
    }

    /// Of columns whose units do not matter.
    pub(in crate::methods) fn of(partial: Partial) -> Self {
        Self::new(partial, 0.0)
    }

    /// Minus the second derivative of ½ ln |I|, from differences of its first.
    fn curvature(&self, beta: &[f64]) -> Option<Mat<f64>> {
        let p = beta.len();
        let mut columns = Vec::with_capacity(p);
        for k in 0..p {
            let at = |sign: f64| {
                let mut moved = beta.to_vec();
                moved[k] += sign * STEP;
                let Parts { evaluation, pull } = self.whole(&moved);
                evaluation.value.is_finite().then_some(pull)
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

    fn slope(&self, beta: &[f64]) -> (f64, Vec<f64>) {
        let Evaluation { value, score, .. } = self.whole(beta).evaluation;
        (value, score)
    }

    fn evaluate(&self, beta: &[f64]) -> Evaluation {
        let (parts, curvature) = self.whole_with_curvature(beta);
        let mut evaluation = parts.evaluation;
        if let Some(curvature) = curvature {
            let whole = &evaluation.information + curvature;
            if solve(&whole, &evaluation.score).is_some() {
                evaluation.information = whole;
            }
        }
        evaluation
    }

    fn parts(&self, beta: &[f64]) -> Option<Parts> {
        (!self.has_many_events()).then(|| self.whole(beta))
    }

    fn parts_with_curvature(&self, beta: &[f64]) -> Option<(Parts, Option<Mat<f64>>)> {
        (!self.has_many_events()).then(|| self.whole_with_curvature(beta))
    }
}

impl Firth {
    fn has_many_events(&self) -> bool {
        self.partial.events.iter().sum::<f64>() > MANY * self.partial.columns as f64
    }

    fn whole_with_curvature(&self, beta: &[f64]) -> (Parts, Option<Mat<f64>>) {
        let parts = self.whole(beta);
        let small = self.has_many_events() || !parts.evaluation.value.is_finite();
        let curvature = if small { None } else { self.curvature(beta) };
        (parts, curvature)
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
        Self::new(self.partial.limit(recession), self.units)
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        self.partial.contrasts()
    }

    fn select(&self, columns: &[usize]) -> Self {
        Self::new(self.partial.select(columns), self.units)
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        Self::new(self.partial.hold(column, value), self.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::cox::Ties;
    use crate::numerics::symmetric::whitening;
    use crate::risk_set::{Exit, RiskSets};

    const PATTERNS: usize = 60;

    /// Two strata with ties and entries.
    fn model(x: &[f64], columns: usize, ties: Ties) -> Firth {
        let exits = |from: usize, to: usize| -> Vec<Exit> {
            let exit = |pattern: usize| Exit {
                time: 1 + (pattern as u32 - from as u32) / 2,
                from: if pattern % 5 == 3 { 1 + (pattern as u32 - from as u32) / 3 } else { 0 },
                event: pattern % 3 != 1,
                pattern: (pattern * 7 % PATTERNS) as u32,
                n: 1.0 + (pattern % 2) as f64,
                weight: 1.0,
            };
            (from..to).map(exit).collect()
        };
        let sets = Arc::new(RiskSets::new([exits(0, 37), exits(37, PATTERNS)], PATTERNS));
        assert!(sets.is_delayed());
        Firth::of(Partial::new(Arc::new(x.to_vec()), columns, PATTERNS, sets, ties))
    }

    /// Of two numbers, and of a factor of twelve levels beside them, of which only the differences from the commonest values
    /// are stored.
    ///
    /// Identity, `cox`: the score of the penalized partial likelihood is its gradient, with ties, entries and strata.
    #[test]
    fn the_score_is_the_gradient() {
        let number = |pattern: usize, factor: usize| (pattern * factor % 11) as f64 / 5.0 - 1.0;
        let narrow: Vec<f64> = (0..PATTERNS).flat_map(|i| [number(i, 37), number(i, 17)]).collect();
        let row = |i: usize| {
            let level = i * 5 % 12;
            let indicator = move |k: usize| if level == k { 3.1 } else { -0.4 };
            (1..12).map(indicator).chain([number(i, 37), number(i, 17)]).collect::<Vec<f64>>()
        };
        let wide: Vec<f64> = (0..PATTERNS).flat_map(row).collect();
        for (x, few) in [(&narrow, false), (&wide, true)] {
            let p = x.len() / PATTERNS;
            for ties in [Ties::Efron, Ties::Breslow] {
                let model = model(x, p, ties);
                assert_eq!(model.rows.base().is_some(), few);
                let beta: Vec<f64> = (0..p).map(|k| ((k * 5 % 7) as f64 - 3.0) / 10.0).collect();
                let at = model.parts(&beta).unwrap().evaluation;
                let plain = model.partial.evaluate(&beta);
                let (_, logarithm) = whitening(&plain.information).unwrap();
                assert!((at.value - plain.value - 0.5 * logarithm).abs() < 1e-11 * at.value.abs());
                let difference = (&at.information - &plain.information).norm_max();
                assert!(difference < 1e-12 * plain.information.norm_max(), "{difference}");
                for k in 0..p {
                    let value = |by: f64| {
                        let mut moved = beta.clone();
                        moved[k] += by;
                        model.value(&moved)
                    };
                    let difference = |h: f64| value(h) - value(-h);
                    let slope = (8.0 * difference(1e-3) - difference(2e-3)) / 12e-3;
                    assert!(
                        (slope - at.score[k]).abs() < 1e-8 * (1.0 + slope.abs()),
                        "{slope} {:?}",
                        at.score
                    );
                }
            }
        }
    }
}
