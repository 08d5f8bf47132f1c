//! The score tests.

use crate::methods::fitted_cox::{Course, FittedCox};
use crate::numerics::distributions::chi_squared_upper;
use crate::numerics::symmetric::solve;
use faer::Mat;
use study::results::finite;
use study::{Estimate, Model, Notice, Quantity, Results, Test, TestName};

/// Score and information of β and θ together, at θ = 0.
struct Interaction {
    score: Vec<f64>,
    information: Mat<f64>,
}

/// Writes the test of each term, of each level of a factor with several, and of all terms together.
pub(super) fn write(fitted: &FittedCox<'_>, g: &[f64], results: &mut Results) -> Vec<Course> {
    let (interaction, courses) = Interaction::of(fitted, g);
    let mut row = |term: Option<String>, level: Option<String>, columns: &[usize]| {
        results.estimates.push(Estimate {
            model: Some(Model::Multivariable),
            term,
            level,
            test: Some(interaction.test(columns)),
            ..Estimate::new(Quantity::ProportionalHazards, f64::NAN)
        });
    };
    for (index, covariate) in fitted.covariates.iter().enumerate() {
        let columns = fitted.design.columns_of(index);
        if columns.is_empty() {
            continue;
        }
        row(Some(covariate.name.clone()), None, &columns);
        if columns.len() > 1 {
            for column in &columns {
                let (term, level) = fitted.name(*column);
                row(Some(term), level, &[*column]);
            }
        }
    }
    let all: Vec<usize> = (0..fitted.columns()).collect();
    row(None, None, &all);
    if interaction.test(&all).statistic.is_none() {
        let message =
            "The events are too few, or at too few times, to see whether all coefficients change with time.";
        results.notices.push(Notice::Other { message: message.into() });
    }
    courses
}

impl Interaction {
    fn of(fitted: &FittedCox<'_>, g: &[f64]) -> (Self, Vec<Course>) {
        let p = fitted.columns();
        let events = fitted.events();
        let dead = || fitted.rows.iter().filter(|row| row.event);
        // Relative to the first event: times far from 0 then lose no digits.
        let origin = dead().next().map_or(0.0, |row| g[row.time as usize]);
        let mean: f64 =
            dead().map(|row| row.n as f64 / events as f64 * (g[row.time as usize] - origin)).sum();
        let centred = |time: u32| (g[time as usize] - origin) - mean;
        let largest = dead().map(|row| centred(row.time).abs()).fold(0.0, f64::max);
        // To unit size, so that squares neither vanish nor overflow.
        let centred = |time: u32| if largest > 0.0 { centred(time) / largest } else { 0.0 };
        let mut information = Mat::zeros(2 * p, 2 * p);
        let mut add = |time: u32, variance: &Mat<f64>| {
            let g = centred(time);
            for j in 0..p {
                for i in 0..p {
                    let v = variance[(i, j)];
                    information[(i, j)] += v;
                    information[(p + i, j)] += g * v;
                    information[(i, p + j)] += g * v;
                    information[(p + i, p + j)] += g * g * v;
                }
            }
        };
        let courses: Vec<Course> =
            fitted.members().map(|members| Course::with_variances(members, &mut add)).collect();
        let mut score = vec![0.0; 2 * p];
        for row in dead() {
            let course = &courses[row.stratum as usize];
            let mean = course.at(&course.mean, course.until(row.time, false));
            let (weight, g) = (row.total(), centred(row.time));
            for (k, (x, mean)) in fitted.row(row.pattern).iter().zip(mean).enumerate() {
                // At a maximum of the likelihood what rounding leaves of the score of β is 0.
                score[k] += if fitted.penalty.is_some() { weight * (x - mean) } else { 0.0 };
                score[p + k] += weight * g * (x - mean);
            }
        }
        (Self { score, information }, courses)
    }

    /// The test of some columns; without a statistic where the events cannot tell.
    fn test(&self, columns: &[usize]) -> Test {
        let p = self.score.len() / 2;
        let with: Vec<usize> = (0..p).chain(columns.iter().map(|column| p + column)).collect();
        let statistic = self.quadratic(&with).zip(self.quadratic(&with[..p]));
        let statistic = statistic.and_then(|(all, own)| finite(all - own));
        let df = columns.len() as f64;
        let p_value = statistic.and_then(|statistic| finite(chi_squared_upper(statistic, df)));
        Test { name: TestName::Score, statistic, df: vec![df], p_value, reason: None }
    }

    /// U′I⁻¹U of some parameters.
    fn quadratic(&self, kept: &[usize]) -> Option<f64> {
        let score: Vec<f64> = kept.iter().map(|k| self.score[*k]).collect();
        let among = Mat::from_fn(kept.len(), kept.len(), |i, j| self.information[(kept[i], kept[j])]);
        Some(solve(&among, &score)?.iter().zip(&score).map(|(a, b)| a * b).sum())
    }
}
