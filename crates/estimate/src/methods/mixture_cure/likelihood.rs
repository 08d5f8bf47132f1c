//! The log-likelihood of a mixture of patients who are cured and patients whose time follows a law.
//!
//! With a = z′γ the log odds of being cured, c = 1/(1 + e⁻ᵃ) and S, f those of the law, an event adds
//! log(1 − c) + log f(y), a patient who is followed up to y adds log(c + (1 − c) S(y)), and one who entered late at y
//! takes that away. w = (1 − c) S/(c + (1 − c) S) is the probability that somebody who is still free of the event is not
//! cured; derivatives by a and y are written with it.

use crate::likelihood::{Evaluation, Likelihood};
use crate::methods::parametric_survival::likelihood::{Accelerated, Row, Told};
use crate::numerics::gram::add_gram;
use crate::time_law::{Course, expit, log_one_plus_exp};
use faer::Mat;
use std::sync::Arc;

/// Which parameters come first: those whose ratios are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The odds of being cured.
    Incidence,
    /// The time of those who are not.
    Latency,
}

/// Cured patients and a law for the others. The patterns of both parts are the same, numbered as in `latency`.
#[derive(Debug, Clone)]
pub(super) struct Mixture {
    pub(super) latency: Accelerated,
    /// The columns of the incidence, the last of them 1: one row for each pattern.
    pub(super) z: Arc<Vec<f64>>,
    pub(super) incidence: usize,
    /// Added to the log odds of each pattern: what held coefficients contribute.
    pub(super) offset: Vec<f64>,
    /// Patterns of which nobody is cured.
    pub(super) uncured: Vec<bool>,
    pub(super) first: Part,
}

impl Mixture {
    /// Where the parameters of the incidence begin.
    pub(super) fn incidence_at(&self) -> usize {
        if self.first == Part::Incidence { 0 } else { self.latency.parameters() }
    }

    /// Where those of the latency begin.
    pub(super) fn latency_at(&self) -> usize {
        if self.first == Part::Incidence { self.incidence } else { 0 }
    }

    pub(super) fn gamma<'a>(&self, parameters: &'a [f64]) -> &'a [f64] {
        &parameters[self.incidence_at()..self.incidence_at() + self.incidence]
    }

    pub(super) fn law<'a>(&self, parameters: &'a [f64]) -> &'a [f64] {
        &parameters[self.latency_at()..self.latency_at() + self.latency.parameters()]
    }

    /// All parameters in their order.
    pub(super) fn joined(&self, gamma: &[f64], law: &[f64]) -> Vec<f64> {
        match self.first {
            Part::Incidence => [gamma, law].concat(),
            Part::Latency => [law, gamma].concat(),
        }
    }

    pub(super) fn z(&self, pattern: usize) -> &[f64] {
        &self.z[pattern * self.incidence..(pattern + 1) * self.incidence]
    }

    /// The log odds of being cured in each pattern; −∞ where nobody is.
    pub(super) fn log_odds(&self, gamma: &[f64]) -> Vec<f64> {
        let of = |pattern: usize| match self.uncured[pattern] {
            true => f64::NEG_INFINITY,
            false => {
                self.offset[pattern] + self.z(pattern).iter().zip(gamma).map(|(z, g)| z * g).sum::<f64>()
            }
        };
        (0..self.uncured.len()).map(of).collect()
    }

    /// The same likelihood with its latency in the parameters of time, and a point of it there.
    pub(super) fn in_times(&self, parameters: &[f64]) -> (Self, Vec<f64>) {
        let (latency, law) = self.latency.in_times(self.law(parameters));
        let beta = self.joined(self.gamma(parameters), &law);
        (Self { latency, ..self.clone() }, beta)
    }
}

/// What a row tells, and its derivatives by y and a.
struct Contribution {
    course: Course,
    by_a: f64,
    by_aa: f64,
    by_ay: f64,
}

impl Contribution {
    fn negated(self) -> Self {
        Self { course: self.course.negated(), by_a: -self.by_a, by_aa: -self.by_aa, by_ay: -self.by_ay }
    }
}

/// log(c + (1 − c) S).
fn survived(a: f64, law: Course) -> Contribution {
    let (cured, uncured) = (expit(a), expit(-a));
    let larger = law.value.max(a);
    let smaller = law.value.min(a);
    let value = larger + log_one_plus_exp(smaller - larger) - log_one_plus_exp(a);
    let (w, free) = (expit(law.value - a), expit(a - law.value));
    if w == 0.0 {
        // Whoever is still free of the event is cured: the law, whose slope may be infinite, says nothing.
        let course = Course { value, slope: 0.0, bend: 0.0 };
        return Contribution { course, by_a: free - cured, by_aa: -cured * uncured, by_ay: 0.0 };
    }
    let both = w * free;
    Contribution {
        course: Course { value, slope: w * law.slope, bend: w * law.bend + both * law.slope * law.slope },
        by_a: free - cured,
        by_aa: both - cured * uncured,
        by_ay: -both * law.slope,
    }
}

impl Likelihood for Mixture {
    fn parameters(&self) -> usize {
        self.incidence + self.latency.parameters()
    }

    fn is_concave(&self) -> bool {
        false
    }

    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        let (q, size) = (self.incidence, self.parameters());
        let (gamma, law) = (self.gamma(parameters), self.law(parameters));
        let log_odds = self.log_odds(gamma);
        // By pattern: Σ n∂ₐ, −Σ n∂ₐₐ, −Σ n∂ₐᵧ and −Σ n∂ₐᵧ z, z being ∂y by the last parameter of the law.
        let mut sums = vec![[0.0; 4]; log_odds.len()];
        let latency = self.latency.evaluate_rows(law, |row: &Row, y, by_last| {
            let pattern = row.pattern as usize;
            let told = told(self, row, y, log_odds[pattern]);
            let sums = &mut sums[pattern];
            sums[0] += row.n * told.by_a;
            sums[1] -= row.n * told.by_aa;
            sums[2] -= row.n * told.by_ay;
            sums[3] -= row.n * told.by_ay * by_last;
            told.course
        });
        let (_, slope) = self.latency.slopes(law);
        let (columns, own) = (self.latency.columns, law.len());
        let mut score = vec![0.0; q];
        let mut incidence = Mat::zeros(q, q);
        let weights: Vec<f64> = sums.iter().map(|sums| sums[1]).collect();
        add_gram(&self.z, q, &weights, &mut incidence);
        let mut between = Mat::<f64>::zeros(q, own);
        for (pattern, [by_a, _, by_ay, by_last]) in sums.iter().enumerate() {
            let x = self.latency.row(pattern);
            for (i, z) in self.z(pattern).iter().enumerate() {
                score[i] += z * by_a;
                x.iter().enumerate().for_each(|(j, x)| between[(i, j)] += z * slope * x * by_ay);
                if own > columns {
                    between[(i, columns)] += z * by_last;
                }
            }
        }
        let at = self.incidence_at();
        let within = |i: usize| (at..at + q).contains(&i).then(|| i - at);
        let of_law = |i: usize| i - self.latency_at();
        let information = Mat::from_fn(size, size, |i, j| match (within(i), within(j)) {
            (Some(i), Some(j)) => incidence[(i, j)],
            (Some(i), None) => between[(i, of_law(j))],
            (None, Some(j)) => between[(j, of_law(i))],
            (None, None) => latency.information[(of_law(i), of_law(j))],
        });
        let score = self.joined(&score, &latency.score);
        Evaluation { value: latency.value, score, information }
    }

    fn start(&self) -> Vec<f64> {
        let mut gamma = vec![0.0; self.incidence];
        if let Some(constant) = gamma.last_mut() {
            *constant = -1.0;
        }
        self.joined(&gamma, &self.latency.start())
    }
}

fn told(model: &Mixture, row: &Row, y: f64, a: f64) -> Contribution {
    let law = model.latency.law;
    let certain = model.uncured[row.pattern as usize];
    let plain = |course| Contribution { course, by_a: 0.0, by_aa: 0.0, by_ay: 0.0 };
    match row.told {
        Told::Event if certain => plain(law.log_density(y)),
        Told::Longer if certain => plain(law.log_survival(y)),
        Told::Entered if certain => plain(law.log_survival(y).negated()),
        Told::Event => {
            let (course, cured) = (law.log_density(y), expit(a));
            Contribution {
                course: Course { value: course.value - log_one_plus_exp(a), ..course },
                by_a: -cured,
                by_aa: -cured * expit(-a),
                by_ay: 0.0,
            }
        }
        Told::Longer => survived(a, law.log_survival(y)),
        Told::Entered => survived(a, law.log_survival(y)).negated(),
    }
}
