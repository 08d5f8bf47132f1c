//! What the model predicts for each row, and what is known of the row at a time.

use super::censoring::Censoring;
use crate::methods::fitted_cox::{Course, FittedCox, Members, Row, Stratum};

/// Patients, and the model whose predictions are held against what happened to them.
pub(super) struct Predictions<'a> {
    pub(super) fitted: &'a FittedCox<'a>,
    /// Who they are: those of the fitted model or, with other numbers, of a bootstrap replicate.
    pub(super) rows: &'a [Row],
    predictor: &'a Predictor,
    pub(super) censoring: Censoring,
    /// Kaplan–Meier of everybody after each distinct time.
    everybody: Vec<f64>,
    /// Patients.
    pub(super) n: f64,
}

/// What predicts: the linear predictor of each pattern, and the baseline hazards.
pub(super) struct Predictor {
    eta: Vec<f64>,
    /// exp(eta) less the largest.
    risk: Vec<f64>,
    courses: Vec<Course>,
}

impl Predictor {
    /// Of coefficients that were estimated from some patients.
    pub(super) fn of(fitted: &FittedCox<'_>, beta: &[f64], rows: &[Row]) -> Self {
        let of = |x: &[f64]| x.iter().zip(beta).map(|(x, b)| x * b).sum();
        let eta: Vec<f64> = fitted.x.chunks_exact(beta.len()).map(of).collect();
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let risk: Vec<f64> = eta.iter().map(|eta| libm::exp(eta - shift)).collect();
        let (x, columns, ties) = (&fitted.x[..], fitted.columns(), fitted.ties);
        let course = |stratum: &Stratum| {
            Course::of(Members { rows, order: &stratum.rows, x, columns, risk: &risk, ties })
        };
        let courses = fitted.strata.iter().map(course).collect();
        Self { eta, risk, courses }
    }
}

/// What is known of the patients of a row at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// They had the event.
    Event,
    /// They are free of it.
    Free,
    /// They were censored before.
    Nothing,
}

/// A time by which the event is predicted.
pub(super) struct Moment {
    /// How many distinct times lie until it.
    pub(super) passed: usize,
    /// What is known of each row.
    pub(super) known: Vec<Known>,
    /// What the patients of each row weigh.
    pub(super) weight: Vec<f64>,
    /// Just before which distinct time G is looked at for each row.
    pub(super) reach: Vec<usize>,
}

impl<'a> Predictions<'a> {
    pub(super) fn of(fitted: &'a FittedCox<'a>, rows: &'a [Row], predictor: &'a Predictor) -> Self {
        let times = fitted.times.len();
        let (mut events, mut leaving) = (vec![0u64; times], vec![0u64; times]);
        for row in rows {
            leaving[row.time as usize] += row.n;
            events[row.time as usize] += if row.event { row.n } else { 0 };
        }
        let mut at_risk: u64 = leaving.iter().sum();
        let n = at_risk as f64;
        let mut survival = 1.0;
        let step = |(events, leaving): (u64, u64)| {
            if events > 0 {
                survival *= (at_risk - events) as f64 / at_risk as f64;
            }
            at_risk -= leaving;
            survival
        };
        let everybody = events.into_iter().zip(leaving).map(step).collect();
        Self { fitted, rows, predictor, censoring: Censoring::of(rows, times), everybody, n }
    }

    /// The linear predictor of each pattern.
    pub(super) fn eta(&self) -> &[f64] {
        &self.predictor.eta
    }

    /// The last time until which every stratum is followed.
    pub(super) fn last(&self) -> f64 {
        let of = |stratum: &Stratum| {
            stratum.rows.iter().map(|row| self.fitted.rows[*row as usize].time).max().unwrap_or(0)
        };
        let last = self.fitted.strata.iter().map(of).min().unwrap_or(0);
        self.fitted.times[last as usize]
    }

    /// How many distinct times lie until a time in the endpoint's unit.
    pub(super) fn passed(&self, at: f64) -> usize {
        // Times that differ in the last digits of their unit are one time.
        self.fitted.times.partition_point(|time| *time <= at * (1.0 + 1e-12))
    }

    /// Predicted survival of each row after so many distinct times.
    pub(super) fn survival(&self, passed: usize) -> Vec<f64> {
        let hazard = |course: &Course| match passed.checked_sub(1) {
            Some(last) => course.hazard_after(course.until(last as u32, true)),
            None => 0.0,
        };
        let hazards: Vec<f64> = self.predictor.courses.iter().map(hazard).collect();
        let of =
            |row: &Row| libm::exp(-hazards[row.stratum as usize] * self.predictor.risk[row.pattern as usize]);
        self.rows.iter().map(of).collect()
    }

    /// The same without terms: Kaplan–Meier of everybody.
    pub(super) fn without_terms(&self, passed: usize) -> f64 {
        passed.checked_sub(1).map_or(1.0, |last| self.everybody[last])
    }

    /// What is known after so many distinct times.
    pub(super) fn moment(&self, passed: usize) -> Moment {
        let of = |row: &Row| match (row.time as usize >= passed, row.event) {
            // Of a replicate nobody need be left.
            _ if row.n == 0 => (Known::Nothing, 0),
            (true, _) => (Known::Free, passed),
            (false, true) => (Known::Event, row.time as usize),
            (false, false) => (Known::Nothing, 0),
        };
        let (known, reach): (Vec<Known>, Vec<usize>) = self.rows.iter().map(of).unzip();
        let weight = |(known, reach): (&Known, &usize)| match known {
            Known::Nothing => 0.0,
            Known::Event | Known::Free => 1.0 / self.censoring.before(*reach),
        };
        let weight = known.iter().zip(&reach).map(weight).collect();
        Moment { passed, known, weight, reach }
    }
}
