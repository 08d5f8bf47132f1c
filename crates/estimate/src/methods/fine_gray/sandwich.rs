//! The variance of the coefficients, which allows for the estimated weights.
//!
//! # Formula
//! I⁻¹ Σ (ηᵢ + ψᵢ)(ηᵢ + ψᵢ)′ I⁻¹ (Fine & Gray 1999, equations 7 and 8), with
//! ηᵢ = ∫ (xᵢ − x̄(t)) wᵢ(t) dMᵢ(t) the patient's own part of the score, and
//! ψᵢ = ∫ q(u)/Y(u) dMᵢᶜ(u) what his censoring tells of the weights of others, Y(u) being those at risk and
//! q(u) = Σ over those with the competing event at Tⱼ < u of ∫ from u on of (xⱼ − x̄(t)) rⱼ Ĝ(t−)/Ĝ(Tⱼ−) dH(t).
//! All integrals are differences of cumulated sums; the work is in proportion to the patients. With a function g of time
//! before dM and dH they are those of a coefficient that changes with g; see [`super::proportionality`].

use super::course::{Censoring, End, Exit};
use super::likelihood::Subdistribution;
use super::walk::Walk;
use crate::numerics::gram::add_gram;
use faer::Mat;

/// The sandwich at some coefficients, from the inverse of the information there.
pub(super) fn sandwich(model: &Subdistribution, beta: &[f64], inverse: &Mat<f64>) -> Mat<f64> {
    let p = model.columns;
    let (_, risk, risk_x) = model.risks(beta);
    let walks = model.walks(&risk, &risk_x);
    let mut meat = Mat::zeros(p, p);
    add_gram(&scores(model, &walks, &risk, &risk_x, &unchanging), p, &model.counts(), &mut meat);
    inverse * &meat * inverse
}

/// The g of coefficients that stay the same.
pub(super) fn unchanging(_: u32) -> f64 {
    1.0
}

/// η + ψ of each exit, stratum by stratum, and of those who are censored before the first event; `g` is given positions
/// of times.
pub(super) fn scores(
    model: &Subdistribution,
    walks: &[Walk],
    risk: &[f64],
    risk_x: &[f64],
    g: &dyn Fn(u32) -> f64,
) -> Vec<f64> {
    let p = model.columns;
    let mut q = vec![0.0; (model.censoring.free.len() + 1) * p];
    for (walk, exits) in walks.iter().zip(model.strata.iter()) {
        Cumulated::new(walk, model, g).add_q(exits, risk, risk_x, &mut q);
    }
    let psi = Psi::new(q, p, &model.censoring);
    let mut rows = Vec::new();
    let mut row = vec![0.0; p];
    for (walk, exits) in walks.iter().zip(model.strata.iter()) {
        let cumulated = Cumulated::new(walk, model, g);
        for at in 0..walk.times.len() {
            for exit in &exits[walk.exits(at)] {
                row.fill(0.0);
                let pattern = exit.pattern as usize;
                cumulated.eta(exit, at, model.row(pattern), risk[pattern], &mut row);
                psi.add(exit.time as usize, exit.end, &mut row);
                rows.extend_from_slice(&row);
            }
        }
    }
    for (time, _) in model.early.iter() {
        row.fill(0.0);
        psi.add(*time as usize, End::Censored, &mut row);
        rows.extend_from_slice(&row);
    }
    rows
}

/// Σ g V over the events, V being the weighted variance of x over those at risk.
pub(super) fn information(
    model: &Subdistribution,
    walks: &[Walk],
    risk: &[f64],
    g: &dyn Fn(u32) -> f64,
) -> Mat<f64> {
    let p = model.columns;
    let mut information = Mat::zeros(p, p);
    let mut expected = vec![0.0; risk.len()];
    for (walk, exits) in walks.iter().zip(model.strata.iter()) {
        let cumulated = Cumulated::new(walk, model, g);
        for at in 0..walk.times.len() {
            for exit in &exits[walk.exits(at)] {
                let pattern = exit.pattern as usize;
                expected[pattern] += exit.n * risk[pattern] * cumulated.exposure(exit.end, at);
            }
        }
        let weights: Vec<f64> =
            walk.events.iter().zip(&walk.times).map(|(events, time)| -events * g(*time)).collect();
        add_gram(&walk.mean, p, &weights, &mut information);
    }
    add_gram(&model.x, p, &expected, &mut information);
    information
}

/// ∫ g dH, ∫ g Ĝ dH, ∫ g x̄ dH and ∫ g x̄ Ĝ dH after each time of a stratum.
struct Cumulated<'a> {
    walk: &'a Walk,
    free: Vec<f64>,
    g: Vec<f64>,
    p: usize,
    hazard: Vec<f64>,
    weighted: Vec<f64>,
    hazard_x: Vec<f64>,
    weighted_x: Vec<f64>,
}

impl<'a> Cumulated<'a> {
    fn new(walk: &'a Walk, model: &Subdistribution, g: &dyn Fn(u32) -> f64) -> Self {
        let p = model.columns;
        let free: Vec<f64> = walk.times.iter().map(|time| model.censoring.free[*time as usize]).collect();
        let g: Vec<f64> = walk.times.iter().map(|time| g(*time)).collect();
        let (mut hazard, mut weighted) = (Vec::new(), Vec::new());
        let (mut hazard_x, mut weighted_x) = (Vec::new(), Vec::new());
        let (mut h0, mut k0, mut h, mut k) = (0.0, 0.0, vec![0.0; p], vec![0.0; p]);
        for (at, free) in free.iter().enumerate() {
            if walk.events[at] > 0.0 {
                let step = g[at] * walk.events[at] / walk.s0[at];
                h0 += step;
                k0 += free * step;
                for (column, mean) in walk.mean(at).iter().enumerate() {
                    h[column] += step * mean;
                    k[column] += free * step * mean;
                }
            }
            hazard.push(h0);
            weighted.push(k0);
            hazard_x.extend_from_slice(&h);
            weighted_x.extend_from_slice(&k);
        }
        Self { walk, free, g, p, hazard, weighted, hazard_x, weighted_x }
    }

    /// ∫ w g dH of a patient who leaves at a time.
    fn exposure(&self, end: End, at: usize) -> f64 {
        let after = if end == End::Competing { self.ahead(at).0 / self.free[at] } else { 0.0 };
        self.hazard[at] + after
    }

    /// What is still to come after a time: ∫ g Ĝ dH, and ∫ g x̄ Ĝ dH of a column.
    fn ahead(&self, at: usize) -> (f64, impl Fn(usize) -> f64 + '_) {
        let last = self.walk.times.len() - 1;
        let whole = self.weighted[last] - self.weighted[at];
        let p = self.p;
        (whole, move |column| self.weighted_x[last * p + column] - self.weighted_x[at * p + column])
    }

    /// The own part of the score of one patient.
    fn eta(&self, exit: &Exit, at: usize, x: &[f64], risk: f64, into: &mut [f64]) {
        let (rest, rest_x) = self.ahead(at);
        for (column, into) in into.iter_mut().enumerate() {
            let passed_x = self.hazard_x[at * self.p + column];
            *into -= risk * (self.hazard[at] * x[column] - passed_x);
            match exit.end {
                End::Event => *into += self.g[at] * (x[column] - self.walk.mean(at)[column]),
                End::Competing => *into -= risk * (rest * x[column] - rest_x(column)) / self.free[at],
                End::Censored => {}
            }
        }
    }

    /// Adds the steps of q: it changes after each time at which somebody of the stratum leaves.
    fn add_q(&self, exits: &[Exit], risk: &[f64], risk_x: &[f64], q: &mut [f64]) {
        let p = self.p;
        let (mut b0, mut b1, mut before) = (0.0, vec![0.0; p], vec![0.0; p]);
        for at in 0..self.walk.times.len() {
            for exit in exits[self.walk.exits(at)].iter().filter(|exit| exit.end == End::Competing) {
                let (pattern, weight) = (exit.pattern as usize, exit.n / self.free[at]);
                b0 += weight * risk[pattern];
                let row = &risk_x[pattern * p..(pattern + 1) * p];
                b1.iter_mut().zip(row).for_each(|(b, x)| *b += weight * x);
            }
            let (rest, rest_x) = self.ahead(at);
            let next = (self.walk.times[at] as usize + 1) * p;
            for column in 0..p {
                let now = b1[column] * rest - b0 * rest_x(column);
                q[next + column] += now - before[column];
                before[column] = now;
            }
        }
    }
}

/// q(u)/Y(u), and its integral over the censoring hazard.
pub(super) struct Psi {
    p: usize,
    jump: Vec<f64>,
    passed: Vec<f64>,
}

impl Psi {
    /// `q` holds by how much q changes at each time, in rows of `p`.
    pub(super) fn new(mut q: Vec<f64>, p: usize, censoring: &Censoring) -> Self {
        let mut passed = vec![0.0; q.len()];
        for time in 0..censoring.free.len() {
            let at_risk = censoring.at_risk[time];
            for column in 0..p {
                let (here, next) = (time * p + column, (time + 1) * p + column);
                q[next] += q[here];
                q[here] = if at_risk > 0.0 { q[here] / at_risk } else { 0.0 };
                let step = if at_risk > 0.0 { q[here] * censoring.censored[time] / at_risk } else { 0.0 };
                let before = if time > 0 { passed[here - p] } else { 0.0 };
                passed[here] = before + step;
            }
        }
        Self { p, jump: q, passed }
    }

    /// Adds what the censoring of one patient tells.
    pub(super) fn add(&self, time: usize, end: End, into: &mut [f64]) {
        for (column, into) in into.iter_mut().enumerate() {
            let at = time * self.p + column;
            *into -= self.passed[at];
            if end == End::Censored {
                *into += self.jump[at];
            }
        }
    }
}
