//! Kernel estimate of the hazard.
//!
//! # Estimand
//! λ(t), in each group: the rate of the event at t among those still at risk, per unit of time. Where a competing
//! event censors, it is the cause-specific hazard.
//!
//! # Formula
//! λ̂(t) = Σ K((t − tᵢ)/b)/b · dΛ̂(tᵢ) over the event times, dΛ̂ being the rises of the Nelson–Aalen estimate, K
//! Epanechnikov's kernel ¾(1 − z²) and b the bandwidth. Nearer than b to an end of the time looked at, K is the
//! boundary kernel of Müller & Wang (table 1): at the share q = (t − start)/b it is K₊(q, z) = 12/(1 + q)⁴ · (z +
//! 1)(z(1 − 2q) + (3q² − 2q + 1)/2) on −1 ≤ z ≤ q, which has the integral 1 and the mean 0; at the other end K₊(q,
//! −z). It can be negative; an estimate below 0 is told as 0, without limits.
//!
//! The time looked at begins at 0, or where all enter later at the first entry, and ends at `until`, or with the last
//! time at which 10 are at risk (the last event where there never are 10): beyond it a single event would make a
//! peak. Events after its end are not used.
//!
//! # Bandwidth
//! `bandwidth` in the endpoint's unit, or by cross-validation: of 60 bandwidths, evenly spaced in logarithms from
//! R/(8 D^⅕) to R/2, R being the time looked at and D its events, the one that makes ∫ λ̂(t)² dt − 2 Σ λ̂₋ᵢ(tᵢ)
//! dΛ̂(tᵢ) least, where λ̂₋ᵢ leaves out the rise at tᵢ: that is the integrated squared error but for a constant. The
//! integral is the trapezoidal sum over 401 times. Each group has its own bandwidth. More than R/2 is cut to it.
//! Cross-validation varies much from sample to sample: a figure that matters deserves a bandwidth of the plan.
//!
//! # Ties and censoring
//! As in `cumulative_hazard`: the censored of a time are at risk for its events.
//!
//! # Assumptions
//! Censoring tells nothing about the event in any group; the hazard changes little within a bandwidth.
//!
//! # Variance
//! Ramlau-Hansen: Σ K²/b² · Var dΛ̂(tᵢ), with `variance` and sampling weights as in `cumulative_hazard`; limits
//! λ̂·exp(±z·se/λ̂). They are about the smoothed hazard: the bias of smoothing is in none of them.
//!
//! # Options
//! `ties`, `variance` and weights as in `cumulative_hazard`; `landmark` as in `kaplan_meier`.
//!
//! # References
//! Ramlau-Hansen 1983, doi:10.1214/aos/1176346152. Müller & Wang 1994, doi:10.2307/2533197. Klein & Moeschberger
//! 2003, Survival Analysis, section 6.2 (cross-validation).
//!
//! # Worked example
//! Two of four at risk have the event at 1 and at 3, the others are censored at 4. With b = 2 over 0 to 4, λ̂(2) =
//! ⅜(1 − ¼)(¼ + ⅓), the first and the second rise both being half a bandwidth away.

mod bandwidth;
mod kernel;

use crate::follow_up::{self, GroupFollowUp, Question};
use crate::life_table::{LifeTable, tied};
use crate::method::{About, Method, outline};
use crate::methods::cumulative_hazard::{
    HazardBand, HazardInterval, HazardTies, HazardVariance, Rise, check_variance, shown, steps,
};
use crate::methods::kaplan_meier::{ascending, percent};
use crate::methods::log_rank::weights_sentence;
use crate::methods::models::{WeightKind, check_weights};
use crate::numerics::distributions::normal_quantile;
use crate::numerics::sums::at_least_zero;
pub use bandwidth::{Bandwidth, BandwidthRule};
use kernel::Window;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, CountRequest, CountTable, Curve, CurveMeasure, Estimate, Notice, Plan, Problem, Quantity,
    Results,
};

/// The time looked at ends where fewer are at risk.
const AT_RISK: u64 = 10;
/// Points of a curve, less one.
const GRID: usize = 200;

/// What may be asked of [`SmoothHazard`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmoothHazardOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The variable whose levels have a curve each; one curve of all patients where absent.
    pub by: Option<String>,
    /// Times at which the hazard is reported, in the endpoint's unit.
    #[serde(default)]
    pub at: Vec<f64>,
    /// Until when the hazard is estimated, in the endpoint's unit; while 10 are at risk where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<f64>,
    /// Half the width of the kernel, in the endpoint's unit, or how it is found.
    #[serde(default)]
    pub bandwidth: Bandwidth,
    /// How tied events are handled.
    #[serde(default)]
    pub ties: HazardTies,
    /// Which variance the intervals rest on; `aalen` where absent, robust with sampling weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variance: Option<HazardVariance>,
    /// Whether all patients together have a curve beside the groups.
    #[serde(default)]
    pub overall: bool,
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

/// Kernel estimate of the hazard.
pub struct SmoothHazard;

impl Method for SmoothHazard {
    const ABOUT: About = About {
        name: "smooth_hazard",
        title: "Smooth hazard",
        summary: "How high is the risk of the event at each time, and when is it highest?",
        documentation: include_str!("smooth_hazard.rs"),
        references: &[
            "Müller HG, Wang JL. Hazard rate estimation under random censoring with varying kernels and bandwidths. Biometrics 1994;50:61–76. doi:10.2307/2533197",
            "Ramlau-Hansen H. Smoothing counting process intensities by means of kernel functions. Ann Stat 1983;11:453–466. doi:10.1214/aos/1176346152",
        ],
    };
    type Options = SmoothHazardOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        follow_up::check_times(analysis, &options.at, "hazard")?;
        let own = match options.bandwidth {
            Bandwidth::Own(own) => Some(own),
            Bandwidth::Rule(_) => None,
        };
        for (key, value) in [("until", options.until), ("bandwidth", own)] {
            if let Some(value) = value.filter(|value| !(*value > 0.0 && value.is_finite())) {
                return Err(analysis
                    .refuse(&[key.into()], format!("`{key}` is {value}"))
                    .help("give a time above 0, in the endpoint's unit"));
            }
        }
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
        let options = SmoothHazardOptions {
            at: ascending(&options.at),
            overall: options.overall || options.by.is_none(),
            variance: HazardVariance::resolved(options.variance, options.weight_kind),
            ..options.clone()
        };
        let patients = question(&options).read(analysis, plan, tables)?;
        let mut results = outline::<Self>(&options, analysis)?;
        let shown =
            shown(&patients, &mut results, plan, (&options.endpoint, options.by.as_deref()), options.overall);
        let confidence_level = plan.study.confidence_level;
        let z = normal_quantile(0.5 + confidence_level / 2.0);
        let band = HazardBand { scale: HazardInterval::Log, z, confidence_level };
        for group in &shown {
            of_group(&mut results, group, &options, patients.scale, band);
        }
        results.methods_text.push(sentence(&options, &results, confidence_level));
        results.methods_text.extend(weights_sentence(options.weights.as_deref(), options.weight_kind));
        Ok(results)
    }
}

fn question(options: &SmoothHazardOptions) -> Question<'_> {
    let SmoothHazardOptions { endpoint, by, weights, weight_kind, landmark, .. } = options;
    Question {
        landmark: *landmark,
        ..Question::weighted(endpoint, by.as_deref(), weights.as_ref(), *weight_kind)
    }
}

fn sentence(options: &SmoothHazardOptions, results: &Results, confidence_level: f64) -> String {
    let unit = results.time_unit.as_deref().unwrap_or_default();
    let until = match options.until {
        Some(until) => format!("up to {until} {unit}"),
        None => format!("as long as {AT_RISK} patients were at risk"),
    };
    let bandwidth = match options.bandwidth {
        Bandwidth::Own(own) => format!("a bandwidth of {own} {unit}"),
        Bandwidth::Rule(BandwidthRule::CrossValidation) => "bandwidths found by cross-validation".into(),
    };
    format!(
        "The hazard was estimated {until} by smoothing {} with Epanechnikov’s kernel, boundary kernels and {bandwidth}; \
         {}% confidence limits are from {} on the log scale.",
        options.ties.text(),
        percent(confidence_level),
        HazardVariance::words(options.variance)
    )
}

/// The hazard of one group.
struct Smooth<'a> {
    table: &'a LifeTable,
    rise: Rise,
    window: Window,
}

impl Smooth<'_> {
    /// The hazard at a stored time and its variance, per stored unit.
    fn at(&self, time: f64) -> (f64, f64) {
        let weight = |event: f64| self.window.weight(time, event);
        self.rise.weighed(self.table, self.window.reach(self.table, time), weight)
    }
}

/// The rows and curves of one group.
fn of_group(
    results: &mut Results,
    group: &GroupFollowUp,
    options: &SmoothHazardOptions,
    scale: f64,
    band: HazardBand,
) {
    group.note_whole(results);
    let table = &group.table;
    if table.event_count() == 0 {
        return;
    }
    let Some((start, until)) = looked_at(table, options.until.map(|until| until * scale)) else {
        let whose =
            group.level.as_ref().map_or(String::new(), |_| format!(" in the group “{}”", group.label));
        let message = format!("No hazard{whose}: all leave at one time.");
        results.notices.push(Notice::Other { message });
        return;
    };
    let rise = Rise::of(table, options.ties, options.variance);
    let found = bandwidth::found(options.bandwidth, table, &rise, (start, until), scale);
    found.notes(results, group, scale);
    results.estimates.push(Estimate {
        group: group.level.clone(),
        ..Estimate::new(Quantity::Bandwidth, found.bandwidth / scale)
    });
    let smooth = Smooth { table, rise, window: Window { start, until, bandwidth: found.bandwidth } };
    for at in &options.at {
        let stored = tied(at * scale);
        let within = (start..=until).contains(&stored);
        if !within {
            results.notices.push(outside(group, *at, (start / scale, until / scale)));
        }
        let found = within.then(|| smooth.at(stored));
        let found = found.map(|(hazard, variance)| (scale * hazard, scale * scale * variance));
        let positive = found.filter(|(hazard, _)| *hazard > 0.0);
        results.estimates.push(Estimate {
            group: group.level.clone(),
            at: Some(*at),
            std_error: positive.map(|(_, variance)| variance.sqrt()),
            interval: positive.and_then(|(hazard, variance)| band.interval(hazard, variance)),
            n: Some(smooth.table.at_risk_at(stored)),
            ..Estimate::new(Quantity::Hazard, found.map_or(f64::NAN, |(hazard, _)| at_least_zero(hazard)))
        });
    }
    curves(results, group, &smooth, scale, band);
}

fn outside(group: &GroupFollowUp, at: f64, (start, until): (f64, f64)) -> Notice {
    let whose = group.level.as_ref().map_or(String::new(), |_| format!(" in the group “{}”", group.label));
    let message = format!("No hazard at {at}{whose}: it is estimated from {start:.1} to {until:.1}.");
    Notice::Other { message }
}

/// The smooth curve, and the cumulative hazard beneath it, with the numbers at risk.
fn curves(results: &mut Results, group: &GroupFollowUp, smooth: &Smooth<'_>, scale: f64, band: HazardBand) {
    let mut curve = Curve { group: group.level.clone(), measure: CurveMeasure::Hazard, ..Curve::default() };
    let mut negative = false;
    for time in smooth.window.grid(GRID) {
        let (hazard, variance) = smooth.at(time);
        let (hazard, variance) = (scale * hazard, scale * scale * variance);
        let limits = band.interval(hazard, variance);
        negative |= hazard < 0.0;
        curve.time.push(time / scale);
        curve.estimate.push(at_least_zero(hazard));
        curve.std_error.push((hazard > 0.0).then(|| variance.sqrt()));
        curve.lower.push(limits.and_then(|limits| limits.lower));
        curve.upper.push(limits.and_then(|limits| limits.upper));
    }
    if negative {
        let whose =
            group.level.as_ref().map_or(String::new(), |_| format!(" of the group “{}”", group.label));
        let message = format!(
            "The hazard{whose} is estimated below 0 near an end of the time looked at, and shown as 0: a larger bandwidth \
             would smooth it."
        );
        results.notices.push(Notice::Other { message });
    }
    results.curves.push(curve);
    results.curves.push(steps(group, &smooth.rise, scale, band));
}

/// From when until when, in stored times; nothing where that is no stretch of time.
fn looked_at(table: &LifeTable, until: Option<f64>) -> Option<(f64, f64)> {
    let start = table.first_entry().unwrap_or(0.0);
    let last = table.last()?;
    let enough = || {
        let many = (0..table.time.len()).rev().find(|index| table.at_risk[*index] >= AT_RISK);
        many.or_else(|| table.events.iter().rposition(|events| *events > 0)).map(|index| table.time[index])
    };
    let until = until.map(|until| tied(until.min(last))).or_else(enough)?;
    (until > start).then_some((start, until))
}

#[cfg(test)]
mod tests;
