//! The list of methods. A new one is one file and one line.

pub mod adjust;
mod at_one_time;
pub mod baseline;
mod calibration_curve;
pub mod concordance;
pub mod correlation;
pub mod cox;
pub mod cox_residuals;
pub mod cumulative_hazard;
pub mod cumulative_incidence;
mod dichotomy;
pub mod elastic_net;
mod equality;
pub mod exact_logistic;
pub mod fine_gray;
mod fitted_cox;
pub mod kaplan_meier;
pub mod location;
pub mod log_rank;
pub mod logistic;
pub mod logistic_influence;
pub mod logistic_performance;
pub mod mixture_cure;
mod modelled;
pub(crate) mod models;
mod optimism;
pub mod paired;
pub mod parametric_survival;
pub mod predicted_incidence;
pub mod predicted_survival;
mod profile;
pub mod proportional_hazards;
mod reference;
pub mod restricted_mean;
pub mod smooth_hazard;
mod step_places;
pub mod stepwise;
pub mod survival_performance;
pub mod tests;
pub mod trend;
pub mod two_by_two;

pub(crate) use models::EntryRule;
pub use models::{EnterRule, Multivariable, TermList, WeightKind};
pub use profile::{Profile, ProfileValue};

use crate::method::{Entry, entry};
use study::nearest::suggest;
use study::{Analysis, Problem};

/// Every method, in the order of the documentation.
pub fn methods() -> Vec<Entry> {
    vec![
        entry::<baseline::Baseline>(),
        entry::<two_by_two::TwoByTwo>(),
        entry::<trend::Trend>(),
        entry::<location::Location>(),
        entry::<correlation::Correlation>(),
        entry::<paired::Paired>(),
        entry::<logistic::Logistic>(),
        entry::<logistic_performance::LogisticPerformance>(),
        entry::<logistic_influence::LogisticInfluence>(),
        entry::<exact_logistic::ExactLogistic>(),
        entry::<elastic_net::ElasticNet>(),
        entry::<stepwise::Stepwise>(),
        entry::<kaplan_meier::KaplanMeier>(),
        entry::<log_rank::LogRank>(),
        entry::<restricted_mean::RestrictedMean>(),
        entry::<cumulative_hazard::CumulativeHazard>(),
        entry::<smooth_hazard::SmoothHazard>(),
        entry::<cumulative_incidence::CumulativeIncidence>(),
        entry::<cox::Cox>(),
        entry::<proportional_hazards::ProportionalHazards>(),
        entry::<cox_residuals::CoxResiduals>(),
        entry::<concordance::Concordance>(),
        entry::<predicted_survival::PredictedSurvival>(),
        entry::<survival_performance::SurvivalPerformance>(),
        entry::<fine_gray::FineGray>(),
        entry::<predicted_incidence::PredictedIncidence>(),
        entry::<parametric_survival::ParametricSurvival>(),
        entry::<mixture_cure::MixtureCure>(),
    ]
}

/// The method that an analysis names.
pub fn find(analysis: &Analysis) -> Result<Entry, Problem> {
    let all = methods();
    let name = analysis.heading.method.as_str();
    let known = all.iter().find(|entry| entry.about.name == name).copied();
    known.ok_or_else(|| {
        analysis
            .refuse(&["method".into()], format!("no method is called `{name}`"))
            .help(suggest(name, all.iter().map(|entry| entry.about.name)))
    })
}
