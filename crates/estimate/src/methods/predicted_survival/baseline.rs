//! The cumulative baseline hazard of each stratum, and survival at a row of covariates.

use crate::methods::fitted_cox::{Course, FittedCox};

/// Sums over the events of a stratum until each event time, for a patient with the largest linear predictor.
pub(super) struct Baseline {
    /// Event times and those at risk.
    pub(super) course: Course,
    /// Σ a².
    variance: Vec<f64>,
    /// Position of the last time of follow-up.
    pub(super) last: u32,
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
    /// Of each stratum.
    pub(super) fn all(fitted: &FittedCox<'_>) -> Vec<Self> {
        fitted
            .courses()
            .into_iter()
            .enumerate()
            .map(|(stratum, course)| Self::of(fitted, stratum, course))
            .collect()
    }

    fn of(fitted: &FittedCox<'_>, stratum: usize, course: Course) -> Self {
        let mut variance = vec![0.0];
        for (k, moment) in course.moments.iter().enumerate() {
            variance.push(variance[k] + moment.variance);
        }
        let rows = fitted.strata[stratum].rows.iter();
        let last = rows.map(|row| fitted.rows[*row as usize].time).max().unwrap_or(0);
        Self { course, variance, last }
    }

    /// The sums after the first so many event times.
    pub(super) fn after(&self, moments: usize) -> Sums<'_> {
        Sums {
            hazard: self.course.hazard_after(moments),
            variance: self.variance[moments],
            drift: self.course.drift_after(moments),
        }
    }

    /// How many event times have passed at a time; absent after the last follow-up of the stratum.
    pub(super) fn passed(&self, fitted: &FittedCox<'_>, at: f64) -> Option<usize> {
        let last = fitted.times[self.last as usize];
        // Times that differ in the last digits of their unit are one time.
        (at <= last * (1.0 + 1e-11)).then(|| {
            let time = fitted.times.partition_point(|time| *time <= at * (1.0 + 1e-12));
            time.checked_sub(1).map_or(0, |time| self.course.until(time as u32, true))
        })
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
    let inner = |j: usize| (0..b.len()).map(|k| fitted.reported()[(k, j)] * b[k]).sum::<f64>();
    b.iter().enumerate().map(|(j, b)| b * inner(j)).sum()
}
