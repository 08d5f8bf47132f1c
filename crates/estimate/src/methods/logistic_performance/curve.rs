//! The smooth calibration curve: a logistic model of a spline of the linear predictor (see `calibration_curve`).

use super::calibration::risk;
use crate::methods::calibration_curve::{Axis, Band, COLUMNS, Calibrated, grid};
use crate::methods::logistic::likelihood::Binomial;
use crate::numerics::rank::dot;
use crate::regression::fit;
use faer::Mat;

/// The flexible model of a linear predictor.
pub(super) struct Flexible {
    axis: Axis,
    beta: Vec<f64>,
    covariance: Mat<f64>,
    /// What was predicted and observed in each pattern.
    pub(super) all: Vec<Calibrated>,
}

impl Flexible {
    /// Fits it; none where the predicted risks are too few or the model has no finite maximum.
    pub(super) fn of(predictor: &[f64], events: &[f64], others: &[f64]) -> Option<Self> {
        let n: Vec<u64> =
            events.iter().zip(others).map(|(events, others)| (events + others) as u64).collect();
        let axis = Axis::of(predictor, &n)?;
        let x: Vec<f64> = predictor.iter().flat_map(|v| axis.row(*v)).collect();
        let whole = Binomial::new(x.clone(), COLUMNS, events.to_vec(), others.to_vec());
        // Of a replicate some patterns have nobody.
        let model = whole.of_counts(events, others);
        let found = fit(&model, None).ok().filter(|found| found.separation.is_none())?;
        let (beta, covariance) = (found.maximum.beta.clone(), found.covariance.clone());
        let calibrated = |((x, v), n): ((&[f64], &f64), &u64)| Calibrated {
            predicted: risk(*v),
            observed: risk(beta[0] + dot(x, &beta[1..])),
            n: *n,
            total: *n as f64,
        };
        let all = x.chunks_exact(COLUMNS).zip(predictor).zip(&n).map(calibrated).collect();
        Some(Self { axis, beta, covariance, all })
    }

    /// The curve with its pointwise limits, symmetric on the logit scale.
    pub(super) fn band(&self, z: f64) -> Band {
        let mut band =
            Band { x: grid(&self.all), estimate: Vec::new(), lower: Vec::new(), upper: Vec::new() };
        for predicted in &band.x {
            let [a, b] = self.axis.row(libm::log(predicted / (1.0 - predicted)));
            let row = [1.0, a, b];
            let eta = dot(&row, &self.beta);
            let inner = |j: usize| (0..row.len()).map(|k| self.covariance[(j, k)] * row[k]).sum::<f64>();
            let half = z * row.iter().enumerate().map(|(j, x)| x * inner(j)).sum::<f64>().sqrt();
            band.estimate.push(risk(eta));
            band.lower.push(risk(eta - half));
            band.upper.push(risk(eta + half));
        }
        band
    }
}
