//! Restricted mean survival time: how long patients live without the event, on average, up to a horizon.
//!
//! # Estimand
//! μ(τ) = E min(T, τ) = ∫₀^τ S(t) dt in each group, the difference of two groups and their ratio. No proportionality
//! of hazards is assumed: it has the same meaning where curves cross.
//!
//! # Formula
//! μ̂(τ) = ∫₀^τ Ŝ(t) dt, the area under the Kaplan–Meier curve.
//!
//! # Ties and censoring
//! As in the Kaplan–Meier method. τ is prespecified. It cannot exceed the last follow-up of a group, unless the curve
//! of the group has come down to 0 by then: nothing is extrapolated.
//!
//! # Assumptions
//! Censoring tells nothing about the event in any group; patients are independent.
//!
//! # Variance
//! Var μ̂(τ) = Σ Aᵢ² dᵢ / (nᵢ(nᵢ − dᵢ)) over the event times tᵢ < τ, Aᵢ = ∫ from tᵢ to τ of Ŝ (Greenwood's; without
//! the factor m/(m − 1) that some programs apply for m events). The difference has the sum of the variances; the
//! logarithm of the ratio Σ Var μ̂ⱼ / μ̂ⱼ². Limits are symmetric around the mean and the difference, and around the
//! logarithm of the ratio. More than two groups are also compared all together: Σ (μ̂ⱼ − μ̄)² / Var μ̂ⱼ, with μ̄
//! weighted by the inverse variances, one degree of freedom fewer than groups. With sampling weights the variance is
//! the infinitesimal jackknife Σ w² u² over the patients, w being the weight of a patient and u the sum of Aᵢ dᵢ /
//! (nᵢ(nᵢ − dᵢ)) over the event times at which he is at risk without the event, less Aᵢ/nᵢ at his own event.
//!
//! # Delayed entry
//! Late entries are at risk after they enter. Where all enter late, the mean is that of those free of the event at
//! the first entry, their time until then included. Where nobody is under observation for a part of the time up to τ,
//! the curve beyond is no estimate and the mean is withheld.
//!
//! # Options
//! `landmark` as in `kaplan_meier`.
//!
//! # References
//! Irwin 1949, doi:10.1017/S0022172400014443. Royston & Parmar 2013, doi:10.1186/1471-2288-13-152. Uno et al. 2014,
//! doi:10.1200/JCO.2014.55.2208.
//!
//! # Worked example
//! Events at 1 and 3, censorings at 2 and 5, τ = 4: μ̂ = 1 + 2·3/4 + 1·3/8 = 23/8, with the variance (15/8)²/(4·3) +
//! (3/8)²/(2·1) = 279/768.

mod area;
mod contrast;

use crate::follow_up::{GroupFollowUp, Question};
use crate::life_table::tied;
use crate::method::{About, Method, outline};
use crate::methods::equality::all_equal;
use crate::methods::kaplan_meier::{ProductLimit, percent};
use crate::methods::log_rank::{variance_words, weights_sentence};
use crate::methods::models::{WeightKind, check_weights};
use crate::methods::reference::reference;
use crate::numerics::distributions::normal_quantile;
use area::{Area, area};
use contrast::{Confidence, Contrast, difference, ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use study::{
    Analysis, CountRequest, CountTable, Estimate, Notice, Plan, Problem, Quantity, Results, TestName,
};

/// What may be asked of [`RestrictedMean`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RestrictedMeanOptions {
    /// An endpoint of `[endpoints]`.
    pub endpoint: String,
    /// The time up to which the mean is taken, in the endpoint's unit.
    pub horizon: f64,
    /// The variable whose levels are compared; one mean of all patients where absent.
    pub by: Option<String>,
    /// The level with which the others are compared; the variable's own reference where absent.
    pub reference: Option<String>,
    /// Whether all patients together have a mean beside the groups.
    #[serde(default)]
    pub overall: bool,
    /// A variable that says how much each patient counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<String>,
    /// What the weights stand for; needed beside `weights`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// Time at which follow-up starts anew, in the endpoint's unit: of those who are followed beyond it. The horizon
    /// is counted from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landmark: Option<f64>,
}

/// Restricted mean survival time.
pub struct RestrictedMean;

impl Method for RestrictedMean {
    const ABOUT: About = About {
        name: "restricted_mean",
        title: "Restricted mean survival time",
        summary: "How long do patients live without the event up to a horizon, and how much longer in one group?",
        documentation: include_str!("restricted_mean.rs"),
        references: &[
            "Irwin JO. The standard error of an estimate of expectation of life. J Hyg 1949;47:188–189. doi:10.1017/S0022172400014443",
            "Royston P, Parmar MKB. Restricted mean survival time: an alternative to the hazard ratio. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152",
            "Uno H, Claggett B, Tian L, et al. Moving beyond the hazard ratio in quantifying the between-group difference. J Clin Oncol 2014;32:2380–2385. doi:10.1200/JCO.2014.55.2208",
        ],
    };
    type Options = RestrictedMeanOptions;

    fn requests(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
    ) -> Result<Vec<CountRequest>, Problem> {
        if !(options.horizon > 0.0 && options.horizon.is_finite()) {
            let message = format!("no mean can be taken up to time {}", options.horizon);
            return Err(analysis
                .refuse(&["horizon".into()], message)
                .help("give a time after 0, in the endpoint's unit"));
        }
        if options.reference.is_some() && options.by.is_none() {
            return Err(analysis
                .refuse(&["reference".into()], "there is a reference, but no groups are compared")
                .help("name the variable with `by`, or remove `reference`"));
        }
        check_weights(analysis, options.weights.as_deref(), options.weight_kind)?;
        question(options).requests(analysis, plan)
    }

    fn estimate(
        options: &Self::Options,
        analysis: &Analysis,
        plan: &Plan,
        tables: &[CountTable],
    ) -> Result<Results, Problem> {
        let by = options.by.as_deref();
        let patients = question(options).read(analysis, plan, tables)?;
        let reference = match by {
            Some(by) => reference(analysis, tables, by, options.reference.as_deref(), &patients)?,
            None => None,
        };
        let options = RestrictedMeanOptions {
            overall: options.overall || by.is_none(),
            reference: reference.and_then(|index| patients.groups[index].level.clone()),
            ..options.clone()
        };
        let mut results = outline::<Self>(&options, analysis)?;
        let shown = patients.shown(&mut results, plan, (&options.endpoint, by), options.overall);

        let level = plan.study.confidence_level;
        let confidence = Confidence { level, z: normal_quantile(0.5 + level / 2.0) };
        let means: Vec<Option<Area>> = shown
            .iter()
            .map(|group| mean(&mut results, group, options.horizon, patients.scale, confidence))
            .collect();
        if let Some(reference) = reference {
            let groups = &shown[..patients.groups.len()];
            compare(&mut results, groups, &means, reference, options.horizon, confidence);
        }
        let text = methods_text(&results, &options, level, reference.is_some());
        results.methods_text.splice(0..0, text);
        Ok(results)
    }
}

fn question(options: &RestrictedMeanOptions) -> Question<'_> {
    let RestrictedMeanOptions { endpoint, by, weights, weight_kind, landmark, .. } = options;
    Question {
        landmark: *landmark,
        ..Question::weighted(endpoint, by.as_deref(), weights.as_ref(), *weight_kind)
    }
}

/// The mean of one group; withheld where follow-up ends before the horizon.
fn mean(
    results: &mut Results,
    group: &GroupFollowUp,
    horizon: f64,
    scale: f64,
    confidence: Confidence,
) -> Option<Area> {
    let stored = tied(horizon * scale);
    let unbroken = group.table.broken_off().is_none_or(|from| from >= stored);
    let area = area(&ProductLimit::new(&group.table), stored).filter(|_| unbroken);
    match (area, group.table.last()) {
        (_, Some(_)) if !unbroken => results.notices.push(Notice::Other {
            message: format!(
                "No mean{}: nobody is under observation for a part of the time up to the horizon.",
                group.level.as_ref().map_or(String::new(), |_| format!(" in the group “{}”", group.label))
            ),
        }),
        (_, None) => results
            .notices
            .push(Notice::Other { message: format!("No patients in the group “{}”.", group.label) }),
        (None, Some(last)) => results.notices.push(Notice::BeyondFollowUp {
            group: group.level.clone(),
            at: horizon,
            last: last / scale,
        }),
        (Some(area), Some(_)) if group.table.event_count() > 0 && area.variance == 0.0 => {
            results.notices.push(Notice::Other { message: without_error(group, area, horizon) });
        }
        _ => {}
    }
    if group.table.n() > 0 && group.table.event_count() == 0 {
        results.notices.push(Notice::NoEvents { group: group.level.clone() });
    }
    let area = area.map(|area| Area { mean: area.mean / scale, variance: area.variance / (scale * scale) });
    // Without an event before the horizon there is no variance to speak of.
    let error = area.map(|area| area.variance.sqrt()).filter(|error| *error > 0.0);
    results.estimates.push(Estimate {
        group: group.level.clone(),
        at: Some(horizon),
        std_error: error,
        interval: area
            .zip(error)
            .map(|(area, error)| confidence.interval(area.mean, error, |limit| limit.clamp(0.0, horizon))),
        n: Some(group.table.at_risk_at(stored)),
        ..Estimate::new(Quantity::RestrictedMean, area.map_or(f64::NAN, |area| area.mean))
    });
    area
}

/// Why a mean has no standard error although there are events.
fn without_error(group: &GroupFollowUp, area: Area, horizon: f64) -> String {
    let whose = group.level.as_ref().map_or(String::new(), |_| format!(" in the group “{}”", group.label));
    match area.mean {
        0.0 => format!(
            "All have the event at time 0{whose}: their mean of 0 has no standard error, and no ratio of means is made."
        ),
        _ => format!("No event before the horizon of {horizon}{whose}: the mean has no standard error."),
    }
}

/// Differences and ratios against the reference, and all groups together where there are more than two.
fn compare(
    results: &mut Results,
    groups: &[&GroupFollowUp],
    means: &[Option<Area>],
    reference: usize,
    horizon: f64,
    confidence: Confidence,
) {
    type Make = fn(Area, Area, Confidence) -> Option<Contrast>;
    let kinds: [(Quantity, Make); 2] =
        [(Quantity::RestrictedMeanDifference, difference), (Quantity::RestrictedMeanRatio, ratio)];
    for (quantity, make) in kinds {
        for (index, group) in groups.iter().enumerate().filter(|(index, _)| *index != reference) {
            let both = means[index].zip(means[reference]);
            let found = both.and_then(|(own, reference)| make(own, reference, confidence));
            let mut row = Estimate {
                group: group.level.clone(),
                reference: groups[reference].level.clone(),
                at: Some(horizon),
                ..Estimate::new(quantity, found.as_ref().map_or(f64::NAN, |found| found.value))
            };
            if let Some(found) = found {
                row.std_error = Some(found.std_error);
                row.interval = Some(found.interval);
                row.test = Some(found.test);
            }
            results.estimates.push(row);
        }
    }
    let means = means[..groups.len()].iter().flatten();
    let present: Vec<(f64, f64)> = means.map(|area| (area.mean, area.variance)).collect();
    if groups.len() > 2
        && present.len() == groups.len()
        && let Some(test) = all_equal(TestName::Wald, &present)
    {
        let row = Estimate { at: Some(horizon), ..Estimate::new(Quantity::GlobalTest, f64::NAN) };
        results.estimates.push(Estimate { test: Some(test), ..row });
    }
}

fn methods_text(
    results: &Results,
    options: &RestrictedMeanOptions,
    level: f64,
    compared: bool,
) -> Vec<String> {
    let horizon = options.horizon;
    let variance = variance_words(options.weight_kind);
    let unit = results.time_unit.as_deref().map_or(String::new(), |unit| format!(" {unit}"));
    let mut text = vec![format!(
        "Restricted mean survival time up to {horizon}{unit} is the area under the Kaplan–Meier curve; {}% confidence \
         limits are from {variance}.",
        percent(level)
    )];
    text.extend(weights_sentence(options.weights.as_deref(), options.weight_kind));
    if compared {
        text.push(
            "Groups were compared by the difference and, on the log scale, the ratio of restricted means, with Wald \
             tests."
                .into(),
        );
    }
    text
}

#[cfg(test)]
mod tests;
