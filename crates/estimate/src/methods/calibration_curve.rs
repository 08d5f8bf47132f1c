//! A smooth calibration curve: the risk observed against the risk predicted, without groups.
//!
//! # Formula
//! v is the linear predictor of a predicted risk p̂: ln(p̂/(1 − p̂)) of a binary outcome, ln(−ln(1 − p̂)) of the time to an
//! event. A model of the outcome (logistic, Cox) with a restricted cubic spline of v, three knots at the quantiles that splines
//! have by default, says which risk p̃ was observed where p̂ was predicted. Over the patients the integrated calibration index
//! is the mean of |p̃ − p̂|, E50 and E90 are its quantiles (type 7), Emax its largest value. With sampling weights the mean and
//! the model are weighted; knots and quantiles are those of the patients as they are. The curve is drawn at 100 predicted risks
//! from the 1st to the 99th percentile: beyond there is next to nobody.
//! # References
//! Austin, Harrell & van Klaveren 2020, doi:10.1002/sim.8570; Austin & Steyerberg 2019, doi:10.1002/sim.8281 (the index);
//! Harrell 2015, Regression Modeling Strategies, §10.11, doi:10.1007/978-3-319-19425-7.

use crate::design::Spline;
use crate::methods::models::quantile_knots;
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::numerics::sums::sum;
use study::{Estimate, Quantity, Results, Series, SeriesKind};

/// Knots of the spline.
const KNOTS: usize = 3;
/// Columns of the spline.
pub(super) const COLUMNS: usize = KNOTS - 1;
/// Points of the curve.
const POINTS: usize = 100;
/// Bars of the distribution of predicted risks.
const BARS: usize = 60;
/// Linear predictors that differ by less are equal but for rounding.
const DIGITS: f64 = 1e11;

/// The spline of linear predictors, its columns standardised.
pub(super) struct Axis {
    spline: Spline,
    centre: [f64; COLUMNS],
    scale: [f64; COLUMNS],
}

impl Axis {
    /// Of linear predictors that so many patients have each; none where they are too few or not finite.
    pub(super) fn of(predictors: &[f64], n: &[u64]) -> Option<Self> {
        let present = || predictors.iter().zip(n).filter(|(_, n)| **n > 0);
        if present().any(|(v, _)| !v.is_finite()) {
            return None;
        }
        let frequencies = Frequencies::new(present().map(|(v, n)| (libm::round(v * DIGITS) / DIGITS, *n)));
        let knots = quantile_knots(&frequencies, KNOTS);
        if knots.len() < KNOTS {
            return None;
        }
        let (values, counts): (Vec<f64>, Vec<f64>) = frequencies.pairs().map(|(v, n)| (v, n as f64)).unzip();
        let quartiles = [knots[0], knots[1], knots[2]];
        let spline = Spline::new(values, &counts, knots, KNOTS, quartiles);
        let total = frequencies.total() as f64;
        let mean =
            |of: &dyn Fn(f64) -> f64| sum(spline.values.iter().zip(&counts).map(|(v, n)| n * of(*v))) / total;
        let centre = std::array::from_fn(|k| mean(&|v| spline.basis(v, k)));
        let scale = std::array::from_fn(|k| {
            mean(&|v| (spline.basis(v, k) - centre[k]) * (spline.basis(v, k) - centre[k])).sqrt()
        });
        scale.iter().all(|scale| *scale > 0.0).then_some(Self { spline, centre, scale })
    }

    /// The columns at a linear predictor.
    pub(super) fn row(&self, v: f64) -> [f64; COLUMNS] {
        std::array::from_fn(|k| (self.spline.basis(v, k) - self.centre[k]) / self.scale[k])
    }
}

/// Patients who are alike: what is predicted for them, what the flexible model says was observed, how many they are, and
/// what all of them count together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calibrated {
    pub(super) predicted: f64,
    pub(super) observed: f64,
    pub(super) n: u64,
    pub(super) total: f64,
}

impl Calibrated {
    fn error(&self) -> f64 {
        (self.observed - self.predicted).abs()
    }
}

/// The figures of the distance between curve and diagonal, in the order of [`errors`].
pub(super) const ERRORS: [Quantity; 4] = [
    Quantity::CalibrationIndex,
    Quantity::CalibrationE50,
    Quantity::CalibrationE90,
    Quantity::CalibrationEmax,
];

/// The integrated calibration index, and the median, the 90th percentile and the largest of the distances.
pub(super) fn errors(all: &[Calibrated]) -> [f64; 4] {
    let index = sum(all.iter().map(|one| one.total * one.error())) / sum(all.iter().map(|one| one.total));
    let errors = Frequencies::new(all.iter().map(|one| (one.error(), one.n)));
    let quantiles = errors.quantiles([0.5, 0.9, 1.0], QuantileDefinition::Interpolated);
    let [median, ninetieth, largest] = quantiles.unwrap_or([f64::NAN; 3]);
    [index, median, ninetieth, largest]
}

/// Where the curve is drawn.
pub(super) fn grid(all: &[Calibrated]) -> Vec<f64> {
    let risks = Frequencies::new(all.iter().map(|one| (one.predicted, one.n)));
    let ends = risks.quantiles([0.01, 0.99], QuantileDefinition::Interpolated);
    let Some([first, last]) = ends else { return Vec::new() };
    let step = (last - first) / (POINTS - 1) as f64;
    (0..POINTS).map(|k| if k + 1 == POINTS { last } else { first + k as f64 * step }).collect()
}

/// The observed risk on the grid, and its limits.
pub(super) struct Band {
    pub(super) x: Vec<f64>,
    pub(super) estimate: Vec<f64>,
    pub(super) lower: Vec<f64>,
    pub(super) upper: Vec<f64>,
}

/// Writes the errors, the curve, and how the predicted risks are distributed; `of` is the time by which the event is
/// predicted, and what that is called, where there is one.
pub(super) fn write(all: &[Calibrated], band: Band, of: Option<(f64, &str)>, results: &mut Results) {
    for (quantity, value) in ERRORS.into_iter().zip(errors(all)) {
        let at = of.map(|(at, _)| at);
        results.estimates.push(Estimate { at, ..Estimate::new(quantity, value) });
    }
    let group = of.map(|(_, name)| name.to_string());
    let Band { x, estimate, lower, upper } = band;
    let curve = Series { group: group.clone(), x, y: estimate, ..Series::new(SeriesKind::Calibration) };
    results.series.push(Series { lower, upper, ..curve });
    let highest = all.iter().filter(|one| one.n > 0).map(|one| one.predicted).fold(0.0, f64::max);
    let width = highest / BARS as f64;
    let mut share = vec![0.0; BARS];
    let total = sum(all.iter().map(|one| one.total));
    for one in all.iter().filter(|one| one.n > 0) {
        let bar = ((one.predicted / width) as usize).min(BARS - 1);
        share[bar] += one.total / total;
    }
    let x = (0..BARS).map(|bar| (bar as f64 + 0.5) * width).collect();
    results.series.push(Series { group, x, y: share, ..Series::new(SeriesKind::PredictedRisk) });
}
