//! The penalized partial likelihood and its score at one point.
//!
//! # Formula
//! With V = I⁻¹, q = x′Vx, and over the risk set of an event P = E[xx′] and u = Vm, that event adds to g
//! E[qx] − E[q] m − 2 P u + 2 (m′u) m. P is never formed: Σ over events of P u equals Σ over patients of r x (x′K), K
//! being the sum of u/S₀ over the events that the patient is at risk at, and so does Σ E[qx] with the hazard that the
//! patient has passed through. The k-th of d tied events under Efron sees S₁ − f D₁ and S₀ − f D₀, f = k/d; sums over them are
//! those of powers of f over powers of 1 − f D₀/S₀. Work is in proportion to that of the likelihood itself, and to the
//! number of event times times the square of the number of columns.

use super::Firth;
use crate::likelihood::{Evaluation, Parts};
use crate::methods::cox::departures::Departures;
use crate::methods::cox::likelihood::Risks;
use crate::methods::cox::ties::{Hazard, Ties, Walk, compensated};
use crate::numerics::gram::add_gram;
use crate::numerics::rank::dot;
use crate::numerics::symmetric::{inverse_and_logarithm, whitening};
use crate::risk_set::{EventTime, Leaving};
use faer::{Mat, MatRef};

/// What each event time leaves.
struct Times {
    hazards: Vec<Hazard>,
    /// S₀ and D₀ of each.
    s0: Vec<f64>,
    d0: Vec<f64>,
    /// S₁/S₀ of each, and D₁/S₀.
    mean: Vec<f64>,
    dying: Vec<f64>,
}

/// Sums over the tied events of a time: each is 1/(1 − f D₀/S₀)², or its cube, times a power of f.
struct Powers {
    squares: [f64; 3],
    cubes: [f64; 4],
}

impl Powers {
    fn new(time: &EventTime, share: f64, ties: Ties) -> Self {
        if ties == Ties::Breslow || time.events == 1.0 {
            let n = time.deaths;
            return Self { squares: [n, 0.0, 0.0], cubes: [n, 0.0, 0.0, 0.0] };
        }
        let weight = time.deaths / time.events;
        let (mut squares, mut cubes) = ([0.0; 3], [0.0; 4]);
        for k in 0..time.events as u64 {
            let f = k as f64 / time.events;
            let inverse = 1.0 / (1.0 - f * share);
            let mut square = weight * inverse * inverse;
            let mut cube = square * inverse;
            for sum in &mut squares {
                *sum += square;
                square *= f;
            }
            for sum in &mut cubes {
                *sum += cube;
                cube *= f;
            }
        }
        Self { squares, cubes }
    }
}

impl Firth {
    /// Value, score and information without the curvature of the penalty.
    pub(super) fn whole(&self, beta: &[f64]) -> Parts {
        let (partial, rows, p) = (&self.partial, &*self.rows, self.partial.columns);
        let mut eta = partial.offset.clone();
        rows.add_products(beta, &mut eta);
        let Risks { risk, of_events: mut value } = partial.risks_of(&eta);
        let mut walk = Walk::by(partial, &risk, Departures::of_rows(&partial.sets, rows, &risk, p));
        let count = partial.sets.times().len();
        let mut times = Times {
            hazards: Vec::with_capacity(count),
            s0: vec![0.0; count],
            d0: vec![0.0; count],
            mean: vec![0.0; count * p],
            dying: vec![0.0; count * p],
        };
        for stratum in partial.sets.ranges() {
            walk.begin();
            for time in stratum.clone().rev() {
                let (hazard, logs) = walk.step(time);
                value.add(-logs);
                times.hazards.push(hazard);
                let (s0, s1, d0, d1) = walk.sums(time);
                (times.s0[time], times.d0[time]) = (s0, d0);
                let own = time * p..(time + 1) * p;
                times.mean[own.clone()].iter_mut().zip(s1).for_each(|(to, s)| *to = s / s0);
                times.dying[own].iter_mut().zip(d1).for_each(|(to, d)| *to = d / s0);
                walk.leave(time);
            }
            times.hazards[stratum].reverse();
        }
        let mut expected = partial.passed(&times.hazards);
        expected.iter_mut().zip(&risk).for_each(|(expected, risk)| *expected *= risk);
        let residuals: Vec<f64> =
            partial.events.iter().zip(&expected).map(|(events, expected)| events - expected).collect();
        let mut score = rows.combination(&residuals);
        let mut information = Mat::zeros(p, p);
        add_gram(&walk.means, p, &walk.signs, &mut information);
        rows.add_gram(&expected, &mut information);
        let Some((v, logarithm)) = inverse_and_logarithm(&information) else {
            // So far out that the information vanishes: no place to climb to.
            let evaluation = Evaluation { value: f64::NEG_INFINITY, score: vec![0.0; p], information };
            return Parts { evaluation, pull: vec![0.0; p] };
        };
        let squares = rows.squares(&v, || whitening(&information).map_or_else(Mat::new, |(w, _)| w));
        let pull = self.pull(&risk, &expected, &squares, &times, &v);
        score.iter_mut().zip(&pull).for_each(|(sum, pull)| *sum += pull);
        let value = value.total() + 0.5 * logarithm + self.units;
        Parts { evaluation: Evaluation { value, score, information }, pull }
    }

    /// ½ g.
    fn pull(&self, risk: &[f64], expected: &[f64], squares: &[f64], times: &Times, v: &Mat<f64>) -> Vec<f64> {
        let (partial, p) = (&self.partial, self.partial.columns);
        let (sets, count) = (&partial.sets, times.s0.len());
        let turned = |rows: &[f64]| v * MatRef::from_row_major_slice(rows, count, p).transpose();
        let (mean_turned, dying_turned) = (turned(&times.mean), turned(&times.dying));
        let powers: Vec<Powers> = (0..count)
            .map(|time| Powers::new(&sets.times()[time], times.d0[time] / times.s0[time], partial.ties))
            .collect();

        // Back in time: Σ r q over the risk set, and what follows from the means.
        let mut third = vec![0.0; p];
        let sum_of = |leaving: &[Leaving]| -> f64 {
            let of = |one: &Leaving| one.n * risk[one.pattern as usize] * squares[one.pattern as usize];
            leaving.iter().map(of).sum()
        };
        for stratum in sets.ranges() {
            let (mut all, mut rest) = (0.0, 0.0);
            for time in stratum.rev() {
                let own = &sets.times()[time];
                let dying = sum_of(sets.dying(own));
                compensated(&mut all, &mut rest, sum_of(sets.censored(own)));
                compensated(&mut all, &mut rest, dying);
                let (q, q_dying) = (all / times.s0[time], dying / times.s0[time]);
                let (m, e) = (&times.mean[time * p..][..p], &times.dying[time * p..][..p]);
                let (u, w) = (mean_turned.col_as_slice(time), dying_turned.col_as_slice(time));
                let (mm, me, ee) = (dot(m, u), dot(m, w), dot(e, w));
                let Powers { squares: [s, sf, sff], cubes: [c, cf, cff, cfff] } = powers[time];
                let of_mean = 2.0 * (mm * c - 2.0 * me * cf + ee * cff) - (q * s - q_dying * sf);
                let of_dying = (q * sf - q_dying * sff) - 2.0 * (mm * cf - 2.0 * me * cff + ee * cfff);
                for ((sum, m), e) in third.iter_mut().zip(m).zip(e) {
                    *sum += of_mean * m + of_dying * e;
                }
                let entering = sets.entering(own);
                if !entering.is_empty() {
                    compensated(&mut all, &mut rest, -sum_of(entering));
                }
            }
        }

        // Forward in time: x′K of each pattern.
        let mut along = vec![0.0; risk.len()];
        let (mut passed, mut now) = (vec![0.0; p], vec![0.0; p]);
        for stratum in sets.ranges() {
            passed.fill(0.0);
            for time in stratum {
                let own = &sets.times()[time];
                let mut add = |leaving: &[Leaving], sign: f64, vector: &[f64]| {
                    for one in leaving {
                        let pattern = one.pattern as usize;
                        along[pattern] += sign * one.n * self.rows.product(pattern, vector);
                    }
                };
                add(sets.entering(own), -1.0, &passed);
                let (u, w) = (mean_turned.col_as_slice(time), dying_turned.col_as_slice(time));
                let Powers { squares: [s, sf, sff], .. } = powers[time];
                let s0 = times.s0[time];
                for (((now, passed), u), w) in now.iter_mut().zip(&passed).zip(u).zip(w) {
                    *now = passed + ((s - sf) * u - (sf - sff) * w) / s0;
                }
                add(sets.dying(own), 1.0, &now);
                for ((passed, u), w) in passed.iter_mut().zip(u).zip(w) {
                    *passed += (s * u - sf * w) / s0;
                }
                add(sets.censored(own), 1.0, &passed);
            }
        }
        let factors: Vec<f64> = (0..risk.len())
            .map(|pattern| expected[pattern] * squares[pattern] - 2.0 * risk[pattern] * along[pattern])
            .collect();
        let direct = self.rows.combination(&factors);
        third.iter().zip(direct).map(|(third, direct)| 0.5 * (third + direct)).collect()
    }
}
