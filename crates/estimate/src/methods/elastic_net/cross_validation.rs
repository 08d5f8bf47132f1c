//! Cross-validation of the penalties.
//!
//! # Formula
//! The path of each fold is fitted to the patients of the others, with their own standardisation, at the penalties of the
//! full path. With Lₖ the mean loss of the nₖ patients (events, of times) held out in fold k: mean Σ nₖLₖ/Σ nₖ, standard
//! error √(Σ nₖ(Lₖ − mean)²/Σ nₖ/(K − 1)). `min` is the penalty of the best mean, the largest of several; `one_se` the
//! largest penalty whose mean is within one standard error of it. Sampling weights weigh the losses of the patients, and nₖ
//! is then a sum of weights.
//!
//! # Repetition
//! Of R assignments of the patients to folds the mean is that of their R means, and the standard error √(Σ se²/R), as that
//! of one assignment: the patients are the same every time, so that repetition takes away the chance of the assignment,
//! and nothing of that of the patients. What is left of the former at the best penalty is told: the standard deviation of
//! the R means over √R.
//!
//! # References
//! Hastie, Tibshirani & Friedman 2009, doi:10.1007/978-0-387-84858-7, section 7.10; Simon et al. 2011,
//! doi:10.18637/jss.v039.i05, section 2.5. Roberts & Nowak 2014, doi:10.1016/j.csda.2013.09.008 (repetition).

use super::ElasticNetOptions;
use super::fitted::{FittedPath, factors};
use super::options::Measure;
use super::subject::Subject;
use crate::numerics::parallel::in_order;

/// What cross-validation says of each penalty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CrossValidation {
    pub(super) mean: Vec<f64>,
    pub(super) error: Vec<f64>,
    /// The positions of the two penalties that are reported.
    pub(super) min: usize,
    pub(super) one_se: usize,
    /// Folds without a figure: no path was found without them, or nobody in them can be judged.
    pub(super) lost: usize,
    /// Of each assignment of patients to folds the position of its own best penalty.
    pub(super) best: Vec<usize>,
    /// By how much the best mean varies with the assignments; none of a single one.
    pub(super) assigned_error: Option<f64>,
}

/// The loss of a fold at each penalty, and its weight.
type Fold = Option<(Vec<f64>, f64)>;

/// What one assignment of patients to folds says of each penalty.
#[derive(Debug, Clone, PartialEq)]
struct Assignment {
    mean: Vec<f64>,
    error: Vec<f64>,
}

impl Assignment {
    /// None where fewer than two folds can be judged.
    fn new(judged: &[Fold], penalties: usize) -> Option<Self> {
        let known: Vec<&(Vec<f64>, f64)> = judged.iter().flatten().collect();
        if known.len() < 2 {
            return None;
        }
        let total: f64 = known.iter().map(|(_, weight)| weight).sum();
        let weighted = |value: &dyn Fn(&[f64]) -> f64| -> f64 {
            known.iter().map(|(losses, weight)| weight / total * value(losses)).sum()
        };
        let (mut mean, mut error) = (Vec::new(), Vec::new());
        for at in 0..penalties {
            let centre = weighted(&|losses| losses[at]);
            let variance = weighted(&|losses| (losses[at] - centre) * (losses[at] - centre));
            mean.push(centre);
            error.push((variance / (known.len() as f64 - 1.0)).sqrt());
        }
        Some(Self { mean, error })
    }
}

impl CrossValidation {
    /// Of assignments of patients to folds, each fold the patients of every row; none where none can be judged.
    pub(super) fn new<S: Subject>(
        subject: &S,
        options: &ElasticNetOptions,
        free: &[bool],
        whole: &FittedPath<S::Model>,
        n: &[u64],
        assignments: &[Vec<Vec<u64>>],
    ) -> Option<Self> {
        let all = subject.model(n, &vec![1.0; whole.factors.len()])?;
        let folds: Vec<&Vec<u64>> = assignments.iter().flatten().collect();
        let judged: Vec<Fold> = in_order(folds.len(), |fold| {
            let held = folds[fold];
            let others: Vec<u64> = n.iter().zip(held).map(|(n, held)| n - held).collect();
            let spreads = factors(subject.ground(), &others, options.standardise);
            let fitted =
                FittedPath::new(subject, options.alpha, free, &others, spreads, |_| whole.lambdas.clone());
            judge(subject, options.measure, &fitted.ok()?, &all, held)
        });
        let mut rest = judged.as_slice();
        let mut known = Vec::new();
        for folds in assignments {
            let (own, others) = rest.split_at(folds.len());
            known.extend(Assignment::new(own, whole.lambdas.len()));
            rest = others;
        }
        let lost = judged.iter().filter(|fold| fold.is_none()).count();
        Self::of(&known, options.measure, lost)
    }

    fn of(assignments: &[Assignment], measure: Measure, lost: usize) -> Option<Self> {
        let repeats = assignments.len() as f64;
        let penalties = assignments.first()?.mean.len();
        let averaged = |value: &dyn Fn(&Assignment) -> f64| -> f64 {
            assignments.iter().map(value).sum::<f64>() / repeats
        };
        let mean: Vec<f64> = (0..penalties).map(|at| averaged(&|one| one.mean[at])).collect();
        let square = |at: usize| averaged(&|one| one.error[at] * one.error[at]);
        let error: Vec<f64> = match assignments {
            // Of one assignment to the last digit.
            [one] => one.error.clone(),
            _ => (0..penalties).map(|at| square(at).sqrt()).collect(),
        };
        // An area is the better the larger.
        let sign = if measure == Measure::Auc { -1.0 } else { 1.0 };
        let best_of =
            |mean: &[f64]| (0..mean.len()).min_by(|a, b| (sign * mean[*a]).total_cmp(&(sign * mean[*b])));
        let min = best_of(&mean)?;
        let near = sign * mean[min] + error[min];
        let one_se = (0..mean.len()).find(|at| sign * mean[*at] <= near)?;
        let best = assignments.iter().map(|one| best_of(&one.mean)).collect::<Option<_>>()?;
        let assigned_error = (assignments.len() > 1).then(|| {
            let variance = averaged(&|one| (one.mean[min] - mean[min]) * (one.mean[min] - mean[min]));
            (variance / (repeats - 1.0)).sqrt()
        });
        Some(Self { mean, error, min, one_se, lost, best, assigned_error })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `elastic_net`: means and errors over folds of unequal weight and over two assignments.
    #[test]
    fn two_assignments_are_averaged_by_hand() {
        let fold = |losses: [f64; 2], weight: f64| Some((losses.to_vec(), weight));
        // Means 2 and 3; errors √(½·4/1)… of losses 1 and 3: √(1/1) = 1; of 3 and 3: 0.
        let first = Assignment::new(&[fold([1.0, 3.0], 5.0), None, fold([3.0, 3.0], 5.0)], 2).unwrap();
        assert_eq!(first, Assignment { mean: vec![2.0, 3.0], error: vec![1.0, 0.0] });
        // Weights 3 and 1: means 4 and 1; errors √((3·1 + 1·9)/4) = √3 and 0.
        let second = Assignment::new(&[fold([5.0, 1.0], 3.0), fold([1.0, 1.0], 1.0)], 2).unwrap();
        assert_eq!(second.mean, [4.0, 1.0]);
        assert!((second.error[0] - 3f64.sqrt()).abs() < 1e-15 && second.error[1] == 0.0);
        let both = CrossValidation::of(&[first.clone(), second], Measure::Deviance, 1).unwrap();
        assert_eq!((both.mean.as_slice(), both.min, both.one_se), (&[3.0, 2.0][..], 1, 1));
        assert!((both.error[0] - 2f64.sqrt()).abs() < 1e-15 && both.error[1] == 0.0);
        // The first is best at 2, the second at 1: means 3 and 1 there, a deviation of √2 over √2.
        assert_eq!((both.best.as_slice(), both.assigned_error, both.lost), (&[0, 1][..], Some(1.0), 1));
        let alone = CrossValidation::of(&[first], Measure::Auc, 0).unwrap();
        assert_eq!((alone.min, alone.one_se, alone.assigned_error), (1, 1, None));
        assert!(Assignment::new(&[None, fold([1.0, 1.0], 2.0)], 2).is_none());
    }
}
