//! Survival that a Cox model predicts: for stated patients, at the mean of the covariates, and averaged over
//! everybody.
//!
//! # Estimand
//! S(t | x) for a stated patient (a profile). With `adjusted_by`, the mean over all patients analysed of the survival
//! that each would have, were all of them at one level of a term and all else as it is (direct standardisation, the
//! g-formula); and the differences of these means.
//! # Formula
//! S(t | x) = exp(−Λ₀(t) exp(x′β)), Λ₀ the sum of the hazards a = 1/Σ exp(x′β) over the events until t, each with the
//! sum over those at risk (Breslow's estimator; under Efron's ties the tied events see the risk set shrink).
//! # Ties and censoring
//! As in the Cox model.
//! # Assumptions
//! Those of the Cox model. The curve at the mean of the covariates is that of no patient: between two levels of a
//! factor there is nobody. It is drawn because the baseline hazard is asked for; averaged curves answer the usual
//! question better. Where the endpoint has a competing event the hazard is cause-specific, and S the survival if only
//! that event could occur. An averaged difference is causal only where the other terms remove all confounding.
//! # Variance
//! Var Λ(t | x) = r² Σ a² + q′V̂q, with r = exp(x′β), q = r (x Λ₀ − Σ x̄ a), x̄ the mean of x over the risk set of an
//! event and V̂ the covariance of β. Of the mean, by the same decomposition: the derivative by Λ₀ is −r̄S, that by β
//! −mean of r S (x Λ₀ − Σ x̄ a); the covariates are taken as given. Intervals are symmetric on the scale that
//! `interval` names; those of differences are Wald's. Each stratum has its own Λ₀; means over all patients leave each
//! in his stratum. With weights events and risk sets are weighted, and V̂ is the robust covariance where that is
//! asked for.
//! # Options
//! The model's options as in `cox`. Each of `profiles` has a label and a value of every term, and of the strata that
//! are meant (all of them where it says none). Quantiles are the times at which the curve and its limits fall to the
//! probability; where the curve equals it over a stretch of time as in `kaplan_meier`.
//! # References
//! Breslow 1972, J R Stat Soc B 34:216–217; Tsiatis 1981, doi:10.1214/aos/1176345335 (variance); Zhang et al. 2007,
//! doi:10.1016/j.cmpb.2007.07.010 (direct-adjusted curves).
//! # Worked example
//! The six patients of `cox_residuals` under Breslow's ties, r = e^β = (3 + √33)/2: at x = 0 Λ(6) = 1/(3r + 3) + 2/(r
//! + 3) = 1/3, so that survival at 6 is e^(−1/3) there and e^(−r/3) at x = 1.

mod adjusted;
mod baseline;
mod profile;
mod quantile;
mod rows;
mod steps;

use crate::follow_up::{check_quantiles, check_times};
use crate::method::{About, Method, one_table, outline};
use crate::methods::cox::{CoxOptions, Variance, multiplied};
use crate::methods::fitted_cox::{self, CoxTerms, options_after_cox};
use crate::methods::kaplan_meier::{CurveInterval, LevelStretch, ascending, percent};
use crate::methods::models::variables_of;
use crate::methods::profile::{Profile, check as check_profiles};
use study::nearest::suggest;
use study::{Analysis, Convention, CountRequest, CountTable, Plan, Problem, Results};

/// Survival that a Cox model predicts; see the head of this file.
pub struct PredictedSurvival;

options_after_cox! {
    /// What may be asked.
    pub struct PredictedSurvivalOptions {
        /// Where the variance comes from; `model` where absent, `robust` with clusters or sampling weights.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub variance: Option<Variance>,
        /// Patients whose survival is predicted: each a label, and the value of every term.
        #[serde(default)]
        pub profiles: Vec<Profile>,
        /// Whether the curve at the mean of the covariates is drawn; where absent if neither `profiles` nor
        /// `adjusted_by` is given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mean: Option<bool>,
        /// A categorical term: survival averaged over all patients, as if all were at each of its levels.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub adjusted_by: Option<String>,
        /// Times at which survival is reported, in the endpoint's unit.
        #[serde(default)]
        pub at: Vec<f64>,
        /// Survival probabilities of the profiles whose times are reported: 0.5 is the median.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub quantiles: Vec<f64>,
        /// Scale of the pointwise intervals; by dialect as in `kaplan_meier` where absent. G is the variance of −log
        /// S, the cumulative hazard; z the normal quantile.
        pub interval: Option<CurveInterval>,
    }
}

impl PredictedSurvivalOptions {
    fn model(&self) -> CoxTerms {
        CoxTerms(CoxOptions { variance: self.variance, ..self.cox() })
    }

    fn with_mean(&self) -> bool {
        self.mean.unwrap_or(self.profiles.is_empty() && self.adjusted_by.is_none())
    }
}

impl Method for PredictedSurvival {
    const ABOUT: About = About {
        name: "predicted_survival",
        title: "Predicted survival",
        summary: "What survival does a Cox model predict for stated patients, and for all patients at each level of a term?",
        documentation: include_str!("predicted_survival.rs"),
        references: &[
            "Breslow NE. Contribution to the discussion of the paper by D. R. Cox. J R Stat Soc B 1972;34:216–217. doi:10.1111/j.2517-6161.1972.tb00900.x",
            "Tsiatis AA. A large sample study of Cox’s regression model. Ann Stat 1981;9:93–108. doi:10.1214/aos/1176345335",
            "Zhang X, Loberiza FR, Klein JP, Zhang MJ. A SAS macro for estimation of direct adjusted survival curves based on a stratified Cox regression model. Comput Methods Programs Biomed 2007;88:95–101. doi:10.1016/j.cmpb.2007.07.010",
        ],
    };
    type Options = PredictedSurvivalOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        check_times(analysis, &options.at, "survival")?;
        check_quantiles(analysis, &options.quantiles, "median survival time")?;
        let terms = variables_of(&options.terms);
        if let Some(by) = options.adjusted_by.as_ref().filter(|by| !terms.contains(by)) {
            let message = format!("`{by}` is no term of the model");
            let help = suggest(by, terms.iter().map(String::as_str));
            return Err(analysis.refuse(&["adjusted_by".into()], message).help(help));
        }
        let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
        check_profiles(&options.profiles, &terms, &options.strata, analysis)?;
        options.model().requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let options = &PredictedSurvivalOptions { at: ascending(&options.at), ..options.clone() };
        let model = options.model();
        let scale =
            options.interval.unwrap_or(CurveInterval::of_dialect(plan.dialect(Convention::SurvivalInterval)));
        let resolved = PredictedSurvivalOptions {
            ties: Some(model.ties(plan)),
            interval: Some(scale),
            mean: Some(options.with_mean()),
            ..options.clone()
        };
        let mut results = outline::<Self>(&resolved, analysis)?;
        results.methods_text.push(format!(
            "Survival was predicted from it with pointwise {}% confidence intervals ({} scale).",
            percent(plan.study.confidence_level),
            scale.text()
        ));
        if let Some(by) = &options.adjusted_by {
            let label = plan.variable(by).and_then(|variable| variable.label.as_deref()).unwrap_or(by);
            results.methods_text.push(format!(
                "Adjusted survival by {label} is the mean over all patients of the survival predicted with each at that level."
            ));
        }
        results.by.clone_from(&options.adjusted_by);
        let endpoint = plan.endpoint(&options.endpoint, analysis, "endpoint")?;
        results.notices.extend(model.beside_the_other_event(endpoint));
        let table = one_table(tables)?;
        let counted = multiplied(&model.0, analysis, plan, table)?;
        let Some(fitted) = fitted_cox::fit(&model, analysis, plan, &counted, &mut results)? else {
            return Ok(results);
        };
        let profiles = profile::read(&fitted, options, analysis, &mut results)?;
        let stretch = LevelStretch::of(plan.dialect(Convention::SurvivalQuantile));
        let how = rows::How { scale, confidence_level: plan.study.confidence_level, stretch };
        rows::write(&fitted, &profiles, options, how, &mut results);
        adjusted::write(&fitted, options, analysis, scale, plan.study.confidence_level, &mut results)?;
        Ok(results)
    }
}
