//! The robust variance of a logistic model: by patient, or by cluster.
//!
//! # Formula
//! m/(m − 1) I⁻¹ (Σ over clusters of U_c U_c′) I⁻¹, with U_c the sum over the cluster's patients of w x (y − π), w the
//! patient's sampling weight, and m the number of clusters (Binder 1983, doi:10.2307/1402588; Liang & Zeger 1986,
//! doi:10.1093/biomet/73.1.13). Without clusters each patient is one. The factor is that of survey samples drawn with
//! replacement, as in R's svyglm and Stata.

use super::likelihood::Binomial;
use crate::likelihood::Likelihood;
use crate::numerics::gram::add_gram;
use faer::Mat;

/// Whose scores are added up before they are squared.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::methods) enum Robust {
    /// Each patient's is squared by itself: of each pattern Σ w² over those with the event and over the others, and how
    /// many patients there are.
    Patients {
        /// With the event.
        events: Vec<f64>,
        /// Without it.
        others: Vec<f64>,
        /// All of them.
        patients: f64,
    },
    /// Patients of a cluster together.
    Clusters {
        /// The patients of each cluster in each pattern.
        pieces: Vec<Piece>,
        /// How many codes of clusters there are.
        codes: usize,
        /// How many clusters have patients in the model.
        clusters: f64,
    },
}

/// Patients of one cluster and pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::methods) struct Piece {
    pub(in crate::methods) cluster: u32,
    pub(in crate::methods) pattern: u32,
    /// Weighted events.
    pub(in crate::methods) events: f64,
    /// Weighted others.
    pub(in crate::methods) others: f64,
}

impl Robust {
    /// Of some of the patterns only.
    pub(super) fn of_patterns(&self, kept: &[usize]) -> Self {
        match self {
            Self::Patients { events, others, patients } => {
                let some = |values: &[f64]| kept.iter().map(|pattern| values[*pattern]).collect();
                Self::Patients { events: some(events), others: some(others), patients: *patients }
            }
            Self::Clusters { pieces, codes, clusters } => {
                let last = kept.iter().copied().max().map_or(0, |last| last + 1);
                let mut position = vec![None; last];
                kept.iter().enumerate().for_each(|(at, pattern)| position[*pattern] = Some(at as u32));
                let moved = |piece: &Piece| {
                    let pattern = position.get(piece.pattern as usize).copied().flatten()?;
                    Some(Piece { pattern, ..*piece })
                };
                let pieces = pieces.iter().filter_map(moved).collect();
                Self::Clusters { pieces, codes: *codes, clusters: *clusters }
            }
        }
    }

    /// The sandwich at some coefficients, from the inverse of the information.
    pub(super) fn sandwich(&self, model: &Binomial, beta: &[f64], inverse: &Mat<f64>) -> Mat<f64> {
        let p = model.parameters();
        // Of each pattern 1 − π and π, neither from the other: they keep their digits where one is small.
        let shares: Vec<(f64, f64)> = model
            .offset
            .iter()
            .enumerate()
            .map(|(pattern, offset)| {
                let eta = offset + model.x.product(pattern, beta);
                let small = libm::exp(-eta.abs());
                let (near, far) = (1.0 / (1.0 + small), small / (1.0 + small));
                if eta >= 0.0 { (far, near) } else { (near, far) }
            })
            .collect();
        let (meat, units) = match self {
            Self::Patients { events, others, patients } => {
                let weight = |(pattern, (complement, probability)): (usize, &(f64, f64))| {
                    events[pattern] * complement * complement + others[pattern] * probability * probability
                };
                let weights: Vec<f64> = shares.iter().enumerate().map(weight).collect();
                (model.x.gram(0..weights.len(), &weights), *patients)
            }
            Self::Clusters { pieces, codes, clusters } => {
                let mut sums = vec![0.0; codes * p];
                for piece in pieces {
                    let pattern = piece.pattern as usize;
                    let (complement, probability) = shares[pattern];
                    let residual = piece.events * complement - piece.others * probability;
                    let sum = &mut sums[piece.cluster as usize * p..(piece.cluster as usize + 1) * p];
                    sum.iter_mut().zip(model.x.row(pattern)).for_each(|(sum, x)| *sum += residual * x);
                }
                let mut meat = Mat::zeros(p, p);
                add_gram(&sums, p, &vec![1.0; *codes], &mut meat);
                (meat, *clusters)
            }
        };
        let factor = units / (units - 1.0);
        inverse * meat * inverse * faer::Scale(factor)
    }
}
