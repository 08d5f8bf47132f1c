//! Cross-validation of the penalties.
//!
//! # Formula
//! The path of each fold is fitted to the patients of the others, with their own standardisation, at the penalties of the
//! full path. With Lₖ the mean loss of the nₖ patients (events, of times) held out in fold k: mean Σ nₖLₖ/Σ nₖ, standard
//! error √(Σ nₖ(Lₖ − mean)²/Σ nₖ/(K − 1)). `min` is the penalty of the best mean, the largest of several; `one_se` the
//! largest penalty whose mean is within one standard error of it.
//!
//! # References
//! Hastie, Tibshirani & Friedman 2009, doi:10.1007/978-0-387-84858-7, section 7.10; Simon et al. 2011,
//! doi:10.18637/jss.v039.i05, section 2.5.

use super::ElasticNetOptions;
use super::fitted::{FittedPath, factors};
use super::options::Measure;
use super::subject::Subject;
use crate::numerics::parallel::in_order;

/// What cross-validation says of each penalty.
pub(super) struct CrossValidation {
    pub(super) mean: Vec<f64>,
    pub(super) error: Vec<f64>,
    /// The positions of the two penalties that are reported.
    pub(super) min: usize,
    pub(super) one_se: usize,
    /// Folds without a figure: no path was found without them, or nobody in them can be judged.
    pub(super) lost: usize,
}

/// The loss of a fold at each penalty, and its weight.
type Fold = Option<(Vec<f64>, f64)>;

impl CrossValidation {
    /// Of folds, each the patients of every row; none where fewer than two folds can be judged.
    pub(super) fn new<S: Subject>(
        subject: &S,
        options: &ElasticNetOptions,
        free: &[bool],
        whole: &FittedPath<S::Model>,
        n: &[u64],
        folds: &[Vec<u64>],
    ) -> Option<Self> {
        let all = subject.model(n, &vec![1.0; whole.factors.len()])?;
        let judged: Vec<Fold> = in_order(folds.len(), |fold| {
            let held = &folds[fold];
            let others: Vec<u64> = n.iter().zip(held).map(|(n, held)| n - held).collect();
            let spreads = factors(subject.ground(), &others, options.standardise);
            let fitted =
                FittedPath::new(subject, options.alpha, free, &others, spreads, |_| whole.lambdas.clone());
            judge(subject, options.measure, &fitted.ok()?, &all, held)
        });
        let known: Vec<&(Vec<f64>, f64)> = judged.iter().flatten().collect();
        if known.len() < 2 {
            return None;
        }
        let total: f64 = known.iter().map(|(_, weight)| weight).sum();
        let weighted = |value: &dyn Fn(&[f64]) -> f64| -> f64 {
            known.iter().map(|(losses, weight)| weight / total * value(losses)).sum()
        };
        let (mut mean, mut error) = (Vec::new(), Vec::new());
        for at in 0..whole.lambdas.len() {
            let centre = weighted(&|losses| losses[at]);
            let variance = weighted(&|losses| (losses[at] - centre) * (losses[at] - centre));
            mean.push(centre);
            error.push((variance / (known.len() as f64 - 1.0)).sqrt());
        }
        // An area is the better the larger.
        let sign = if options.measure == Measure::Auc { -1.0 } else { 1.0 };
        let min = (0..mean.len()).min_by(|a, b| (sign * mean[*a]).total_cmp(&(sign * mean[*b])))?;
        let near = sign * mean[min] + error[min];
        let one_se = (0..mean.len()).find(|at| sign * mean[*at] <= near)?;
        Some(Self { mean, error, min, one_se, lost: folds.len() - known.len() })
    }
}

fn judge<S: Subject>(
    subject: &S,
    measure: Measure,
    fitted: &FittedPath<S::Model>,
    all: &S::Model,
    held: &[u64],
) -> Fold {
    let patients = subject.hold(held, all);
    if patients.of == 0.0 {
        return None;
    }
    let losses = fitted.thetas.iter().map(|theta| {
        let beta = fitted.beta::<S>(theta);
        match measure {
            Measure::Deviance => {
                Some(subject.loss(&patients, all, &beta, &|| fitted.value(theta)) / patients.of)
            }
            Measure::Auc => subject.auc(&patients, &beta),
        }
    });
    Some((losses.collect::<Option<_>>()?, patients.of))
}
