//! One fitted logistic model, for those who ask how good it is, who drives it, or how far it would vary.

use super::firth::Firth;
use super::likelihood::Binomial;
use super::outcome::Binary;
use super::{Penalty, penalized::Penalized};
use crate::design::{Covariate, Design, Patterns};
use crate::likelihood::{Likelihood, continue_from};
use crate::methods::models::Outcome;
use crate::numerics::multinomial::resample;
use crate::numerics::random::Random;
use crate::numerics::symmetric::inverse;
use crate::regression::{fit, fit_near, toward};
use faer::Mat;
use study::Notice;

/// A model with finite estimates.
pub(in crate::methods) struct FittedModel {
    /// Covariate patterns of the rows that entered, in their order.
    pub(in crate::methods) patterns: Patterns,
    /// What the columns are.
    pub(in crate::methods) design: Design,
    /// The counts, and the columns with the intercept before them.
    pub(in crate::methods) model: Binomial,
    /// Coefficients of those columns.
    pub(in crate::methods) beta: Vec<f64>,
    /// (X′WX)⁻¹.
    pub(in crate::methods) covariance: Mat<f64>,
    /// The log-likelihood, without penalty.
    pub(in crate::methods) log_likelihood: f64,
    penalty: Option<Penalty>,
}

/// Why a bootstrap replicate has no finite estimates.
pub(in crate::methods) enum Lost {
    /// It is separated: the estimates that exist, and ±∞ where the likelihood rises for ever.
    Separated(Vec<Option<f64>>),
    /// A level has nobody in it.
    Undetermined,
}

impl FittedModel {
    /// Fits; where there is nothing to fit or no finite estimate, says why.
    pub(in crate::methods) fn new(
        outcome: &Binary,
        covariates: &[&Covariate],
        rows: &[u32],
        penalty: Option<Penalty>,
    ) -> Result<Self, Vec<Notice>> {
        let (events, of) = outcome.count(rows);
        if let Some(notice) = outcome.constant(events, of) {
            return Err(vec![notice]);
        }
        let (design, model) = outcome.model(covariates, rows);
        let patterns = Patterns::new(covariates, rows);
        if design.columns.is_empty() {
            return Err(design.notices);
        }
        let name = || "Multivariable model".to_string();
        let withheld = |iterations| vec![Notice::NotConverged { model: name(), iterations }];
        let beta = match penalty {
            None => {
                let found = fit(&model, None).map_err(|stopped| withheld(stopped.0))?;
                if let Some(kind) = found.separation {
                    let infinite = (0..design.columns.len()).filter(|at| found.position(at + 1).is_none());
                    let separated = infinite.map(|at| {
                        let column = &design.columns[at];
                        let covariate = covariates[column.covariate];
                        Notice::Separation {
                            term: covariate.name.clone(),
                            level: column.level.map(|code| covariate.level(code).to_string()),
                            kind,
                            toward: toward(&model, &found, at + 1).filter(|_| covariate.scale.bases() == 1),
                        }
                    });
                    let message = "With `penalty = \"firth\"` the estimates would be finite.";
                    let advice = Notice::Other { message: message.into() };
                    return Err(separated.chain([advice]).collect());
                }
                found.maximum.beta
            }
            Some(Penalty::Firth) => {
                let (_, firth) = Penalized(outcome).model(covariates, rows);
                fit(&firth, None).map_err(|stopped| withheld(stopped.0))?.maximum.beta
            }
        };
        let at = model.evaluate(&beta);
        let covariance = inverse(&at.information).ok_or_else(|| withheld(0))?;
        Ok(Self { patterns, design, beta, covariance, log_likelihood: at.value, model, penalty })
    }

    /// The linear predictor of each pattern.
    pub(in crate::methods) fn predictor(&self, beta: &[f64]) -> Vec<f64> {
        self.model.predictor(beta)
    }

    /// Patients with and without the event in each pattern, one pair after the other.
    fn cells(&self) -> Vec<u64> {
        let pairs = self.model.events.iter().zip(&self.model.others);
        pairs.flat_map(|(events, others)| [*events as u64, *others as u64]).collect()
    }

    /// Events and others of each pattern in a bootstrap replicate.
    pub(in crate::methods) fn replicate(&self, mut random: Random) -> (Vec<f64>, Vec<f64>) {
        let drawn = resample(&self.cells(), &mut random);
        drawn.chunks_exact(2).map(|pair| (pair[0] as f64, pair[1] as f64)).unzip()
    }

    /// The coefficients of a replicate.
    pub(in crate::methods) fn refit(&self, events: &[f64], others: &[f64]) -> Result<Vec<f64>, Lost> {
        let model = self.model.of_counts(events, others);
        let total = |counts: &[f64]| counts.iter().sum::<f64>();
        if total(events) == 0.0 || total(others) == 0.0 {
            return Err(Lost::Undetermined);
        }
        if self.penalty == Some(Penalty::Firth) {
            let firth = Firth::new(model, 0.0);
            let found = fit_near(&firth, self.beta.clone());
            return found.map(|found| found.maximum.beta).map_err(|_| Lost::Undetermined);
        }
        let start = model.evaluate(&self.beta);
        if inverse(&start.information).is_none() {
            return Err(Lost::Undetermined);
        }
        let found = fit(&model, Some((self.beta.clone(), start))).map_err(|_| Lost::Undetermined)?;
        match &found.direction {
            None => Ok(found.maximum.beta),
            Some(direction) => Err(Lost::Separated(
                direction
                    .iter()
                    .enumerate()
                    .map(|(k, towards)| match found.parameter(k) {
                        Some((beta, _)) => Some(beta),
                        None if towards.abs() < 1e-8 => None,
                        None => Some(towards.signum() * f64::INFINITY),
                    })
                    .collect(),
            )),
        }
    }
}

/// Intercept and slope of the log odds on a linear predictor, and the log-likelihood there; none where there is no
/// finite one.
pub(in crate::methods) fn recalibrate(predictor: &[f64], events: &[f64], others: &[f64]) -> Option<[f64; 3]> {
    let of = |values: &dyn Fn(usize) -> f64| -> f64 {
        (0..predictor.len()).map(|at| (events[at] + others[at]) * values(at)).sum()
    };
    let n = of(&|_| 1.0);
    let centre = of(&|at| predictor[at]) / n;
    let scale = (of(&|at| (predictor[at] - centre) * (predictor[at] - centre)) / n).sqrt();
    if !scale.is_finite() || scale < 1e-12 * (1.0 + centre.abs()) {
        return None;
    }
    let standard: Vec<f64> = predictor.iter().map(|eta| (eta - centre) / scale).collect();
    let model = Binomial::new(standard, 1, events.to_vec(), others.to_vec());
    let start = model.start();
    let at = model.evaluate(&start);
    let found = continue_from(&model, start, at, &[], 25);
    found.converged.then(|| {
        let slope = found.beta[1] / scale;
        [found.beta[0] - slope * centre, slope, found.at.value]
    })
}

/// The intercept beside the predictor itself.
pub(in crate::methods) fn in_the_large(predictor: &[f64], events: &[f64], others: &[f64]) -> Option<f64> {
    let mut model = Binomial::new(Vec::new(), 0, events.to_vec(), others.to_vec());
    model.offset = predictor.to_vec();
    let start = vec![0.0];
    let at = model.evaluate(&start);
    let found = continue_from(&model, start, at, &[], 50);
    found.converged.then(|| found.beta[0])
}
