//! Kaplan–Meier estimate of survival, with the median follow-up of those it rests on.
//!
//! # Estimand
//! S(t) = P(T > t) in each group, assuming that censoring tells nothing about the event.
//!
//! # Formula
//! Ŝ(t) = ∏ (1 − dᵢ/nᵢ) over the event times tᵢ ≤ t, with dᵢ events among nᵢ at risk just before tᵢ. A quantile is
//! the first time at which Ŝ has fallen to the probability; where Ŝ equals it over a stretch of time, the middle of
//! that stretch, or its beginning in the dialects of SPSS and Stata. Median follow-up is the median of the reverse
//! curve, for which censorings are events and events censorings.
//!
//! # Ties and censoring
//! The censored of a time are at risk for its events. In the reverse curve patients who have the event at a time are
//! still at risk for the censorings of that time (the indicator is flipped, nothing else). Nothing is estimated after
//! the last follow-up of a group, unless its curve has come down to 0.
//!
//! # Assumptions
//! Censoring tells nothing about the event in any group; patients are independent, or weighted.
//!
//! # Variance
//! Greenwood: Var Ŝ(t) = Ŝ(t)² G(t), G(t) = Σ dᵢ / (nᵢ(nᵢ − dᵢ)). Pointwise limits are symmetric on the scale that
//! `interval` names. The limits of a quantile are the times at which the pointwise limits first fall to its
//! probability, read as the curve itself is; an upper limit can rise again where few are left, which changes nothing.
//! In SPSS' dialect they are time ± z × standard error, the standard error of Ŝ there divided by the slope of the
//! curve between the last event with survival 0.05 or more above and the first with 0.05 or more below.
//!
//! With sampling weights, counts are sums of weights and G is the infinitesimal jackknife Σ w² u² over the patients,
//! w being the weight of a patient and u Σ d/(n(n − d)) over the event times at which the patient is at risk without
//! the event, less 1/n at the own event. Survival at a time is compared between groups by the difference, with the
//! sum of the variances; tested on a transformed scale, (θ₁ − θ₀)² / (V₁ + V₀) with θ and V the transformed survival
//! of each group and its variance, since the difference itself keeps its level badly in small groups (Klein).
//!
//! # Delayed entry
//! Late entries are at risk after they enter; the curve is then that of those free of the event at the first entry.
//! Where the few first at risk all have the event, the curve is 0 for good, and that is said.
//!
//! # Options
//! `landmark`: only those who are free of the event and followed beyond that time are analysed, and time, `at` and
//! quantiles count from it, so that groups may be formed by what was known then.
//!
//! `conditional` names times t already passed without the event: for each further time s of `at` the survival Ŝ(t +
//! s)/Ŝ(t) is then reported for those who have passed t, from the events in (t, t + s] alone.
//!
//! # References
//! Anderson et al. 1983, doi:10.1200/JCO.1983.1.11.710 (landmark). Kaplan & Meier 1958, doi:10.2307/2281868.
//! Greenwood 1926, Reports on Public Health and Medical Subjects 33. Brookmeyer & Crowley 1982, doi:10.2307/2530286.
//! Schemper & Smith 1996, doi:10.1016/0197-2456(96)00075-X. Klein et al. 2007, doi:10.1002/sim.2864 (survival at a
//! time). Tsai, Jewell & Wang 1987, doi:10.1093/biomet/74.4.883 (delayed entry). Xie & Liu 2005, doi:10.1002/sim.2174
//! (weights).
//!
//! # Worked example
//! Events at 1 and 3, censorings at 2 and 5: Ŝ is 3/4 from 1 and 3/8 from 3 on, with Greenwood's sum 1/(4·3) +
//! 1/(2·1). The median is 3; median follow-up, of the reverse curve that falls at 2 and 5, is 5.

mod conditional;
mod curve;
mod difference;
mod group;
mod interval;
mod quantile;

pub(super) use curve::{Band, ProductLimit};
pub use interval::CurveInterval;
use quantile::Reading;
pub(crate) use quantile::{LevelStretch, QuantileLimits, crossing};

use crate::follow_up::{self, Question};
use crate::life_table::LifeTable;
use crate::method::{About, Method, outline};
use crate::methods::at_one_time;
use crate::methods::log_rank::{Family, compare, tables as life_tables, variance_words, weights_sentence};
use crate::methods::models::{WeightKind, check_weights};
use crate::methods::reference::reference;
use crate::numerics::distributions::normal_quantile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{Analysis, Convention, CountRequest, CountTable, Interval, Plan, Problem, Results};

/// What may be asked of [`KaplanMeier`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KaplanMeierOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The variable whose levels are compared; one curve of all patients where absent.
    pub by: Option<String>,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
    /// Times at which survival is reported, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Times already passed without the event: survival over each further time of `at` is reported for those who
    /// have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditional: Vec<f64>,
    /// Scale of the pointwise intervals; log(−log) where absent, log in R's dialect, untransformed in SPSS'. G is the
    /// variance of log S, Greenwood's sum; z the normal quantile.
    pub interval: Option<CurveInterval>,
    /// Survival probabilities whose times are reported: 0.5 is the median.
    #[serde(default = "median_only")]
    pub quantiles: Vec<f64>,
    /// Whether all patients together have a curve beside the groups.
    #[serde(default)]
    pub overall: bool,
    /// Whether the groups are compared with the log-rank test.
    #[serde(default = "yes")]
    pub test: bool,
    /// A variable that says how much each patient counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// Whether the groups' survival at each time of `at` is compared, and on which scale, that of an interval, it is
    /// tested; not at all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<CurveInterval>,
    /// The level with which the others are compared at those times; the variable's own reference where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The quantiles that are told where a plan names none.
pub(super) fn median_only() -> Vec<f64> {
    vec![0.5]
}

fn yes() -> bool {
    true
}

/// Kaplan–Meier estimate of survival.
pub struct KaplanMeier;

impl Method for KaplanMeier {
    const ABOUT: About = About {
        name: "kaplan_meier",
        title: "Kaplan–Meier survival",
        summary: "How many are still free of the event at each time, and does that differ between groups?",
        documentation: include_str!("kaplan_meier.rs"),
        references: &[
            "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am Stat Assoc 1958;53:457–481. doi:10.2307/2281868",
            "Brookmeyer R, Crowley J. A confidence interval for the median survival time. Biometrics 1982;38:29–41. doi:10.2307/2530286",
            "Schemper M, Smith TL. A note on quantifying follow-up in studies of failure time. Control Clin Trials 1996;17:343–346. doi:10.1016/0197-2456(96)00075-X",
        ],
    };
    type Options = KaplanMeierOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        follow_up::check_times(analysis, &options.at, "survival")?;
        follow_up::check_quantiles(analysis, &options.quantiles, "median survival time")?;
        conditional::check(options, analysis)?;
        let named = (options.difference.is_some(), options.reference.is_some(), options.by.is_some());
        at_one_time::check(analysis, named, &options.at, "survival")?;
        check_weights(analysis, options.weights.as_deref(), options.weight_kind)?;
        question(options).requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let scale =
            options.interval.unwrap_or(CurveInterval::of_dialect(plan.dialect(Convention::SurvivalInterval)));
        let options = KaplanMeierOptions {
            at: ascending(&options.at),
            conditional: ascending(&options.conditional),
            interval: Some(scale),
            quantiles: ascending(&options.quantiles),
            overall: options.overall || options.by.is_none(),
            ..options.clone()
        };
        let by = options.by.as_deref();
        let patients = question(&options).read(analysis, plan, tables)?;
        let mut results = outline::<Self>(&options, analysis)?;
        let shown = patients.shown(&mut results, plan, (&options.endpoint, by), options.overall);

        let confidence_level = plan.study.confidence_level;
        let band = Band { scale, z: normal_quantile(0.5 + confidence_level / 2.0), confidence_level };
        let reading = Reading::of(plan);
        for group in &shown {
            group::estimate(&mut results, group, &options, patients.scale, &band, reading);
        }
        if !options.overall {
            // Follow-up describes the study as a whole, whatever is compared in it.
            group::follow_up(&mut results, &patients.overall, patients.scale, &band, reading);
        }
        let variance = variance_words(options.weight_kind);
        results.methods_text.push(format!(
            "Survival was estimated by the Kaplan–Meier method, with {}% confidence limits from {variance} on the {} \
             scale.",
            percent(confidence_level),
            scale.text()
        ));
        results.methods_text.extend(weights_sentence(options.weights.as_deref(), options.weight_kind));
        if !options.conditional.is_empty() {
            results.methods_text.push(
                "Conditional survival is the probability of a further time without the event for those free of it at \
                 the times stated, from the events after those times alone."
                    .into(),
            );
        }
        results
            .methods_text
            .push("Median follow-up was estimated by the reverse Kaplan–Meier method.".into());
        if let (Some(by), true) = (by, options.test) {
            let tables = life_tables(&patients.groups);
            compare(&mut results, by, &patients.groups, &[tables], Family::default());
        }
        if let (Some(by), Some(scale)) = (by, options.difference) {
            let reference = reference(analysis, tables, by, options.reference.as_deref(), &patients)?;
            difference::compare(&mut results, &patients, &options.at, &Band { scale, ..band }, reference);
        }
        Ok(results)
    }
}

/// Median follow-up by the reverse curve, in stored time, with the interval that the plan asks for.
pub(crate) fn median_follow_up(table: &LifeTable, plan: &Plan) -> (Option<f64>, Interval) {
    let confidence_level = plan.study.confidence_level;
    let scale = CurveInterval::of_dialect(plan.dialect(Convention::SurvivalInterval));
    let band = Band { scale, z: normal_quantile(0.5 + confidence_level / 2.0), confidence_level };
    let reading = Reading::of(plan);
    ProductLimit::new(&table.reversed()).quantile(0.5, &band, reading)
}

fn question(options: &KaplanMeierOptions) -> Question<'_> {
    let KaplanMeierOptions { endpoint, by, weights, weight_kind, landmark, .. } = options;
    Question {
        landmark: *landmark,
        ..Question::weighted(endpoint, by.as_deref(), weights.as_ref(), *weight_kind)
    }
}

/// In ascending order, each once.
pub(super) fn ascending(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// 95 for 0.95, 99.9 for 0.999.
pub(super) fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

#[cfg(test)]
mod tests;
