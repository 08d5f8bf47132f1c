//! The cumulative baseline hazard, and survival at a row of covariates.

use crate::methods::fitted_cox::{Course, FittedCox};

/// More steps than this cannot be told apart in print; what is asked for at a time is always exact.
const STEPS: usize = 1000;

/// Sums over the events until each event time, for a patient with the largest linear predictor.
pub(super) struct Baseline {
    /// Event times and those at risk.
    pub(super) course: Course,
    /// Σ a.
    hazard: Vec<f64>,
    /// Σ a².
    variance: Vec<f64>,
    /// Σ x̄ a of every column.
    drift: Vec<f64>,
}

/// The sums after some event times.
#[derive(Clone, Copy)]
pub(super) struct Sums<'a> {
    pub(super) hazard: f64,
    pub(super) variance: f64,
    pub(super) drift: &'a [f64],
}

/// What is predicted at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Predicted {
    pub(super) survival: f64,
    pub(super) hazard: f64,
    /// Variance of the cumulative hazard.
    pub(super) variance: f64,
}

impl Baseline {
    pub(super) fn of(fitted: &FittedCox<'_>) -> Self {
        let p = fitted.columns();
        let course = Course::of(fitted.members());
        let (mut hazard, mut variance, mut drift) = (vec![0.0], vec![0.0], vec![0.0; p]);
        for (k, moment) in course.moments.iter().enumerate() {
            hazard.push(hazard[k] + moment.hazard);
            variance.push(variance[k] + moment.variance);
            for (j, own) in course.at(&course.drift, k).iter().enumerate() {
                drift.push(drift[k * p + j] + own);
            }
        }
        Self { course, hazard, variance, drift }
    }

    /// The sums after the first so many event times.
    pub(super) fn after(&self, moments: usize) -> Sums<'_> {
        let p = self.drift.len() / self.hazard.len();
        Sums {
            hazard: self.hazard[moments],
            variance: self.variance[moments],
            drift: &self.drift[moments * p..(moments + 1) * p],
        }
    }

    /// How many event times have passed at a time; absent after the last follow-up.
    pub(super) fn passed(&self, fitted: &FittedCox<'_>, at: f64) -> Option<usize> {
        // Times that differ in the last digits of their unit are one time.
        let at = at * (1.0 + 1e-12);
        let time = fitted.times.partition_point(|time| *time <= at);
        let last = *fitted.times.last()?;
        (at >= last || time < fitted.times.len()).then_some(())?;
        (at <= last * (1.0 + 1e-11))
            .then(|| time.checked_sub(1).map_or(0, |t| self.course.until(t as u32, true)))
    }

    /// The steps that a curve shows: all, or evenly spaced ones of very many.
    pub(super) fn steps(&self) -> Vec<usize> {
        let moments = self.course.moments.len();
        let step = moments.div_ceil(STEPS).max(1);
        let mut steps: Vec<usize> = (1..=moments).step_by(step).collect();
        if steps.last() != Some(&moments) && moments > 0 {
            steps.push(moments);
        }
        steps
    }
}

/// What is predicted for a row of standardised covariates.
pub(super) fn predict(fitted: &FittedCox<'_>, sums: Sums<'_>, x: &[f64]) -> Predicted {
    let eta: f64 = x.iter().zip(&fitted.beta).map(|(x, b)| x * b).sum();
    let risk = libm::exp(eta - fitted.shift);
    let slope: Vec<f64> =
        x.iter().zip(sums.drift).map(|(x, drift)| risk * (x * sums.hazard - drift)).collect();
    let hazard = risk * sums.hazard;
    let variance = risk * risk * sums.variance + quadratic(fitted, &slope);
    Predicted { survival: libm::exp(-hazard), hazard, variance }
}

/// b′V̂b.
pub(super) fn quadratic(fitted: &FittedCox<'_>, b: &[f64]) -> f64 {
    let inner = |j: usize| (0..b.len()).map(|k| fitted.covariance[(k, j)] * b[k]).sum::<f64>();
    b.iter().enumerate().map(|(j, b)| b * inner(j)).sum()
}
