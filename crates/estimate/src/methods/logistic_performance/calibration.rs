//! Groups of predicted risk, and Hosmer and Lemeshow's test over them.
//!
//! # Formula
//! The groups are cut at the quantiles (type 7) of the predicted risk over all patients; a patient whose risk equals a
//! cut belongs to the group below it, so that equal risks are never parted, and cuts that coincide are one. Then
//! Ĉ = Σ (oₖ − eₖ)² / (eₖ (1 − eₖ/nₖ)), χ² with two degrees of freedom fewer than groups.
//!
//! # References
//! Hosmer & Lemeshow 1980, doi:10.1080/03610928008827941.

use super::discrimination::classes;
use crate::methods::tests::Frequencies;
use crate::methods::tests::frequencies::QuantileDefinition;
use crate::numerics::distributions::chi_squared_upper;
use study::results::finite;
use study::{Test, TestName};

/// Patients of similar predicted risk.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct RiskGroup {
    pub(super) patients: u64,
    pub(super) events: u64,
    /// Sum of the predicted risks.
    pub(super) expected: f64,
}

/// The groups, ascending; fewer than asked for where many patients have the same risk.
pub(super) fn risk_groups(predictor: &[f64], events: &[f64], others: &[f64], groups: u64) -> Vec<RiskGroup> {
    let (order, ends) = classes(predictor);
    // Equal risks to the last digit within a class.
    let mut by_class: Vec<(f64, RiskGroup)> = Vec::with_capacity(ends.len());
    let mut from = 0;
    for end in ends {
        let risk = risk(predictor[order[from]]);
        let mut class = RiskGroup::default();
        for at in &order[from..end] {
            class.events += events[*at] as u64;
            class.patients += (events[*at] + others[*at]) as u64;
        }
        class.expected = class.patients as f64 * risk;
        by_class.push((risk, class));
        from = end;
    }
    let risks = Frequencies::new(by_class.iter().map(|(risk, class)| (*risk, class.patients)));
    let cut = |group: u64| risks.quantiles([group as f64 / groups as f64], QuantileDefinition::Interpolated);
    let cuts: Vec<f64> = (1..groups).filter_map(cut).map(|[cut]| cut).collect();
    let mut found = vec![RiskGroup::default(); groups as usize];
    for (risk, class) in by_class {
        let group = &mut found[cuts.partition_point(|cut| *cut < risk)];
        group.patients += class.patients;
        group.events += class.events;
        group.expected += class.expected;
    }
    found.retain(|group| group.patients > 0);
    found
}

/// The probability of a linear predictor.
pub(super) fn risk(eta: f64) -> f64 {
    let small = libm::exp(-eta.abs());
    if eta >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

/// The test over the groups; none with fewer than three of them.
pub(super) fn hosmer_lemeshow(groups: &[RiskGroup]) -> Option<Test> {
    if groups.len() < 3 {
        return None;
    }
    let part = |group: &RiskGroup| {
        let difference = group.events as f64 - group.expected;
        difference * difference / (group.expected * (1.0 - group.expected / group.patients as f64))
    };
    let statistic = finite(groups.iter().map(part).sum());
    let df = (groups.len() - 2) as f64;
    Some(Test {
        name: TestName::HosmerLemeshow,
        statistic,
        df: vec![df],
        p_value: statistic.and_then(|statistic| finite(chi_squared_upper(statistic, df))),
        reason: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_risks_are_never_parted() {
        // Risks ½ (4 patients) and ¾ (4): the quartiles are ½, ⅝ and ¾: three cuts, two groups that hold anybody.
        let predictor = [0.0, 3.0_f64.ln()];
        let found = risk_groups(&predictor, &[2.0, 3.0], &[2.0, 1.0], 4);
        assert_eq!(found.len(), 2);
        assert_eq!(
            found.iter().map(|group| (group.patients, group.events)).collect::<Vec<_>>(),
            [(4, 2), (4, 3)]
        );
        assert_eq!(hosmer_lemeshow(&found), None);
    }

    /// By hand, `logistic_performance`: Hosmer and Lemeshow’s Ĉ of three groups of ten.
    #[test]
    fn the_statistic_by_hand() {
        let group = |patients, events, expected| RiskGroup { patients, events, expected };
        // (3 − 2)²/(2 · 0.8) + (5 − 5)² + (6 − 8)²/(8 · 0.2) = 0.625 + 0 + 2.5.
        let test = hosmer_lemeshow(&[group(10, 3, 2.0), group(10, 5, 5.0), group(10, 6, 8.0)]).unwrap();
        assert!((test.statistic.unwrap() - 3.125).abs() < 1e-14);
        assert_eq!(test.df, [1.0]);
    }
}
