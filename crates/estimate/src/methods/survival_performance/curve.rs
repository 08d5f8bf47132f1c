//! The smooth calibration curve at a time: a Cox model of a spline of ln(−ln(1 − p̂)) (see `calibration_curve`).

use super::optimism::partial;
use super::predicted::Predictions;
use crate::methods::calibration_curve::{Axis, Band, COLUMNS, Calibrated, grid};
use crate::methods::cox::{Clusters, RobustScale, TimeToEvent};
use crate::methods::fitted_cox::{Coefficients, Course, Members, Row, Stratum, Sums, predict};
use crate::methods::kaplan_meier::CurveInterval;
use crate::methods::models::Outcome;
use crate::numerics::rank::dot;
use crate::regression::fit;
use faer::Mat;

/// The flexible model of what was predicted after some distinct times.
pub(super) struct Flexible {
    axis: Axis,
    beta: Vec<f64>,
    covariance: Mat<f64>,
    /// The largest linear predictor.
    shift: f64,
    course: Course,
    /// Event times until the time.
    moments: usize,
    /// What was predicted and observed for each row.
    pub(super) all: Vec<Calibrated>,
}

impl Flexible {
    /// Fits it; none where the predicted risks are too few or the model has no finite maximum.
    pub(super) fn of(predictions: &Predictions<'_>, passed: usize) -> Option<Self> {
        let last = passed.checked_sub(1)?;
        let v = predictions.log_hazards(passed);
        let n: Vec<u64> = predictions.rows.iter().map(|row| row.n).collect();
        let axis = Axis::of(&v, &n)?;
        let x: Vec<f64> = v.iter().flat_map(|v| axis.row(*v)).collect();
        // Every row has its own pattern, and all are in one stratum.
        let own = |(at, row): (usize, &Row)| Row { pattern: at as u32, stratum: 0, ..*row };
        let rows: Vec<Row> = predictions.rows.iter().enumerate().map(own).collect();
        let everybody = Stratum { rows: (0..rows.len() as u32).collect(), ..Stratum::default() };
        let ties = predictions.fitted.ties;
        let model = partial(std::slice::from_ref(&everybody), &rows, x.clone(), rows.len(), ties);
        let model = match &predictions.fitted.clusters {
            Some((of_row, count)) => {
                model.with_clusters(Clusters::of(of_row.clone(), *count, RobustScale::One))
            }
            None if rows.iter().any(|row| row.weight != 1.0) => model
                .with_clusters(Clusters::patients(n.iter().map(|n| *n as f64).collect(), RobustScale::One)),
            None => model,
        };
        let found = fit(&model, None).ok().filter(|found| found.separation.is_none())?;
        let robust = TimeToEvent::covariance(&model, &found.maximum, &found.covariance);
        let covariance = robust.unwrap_or_else(|| found.covariance.clone());
        let beta = found.maximum.beta.clone();
        let eta: Vec<f64> = x.chunks_exact(COLUMNS).map(|x| dot(x, &beta)).collect();
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let risk: Vec<f64> = eta.iter().map(|eta| libm::exp(eta - shift)).collect();
        let order = &everybody.rows;
        let course = Course::of(Members { rows: &rows, order, x: &x, columns: COLUMNS, risk: &risk, ties });
        let moments = course.until(last as u32, true);
        let hazard = course.hazard_after(moments);
        let calibrated = |((row, v), risk): ((&Row, &f64), &f64)| Calibrated {
            predicted: -libm::expm1(-libm::exp(*v)),
            observed: -libm::expm1(-hazard * risk),
            n: row.n,
            total: row.total(),
        };
        let all = rows.iter().zip(&v).zip(&risk).map(calibrated).collect();
        Some(Self { axis, beta, covariance, shift, course, moments, all })
    }

    /// The curve with its pointwise limits.
    pub(super) fn band(&self, scale: CurveInterval, z: f64) -> Band {
        let Self { beta, covariance, shift, course, moments, .. } = self;
        let sums = Sums {
            hazard: course.hazard_after(*moments),
            variance: course.moments[..*moments].iter().map(|moment| moment.variance).sum(),
            drift: course.drift_after(*moments),
        };
        let mut band =
            Band { x: grid(&self.all), estimate: Vec::new(), lower: Vec::new(), upper: Vec::new() };
        let mut is_known = true;
        for risk in &band.x {
            let x = self.axis.row(libm::log(-libm::log1p(-risk)));
            let found = predict(Coefficients { beta, covariance, shift: *shift }, sums, &x);
            is_known &= found.variance.is_finite();
            let limits = scale.limits(found.survival, found.variance, z);
            let (lower, upper) = limits.unwrap_or((found.survival, found.survival));
            band.estimate.push(1.0 - found.survival);
            band.lower.push(1.0 - upper);
            band.upper.push(1.0 - lower);
        }
        if !is_known {
            band.lower.clear();
            band.upper.clear();
        }
        band
    }
}
