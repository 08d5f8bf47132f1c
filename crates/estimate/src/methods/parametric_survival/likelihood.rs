//! The log-likelihood of times that follow a law, given covariates.
//!
//! With u = (log t − m)/s, m and s the mean and the standard deviation of the log event times, it is written in two
//! sets of parameters: y = α u + x′η (hazards; concave), and y = e^τ (u − x′β/s) (times). The last column of x is 1.

use super::Reading;
use crate::likelihood::{Evaluation, Likelihood};
use crate::numerics::gram::add_gram;
use crate::numerics::rank::{norm, rank};
use crate::numerics::sums::Sum;
use crate::regression::Regression;
use crate::separation::{Cone, Recession, Separated};
use crate::time_law::{Course, Distribution};
use faer::Mat;
use std::sync::Arc;

/// What a row tells of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::methods) enum Told {
    /// It was this.
    Event,
    /// It was longer.
    Longer,
    /// It would not have been seen had it been shorter: late entry.
    Entered,
}

/// Patients of one pattern and time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::methods) struct Row {
    /// Standardised log time.
    pub(in crate::methods) u: f64,
    pub(in crate::methods) told: Told,
    pub(in crate::methods) pattern: u32,
    pub(in crate::methods) n: f64,
}

/// Rows, a law and a model matrix.
#[derive(Debug, Clone)]
pub(in crate::methods) struct Accelerated {
    pub(in crate::methods) law: Distribution,
    pub(in crate::methods) columns: usize,
    /// One row for each pattern.
    pub(in crate::methods) x: Arc<Vec<f64>>,
    pub(in crate::methods) rows: Arc<Vec<Row>>,
    /// Σ log t over the events, which the density of T has and that of log T has not.
    pub(in crate::methods) log_times: f64,
    /// The mean m and the standard deviation s of log time; s is the α of an exponential law.
    pub(in crate::methods) centre: f64,
    pub(in crate::methods) spread: f64,
    /// In which parameters it is written.
    pub(in crate::methods) reading: Reading,
    /// In which its ratios are reported: what [`Regression::hold`] holds.
    pub(in crate::methods) reported: Reading,
    /// Subtracted from u, and from y, of each pattern: what held coefficients contribute.
    pub(in crate::methods) shift: Vec<f64>,
    pub(in crate::methods) offset: Vec<f64>,
    /// Whether α is a parameter, the last.
    pub(in crate::methods) shape: bool,
}

impl Accelerated {
    pub(in crate::methods) fn row(&self, pattern: usize) -> &[f64] {
        &self.x[pattern * self.columns..(pattern + 1) * self.columns]
    }

    pub(in crate::methods) fn patterns(&self) -> usize {
        self.shift.len()
    }

    /// α, and by what x is multiplied in y.
    pub(in crate::methods) fn slopes(&self, parameters: &[f64]) -> (f64, f64) {
        let alpha = match (self.shape.then(|| parameters[self.columns]), self.reading) {
            (None, _) => self.spread,
            (Some(alpha), Reading::Hazards) => alpha,
            (Some(tau), Reading::Times) => libm::exp(tau),
        };
        (alpha, if self.reading == Reading::Times { -alpha / self.spread } else { 1.0 })
    }

    /// The same likelihood written in the other parameters, and a point of it there.
    pub(in crate::methods) fn in_times(&self, parameters: &[f64]) -> (Self, Vec<f64>) {
        let (alpha, _) = self.slopes(parameters);
        let mut times: Vec<f64> =
            parameters[..self.columns].iter().map(|eta| -eta * self.spread / alpha).collect();
        times.extend(self.shape.then(|| libm::log(alpha)));
        (Self { reading: Reading::Times, ..self.clone() }, times)
    }

    /// Rows that span all others: each pattern's shortest and longest times, by what they tell.
    pub(in crate::methods) fn extremes(&self, told: Told) -> Vec<(usize, f64)> {
        let mut reach: Vec<Option<(f64, f64)>> = vec![None; self.patterns()];
        for row in self.rows.iter().filter(|row| row.told == told) {
            let reach = &mut reach[row.pattern as usize];
            *reach = Some(reach.map_or((row.u, row.u), |(low, high)| (low.min(row.u), high.max(row.u))));
        }
        let both = |(pattern, reach): (usize, Option<(f64, f64)>)| {
            let ends = reach.map(|(low, high)| if low == high { vec![low] } else { vec![low, high] });
            ends.unwrap_or_default().into_iter().map(move |u| (pattern, u))
        };
        reach.into_iter().enumerate().flat_map(both).collect()
    }

    /// Whether the events leave the law a spread: where their log times follow from the columns without exception, or are
    /// one time, the density there grows beyond all bounds as the spread goes to 0.
    pub(in crate::methods) fn has_spread(&self) -> bool {
        let events = self.extremes(Told::Event);
        // Times that agree in nine digits are one time.
        let differ = |pair: &[(usize, f64)]| {
            let [(before, low), (pattern, high)] = pair else { return false };
            before == pattern && (high - low) * self.spread > 1e-9
        };
        if !self.shape || events.windows(2).any(differ) {
            return true;
        }
        let rows: Vec<f64> =
            events.iter().flat_map(|(pattern, u)| self.direction(*pattern, *u, 1.0)).collect();
        rank(&rows, self.parameters(), &vec![1.0; events.len()]).kept.contains(&self.columns)
    }

    pub(in crate::methods) fn direction(
        &self,
        pattern: usize,
        u: f64,
        sign: f64,
    ) -> impl Iterator<Item = f64> + '_ {
        self.row(pattern).iter().copied().chain(self.shape.then_some(u)).map(move |value| sign * value)
    }

    /// The value and the derivatives of the sum over the rows of what `course` says of each as a function of its y; it is
    /// given the row, y, and the derivative of y by the last parameter, α or τ.
    pub(in crate::methods) fn evaluate_rows(
        &self,
        parameters: &[f64],
        mut course: impl FnMut(&Row, f64, f64) -> Course,
    ) -> Evaluation {
        let (k, size) = (self.columns, self.parameters());
        let (alpha, slope) = self.slopes(parameters);
        if alpha <= 0.0 || !alpha.is_finite() {
            return Evaluation {
                value: f64::NEG_INFINITY,
                score: vec![0.0; size],
                information: Mat::zeros(size, size),
            };
        }
        let linear: Vec<f64> = (0..self.patterns())
            .map(|pattern| {
                let sum: f64 = self.row(pattern).iter().zip(parameters).map(|(x, b)| x * b).sum();
                slope * sum - alpha * self.shift[pattern] - self.offset[pattern]
            })
            .collect();
        let log_alpha = libm::log(alpha / self.spread);
        let mut value = Sum::default();
        // By pattern: Σ nL′, −Σ nL″ and −Σ nL″ z, with z = ∂y/∂α or ∂y/∂τ.
        let mut sums = vec![[0.0; 3]; self.patterns()];
        let (mut score_z, mut information_zz, mut events) = (0.0, 0.0, 0.0);
        for row in self.rows.iter() {
            let pattern = row.pattern as usize;
            let y = alpha * row.u + linear[pattern];
            let z = match self.reading {
                Reading::Hazards => row.u - self.shift[pattern],
                Reading::Times => y + self.offset[pattern],
            };
            let Course { value: log, slope: own, bend } = course(row, y, z);
            value.add(row.n * log);
            if row.told == Told::Event {
                events += row.n;
            }
            let sums = &mut sums[pattern];
            sums[0] += row.n * own;
            sums[1] -= row.n * bend;
            sums[2] -= row.n * bend * z;
            score_z += row.n * own * z;
            information_zz -= row.n * bend * z * z;
        }
        value.add(events * log_alpha - self.log_times);

        let mut score = vec![0.0; size];
        let mut information = Mat::zeros(k, k);
        let weights: Vec<f64> = sums.iter().map(|sums| slope * slope * sums[1]).collect();
        add_gram(&self.x, k, &weights, &mut information);
        let mut information =
            Mat::from_fn(size, size, |i, j| if i < k && j < k { information[(i, j)] } else { 0.0 });
        for (pattern, [s, _, wz]) in sums.iter().enumerate() {
            for (at, x) in self.row(pattern).iter().enumerate() {
                score[at] += slope * s * x;
                if self.shape {
                    // In times, z itself moves with β: ∂z/∂β = ∂y/∂β.
                    let own = if self.reading == Reading::Times { -s } else { 0.0 };
                    information[(at, k)] += slope * x * (wz + own);
                }
            }
        }
        if self.shape {
            (0..k).for_each(|at| information[(k, at)] = information[(at, k)]);
            match self.reading {
                Reading::Hazards => {
                    score[k] = score_z + events / alpha;
                    information[(k, k)] = information_zz + events / (alpha * alpha);
                }
                Reading::Times => {
                    score[k] = score_z + events;
                    information[(k, k)] = information_zz - score_z;
                }
            }
        }
        Evaluation { value: value.total(), score, information }
    }
}

impl Likelihood for Accelerated {
    fn parameters(&self) -> usize {
        self.columns + usize::from(self.shape)
    }

    fn is_concave(&self) -> bool {
        self.reading == Reading::Hazards && !self.rows.iter().any(|row| row.told == Told::Entered)
    }

    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        self.evaluate_rows(parameters, |row, y, _| match row.told {
            Told::Event => self.law.log_density(y),
            Told::Longer => self.law.log_survival(y),
            Told::Entered => self.law.log_survival(y).negated(),
        })
    }

    /// One rate for all, with the spread of the event times.
    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.0; self.parameters()];
        let alpha = if self.shape { 1.0 } else { self.spread };
        let (mut events, mut passed) = (0.0, 0.0);
        for row in self.rows.iter() {
            let hazard = row.n * libm::exp(alpha * row.u.min(30.0));
            match row.told {
                Told::Event => (events, passed) = (events + row.n, passed + hazard),
                Told::Longer => passed += hazard,
                Told::Entered => passed -= hazard,
            }
        }
        if let Some(constant) = self.columns.checked_sub(1) {
            start[constant] = libm::log(events / passed.max(f64::MIN_POSITIVE)).clamp(-50.0, 50.0);
        }
        if self.shape {
            start[self.columns] = alpha;
        }
        start
    }
}

impl Regression for Accelerated {
    /// No event may move (its density falls either way); the censored may move to earlier times only; α may grow.
    fn cone(&self) -> Cone {
        let parameters = self.parameters();
        let equalities =
            self.extremes(Told::Event).into_iter().flat_map(|(p, u)| self.direction(p, u, 1.0)).collect();
        let mut inequalities: Vec<f64> =
            self.extremes(Told::Longer).into_iter().flat_map(|(p, u)| self.direction(p, u, -1.0)).collect();
        if self.shape {
            inequalities.extend((0..parameters).map(|k| f64::from(u8::from(k == self.columns))));
        }
        Cone { parameters, equalities, inequalities }
    }

    fn candidate(&self) -> Option<Vec<f64>> {
        None
    }

    /// The spread may go to 0 where the censored do not forbid it: α, the last row of the cone, then grows for ever.
    fn is_unbounded(&self) -> bool {
        let grows = |recession: &Recession| recession.strict.last() == Some(&true);
        !self.has_spread()
            && matches!(self.cone().recession(), Separated::Yes(recession) if grows(&recession))
    }

    /// Beside the length of a row, the ratio of curvature to slope of the log survival: below a hundred, as far out as
    /// times of patients lie.
    fn reach(&self) -> f64 {
        let length = |row: &Row| {
            let x = norm(self.row(row.pattern as usize));
            (x * x + row.u * row.u).sqrt()
        };
        1e2 * self.rows.iter().map(length).fold(1.0, f64::max)
    }

    fn limit(&self, recession: &Recession) -> Self {
        let longer = self.extremes(Told::Longer);
        let mut gone = vec![false; self.patterns()];
        for ((pattern, _), strict) in longer.into_iter().zip(&recession.strict) {
            gone[pattern] |= strict;
        }
        let stays = |row: &&Row| row.told == Told::Event || !gone[row.pattern as usize];
        Self { rows: Arc::new(self.rows.iter().filter(stays).copied().collect()), ..self.clone() }
    }

    fn contrasts(&self) -> (Vec<f64>, Vec<f64>) {
        let rows: Vec<(usize, f64)> =
            [Told::Event, Told::Longer].into_iter().flat_map(|told| self.extremes(told)).collect();
        let weights = vec![1.0; rows.len()];
        (rows.into_iter().flat_map(|(pattern, u)| self.direction(pattern, u, 1.0)).collect(), weights)
    }

    fn select(&self, columns: &[usize]) -> Self {
        let kept: Vec<usize> = columns.iter().copied().filter(|at| *at < self.columns).collect();
        let x = crate::design::select_columns(&self.x, self.columns, &kept);
        let shape = self.shape && columns.contains(&self.columns);
        Self { x: Arc::new(x), columns: kept.len(), shape, ..self.clone() }
    }

    fn hold(&self, column: usize, value: f64) -> Self {
        let all: Vec<usize> = (0..self.parameters()).filter(|at| *at != column).collect();
        let mut held = self.select(&all);
        for pattern in 0..self.patterns() {
            let part = self.row(pattern)[column] * value;
            match self.reported {
                Reading::Hazards => held.offset[pattern] -= part,
                Reading::Times => held.shift[pattern] += part / self.spread,
            }
        }
        held
    }
}
