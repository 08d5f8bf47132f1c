//! The cumulative baseline hazard of each stratum.

use crate::methods::fitted_cox::{Course, FittedCox, Sums};

/// Sums over the events of a stratum until each event time, for a patient with the largest linear predictor.
pub(super) struct Baseline {
    /// Event times and those at risk.
    pub(super) course: Course,
    /// Σ a².
    variance: Vec<f64>,
    /// Position of the last time of follow-up.
    pub(super) last: u32,
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
