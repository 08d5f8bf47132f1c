//! Cumulative incidence that a Fine–Gray model predicts for stated patients.
//!
//! # Estimand
//! F(t | x) = P(T ≤ t, the event | x) for a stated patient (a profile), where the competing event happens too.
//! # Formula
//! F(t | x) = 1 − exp(−Λ₀(t) exp(x′β)), Λ₀ the sum over the event times of d/Σ wⱼ exp(xⱼ′β) (Breslow), with the
//! weights of the model.
//! # Ties and censoring
//! As in the Fine–Gray model. Nothing is predicted after the last follow-up. Endpoints with `entry` are refused.
//! # Assumptions
//! Those of the Fine–Gray model: proportional subdistribution hazards, censoring independent of everything.
//! # Variance
//! Robust: with patient i Λ₀(t) changes by αᵢ = ∫₀ᵗ w dM/S₀, w being his weight, S₀ the sum in the formula and M his
//! martingale residual, and by what his censoring tells of the weights of others; β by I⁻¹ζᵢ, ζᵢ his score with the
//! estimated weights. Λ(t | x) with r = exp(x′β) then has the variance Σ (r αᵢ + c′I⁻¹ζᵢ)², c = r (x Λ₀(t) − ∫₀ᵗ x̄
//! dΛ₀). Intervals are symmetric on a scale of F, by default the complementary log(−log), on which the model is
//! linear.
//! # Options
//! `terms` and `landmark` as in `fine_gray`. Each of `profiles` has a label and a value of every term.
//! # References
//! Fine & Gray 1999, doi:10.1080/01621459.1999.10474144, section 4.
//! # Worked example
//! An event at 1 (x = 1) and at 2 (x = 0), before them the competing one (x = 1): e^β = 1/√2, Λ₀(1) = √2 − 1 and
//! Λ₀(2) = 1, so that F(2 | x = 0) = 1 − 1/e.

mod rows;

use crate::design::Patterns;
use crate::design::term::{WrittenTerm, term_list};
use crate::follow_up::{check_times, with_competing};
use crate::method::{About, Method, one_table, outline};
use crate::methods::cumulative_incidence::IncidenceInterval;
use crate::methods::fine_gray::{self, Baseline};
use crate::methods::kaplan_meier::{ascending, percent};
use crate::methods::models::{
    ModelOptions, Multivariable, Together, check_terms, name_endpoint, term_requests, together, variables_of,
};
use crate::methods::profile::{Columns, Profile, check as check_profiles};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use study::{Analysis, ColumnRequest, ColumnSource, CountRequest, CountTable, Plan, Problem, Results};

const TOGETHER: Multivariable = Multivariable::Switch(true);

/// Cumulative incidence that a Fine–Gray model predicts; see the head of this file.
pub struct PredictedIncidence;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PredictedIncidenceOptions {
    /// An endpoint of `[endpoints]` that has `competing`.
    pub endpoint: String,
    /// The terms of the Fine–Gray model.
    #[serde(deserialize_with = "term_list")]
    #[schemars(with = "Vec<WrittenTerm>")]
    pub terms: Vec<String>,
    /// Patients whose cumulative incidence is predicted: each a label, and the value of every term.
    pub profiles: Vec<Profile>,
    /// Times at which the cumulative incidence is reported, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Scale of the pointwise intervals; se is the standard error of F, z the normal quantile.
    #[serde(default = "complementary_log_log")]
    pub interval: IncidenceInterval,
    /// Time at which follow-up starts anew, in the endpoint's unit, as in `fine_gray`; `at` is counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

fn complementary_log_log() -> IncidenceInterval {
    IncidenceInterval::ComplementaryLogLog
}

impl PredictedIncidenceOptions {
    fn models(&self) -> ModelOptions<'_> {
        ModelOptions { terms: &self.terms, univariable: false, multivariable: &TOGETHER }
    }
}

impl Method for PredictedIncidence {
    const ABOUT: About = About {
        name: "predicted_incidence",
        title: "Predicted cumulative incidence",
        summary: "What cumulative incidence does a Fine–Gray model predict for stated patients?",
        documentation: include_str!("predicted_incidence.rs"),
        references: &[
            "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing risk. J Am Stat Assoc 1999;94:496–509. doi:10.1080/01621459.1999.10474144",
        ],
    };
    type Options = PredictedIncidenceOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        let endpoint = with_competing(analysis, plan, &options.endpoint)?;
        fine_gray::beginning(options.landmark, endpoint).check(analysis)?;
        check_times(analysis, &options.at, "incidence")?;
        check_terms(&options.models(), analysis, plan, "")?;
        if options.profiles.is_empty() {
            return Err(analysis
                .refuse(&["profiles".into()], "nobody is stated whose incidence is predicted")
                .help("give each profile a label and a value of every term"));
        }
        let terms = variables_of(&options.terms);
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        check_profiles(&options.profiles, &terms, &[], analysis)?;
        // Time first: the rows then come in its order.
        let mut columns = ColumnRequest::endpoint(&options.endpoint, ["endpoint".into()]).to_vec();
        columns.push(ColumnRequest::competing(&options.endpoint, ["endpoint".into()]));
        columns.extend(term_requests(&options.models()));
        Ok(vec![CountRequest { columns }])
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let table = one_table(tables)?;
        let endpoint = with_competing(analysis, plan, &options.endpoint)?;
        let landmark = fine_gray::beginning(options.landmark, endpoint);
        let (table, left_out) = landmark.begin(Cow::Borrowed(table), &|row| table.n()[row], analysis)?;
        let table: &CountTable = &table;
        let outcome = fine_gray::read(table, endpoint)
            .map_err(|problem| problem.at(analysis.place(&["endpoint".into()])))?;
        let options = PredictedIncidenceOptions { at: ascending(&options.at), ..options.clone() };
        let mut results = outline::<Self>(&options, analysis)?;
        name_endpoint(endpoint, &mut results);
        let confidence_level = plan.study.confidence_level;
        results.methods_text = vec![
            format!(
                "The cumulative incidence of {} was predicted from a Fine–Gray model, with {} as competing event.",
                endpoint.text(),
                endpoint.competing_text().to_lowercase()
            ),
            format!(
                "Its pointwise {}% confidence intervals are from the robust variance on the {} scale.",
                percent(confidence_level),
                options.interval.text()
            ),
        ];
        results.methods_text.extend(landmark.sentence());
        results.notices.extend(left_out);
        results.notices.extend(outcome.never_competing(endpoint));
        let name = (endpoint.name.as_str(), fine_gray::NAMING);
        let fitted = together(&outcome, table, &options.models(), analysis, name, &mut results)?;
        let Some(fitted) = fitted else { return Ok(results) };
        let Together { covariates, design, rows, model, beta, .. } = &fitted;
        let refs: Vec<_> = covariates.iter().collect();
        let patterns = &Patterns::new(&refs, rows);
        let columns = Columns { covariates, design, patterns };
        let mut profiles = Vec::with_capacity(options.profiles.len());
        for (index, profile) in options.profiles.iter().enumerate() {
            let x = columns.row(profile, index, analysis, &mut results)?;
            profiles.push((profile.label.clone(), x));
        }
        let baseline = Baseline::new(model, beta)
            .ok_or_else(|| Problem::internal("a fitted Fine–Gray model has not one stratum"))?;
        let times = table.column(&ColumnSource::Time(endpoint.name.clone()).column())?.numbers()?;
        let clock = rows::Clock::new(rows, &outcome.first.times, times, endpoint.scale());
        let band = rows::Band::new(options.interval, confidence_level);
        let prediction = rows::Prediction { fitted: &fitted, baseline, clock, band, endpoint };
        prediction.write(&profiles, &options.at, &mut results);
        Ok(results)
    }
}

#[cfg(test)]
mod tests;
