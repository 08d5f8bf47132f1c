//! The cumulative baseline subdistribution hazard at given times, with what each patient adds to it.
//!
//! # Formula
//! H(t) = Σ d/S₀ over the event times up to t (Breslow). It changes with patient i by
//! αᵢ(t) = ∫₀ᵗ wᵢ dMᵢ / S₀ + ∫₀ᵗ q(u, t)/Y(u) dMᵢᶜ(u), the second part being what his censoring tells of the weights of
//! others: q(u, t) = Σ over those with the competing event at Tⱼ < u of ∫ from u to t of rⱼ Ĝ(s−)/Ĝ(Tⱼ−) dH(s)/S₀(s). That is
//! Fine & Gray's decomposition of the coefficients, made for the baseline. With the scores ζᵢ = ηᵢ + ψᵢ of the coefficients
//! Λ(t | x) = r H(t) changes by r αᵢ(t) + c′I⁻¹ζᵢ, c = r (x H(t) − ∫₀ᵗ x̄ dH), and its variance is
//! r² Σ α² + 2 r c′I⁻¹ Σ αζ + c′Vc.
//!
//! # References
//! Fine & Gray 1999, doi:10.1080/01621459.1999.10474144, section 4.

use super::course::{Censoring, End, Exit};
use super::likelihood::Subdistribution;
use super::sandwich::{Psi, scores, unchanging};
use super::walk::Walk;
use crate::numerics::sums::at_least_zero;
use faer::Mat;

/// A fitted model of one stratum, and the influence of each patient on its coefficients.
pub(in crate::methods) struct Baseline<'a> {
    model: &'a Subdistribution,
    exits: &'a [Exit],
    walk: Walk,
    risk: Vec<f64>,
    /// The largest linear predictor.
    shift: f64,
    counts: Vec<f64>,
    scores: Vec<f64>,
    /// Σ d/S₀² and Σ Ĝ d/S₀² after each time.
    squares: Vec<f64>,
    weighted_squares: Vec<f64>,
    /// ∫ x̄ dH after each time.
    drift: Vec<f64>,
}

/// What is known at one time; hazards are those of a patient with the largest linear predictor.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Sums {
    /// H.
    hazard: f64,
    /// ∫ x̄ dH.
    drift: Vec<f64>,
    /// Σ α².
    variance: f64,
    /// Σ αζ.
    joint: Vec<f64>,
}

impl<'a> Baseline<'a> {
    /// The baseline of a model at its coefficients; `None` where it has not one stratum.
    pub(in crate::methods) fn new(model: &'a Subdistribution, beta: &[f64]) -> Option<Self> {
        let [exits] = &model.strata[..] else { return None };
        let p = model.columns;
        let (_, risk, risk_x) = model.risks(beta);
        let eta = (0..risk.len()).map(|row| model.row(row).iter().zip(beta).map(|(x, b)| x * b).sum::<f64>());
        let shift = eta.fold(f64::NEG_INFINITY, f64::max);
        let mut walks = model.walks(&risk, &risk_x);
        let scores = scores(model, &walks, &risk, &risk_x, &unchanging);
        let walk = walks.pop()?;
        let (mut squares, mut weighted_squares, mut drift) = (Vec::new(), Vec::new(), Vec::new());
        let (mut square, mut weighted, mut passed) = (0.0, 0.0, vec![0.0; p]);
        for at in 0..walk.times.len() {
            if walk.events[at] > 0.0 {
                let rise = walk.events[at] / walk.s0[at];
                square += rise / walk.s0[at];
                weighted += model.censoring.free[walk.times[at] as usize] * rise / walk.s0[at];
                passed.iter_mut().zip(walk.mean(at)).for_each(|(sum, mean)| *sum += mean * rise);
            }
            squares.push(square);
            weighted_squares.push(weighted);
            drift.extend_from_slice(&passed);
        }
        let counts = model.counts();
        Some(Self { model, exits, walk, risk, shift, counts, scores, squares, weighted_squares, drift })
    }

    /// The positions of the event times among all distinct ones, with how many are at risk and have the event.
    pub(in crate::methods) fn events(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        let events = self.walk.times.iter().zip(&self.walk.events).filter(|(_, events)| **events > 0.0);
        events.map(|(time, events)| (*time, self.at_risk(*time), *events as u64))
    }

    /// How many are still followed at a time, given by its position; at the last one where that is beyond it.
    pub(in crate::methods) fn at_risk(&self, time: u32) -> u64 {
        let at_risk = &self.model.censoring.at_risk;
        at_risk.get(time as usize).or(at_risk.last()).map_or(0, |n| *n as u64)
    }

    /// The sums after a time, given by its position among the distinct ones.
    pub(in crate::methods) fn after(&self, time: u32) -> Sums {
        let p = self.model.columns;
        let Some(last) = self.walk.times.partition_point(|known| *known <= time).checked_sub(1) else {
            return Sums { hazard: 0.0, drift: vec![0.0; p], variance: 0.0, joint: vec![0.0; p] };
        };
        let alpha = self.influence(last);
        let (mut variance, mut joint) = (0.0, vec![0.0; p]);
        for ((alpha, n), zeta) in alpha.iter().zip(&self.counts).zip(self.scores.chunks_exact(p)) {
            variance += n * alpha * alpha;
            joint.iter_mut().zip(zeta).for_each(|(sum, zeta)| *sum += n * alpha * zeta);
        }
        let drift = self.drift[last * p..(last + 1) * p].to_vec();
        Sums { hazard: self.walk.hazard[last], drift, variance, joint }
    }

    /// α of each exit, and of those who are censored before the first event, for the time at position `last`.
    fn influence(&self, last: usize) -> Vec<f64> {
        let censoring: &Censoring = &self.model.censoring;
        let free = |at: usize| censoring.free[self.walk.times[at] as usize];
        let ahead = |at: usize| (self.weighted_squares[last] - self.weighted_squares[at]).max(0.0);
        let mut q = vec![0.0; censoring.free.len() + 1];
        let (mut competing, mut before) = (0.0, 0.0);
        for at in 0..=last {
            for exit in self.exits[self.walk.exits(at)].iter().filter(|exit| exit.end == End::Competing) {
                competing += exit.n * self.risk[exit.pattern as usize] / free(at);
            }
            let now = competing * ahead(at);
            q[self.walk.times[at] as usize + 1] += now - before;
            before = now;
        }
        let psi = Psi::new(q, 1, censoring);
        let mut alpha = Vec::with_capacity(self.counts.len());
        for at in 0..self.walk.times.len() {
            for exit in &self.exits[self.walk.exits(at)] {
                let mut own = [-self.risk[exit.pattern as usize] * self.squares[at.min(last)]];
                match exit.end {
                    End::Event if at <= last => own[0] += 1.0 / self.walk.s0[at],
                    End::Competing if at < last => {
                        own[0] -= self.risk[exit.pattern as usize] * ahead(at) / free(at);
                    }
                    _ => {}
                }
                psi.add(exit.time as usize, exit.end, &mut own);
                alpha.push(own[0]);
            }
        }
        for (time, _) in self.model.early.iter() {
            let mut own = [0.0];
            psi.add(*time as usize, End::Censored, &mut own);
            alpha.push(own[0]);
        }
        alpha
    }

    /// The cumulative subdistribution hazard of a row of standardised covariates, and its variance.
    pub(in crate::methods) fn hazard(
        &self,
        sums: &Sums,
        x: &[f64],
        beta: &[f64],
        (covariance, inverse): (&Mat<f64>, &Mat<f64>),
    ) -> (f64, f64) {
        let eta: f64 = x.iter().zip(beta).map(|(x, b)| x * b).sum();
        let risk = libm::exp(eta - self.shift);
        let c: Vec<f64> =
            x.iter().zip(&sums.drift).map(|(x, drift)| risk * (x * sums.hazard - drift)).collect();
        let form = |matrix: &Mat<f64>, b: &[f64]| -> f64 {
            (0..c.len()).map(|j| c[j] * (0..b.len()).map(|k| matrix[(j, k)] * b[k]).sum::<f64>()).sum()
        };
        let variance =
            risk * risk * sums.variance + 2.0 * risk * form(inverse, &sums.joint) + form(covariance, &c);
        (risk * sums.hazard, at_least_zero(variance))
    }
}
