//! The area under the ROC curve of counted patients, and DeLong's variance.
//!
//! # Formula
//! With V(i) for a patient with the event the share of those without it who have a lower predicted risk, ties counting
//! one half, and V(j) for one without it the share of those with it who have a higher one: AUC = mean V(i) = mean V(j);
//! Var AUC = s²(V(i))/m + s²(V(j))/n, and covariances of two AUCs likewise. One sorting of the patterns gives all shares.
//!
//! # References
//! DeLong, DeLong & Clarke-Pearson 1988, doi:10.2307/2531595. Sun & Xu 2014, doi:10.1109/LSP.2014.2337313 (sorting).

use crate::numerics::sums::Sum;

/// Relative difference of two linear predictors below which they are one: rounding may tell equal ones apart.
const TIE: f64 = 1e-11;

/// Patterns in classes of equal linear predictor, ascending: the position after the last of each class.
pub(super) fn classes(predictor: &[f64]) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..predictor.len()).collect();
    order.sort_unstable_by(|a, b| predictor[*a].total_cmp(&predictor[*b]).then(a.cmp(b)));
    let apart = |at: &usize| {
        let (low, high) = (predictor[order[at - 1]], predictor[order[*at]]);
        high - low > TIE * (1.0 + high.abs())
    };
    let mut ends: Vec<usize> = (1..order.len()).filter(apart).collect();
    ends.push(order.len());
    (order, ends)
}

/// How the patterns of one model discriminate.
pub(in crate::methods) struct Discrimination {
    /// The area.
    pub(in crate::methods) auc: f64,
    /// Of each pattern: the share of patients without the event below it.
    above: Vec<f64>,
    /// Of each pattern: the share of patients with the event above it.
    below: Vec<f64>,
    /// 1 − specificity and sensitivity of each threshold, from none positive to all.
    pub(super) roc: Vec<(f64, f64)>,
}

impl Discrimination {
    /// Of patterns with a linear predictor; both outcomes must occur.
    pub(in crate::methods) fn new(predictor: &[f64], events: &[f64], others: &[f64]) -> Self {
        let (order, ends) = classes(predictor);
        let (m, n): (f64, f64) = (events.iter().sum(), others.iter().sum());
        let mut found = Self {
            auc: 0.0,
            above: vec![0.0; predictor.len()],
            below: vec![0.0; predictor.len()],
            roc: vec![(1.0, 1.0)],
        };
        let mut auc = Sum::default();
        // Whole numbers: these sums are exact.
        let (mut events_below, mut others_below, mut from) = (0.0, 0.0, 0);
        for end in ends {
            let class = &order[from..end];
            let here = |counts: &[f64]| class.iter().map(|at| counts[*at]).sum::<f64>();
            let (with, without) = (here(events), here(others));
            let (above, below) = ((others_below + 0.5 * without) / n, (m - events_below - 0.5 * with) / m);
            for at in class {
                found.above[*at] = above;
                found.below[*at] = below;
            }
            auc.add(with * above);
            events_below += with;
            others_below += without;
            found.roc.push(((n - others_below) / n, (m - events_below) / m));
            from = end;
        }
        found.auc = auc.total() / m;
        found
    }

    /// The covariance of two areas over the same patients: each cell has its pattern in both models, and its counts.
    /// None where an outcome has a single patient.
    pub(super) fn covariance(
        &self,
        other: &Self,
        cells: impl Iterator<Item = (usize, usize, f64, f64)> + Clone,
    ) -> Option<f64> {
        let (mut with, mut without) = (Sum::default(), Sum::default());
        let (mut m, mut n) = (0.0, 0.0);
        for (a, b, events, others) in cells {
            with.add(events * (self.above[a] - self.auc) * (other.above[b] - other.auc));
            without.add(others * (self.below[a] - self.auc) * (other.below[b] - other.auc));
            m += events;
            n += others;
        }
        (m > 1.0 && n > 1.0).then(|| with.total() / (m - 1.0) / m + without.total() / (n - 1.0) / n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand, `logistic_performance`: AUC 3/4 of five patients with DeLong’s variance 1/48 + 1/16, and the corners of
    /// the ROC curve.
    #[test]
    fn shares_and_variance_by_hand() {
        // Risks 1 2 3 3 4; events at 2, 3, 4, others at 1, 3. V(i) = ½, ¾, 1; V(j) = 1, ½.
        let (predictor, events, others) = ([1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 1.0, 1.0], [1.0, 0.0, 1.0, 0.0]);
        let found = Discrimination::new(&predictor, &events, &others);
        assert_eq!(found.auc, 0.75);
        let cells = (0..4).map(|at| (at, at, events[at], others[at]));
        // s² = 1/16 of three, and 1/8 of two.
        assert!((found.covariance(&found, cells).unwrap() - (1.0 / 48.0 + 1.0 / 16.0)).abs() < 1e-16);
        let (third, two_thirds) = (1.0 / 3.0, 2.0 / 3.0);
        assert_eq!(found.roc, [(1.0, 1.0), (0.5, 1.0), (0.5, two_thirds), (0.0, third), (0.0, 0.0)]);
    }

    #[test]
    fn one_patient_has_no_variance_and_equal_risks_discriminate_nothing() {
        let found = Discrimination::new(&[0.0, 0.0], &[1.0, 0.0], &[1.0, 5.0]);
        assert_eq!(found.auc, 0.5);
        assert_eq!(found.covariance(&found, [(0, 0, 1.0, 1.0), (1, 1, 0.0, 5.0)].into_iter()), None);
    }
}
