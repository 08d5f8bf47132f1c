//! What happens at each event time of a fitted model: hazards, means and variances over the risk set.
//!
//! # Formula
//! With r = exp(x′β), S₀ = Σ r, S₁ = Σ r x, S₂ = Σ r x x′ over those at risk and D₀, D₁, D₂ the same over the d who have
//! the event together, the l-th of these (l = 0 … d − 1, f = l/d) sees the hazard a = 1/(S₀ − f D₀), the mean
//! x̄ = (S₁ − f D₁) a and the variance (S₂ − f D₂) a − x̄x̄′. Under Breslow f is 0. A patient with the event passes
//! through the share 1 − f of each of its hazards.

use super::Row;
use crate::methods::cox::Ties;
use faer::Mat;

/// Is given the position of an event time and the variances of its events.
type Visit<'a> = &'a mut dyn FnMut(u32, &Mat<f64>);

/// Whose course it is: rows in ascending order of time, the values of their patterns, and their risks.
#[derive(Clone, Copy)]
pub(in crate::methods) struct Members<'a> {
    pub(in crate::methods) rows: &'a [Row],
    pub(in crate::methods) x: &'a [f64],
    pub(in crate::methods) columns: usize,
    pub(in crate::methods) risk: &'a [f64],
    pub(in crate::methods) ties: Ties,
}

impl Members<'_> {
    fn row(&self, pattern: u32) -> &[f64] {
        &self.x[pattern as usize * self.columns..(pattern as usize + 1) * self.columns]
    }
}

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

/// The event times in ascending order, and what each holds of every column.
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
}

/// Sums over the tied events of one time.
#[derive(Default)]
struct Tied {
    a: f64,
    fa: f64,
    aa: f64,
    faa: f64,
    ffaa: f64,
}

impl Tied {
    fn new(deaths: u64, s0: f64, d0: f64, ties: Ties) -> Self {
        let d = deaths as f64;
        if ties == Ties::Breslow || deaths == 1 {
            return Self { a: d / s0, aa: d / (s0 * s0), ..Self::default() };
        }
        let mut tied = Self::default();
        for l in 0..deaths {
            let f = l as f64 / d;
            let a = 1.0 / (s0 - f * d0);
            tied.a += a;
            tied.fa += f * a;
            tied.aa += a * a;
            tied.faa += f * a * a;
            tied.ffaa += f * f * a * a;
        }
        tied
    }
}

/// Σ r, Σ r x and, where wanted, Σ r x x′.
struct Sums {
    s0: f64,
    s1: Vec<f64>,
    s2: Option<Mat<f64>>,
}

impl Sums {
    fn new(p: usize, squares: bool) -> Self {
        Self { s0: 0.0, s1: vec![0.0; p], s2: squares.then(|| Mat::zeros(p, p)) }
    }

    fn add(&mut self, members: &Members<'_>, row: &Row) {
        let weight = row.n as f64 * members.risk[row.pattern as usize];
        let x = members.row(row.pattern);
        self.s0 += weight;
        self.s1.iter_mut().zip(x).for_each(|(sum, x)| *sum += weight * x);
        if let Some(s2) = &mut self.s2 {
            for (j, b) in x.iter().enumerate() {
                for (i, a) in x.iter().enumerate() {
                    s2[(i, j)] += weight * a * b;
                }
            }
        }
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
        for rows in members.rows.chunk_by(|a, b| a.time == b.time).rev() {
            let mut dead = Sums::new(p, visit.is_some());
            let mut deaths = 0;
            for row in rows {
                all.add(&members, row);
                at_risk += row.n;
                if row.event {
                    dead.add(&members, row);
                    deaths += row.n;
                }
            }
            if deaths == 0 {
                continue;
            }
            let tied = Tied::new(deaths, all.s0, dead.s0, members.ties);
            let time = rows[0].time;
            let (hazard, dying, variance) = (tied.a, tied.a - tied.fa, tied.aa);
            course.moments.push(Moment { time, deaths, at_risk, hazard, dying, variance });
            // Backwards, so that reversing all values at the end restores the order of columns too.
            for (s, d) in all.s1.iter().zip(&dead.s1).rev() {
                course.mean.push((tied.a * s - tied.fa * d) / deaths as f64);
                course.drift.push(tied.aa * s - tied.faa * d);
                course.dying_drift.push((tied.aa - tied.faa) * s - (tied.faa - tied.ffaa) * d);
            }
            if let (Some(visit), Some(s2), Some(d2)) = (visit.as_mut(), &all.s2, &dead.s2) {
                let (s, d) = (&all.s1, &dead.s1);
                let variance = Mat::from_fn(p, p, |i, j| {
                    tied.a * s2[(i, j)]
                        - tied.fa * d2[(i, j)]
                        - (tied.aa * s[i] * s[j] - tied.faa * (s[i] * d[j] + d[i] * s[j])
                            + tied.ffaa * d[i] * d[j])
                });
                visit(time, &variance);
            }
        }
        course.moments.reverse();
        course.mean.reverse();
        course.drift.reverse();
        course.dying_drift.reverse();
        course
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

/// What each row has passed through until it left: Σ a, and Σ x̄ a of every column.
pub(in crate::methods) struct Passed {
    /// One number a row.
    pub(in crate::methods) hazard: Vec<f64>,
    /// One number a row and column.
    pub(in crate::methods) drift: Vec<f64>,
}

impl Passed {
    /// Of rows in ascending order of time.
    pub(in crate::methods) fn of(rows: &[Row], course: &Course, columns: usize) -> Self {
        let mut passed = Self { hazard: Vec::new(), drift: Vec::with_capacity(rows.len() * columns) };
        let (mut next, mut hazard, mut drift) = (0, 0.0, vec![0.0; columns]);
        for rows in rows.chunk_by(|a, b| a.time == b.time) {
            // Until just before this time.
            let now = course.moments.get(next).filter(|moment| moment.time == rows[0].time);
            let own = |list: &[f64], k: usize| now.map_or(0.0, |_| list[next * columns + k]);
            for row in rows {
                let share = now.map_or(0.0, |moment| if row.event { moment.dying } else { moment.hazard });
                passed.hazard.push(hazard + share);
                let list = if row.event { &course.dying_drift } else { &course.drift };
                passed.drift.extend((0..columns).map(|k| drift[k] + own(list, k)));
            }
            if let Some(moment) = now {
                hazard += moment.hazard;
                drift.iter_mut().enumerate().for_each(|(k, sum)| *sum += course.drift[next * columns + k]);
                next += 1;
            }
        }
        passed
    }
}
