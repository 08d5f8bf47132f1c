//! What the model predicts for each row, and what is known of the row at a time.

use super::censoring::{Censoring, later};
use crate::methods::cox::all_alike;
use crate::methods::fitted_cox::{Course, FittedCox, Members, Row, Stratum};
use crate::numerics::sums::sum;

/// Patients, and the model whose predictions are held against what happened to them.
pub(super) struct Predictions<'a> {
    pub(super) fitted: &'a FittedCox<'a>,
    /// Who they are: those of the fitted model or, with other numbers, of a bootstrap replicate.
    pub(super) rows: &'a [Row],
    predictor: &'a Predictor,
    pub(super) censoring: Censoring,
    /// Kaplan–Meier of everybody after each distinct time.
    everybody: Vec<f64>,
    /// What all patients count together.
    pub(super) total: f64,
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
    /// By what the weight of the patients of each row is multiplied, for those who were censored.
    pub(super) weight: Vec<f64>,
    /// Just before which distinct time G is looked at for each row.
    pub(super) reach: Vec<usize>,
}

impl<'a> Predictions<'a> {
    pub(super) fn of(fitted: &'a FittedCox<'a>, rows: &'a [Row], predictor: &'a Predictor) -> Self {
        let times = fitted.times.len();
        let (mut events, mut censored) = (vec![0.0; times], vec![0.0; times]);
        for row in rows {
            let of = if row.event { &mut events } else { &mut censored };
            of[row.time as usize] += row.total();
        }
        let mut survival = 1.0;
        let step = |((events, censored), later): ((&f64, &f64), f64)| {
            survival *= if *events > 0.0 { (censored + later) / (events + censored + later) } else { 1.0 };
            survival
        };
        let everybody = events.iter().zip(&censored).zip(later(&events, &censored)).map(step).collect();
        let total = sum(rows.iter().map(Row::total));
        Self { fitted, rows, predictor, censoring: Censoring::of(rows, times), everybody, total }
    }

    /// The infinitesimal jackknife: the root of the sum, over patients or clusters, of their squared influences, where
    /// `derivative` of a figure is that by the weight of one patient of a row.
    pub(super) fn std_error(&self, derivative: impl Fn(usize) -> f64) -> f64 {
        let influence = |row: usize| self.rows[row].weight * derivative(row);
        let rows = 0..self.rows.len();
        let Some((of_row, count)) = &self.fitted.clusters else {
            return sum(rows.map(|row| self.rows[row].n as f64 * influence(row) * influence(row))).sqrt();
        };
        if all_alike(rows.clone().map(|row| of_row[row])) {
            return f64::NAN;
        }
        let mut sums = vec![0.0; *count];
        rows.for_each(|row| sums[of_row[row] as usize] += self.rows[row].n as f64 * influence(row));
        sum(sums.iter().map(|sum| sum * sum)).sqrt()
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

    /// The logarithm of the cumulative hazard that is predicted for each row after so many distinct times.
    pub(super) fn log_hazards(&self, passed: usize) -> Vec<f64> {
        let shift = self.eta().iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let hazard = |course: &Course| match passed.checked_sub(1) {
            Some(last) => libm::log(course.hazard_after(course.until(last as u32, true))),
            None => f64::NEG_INFINITY,
        };
        let hazards: Vec<f64> = self.predictor.courses.iter().map(hazard).collect();
        let of = |row: &Row| hazards[row.stratum as usize] + (self.eta()[row.pattern as usize] - shift);
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
