//! What happens at each event time of a fitted model: hazards, means and variances over the risk set.
//!
//! # Formula
//! With r = exp(x′β), S₀ = Σ r, S₁ = Σ r x, S₂ = Σ r x x′ over those at risk and D₀, D₁, D₂ the same over the d who have
//! the event together, the l-th of these (l = 0 … d − 1, f = l/d) sees the hazard a = 1/(S₀ − f D₀), the mean
//! x̄ = (S₁ − f D₁) a and the variance (S₂ − f D₂) a − x̄x̄′. Under Breslow f is 0. A patient with the event passes
//! through the share 1 − f of each of its hazards. With weights r is w exp(x′β), and each of the tied events counts the
//! mean of their weights.

use super::Members;
use crate::methods::cox::Ties;
use crate::numerics::sums::Sum;
use faer::Mat;

/// Is given the position of an event time and the variances of its events.
type Visit<'a> = &'a mut dyn FnMut(u32, &Mat<f64>);

/// One event time. Hazards are those of a patient with risk 1, that is, with the largest linear predictor.
#[derive(Debug, Clone, Copy)]
pub(in crate::methods) struct Moment {
    /// Position of the time among the distinct ones.
    pub(in crate::methods) time: u32,
    /// Patients with the event.
    pub(in crate::methods) deaths: u64,
    /// Patients at risk.
    pub(in crate::methods) at_risk: u64,
    /// Σ a.
    pub(in crate::methods) hazard: f64,
    /// Σ (1 − f) a: the hazard of those who have the event.
    pub(in crate::methods) dying: f64,
    /// Σ a².
    pub(in crate::methods) variance: f64,
}

/// The event times of a stratum in ascending order, and what each holds of every column.
#[derive(Debug, Clone, Default)]
pub(in crate::methods) struct Course {
    /// The event times.
    pub(in crate::methods) moments: Vec<Moment>,
    /// Mean of x̄ over the tied events.
    pub(in crate::methods) mean: Vec<f64>,
    /// Σ x̄ a.
    pub(in crate::methods) drift: Vec<f64>,
    /// Σ (1 − f) x̄ a.
    pub(in crate::methods) dying_drift: Vec<f64>,
    /// Σ a over the first so many event times, beginning with none.
    hazards: Vec<f64>,
    /// Σ x̄ a likewise.
    drifts: Vec<f64>,
}

/// Sums over the tied events of one time, each of which counts their mean weight.
#[derive(Default)]
struct Tied {
    a: f64,
    fa: f64,
    aa: f64,
    faa: f64,
    ffaa: f64,
}

impl Tied {
    /// `deaths` patients who count `weight` together.
    fn new(deaths: u64, weight: f64, s0: f64, d0: f64, ties: Ties) -> Self {
        let d = deaths as f64;
        if ties == Ties::Breslow || deaths == 1 {
            return Self { a: weight / s0, aa: weight / (s0 * s0), ..Self::default() };
        }
        let mut tied = Self::default();
        for l in 0..deaths {
            let f = l as f64 / d;
            let rest = s0 - f * d0;
            let a = weight / d / rest;
            tied.a += a;
            tied.fa += f * a;
            tied.aa += a / rest;
            tied.faa += f * a / rest;
            tied.ffaa += f * f * a / rest;
        }
        tied
    }
}

/// Σ r, Σ r x and, where wanted, Σ r x x′ below and on the diagonal. What additions round away is kept: with delayed
/// entry little may be left of a large sum.
struct Sums {
    s0: Sum,
    s1: Vec<Sum>,
    s2: Vec<Sum>,
}

impl Sums {
    fn new(p: usize, squares: bool) -> Self {
        let pairs = if squares { p * (p + 1) / 2 } else { 0 };
        Self { s0: Sum::default(), s1: vec![Sum::default(); p], s2: vec![Sum::default(); pairs] }
    }

    /// Adds a row, or with the sign −1 takes it away.
    fn add(&mut self, members: &Members<'_>, row: u32, sign: f64) {
        let row = &members.rows[row as usize];
        let weight = sign * row.total() * members.risk[row.pattern as usize];
        let x = members.values(row.pattern);
        self.s0.add(weight);
        self.s1.iter_mut().zip(x).for_each(|(sum, x)| sum.add(weight * x));
        if !self.s2.is_empty() {
            let pairs = x.iter().enumerate().flat_map(|(i, a)| x[..=i].iter().map(move |b| a * b));
            self.s2.iter_mut().zip(pairs).for_each(|(sum, pair)| sum.add(weight * pair));
        }
    }

    fn first(&self) -> Vec<f64> {
        self.s1.iter().map(|sum| sum.total()).collect()
    }
}

impl Course {
    /// Walks back in time: the risk set then only grows.
    pub(in crate::methods) fn of(members: Members<'_>) -> Self {
        Self::walk(members, None)
    }

    /// The same; at each event time, from the last to the first, `visit` is given its position among the distinct times
    /// and Σ of the variances of its events.
    pub(in crate::methods) fn with_variances(
        members: Members<'_>,
        mut visit: impl FnMut(u32, &Mat<f64>),
    ) -> Self {
        Self::walk(members, Some(&mut visit))
    }

    fn walk(members: Members<'_>, mut visit: Option<Visit<'_>>) -> Self {
        let p = members.columns;
        let mut course = Self::default();
        let mut all = Sums::new(p, visit.is_some());
        let mut at_risk = 0;
        let late = members.late();
        let mut late = late.iter().peekable();
        for rows in members.back_in_time() {
            let time = members.rows[rows[0] as usize].time;
            while let Some(row) = late.next_if(|row| members.rows[**row as usize].from > time) {
                all.add(&members, *row, -1.0);
                at_risk -= members.rows[*row as usize].n;
            }
            let mut dead = Sums::new(p, visit.is_some());
            let (mut deaths, mut weight) = (0, 0.0);
            for index in rows {
                let row = &members.rows[*index as usize];
                all.add(&members, *index, 1.0);
                at_risk += row.n;
                if row.event {
                    dead.add(&members, *index, 1.0);
                    deaths += row.n;
                    weight += row.total();
                }
            }
            if deaths == 0 {
                continue;
            }
            let tied = Tied::new(deaths, weight, all.s0.total(), dead.s0.total(), members.ties);
            let (hazard, dying, variance) = (tied.a, tied.a - tied.fa, tied.aa);
            course.moments.push(Moment { time, deaths, at_risk, hazard, dying, variance });
            let (s1, d1) = (all.first(), dead.first());
            // Backwards, so that reversing all values at the end restores the order of columns too.
            for (s, d) in s1.iter().zip(&d1).rev() {
                course.mean.push((tied.a * s - tied.fa * d) / weight);
                course.drift.push(tied.aa * s - tied.faa * d);
                course.dying_drift.push((tied.aa - tied.faa) * s - (tied.faa - tied.ffaa) * d);
            }
            if let Some(visit) = visit.as_mut() {
                visit(time, &variance_of(&tied, &all, &dead, &s1, &d1));
            }
        }
        course.moments.reverse();
        course.mean.reverse();
        course.drift.reverse();
        course.dying_drift.reverse();
        course.accumulate(p);
        course
    }

    fn accumulate(&mut self, p: usize) {
        self.hazards.push(0.0);
        self.drifts.resize(p, 0.0);
        for (k, moment) in self.moments.iter().enumerate() {
            self.hazards.push(self.hazards[k] + moment.hazard);
            for j in 0..p {
                self.drifts.push(self.drifts[k * p + j] + self.drift[k * p + j]);
            }
        }
    }

    /// Σ a over the first so many event times.
    pub(in crate::methods) fn hazard_after(&self, moments: usize) -> f64 {
        self.hazards[moments]
    }

    /// Σ x̄ a of every column over the first so many event times.
    pub(in crate::methods) fn drift_after(&self, moments: usize) -> &[f64] {
        let p = self.drifts.len() / self.hazards.len();
        &self.drifts[moments * p..(moments + 1) * p]
    }

    /// What an event time holds of every column in one of the lists.
    pub(in crate::methods) fn at<'c>(&self, list: &'c [f64], moment: usize) -> &'c [f64] {
        let p = list.len() / self.moments.len().max(1);
        &list[moment * p..(moment + 1) * p]
    }

    /// Event times up to a time, or before it.
    pub(in crate::methods) fn until(&self, time: u32, inclusive: bool) -> usize {
        self.moments
            .partition_point(|moment| if inclusive { moment.time <= time } else { moment.time < time })
    }
}

/// Σ over the tied events of the variance of x.
fn variance_of(tied: &Tied, all: &Sums, dead: &Sums, s: &[f64], d: &[f64]) -> Mat<f64> {
    let p = s.len();
    let mut variance = Mat::zeros(p, p);
    let mut pairs = all.s2.iter().zip(&dead.s2);
    for i in 0..p {
        for j in 0..=i {
            let (s2, d2) = pairs.next().map_or((0.0, 0.0), |(s2, d2)| (s2.total(), d2.total()));
            let value = tied.a * s2
                - tied.fa * d2
                - (tied.aa * s[i] * s[j] - tied.faa * (s[i] * d[j] + d[i] * s[j]) + tied.ffaa * d[i] * d[j]);
            variance[(i, j)] = value;
            variance[(j, i)] = value;
        }
    }
    variance
}
