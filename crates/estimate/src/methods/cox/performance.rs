//! How well the model of all terms predicts: concordance, and R² of the partial likelihood.
//!
//! # Formula
//! Harrell's concordance of the linear predictor with the times, in the strata and with the weights of the model, its
//! standard error from the infinitesimal jackknife by patient or cluster (see `concordance`). With the partial likelihood
//! Cox–Snell R² = 1 − exp(2(ℓ₀ − ℓ)/n), n the patients, and Nagelkerke's the same over 1 − exp(2ℓ₀/n). Both R² fall when more
//! patients are censored.
//! # References
//! Harrell, Lee & Mark 1996, doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4; Nagelkerke 1991,
//! doi:10.1093/biomet/78.3.691.

use super::outcome::TimeToEvent;
use crate::design::Patterns;
use crate::methods::concordance::{Comparing, TimeWeights, agreement, concordance_row, ranks_of, scored};
use crate::methods::logistic_performance::{cox_snell, nagelkerke};
use crate::methods::models::Predicting;
use study::{Estimate, Quantity};

/// Differences of linear predictors below this are roundings.
const DIGITS: f64 = 1e11;

/// The rows of a fitted model.
pub(super) fn rows(outcome: &TimeToEvent<'_>, model: &Predicting<'_>) -> Vec<Estimate> {
    let mut rows = Vec::new();
    if let Some(beta) = model.beta {
        let eta = predictor(model, beta);
        let (ranks, distinct) = ranks_of(&eta);
        let (strata, clusters) = scored(outcome, model.rows, &ranks);
        let comparing = Comparing { ranks: distinct, weights: TimeWeights::Harrell, last: None, clusters };
        let found = agreement(&strata, comparing);
        rows.extend(found.map(|found| concordance_row(&found, model.confidence_level)));
    }
    if let Some([value, null]) = model.log_likelihoods {
        let n = model.patients as f64;
        rows.push(Estimate::new(Quantity::NagelkerkeR2, nagelkerke(value, null, n)));
        rows.push(Estimate::new(Quantity::CoxSnellR2, cox_snell(value, null, n)));
    }
    rows
}

/// The linear predictor of each row.
fn predictor(model: &Predicting<'_>, beta: &[f64]) -> Vec<f64> {
    let patterns = Patterns::new(model.covariates, model.rows);
    let x = model.design.rows_of(model.covariates, &patterns);
    let of = |row: &[f64]| {
        let eta: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
        libm::round(eta * DIGITS) / DIGITS
    };
    let eta: Vec<f64> = x.chunks_exact(beta.len()).map(of).collect();
    patterns.of_row.iter().map(|pattern| eta[*pattern as usize]).collect()
}
