//! What follows Firth's penalized Cox model, against R's survival package at the coefficients that mpmath found.

mod after_cox;
mod modelling;
mod oracle;
mod residuals;

use after_cox::{Case, cases};

fn penalized() -> Vec<Case> {
    cases("cox_after_firth", 8)
}

#[test]
fn proportional_hazards_agree_with_scores_of_cut_rows() {
    for case in penalized() {
        let mut comparison = case.comparison("proportional_hazards (Firth)", "coxph on cut rows");
        case.compare_proportional(&mut comparison);
        comparison.finish();
    }
}

#[test]
fn residuals_agree_with_residuals_coxph() {
    for case in penalized() {
        let mut comparison = case.comparison("cox_residuals (Firth)", "residuals.coxph");
        case.compare_residuals(&mut comparison);
        comparison.finish();
    }
}

#[test]
fn predicted_survival_agrees_with_survfit() {
    for case in penalized() {
        let mut comparison = case.comparison("predicted_survival (Firth)", "survfit.coxph");
        case.compare_profiles(&mut comparison);
        comparison.finish();
    }
}
