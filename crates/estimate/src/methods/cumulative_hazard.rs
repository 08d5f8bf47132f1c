//! Nelson–Aalen estimate of the cumulative hazard.
//!
//! # Estimand
//! Λ(t) = ∫ λ(u) du up to t in each group: how many events one patient would have by t, were each replaced at once by
//! another who is still at risk. Its slope is the hazard: a straight curve is a constant one. Where a competing event
//! censors, it is the cumulative cause-specific hazard, which has no probability to go with it.
//!
//! # Formula
//! Nelson–Aalen: Λ̂(t) = Σ dᵢ/nᵢ over event times tᵢ ≤ t, with dᵢ events among nᵢ at risk just before tᵢ.
//! Fleming–Harrington, as if tied events happened one after the other: Σ Σₖ 1/(nᵢ − k), k = 0 … dᵢ − 1.
//!
//! # Ties and censoring
//! The censored of a time are at risk for its events. Nothing is estimated after the last follow-up of a group.
//!
//! # Assumptions
//! Censoring tells nothing about the event in any group; patients are independent, or weighted.
//!
//! # Variance
//! `aalen` (Poisson): Σ dᵢ/nᵢ², or Σ Σₖ 1/(nᵢ − k)². `greenwood` (binomial): Σ dᵢ(nᵢ − dᵢ)/nᵢ³, or Σ Σₖ (nᵢ − k −
//! 1)/(nᵢ − k)³; smaller, and 0 where all at risk have the event. Aalen's keeps its level better in small groups
//! (Klein). With sampling weights counts are sums of weights (D of d tied events, N of those at risk;
//! Fleming–Harrington: Σₖ (D/d)/(N − kD/d)) and the variance is the infinitesimal jackknife, whatever the option.
//!
//! Limits: `log` Λ̂·exp(±z·se/Λ̂); `plain` Λ̂ ± z·se, cut to 0 (se is the standard error of Λ̂, z the normal
//! quantile); `arcsine` −2 log sin(α ∓ z/2·se/√(e^Λ̂ − 1)), α the arcsine of e^(−Λ̂/2), the angle within 0 and 90°.
//! Before the first event there are none.
//!
//! # Delayed entry
//! Late entries are at risk after they enter; the curve is 0 at the first of them. Where few are at risk before
//! others enter, the curve rises steeply and stays so.
//!
//! # Options
//! The default interval, `log`, is Stata's. `landmark` as in `kaplan_meier`.
//!
//! # References
//! Nelson 1969, J Qual Technol 1:27–52. Aalen 1978, doi:10.1214/aos/1176344247. Fleming & Harrington 1984,
//! doi:10.1080/03610928408828837 (ties). Klein 1991, Scand J Stat 18:333–340 (variances). Bie, Borgan & Liestøl 1987,
//! Scand J Stat 14:221–233 (limits).
//!
//! # Worked example
//! Three tied events among five at 1, one event of the last two at 2: Λ̂(2) = 3/5 + 1/2, or 1/5 + 1/4 + 1/3 + 1/2.

mod interval;
mod rise;

pub use interval::HazardInterval;
pub use rise::{HazardTies, HazardVariance};
pub(super) use rise::{Rise, check_variance};

use crate::follow_up::{self, FollowUp, GroupFollowUp, Question};
use crate::life_table::tied;
use crate::method::{About, Method, outline};
use crate::methods::kaplan_meier::{ascending, percent};
use crate::methods::log_rank::{Family, compare, tables as life_tables, weights_sentence};
use crate::methods::models::{WeightKind, check_weights};
use crate::methods::step_places::places;
use crate::numerics::distributions::normal_quantile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::results::finite;
use study::{
    Analysis, CountRequest, CountTable, Curve, CurveMeasure, Estimate, Interval, Notice, Plan, Problem,
    Quantity, Results,
};

/// What may be asked of [`CumulativeHazard`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CumulativeHazardOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The variable whose levels are compared; one curve of all patients where absent.
    pub by: Option<String>,
    /// Times at which the cumulative hazard is reported, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Scale of the pointwise intervals; se is the standard error of Λ, z the normal quantile.
    #[serde(default)]
    pub interval: HazardInterval,
    /// How tied events are handled.
    #[serde(default)]
    pub ties: HazardTies,
    /// Which variance the intervals rest on; `aalen` where absent, robust with sampling weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<HazardVariance>,
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
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it. Other times
    /// are counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

fn yes() -> bool {
    true
}

/// How limits are drawn around a hazard.
#[derive(Debug, Clone, Copy)]
pub(super) struct HazardBand {
    pub(super) scale: HazardInterval,
    /// Normal quantile of the confidence level.
    pub(super) z: f64,
    pub(super) confidence_level: f64,
}

/// Nelson–Aalen estimate of the cumulative hazard.
pub struct CumulativeHazard;

impl Method for CumulativeHazard {
    const ABOUT: About = About {
        name: "cumulative_hazard",
        title: "Cumulative hazard",
        summary: "How does the risk of the event add up over time, and when does it rise fastest?",
        documentation: include_str!("cumulative_hazard.rs"),
        references: &[
            "Nelson W. Hazard plotting for incomplete failure data. J Qual Technol 1969;1:27–52. doi:10.1080/00224065.1969.11980344",
            "Aalen O. Nonparametric inference for a family of counting processes. Ann Stat 1978;6:701–726. doi:10.1214/aos/1176344247",
            "Bie O, Borgan Ø, Liestøl K. Confidence intervals and confidence bands for the cumulative hazard rate function and their small sample properties. Scand J Stat 1987;14:221–233",
        ],
    };
    type Options = CumulativeHazardOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        follow_up::check_times(analysis, &options.at, "cumulative hazard")?;
        check_weights(analysis, options.weights.as_deref(), options.weight_kind)?;
        check_variance(analysis, options.variance, options.weight_kind)?;
        question(options).requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let options = CumulativeHazardOptions {
            at: ascending(&options.at),
            overall: options.overall || options.by.is_none(),
            variance: HazardVariance::resolved(options.variance, options.weight_kind),
            ..options.clone()
        };
        let by = options.by.as_deref();
        let patients = question(&options).read(analysis, plan, tables)?;
        let mut results = outline::<Self>(&options, analysis)?;
        let shown = shown(&patients, &mut results, plan, (&options.endpoint, by), options.overall);
        let confidence_level = plan.study.confidence_level;
        let z = normal_quantile(0.5 + confidence_level / 2.0);
        let band = HazardBand { scale: options.interval, z, confidence_level };
        for group in &shown {
            of_group(&mut results, group, &options, patients.scale, band);
        }
        results.methods_text.push(format!(
            "The cumulative hazard was estimated by {}, with {}% confidence limits from {} on the {} scale.",
            options.ties.text(),
            percent(confidence_level),
            HazardVariance::words(options.variance),
            options.interval.text()
        ));
        results.methods_text.extend(weights_sentence(options.weights.as_deref(), options.weight_kind));
        if let (Some(by), true) = (by, options.test) {
            compare(&mut results, by, &patients.groups, &[life_tables(&patients.groups)], Family::default());
        }
        Ok(results)
    }
}

fn question(options: &CumulativeHazardOptions) -> Question<'_> {
    let CumulativeHazardOptions { endpoint, by, weights, weight_kind, landmark, .. } = options;
    Question {
        landmark: *landmark,
        ..Question::weighted(endpoint, by.as_deref(), weights.as_ref(), *weight_kind)
    }
}

/// The groups whose hazards are shown; the results say who they are.
pub(super) fn shown<'a>(
    patients: &'a FollowUp,
    results: &mut Results,
    plan: &Plan,
    what: (&str, Option<&str>),
    overall: bool,
) -> Vec<&'a GroupFollowUp> {
    let shown = patients.shown(results, plan, what, overall);
    results.notices.iter_mut().for_each(reword);
    shown
}

/// What ends a survival curve does not end a hazard.
fn reword(notice: &mut Notice) {
    if let Notice::CurveEmptied { group, at, n } = notice {
        let whose = group.as_ref().map_or(String::new(), |group| format!(" in the group “{group}”"));
        let message = format!(
            "At {at:.1} the only {n} at risk{whose} had the event, before others entered: the hazard there rests on them."
        );
        *notice = Notice::Other { message };
    }
}

/// The rows and the curve of one group.
fn of_group(
    results: &mut Results,
    group: &GroupFollowUp,
    options: &CumulativeHazardOptions,
    scale: f64,
    band: HazardBand,
) {
    group.note_whole(results);
    let table = &group.table;
    let rise = Rise::of(table, options.ties, options.variance);
    let cumulated = rise.cumulated(table);
    for at in &options.at {
        let stored = tied(at * scale);
        let known = table.last().is_some_and(|last| stored <= last);
        group.note_time(results, *at, known, scale);
        let found = known.then(|| cumulated.after(table.time.partition_point(|time| *time <= stored)));
        results.estimates.push(Estimate {
            group: group.level.clone(),
            at: Some(*at),
            std_error: found.map(|(_, variance)| variance.sqrt()).filter(|error| *error > 0.0),
            interval: found.and_then(|(hazard, variance)| band.interval(hazard, variance)),
            n: Some(table.at_risk_at(stored)),
            ..Estimate::new(Quantity::CumulativeHazard, found.map_or(f64::NAN, |found| found.0))
        });
    }
    if table.n() > 0 {
        results.curves.push(steps(group, &rise, scale, band));
    }
}

/// The steps of the cumulative hazard, times divided by `scale`.
pub(super) fn steps(group: &GroupFollowUp, rise: &Rise, scale: f64, band: HazardBand) -> Curve {
    let table = &group.table;
    let cumulated = rise.cumulated(table);
    let mut curve =
        Curve { group: group.level.clone(), measure: CurveMeasure::CumulativeHazard, ..Curve::default() };
    for place in places(table) {
        let (hazard, variance) = cumulated.after(place.passed);
        let limits = band.interval(hazard, variance);
        place.push(&mut curve, table, scale);
        curve.estimate.push(hazard);
        curve.std_error.push(finite(variance.sqrt()).filter(|error| *error > 0.0));
        curve.lower.push(limits.and_then(|limits| limits.lower));
        curve.upper.push(limits.and_then(|limits| limits.upper));
    }
    curve
}

impl HazardBand {
    /// The interval of a hazard; none where it has no variance.
    pub(super) fn interval(&self, hazard: f64, variance: f64) -> Option<Interval> {
        let (lower, upper) = self.scale.limits(hazard, variance, self.z)?;
        Some(Interval {
            lower: finite(lower),
            upper: finite(upper),
            confidence_level: self.confidence_level,
            method: self.scale.method(),
        })
    }
}

#[cfg(test)]
mod tests;
