//! The largest of the maxima of a likelihood that has several.
//!
//! # Method
//! From several beginnings — how probable it is that somebody who is still free of the event is not cured — a few steps
//! of the EM algorithm: given those probabilities the incidence is a logistic regression and the latency a law of time
//! with weighted patients, both concave (Farewell 1982; Sy & Taylor 2000, doi:10.1111/j.0006-341X.2000.00227.x); given
//! both, the probabilities follow. Then Newton's method on the likelihood itself. Late entry is left to the latter.

use super::likelihood::Mixture;
use crate::likelihood::{Evaluation, Likelihood, Maximum, maximise};
use crate::methods::parametric_survival::likelihood::{Row, Told};
use crate::numerics::gram::add_gram;
use crate::time_law::{expit, log_one_plus_exp};
use faer::Mat;
use std::sync::Arc;

/// Steps of EM before Newton's method takes over.
const EXPECTATIONS: u32 = 15;
/// Newton steps within one of them.
const WITHIN: u32 = 4;
/// Newton steps after which a beginning is given up.
const LIMIT: u32 = 200;

/// What a search has found.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// The largest maximum; where none was found, where the likelihood was largest.
    pub(super) best: Maximum,
    /// Beginnings.
    pub(super) starts: u32,
    /// Those from which it was reached.
    pub(super) agreed: u32,
}

/// Searches from every beginning.
pub(super) fn search(model: &Mixture) -> Search {
    let ends: Vec<Maximum> = beginnings(model)
        .into_iter()
        .map(|uncured| maximise(model, expected(model, uncured), &[], LIMIT))
        .collect();
    // One that converged is preferred to one that got as far on its way.
    let order = |a: &&Maximum, b: &&Maximum| {
        let (a, b) = ((a.at.value, a.converged), (b.at.value, b.converged));
        if same(a.0, b.0) { a.1.cmp(&b.1) } else { a.0.total_cmp(&b.0) }
    };
    let starts = ends.len() as u32;
    let best = ends.iter().max_by(order).cloned();
    let best = best.unwrap_or_else(|| maximise(model, model.start(), &[], LIMIT));
    let agreed = ends.iter().filter(|end| same(end.at.value, best.at.value)).count() as u32;
    Search { best, starts, agreed }
}

/// Whether two log-likelihoods are those of one maximum.
pub(super) fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-7 * (1.0 + a.abs())
}

/// For each row the probability that its patients are not cured.
fn beginnings(model: &Mixture) -> Vec<Vec<f64>> {
    let rows = model.latency.rows.as_slice();
    let reach = |pick: fn(f64, f64) -> f64, from| rows.iter().map(|row| row.u).fold(from, pick);
    let (low, high) = (reach(f64::min, f64::INFINITY), reach(f64::max, f64::NEG_INFINITY));
    let of = |uncured: &dyn Fn(&Row) -> f64| -> Vec<f64> {
        let share = |row: &Row| if row.told == Told::Longer { uncured(row) } else { 1.0 };
        rows.iter().map(share).collect()
    };
    let falling = |row: &Row| 0.05 + 0.9 * (high - row.u) / (high - low).max(f64::MIN_POSITIVE);
    vec![of(&|_| 0.1), of(&|_| 0.5), of(&|_| 0.9), of(&falling)]
}

/// Where EM has come after some steps.
fn expected(model: &Mixture, mut uncured: Vec<f64>) -> Vec<f64> {
    let mut incidence = Expected { model, cured: Vec::new(), patients: Vec::new() };
    let mut gamma = vec![0.0; model.incidence];
    let mut latency = model.latency.clone();
    let mut law = latency.start();
    for step in 0..EXPECTATIONS {
        incidence.count(&uncured);
        gamma = maximise(&incidence, gamma, &[], WITHIN).beta;
        let weighted = model.latency.rows.iter().zip(&uncured).filter(|(row, _)| row.told != Told::Entered);
        let weighted = weighted.map(|(row, w)| Row { n: row.n * w, ..*row }).filter(|row| row.n > 0.0);
        latency.rows = Arc::new(weighted.collect());
        if step == 0 {
            law = latency.start();
        }
        law = maximise(&latency, law, &[], WITHIN).beta;
        probabilities(model, &gamma, &law, &mut uncured);
    }
    model.joined(&gamma, &law)
}

/// The probability of each row that its patients are not cured.
fn probabilities(model: &Mixture, gamma: &[f64], law: &[f64], uncured: &mut [f64]) {
    let log_odds = model.log_odds(gamma);
    let mut next = uncured.iter_mut();
    model.latency.evaluate_rows(law, |row, y, _| {
        let survival = model.latency.law.log_survival(y);
        if let (Some(w), Told::Longer) = (next.next(), row.told) {
            let found = expit(survival.value - log_odds[row.pattern as usize]);
            *w = if found.is_nan() { 0.5 } else { found };
        }
        survival
    });
}

/// The logistic regression of being cured, each patient divided between both outcomes.
struct Expected<'a> {
    model: &'a Mixture,
    /// By pattern.
    cured: Vec<f64>,
    patients: Vec<f64>,
}

impl Expected<'_> {
    fn count(&mut self, uncured: &[f64]) {
        self.cured = vec![0.0; self.model.uncured.len()];
        self.patients = self.cured.clone();
        let rows = self.model.latency.rows.iter().zip(uncured);
        for (row, w) in rows.filter(|(row, _)| row.told != Told::Entered) {
            let pattern = row.pattern as usize;
            if !self.model.uncured[pattern] {
                self.cured[pattern] += row.n * (1.0 - w);
                self.patients[pattern] += row.n;
            }
        }
    }
}

impl Likelihood for Expected<'_> {
    fn parameters(&self) -> usize {
        self.model.incidence
    }

    fn evaluate(&self, gamma: &[f64]) -> Evaluation {
        let q = self.model.incidence;
        let (mut value, mut score) = (0.0, vec![0.0; q]);
        let mut weights = vec![0.0; self.patients.len()];
        for (pattern, a) in self.model.log_odds(gamma).into_iter().enumerate() {
            let (cured, n) = (self.cured[pattern], self.patients[pattern]);
            if n == 0.0 {
                continue;
            }
            let share = expit(a);
            value += cured * a - n * log_one_plus_exp(a);
            weights[pattern] = n * share * expit(-a);
            for (sum, z) in score.iter_mut().zip(self.model.z(pattern)) {
                *sum += z * (cured - n * share);
            }
        }
        let mut information = Mat::zeros(q, q);
        add_gram(&self.model.z, q, &weights, &mut information);
        Evaluation { value, score, information }
    }
}
